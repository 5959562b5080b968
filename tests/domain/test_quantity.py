"""Quantities that can be ordered, and the nearest ones when one cannot (features §4.10 QTY)."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.shared.quantity import (
    QuantityInvalid,
    QuantityNotMultiple,
    QuantityRule,
    parse_quantity,
    plain,
)

quantities = st.decimals("0.001", 100_000, places=3)
multiples = st.sampled_from([Decimal(n) for n in ("1", "5", "12", "0.5", "0.001", "2.5", "305")])
minima = st.sampled_from([Decimal(n) for n in ("0", "1", "10", "7", "100")])


@given(quantities, multiples, minima)
def test_nearest_values_are_valid_and_nearest(quantity: Decimal, multiple: Decimal, minimum: Decimal) -> None:
    rule = QuantityRule(multiple, minimum)
    lower, upper = rule.nearest(quantity)
    assert rule.check(upper) == upper
    assert upper % multiple == 0
    assert upper >= minimum
    assert upper >= quantity
    assert upper - multiple < max(quantity, minimum)
    if lower is not None:
        assert rule.check(lower) == lower
        assert quantity - multiple < lower <= quantity
        assert lower >= minimum


@given(quantities, multiples, minima)
def test_check_accepts_or_names_the_nearest(quantity: Decimal, multiple: Decimal, minimum: Decimal) -> None:
    rule = QuantityRule(multiple, minimum)
    if quantity % multiple == 0 and quantity >= minimum:
        assert rule.check(quantity) == quantity
        return
    with pytest.raises(QuantityNotMultiple) as caught:
        rule.check(quantity, "lines.3.quantity")
    assert caught.value.field == "lines.3.quantity"
    assert Decimal(caught.value.params["upper"]) == rule.round_up(quantity)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NaN", "not_a_number"),
        ("sNaN", "not_a_number"),
        ("Infinity", "not_a_number"),
        ("0", "not_positive"),
        ("-1", "not_positive"),
        ("1E+999999", "too_large"),
        ("10000000.001", "too_large"),
        ("0.0001", "too_precise"),
        ("1E-999999", "too_precise"),
    ],
)
def test_what_is_not_a_quantity(text: str, reason: str) -> None:
    with pytest.raises(QuantityInvalid) as caught:
        parse_quantity(Decimal(text))
    assert caught.value.params["reason"] == reason


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_parse_is_total(number: Decimal) -> None:
    try:
        assert parse_quantity(number) > 0
    except QuantityInvalid:
        assume(True)


@pytest.mark.parametrize(("number", "text"), [("1E+2", "100"), ("1.500", "1.5"), ("0.001", "0.001"), ("120", "120")])
def test_plain(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text
