"""Prices in a chosen currency (CUR-2, CUR-3): one rounding, and ranges that mean exactly what is shown."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.pricing import Display, Exchange, Gap, NoRate, Rate
from b2b_dvizhenie.domain.shared.money import Money

TODAY = date(2026, 11, 25)
RATES = st.decimals(Decimal("0.0137"), Decimal("997.4"), places=4)
PRICES = st.decimals(Decimal(0), Decimal(50_000), places=4)
SHOWN = st.decimals(Decimal(0), Decimal(2_000), places=3)
PAIRS = st.sampled_from([("RUB", "USD"), ("USD", "RUB"), ("USD", "EUR")])


def display(pair: tuple[str, str], usd: Decimal, eur: Decimal) -> Display:
    exchange = Exchange([Rate("USD", usd, TODAY, "cbr"), Rate("EUR", eur, TODAY, "cbr")], TODAY, 5)
    found = Display.of(*pair, exchange)
    assert isinstance(found, Display)
    return found


@given(PAIRS, RATES, RATES, PRICES, SHOWN)
def test_a_range_holds_exactly_what_is_shown_in_it(
    pair: tuple[str, str], usd: Decimal, eur: Decimal, price: Decimal, bound: Decimal
) -> None:
    shown = display(pair, usd, eur)
    step = Decimal("0.0001")
    low, high = shown.least(bound), shown.most(bound)
    assert (price >= low) == (shown.amount(price) >= bound)
    assert (price <= high) == (shown.amount(price) <= bound)
    assert shown.amount(low) >= bound >= shown.amount(high)
    assert low == 0 or shown.amount(low - step) < bound
    assert shown.amount(high + step) > bound


@given(PAIRS, RATES, RATES, PRICES, SHOWN, SHOWN)
def test_two_bounds_hold_what_is_shown_between_them(
    pair: tuple[str, str], usd: Decimal, eur: Decimal, price: Decimal, one: Decimal, other: Decimal
) -> None:
    shown = display(pair, usd, eur)
    low, high = sorted((one, other))
    least, most = shown.within(low, high)
    assert least is not None
    assert most is not None
    for at in (price, shown.least(low), shown.most(high)):
        assert (least <= at <= most) == (low <= shown.amount(at) <= high)


def test_between_two_steps_of_what_is_shown_there_is_nothing() -> None:
    """A cent comes to 80 kopecks, so nothing is shown as 10 to 20 of them."""
    shown = display(("USD", "RUB"), Decimal(8000), Decimal(90))
    assert (shown.amount(Decimal("0.0001")), shown.amount(Decimal(0))) == (Decimal("0.80"), Decimal(0))
    least, most = shown.within(Decimal("0.10"), Decimal("0.20"))
    assert least == most
    assert least is not None
    assert least > Decimal("1e13")
    assert shown.within(None, None) == (None, None)


@given(PAIRS, RATES, RATES, PRICES, PRICES)
def test_the_order_of_prices_stays(
    pair: tuple[str, str], usd: Decimal, eur: Decimal, one: Decimal, other: Decimal
) -> None:
    shown = display(pair, usd, eur)
    low, high = sorted((one, other))
    assert shown.amount(low) <= shown.amount(high)


def test_what_is_not_of_the_terms_is_left_alone_and_no_rate_is_no_display() -> None:
    shown = display(("RUB", "USD"), Decimal(80), Decimal(90))
    assert shown.money(Money(Decimal(100), "RUB")) == Money(Decimal("1.25"), "USD")
    assert shown.money(Money(Decimal(100), "USD")) == Money(Decimal(100), "USD")
    assert [rate.currency for rate in display(("USD", "EUR"), Decimal(80), Decimal(90)).rates] == ["USD", "EUR"]
    assert Display.of("RUB", "EUR", Exchange([], TODAY, 5)) == NoRate("EUR", Gap.MISSING)


def test_more_than_anything_costs_is_a_bound_like_any_other() -> None:
    for pair in (("RUB", "USD"), ("USD", "RUB"), ("EUR", "USD")):
        shown = display(pair, Decimal(10000), Decimal("0.01"))
        for asked in ("9.9e13", "1e13", "1e10"):
            assert shown.least(Decimal(asked)) <= Decimal("1e14")
            assert shown.most(Decimal(asked)) <= Decimal("1e14")


def test_bounds_at_the_most_that_anything_costs() -> None:
    """To the last digit on either side of 9e13: at 65 536 a unit, half a cent comes to a whole price."""
    at_par, dear = (display(("RUB", "USD"), Decimal(rate), Decimal(1)) for rate in (1, 65536))
    assert at_par.least(Decimal("9e13")) == Decimal("89999999999999.995")
    assert at_par.least(Decimal("90000000000000.01")) == Decimal("9e13")
    assert dear.most(Decimal("1373291015.62")) == Decimal("89999999999999.9999")
    assert dear.most(Decimal("1373291015.63")) == Decimal("9e13")
    assert at_par.most(Decimal("9e13")) == Decimal("9e13")
    assert (at_par.least(Decimal(0)), at_par.most(Decimal(0))) == (0, Decimal("0.0049"))


def test_control_a_bound_converted_like_an_amount_loses_goods() -> None:
    """Sabotage: the bound itself converted back instead of the prices that are shown as it."""
    shown = display(("RUB", "USD"), Decimal(80), Decimal(90))
    naive = Decimal("1.25") * 80
    assert shown.amount(Decimal("99.70")) == Decimal("1.25")
    assert Decimal("99.70") < naive
    assert shown.least(Decimal("1.25")) == pytest.approx(Decimal("99.6"))


@given(PAIRS, RATES, RATES, PRICES, st.integers(0, 900))
def test_what_was_shown_is_shown_again_by_the_stored_rates(
    pair: tuple[str, str], usd: Decimal, eur: Decimal, price: Decimal, days: int
) -> None:
    """Whatever today's rates are, and however far the days of the stored ones are apart."""
    rates = (Rate("USD", usd, TODAY, "cbr"), Rate("EUR", eur, TODAY + timedelta(days=days), "cbr"))
    then = Display.stored(*pair, rates)
    assert then is not None
    assert then.amount(price) == display(pair, usd, eur).amount(price)
    assert set(then.rates) == {rate for rate in rates if rate.currency in pair}


def test_nothing_is_shown_by_rates_that_are_not_there() -> None:
    assert Display.stored("RUB", "USD", ()) is None
    assert Display.stored("RUB", "USD", (Rate("EUR", Decimal(90), TODAY, "cbr"),)) is None
