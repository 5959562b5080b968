"""Stock in a word."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.catalog import Availability, availability

numbers = st.decimals(-1000, 100000, places=3)


@pytest.mark.parametrize(
    ("quantity", "multiple", "word"),
    [("0", "1", "none"), ("-5", "1", "none"), ("9", "1", "low"), ("10", "1", "enough"), ("99", "100", "none")],
)
def test_words(quantity: str, multiple: str, word: str) -> None:
    assert availability(Decimal(quantity), Decimal(multiple)).value == word


@given(numbers, numbers, st.decimals(1, 500, places=3))
def test_more_stock_is_never_a_worse_word(one: Decimal, other: Decimal, multiple: Decimal) -> None:
    order = list(Availability)
    less, more = sorted((one, other))
    assert order.index(availability(less, multiple)) <= order.index(availability(more, multiple))
