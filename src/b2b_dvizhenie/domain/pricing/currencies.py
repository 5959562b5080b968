"""Showing money in another currency: official rates, which of them holds on a day, and one exact conversion (CUR).

A rate is the roubles of one unit of a currency. Prices are made, discounted and rounded in the currency of the terms by
`quote`; what is shown in another currency is the finished, rounded amount multiplied once and rounded once, here. Where
no usable rate exists there is no amount, never a wrong one.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Context, Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct

from b2b_dvizhenie.domain.settings import Number, Setting
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.money import Money, round_money

BASE = "RUB"
"""What rates are counted in; its own rate is one."""
DISPLAYED = (BASE, "USD", "EUR")
"""Currencies a person may choose to see prices in (CUR-1)."""
MAX_RATE = Decimal("1e9")
RATE_MAX_AGE = Number(key="pricing.rate_max_age_days", group="currencies", default=5, minimum=1, maximum=60)
"""Days after which the last rate is too old to show a price by. Five outlast the usual holidays."""
RATE_JUMP = Number(key="pricing.rate_jump_percent", group="currencies", default=20, minimum=1, maximum=100)
"""Percent by which a new rate may differ from the last one; beyond it an administrator has to confirm it."""
CURRENCY_SETTINGS: tuple[Setting[Any], ...] = (RATE_MAX_AGE, RATE_JUMP)
_WIDE = Context(prec=50)


class RateInvalid(DomainError):
    """A rate is not a positive, finite number, or is beyond what a rate can be."""

    code = "pricing.rate_invalid"


class Rate(Struct, frozen=True):
    """Roubles of one unit of `currency` from `day` on, until a later day has a rate; `source` says who set it.

    Raises:
        RateInvalid: the number cannot be a rate.
    """

    currency: str
    per_unit: Decimal
    day: date
    source: str

    def __post_init__(self) -> None:
        if not self.per_unit.is_finite() or not 0 < self.per_unit <= MAX_RATE:
            raise RateInvalid(currency=self.currency)


class Gap(StrEnum):
    """Why there is no rate to use."""

    MISSING = "missing"  # nobody has told one
    STALE = "stale"  # the last one is too old


class NoRate(Struct, frozen=True):
    """No amount can be shown in the currency; `day` is that of the rate which is too old."""

    currency: str
    gap: Gap
    day: date | None = None


class Converted(Struct, frozen=True):
    """An amount in another currency, in whole minor units, what it was made of, and the rates it was made by."""

    amount: Money
    original: Money
    rates: tuple[Rate, ...]


class Exchange:
    """The rates that hold on one day.

    Args:
        rates: any; of each currency the latest up to `today` counts.
        today: the business day in the seller's zone.
        max_age_days: how old a rate may be.
    """

    def __init__(self, rates: Iterable[Rate], today: date, max_age_days: int) -> None:
        self._oldest = today - timedelta(days=max_age_days)
        self._rates: dict[str, Rate] = {}
        for rate in rates:
            held = self._rates.get(rate.currency)
            if rate.day <= today and rate.currency != BASE and (held is None or held.day < rate.day):
                self._rates[rate.currency] = rate

    def rate(self, currency: str) -> Rate | NoRate:
        """The rate of a currency other than the base."""
        rate = self._rates.get(currency)
        if rate is None:
            return NoRate(currency, Gap.MISSING)
        return NoRate(currency, Gap.STALE, rate.day) if rate.day < self._oldest else rate

    def convert(self, amount: Money, to: str) -> Converted | NoRate:
        """The amount in another currency; rounded half away from zero to its minor unit, once."""
        if to == amount.currency:
            return Converted(amount, amount, ())
        used: list[Rate] = []
        factors = [Decimal(1), Decimal(1)]
        for index, currency in enumerate((amount.currency, to)):
            if currency == BASE:
                continue
            rate = self.rate(currency)
            if isinstance(rate, NoRate):
                return rate
            factors[index] = rate.per_unit
            used.append(rate)
        exact = _WIDE.divide(_WIDE.multiply(amount.amount, factors[0]), factors[1])
        return Converted(Money(round_money(exact, to), to), amount, tuple(used))


def jumped(before: Decimal, after: Decimal, percent: int) -> bool:
    """Whether a rate differs from the one before by more than `percent` of it, up or down."""
    return abs(after - before) * 100 > before * percent
