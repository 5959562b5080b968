"""Money in another currency: exact, rounded once, of a usable rate or not at all."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.pricing import DISPLAYED, Converted, Exchange, Gap, NoRate, Rate, RateInvalid, jumped
from b2b_dvizhenie.domain.shared.money import Money

TODAY = date(2026, 11, 25)
# Together within what money can be: 1e7 × 1e4 / 0.01 is less than 1e14.
rates = st.decimals("0.01", "10000", places=6)
amounts = st.decimals(0, "1e7", places=2)
days = st.integers(-40, 10).map(lambda days: TODAY + timedelta(days=days))


def told(usd: Decimal, eur: Decimal) -> Exchange:
    return Exchange([Rate("USD", usd, TODAY, "cbr"), Rate("EUR", eur, TODAY, "cbr")], TODAY, 5)


@given(amounts, rates, rates, st.sampled_from(DISPLAYED), st.sampled_from(DISPLAYED))
def test_the_amount_is_the_exact_one_rounded_once(
    amount: Decimal, usd: Decimal, eur: Decimal, source: str, target: str
) -> None:
    per_unit = {"RUB": Decimal(1), "USD": usd, "EUR": eur}
    converted = told(usd, eur).convert(Money(amount, source), target)
    assert isinstance(converted, Converted)
    exact = Fraction(amount) * Fraction(per_unit[source]) / Fraction(per_unit[target])
    assert abs(Fraction(converted.amount.amount) - exact) <= Fraction(1, 200)
    assert converted.amount.amount == converted.amount.rounded().amount
    assert {rate.currency for rate in converted.rates} == ({source, target} - {"RUB"} if source != target else set())


@given(amounts, amounts, rates)
def test_more_never_shows_as_less(one: Decimal, other: Decimal, usd: Decimal) -> None:
    """The order by price in the base currency is the order of what is shown."""
    exchange = told(usd, usd)
    low, high = (exchange.convert(Money(amount, "RUB"), "USD") for amount in sorted((one, other)))
    assert isinstance(low, Converted)
    assert isinstance(high, Converted)
    assert low.amount.amount <= high.amount.amount


@given(st.lists(st.tuples(days, rates), max_size=6, unique_by=lambda pair: pair[0]), st.integers(1, 30))
def test_the_latest_rate_that_has_begun_and_is_not_too_old(told_rates: list[tuple[date, Decimal]], age: int) -> None:
    begun = [pair for pair in told_rates if pair[0] <= TODAY]
    result = Exchange([Rate("USD", rate, day, "cbr") for day, rate in told_rates], TODAY, age).rate("USD")
    if not begun:
        assert result == NoRate("USD", Gap.MISSING)
    elif (last := max(begun))[0] < TODAY - timedelta(days=age):
        assert result == NoRate("USD", Gap.STALE, last[0])
    else:
        assert result == Rate("USD", last[1], last[0], "cbr")


def test_a_rate_is_usable_up_to_its_last_day() -> None:
    last = Rate("USD", Decimal(80), TODAY - timedelta(days=5), "cbr")
    assert Exchange([last], TODAY, 5).rate("USD") == last
    assert Exchange([last], TODAY, 4).rate("USD") == NoRate("USD", Gap.STALE, last.day)
    assert Rate("USD", Decimal("1e9"), TODAY, "cbr").per_unit == 1_000_000_000, "the most a rate can be"


def test_half_a_cent_goes_up_and_a_gap_shows_no_amount() -> None:
    exchange = Exchange([Rate("USD", Decimal(80), TODAY, "cbr")], TODAY, 5)
    converted = exchange.convert(Money(Decimal("0.40"), "RUB"), "USD")
    assert isinstance(converted, Converted)
    assert converted.amount == Money(Decimal("0.01"), "USD")
    assert exchange.convert(Money(Decimal(1), "RUB"), "EUR") == NoRate("EUR", Gap.MISSING)
    assert exchange.convert(Money(Decimal(1), "EUR"), "USD") == NoRate("EUR", Gap.MISSING)


@pytest.mark.parametrize("number", ["0", "-1", "NaN", "Infinity", "1e10"])
def test_what_is_no_rate(number: str) -> None:
    with pytest.raises(RateInvalid):
        Rate("USD", Decimal(number), TODAY, "cbr")


def test_a_jump_is_beyond_the_percent_either_way() -> None:
    assert not jumped(Decimal(100), Decimal(120), 20)
    assert jumped(Decimal(100), Decimal("120.01"), 20)
    assert jumped(Decimal(100), Decimal("79.99"), 20)
