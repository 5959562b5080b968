"""Showing one person money in the currency he chose (CUR): what is charged stays in that of the terms."""

from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from msgspec import Struct

from b2b_dvizhenie.domain.pricing.currencies import BASE, Exchange, NoRate, Rate
from b2b_dvizhenie.domain.shared.money import Money, minor_digits

_WIDE = Context(prec=50)
_STEP = Decimal("0.0001")
"""Prices of units have four digits at most."""
_BEYOND = Decimal("9e13")
"""More than anything costs; what is asked beyond it is asked for nothing, and has to stay within what money can be."""


class Display(Struct, frozen=True):
    """Money of the terms' currency `source` as it is shown in `currency`, by `rates` of named days and sources."""

    source: str
    currency: str
    exchange: Exchange
    rates: tuple[Rate, ...]

    @classmethod
    def of(cls, source: str, currency: str, exchange: Exchange) -> "Display | NoRate":
        """How to show `source` in `currency`, or whose rate is missing: then there is no amount, never a wrong one."""
        nothing = exchange.convert(Money(Decimal(0), source), currency)
        return nothing if isinstance(nothing, NoRate) else cls(source, currency, exchange, nothing.rates)

    @classmethod
    def stored(cls, source: str, currency: str, rates: tuple[Rate, ...]) -> "Display | None":
        """How `source` was shown by these rates, whatever the rates are today; None where one of them is not there."""
        day = max((rate.day for rate in rates), default=date.min)
        oldest = min((rate.day for rate in rates), default=date.min)
        found = cls.of(source, currency, Exchange(rates, day, (day - oldest).days))
        return found if isinstance(found, Display) else None

    def amount(self, amount: Decimal) -> Decimal:
        """An amount of the terms' currency, rounded once to the minor unit of the shown one (CUR-3)."""
        converted = self.exchange.convert(Money(amount, self.source), self.currency)
        if isinstance(converted, NoRate):  # the rates of one exchange do not change
            raise TypeError(converted)
        return converted.amount.amount

    def money(self, money: Money) -> Money:
        """The same with its currency; what is not of the terms' currency is left as it is."""
        return Money(self.amount(money.amount), self.currency) if money.currency == self.source else money

    def least(self, shown: Decimal) -> Decimal:
        """The lowest price of the terms' currency that is shown as this much or more."""
        wanted = shown.quantize(self._unit, ROUND_CEILING, _WIDE)
        if max(wanted, self._back(wanted)) > _BEYOND:
            return _BEYOND
        return max(Decimal(0), self._back(wanted).quantize(_STEP, ROUND_CEILING, _WIDE))

    def most(self, shown: Decimal) -> Decimal:
        """The highest price of the terms' currency that is shown as this much or less."""
        wanted = shown.quantize(self._unit, ROUND_FLOOR, _WIDE)
        if max(wanted, self._back(wanted + self._unit)) > _BEYOND:
            return _BEYOND
        found = self._back(wanted + self._unit).quantize(_STEP, ROUND_FLOOR, _WIDE)
        # A price that is half a unit above exactly is rounded up already.
        return found - _STEP if self.amount(found) > wanted else found

    def within(self, low: Decimal | None, high: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
        """The prices of the terms' currency that are shown from `low` to `high`, both included; None is open.

        Where no price is shown so, because steps of the shown currency are finer, the bounds are beyond every price.
        """
        least = None if low is None else self.least(low)
        most = None if high is None else self.most(high)
        if least is not None and most is not None and least > most:
            return _BEYOND, _BEYOND
        return least, most

    @property
    def _unit(self) -> Decimal:
        return Decimal(1).scaleb(-minor_digits(self.currency))

    def _back(self, shown: Decimal) -> Decimal:
        """Where an amount begins to be rounded up to the shown one: exact to many more digits than prices have."""
        rates = {rate.currency: rate.per_unit for rate in self.rates}
        exact = _WIDE.multiply(shown - self._unit / 2, rates.get(self.currency, Decimal(1)))
        return _WIDE.divide(exact, Decimal(1) if self.source == BASE else rates[self.source])
