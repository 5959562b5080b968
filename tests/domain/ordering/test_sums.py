"""Numbers, VAT and totals: exact to a kopeck."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.ordering import MAX_NUMBER, NumbersExhausted, add_up, line_vat, order_number

amounts = st.decimals(min_value=0, max_value="1e12", places=2, allow_nan=False)
rates = st.none() | st.sampled_from([Decimal(rate) for rate in ("0", "5", "7", "10", "20", "22", "16.67")])


@given(st.integers(1, 999_999_999), st.integers(1, 999_999_999))
def test_numbers_fit_1c_and_are_as_unique_as_the_sequence(one: int, other: int) -> None:
    assert len(order_number(one)) <= MAX_NUMBER
    assert (order_number(one) == order_number(other)) == (one == other)


def test_numbers_as_people_see_them() -> None:
    assert [order_number(value) for value in (1, 999_999, 1_000_000)] == ["B-000001", "B-999999", "B-1000000"]
    with pytest.raises(NumbersExhausted):
        order_number(1_000_000_000)
    with pytest.raises(ValueError, match="start at 1"):
        order_number(0)


def _exact(amount: Decimal, rate: Decimal, *, included: bool) -> Decimal:
    tax = Fraction(amount) * Fraction(rate) / (100 + Fraction(rate) if included else 100)
    cents = Decimal((tax * 100).numerator) / Decimal((tax * 100).denominator)
    return cents.quantize(Decimal(1), ROUND_HALF_UP) / 100


@given(amounts, rates, st.booleans())
def test_vat_of_a_line_is_the_exact_tax_rounded_once(amount: Decimal, rate: Decimal | None, included: bool) -> None:
    vat = line_vat(amount, rate, "RUB", included=included)
    assert vat == _exact(amount, rate or Decimal(0), included=included)
    assert vat == vat.quantize(Decimal("0.01"))
    assert 0 <= vat <= amount


@given(st.lists(st.tuples(amounts, rates), max_size=30), st.booleans())
def test_lines_add_up_to_the_document(lines: list[tuple[Decimal, Decimal | None]], included: bool) -> None:
    taxed = [(amount, line_vat(amount, rate, "RUB", included=included)) for amount, rate in lines]
    totals = add_up(taxed, "RUB", vat_included=included)
    assert totals.vat_amount == sum(vat for _, vat in taxed)
    assert totals.total == totals.amount + (0 if included else totals.vat_amount)


def test_vat_inside_and_on_top() -> None:
    assert line_vat(Decimal(122), Decimal(22), "RUB", included=True) == Decimal(22)
    assert line_vat(Decimal(100), Decimal(22), "RUB", included=False) == Decimal(22)
    assert line_vat(Decimal(1000), Decimal(10), "JPY", included=True) == Decimal(91)
