"""Exact money: Decimal amounts with a currency, rounded only by a named policy at a named moment."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar, Self

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import DomainError

MAX_AMOUNT = Decimal("1e14")
_WIDE = Context(prec=40)
_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3, "TND": 3}


class RoundingPolicy(StrEnum):
    """When the price of a line is rounded (pricing-semantics.md, "A line", 2)."""

    LINE_EACH_DISCOUNT = "line_each_discount"  # as 1C does: base and every discount are rounded
    LINE_ONCE = "line_once"  # exact arithmetic, the line sum is rounded once
    UNIT_THEN_LINE = "unit_then_line"  # the price of one unit is rounded, then the line


class CurrencyMismatch(DomainError):
    """Two amounts of different currencies met where only one makes sense."""

    code = "shared.currency_mismatch"


class AmountInvalid(DomainError):
    """An amount is not a finite number or is beyond what money can be."""

    code = "shared.amount_invalid"


def minor_digits(currency: str) -> int:
    """Digits after the point in the currency's minor unit: 2 for RUB, USD, EUR; 0 for JPY; 3 for KWD."""
    return _MINOR_DIGITS.get(currency, 2)


@lru_cache(maxsize=64)
def rounder(currency: str) -> Callable[[Decimal], Decimal]:
    """`round_money` for one currency, for whoever rounds many amounts of it."""
    quantum = Decimal(1).scaleb(-minor_digits(currency))
    return lambda amount: amount.quantize(quantum, ROUND_HALF_UP, _WIDE)


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Round to the minor unit of the currency, half away from zero (the rounding 1C and PostgreSQL use)."""
    return rounder(currency)(amount)


class Money(Struct, frozen=True, gc=False):
    """An exact amount in one currency. Not rounded by itself.

    Raises:
        ValueError: the amount is NaN, infinite or beyond ±1e14, or the currency is not three capital letters.
    """

    amount: Decimal
    currency: str

    ZERO: ClassVar[Decimal] = Decimal(0)

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or abs(self.amount) > MAX_AMOUNT:
            raise ValueError("amount must be a finite number within ±1e14")
        if not (len(self.currency) == 3 and self.currency.isascii() and self.currency.isupper()):
            raise ValueError("currency must be an ISO 4217 code")

    def _same(self, other: "Money") -> None:
        if other.currency != self.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)

    def __add__(self, other: "Money") -> Self:
        self._same(other)
        return type(self)(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> Self:
        self._same(other)
        return type(self)(self.amount - other.amount, self.currency)

    def __mul__(self, factor: int | Decimal) -> Self:
        return type(self)(self.amount * factor, self.currency)

    def rounded(self) -> Self:
        """The amount in whole minor units, half away from zero."""
        return type(self)(round_money(self.amount, self.currency), self.currency)


def split_by_weights(total: Decimal, weights: list[Decimal], currency: str) -> list[Decimal]:
    """Split a rounded total into rounded parts that add up to it, by largest remainder.

    Args:
        total: an amount already in whole minor units.
        weights: non-negative; all zero means equal parts.
        currency: decides the minor unit.

    Returns:
        As many parts as weights, in their order; ties go to the earlier part.
    """
    if not weights:
        return []
    unit = Decimal(1).scaleb(-minor_digits(currency))
    whole = sum(weights)
    shares = [weight / whole if whole else Decimal(1) / len(weights) for weight in weights]
    exact = [total * share / unit for share in shares]
    floors = [part.to_integral_value(rounding="ROUND_FLOOR") for part in exact]
    missing = int(total / unit - sum(floors))
    order = sorted(range(len(weights)), key=lambda index: (floors[index] - exact[index], index))
    for index in order[:missing]:
        floors[index] += 1
    return [part * unit for part in floors]
