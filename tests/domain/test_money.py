"""Money is exact, knows its currency, and is rounded only by name."""

from decimal import ROUND_HALF_UP, Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.shared.money import CurrencyMismatch, Money, minor_digits, round_money, split_by_weights

amounts = st.decimals(-(10**9), 10**9, places=4)
currencies = st.sampled_from(["RUB", "USD", "EUR", "JPY", "KWD"])


@given(amounts, currencies)
def test_rounding_is_half_away_from_zero(amount: Decimal, currency: str) -> None:
    rounded = round_money(amount, currency)
    unit = Decimal(1).scaleb(-minor_digits(currency))
    assert abs(rounded - amount) * 2 <= unit
    assert rounded == round_money(rounded, currency)
    assert round_money(-amount, currency) == -rounded
    if abs(rounded - amount) * 2 == unit:
        assert abs(rounded) > abs(amount)
    assert rounded == amount.quantize(unit, ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("2.345", "RUB", "2.35"), ("-2.345", "RUB", "-2.35"), ("0.5", "JPY", "1"), ("1.0005", "KWD", "1.001")],
)
def test_rounding_examples(amount: str, currency: str, expected: str) -> None:
    assert round_money(Decimal(amount), currency) == Decimal(expected)


@given(amounts, amounts, currencies)
def test_addition_and_subtraction_are_exact(left: Decimal, right: Decimal, currency: str) -> None:
    total = Money(left, currency) + Money(right, currency)
    assert total.amount == left + right
    assert total - Money(right, currency) == Money(left, currency)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(Decimal(1), "RUB") + Money(Decimal(1), "USD")


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity", "1e15", "1E+999999"])
def test_nonsense_is_not_money(amount: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        Money(Decimal(amount), "RUB")
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(f'{{"amount": "{amount}", "currency": "RUB"}}', type=Money)


@pytest.mark.parametrize("currency", ["", "rub", "RUBL", "РУБ"])
def test_currency_is_a_code(currency: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        Money(Decimal(1), currency)


@given(
    st.decimals(0, 10**7, places=2),
    st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=12),
)
def test_p9_split_adds_up_and_is_fair(total: Decimal, weights: list[Decimal]) -> None:
    parts = split_by_weights(total, weights, "RUB")
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        share = total * weight / whole if whole else total / len(weights)
        assert abs(part - share) < Decimal("0.011")


def test_split_of_nothing() -> None:
    assert split_by_weights(Decimal("1.00"), [], "RUB") == []
    assert split_by_weights(Decimal("0.01"), [Decimal(0), Decimal(0)], "RUB") == [Decimal("0.01"), Decimal("0.00")]
