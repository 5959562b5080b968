"""What a line of an ERP's document says about its price, and how its discounts stand to ours."""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.drift.hypotheses import line_money
from b2b_dvizhenie.domain.drift.sides import ErpDiscount, ErpLine
from b2b_dvizhenie.domain.pricing import Effect, Explanation
from b2b_dvizhenie.domain.shared.money import rounder

_ZERO = Decimal(0)
PRICE_GRID = Decimal("0.0001")
"""Prices of a unit have up to four digits (onec.md §4.2)."""


class Statement(Struct, frozen=True):
    """The price of a line in steps, as far as the document says.

    `base` and `base_amount` are before the discounts it names, and None where it names none: then nobody knows what it
    began with. `net` is the price of a unit after them. `taken` is what they come to, None where one has no sum.
    """

    net: Decimal
    base: Decimal | None = None
    base_amount: Decimal | None = None
    taken: Decimal | None = None
    discounts: tuple[ErpDiscount, ...] = ()


def statement_of(line: ErpLine, currency: str) -> Statement:
    """Read a line: 1C writes the price before its discounts or after them, and only the sums tell which."""
    rounded = rounder(currency)
    full = rounded(line.price * line.quantity)
    if not line.discounts:
        return Statement(line.price)
    sums = [one.amount for one in line.discounts if one.amount is not None]
    taken = sum(sums, _ZERO) if len(sums) == len(line.discounts) else None
    if taken is None:
        return Statement(_per_unit(line.amount, line.quantity), line.price, full, None, line.discounts)
    as_gross, as_net = abs(full - taken - line.amount), abs(full - line.amount)
    if as_net < as_gross:
        gross = line.amount + taken
        return Statement(line.price, _per_unit(gross, line.quantity), gross, taken, line.discounts)
    return Statement(_per_unit(line.amount, line.quantity), line.price, full, taken, line.discounts)


def _per_unit(amount: Decimal, quantity: Decimal) -> Decimal:
    return (amount / quantity).quantize(PRICE_GRID, ROUND_HALF_UP) if quantity else _ZERO


class OwnDiscount(Struct, frozen=True):
    """A discount of ours as money of the line; `percent` where it is one."""

    rule_id: UUID
    percent: Decimal | None
    amount: Decimal


def own_discounts(told: Explanation | None) -> tuple[OwnDiscount, ...]:
    """The discounts that made our price, in the order they were taken."""
    if told is None:
        return ()
    rounded = rounder(told.currency)
    return tuple(
        OwnDiscount(
            one.rule_id,
            one.value if one.effect is Effect.PERCENT else None,
            rounded(line_money(told, one.discount)),
        )
        for one in told.applied
    )


class Matched(Struct, frozen=True):
    """A discount of ours beside its counterpart; one of the two may be missing."""

    ours: OwnDiscount | None
    theirs: ErpDiscount | None


def same_percent(ours: OwnDiscount, theirs: ErpDiscount) -> bool:
    """Whether both are the same percent."""
    return ours.percent is not None and theirs.percent is not None and ours.percent == theirs.percent


def same_amount(ours: OwnDiscount, theirs: ErpDiscount, penny: Decimal) -> bool:
    """Whether both take the same sum, to a penny."""
    return theirs.amount is not None and abs(ours.amount - theirs.amount) <= penny


def match(ours: Sequence[OwnDiscount], theirs: Sequence[ErpDiscount], penny: Decimal) -> tuple[Matched, ...]:
    """Pair discounts: by percent and sum, by percent, by sum; what is left on both sides, by order.

    Returns:
        One entry for each of ours, in their order, then those that only the ERP has.
    """
    partners: dict[int, int] = {}
    tests: tuple[Callable[[OwnDiscount, ErpDiscount], bool], ...] = (
        lambda own, one: same_percent(own, one) and same_amount(own, one, penny),
        same_percent,
        lambda own, one: (own.percent is None or one.percent is None) and same_amount(own, one, penny),
        lambda _, __: True,
    )
    for fits in tests:
        for index, own in enumerate(ours):
            free = (place for place in range(len(theirs)) if place not in partners.values())
            found = None if index in partners else next((place for place in free if fits(own, theirs[place])), None)
            if found is not None:
                partners[index] = found
    paired = [Matched(own, theirs[partners[index]] if index in partners else None) for index, own in enumerate(ours)]
    extra = [one for place, one in enumerate(theirs) if place not in partners.values()]
    return (*paired, *(Matched(None, one) for one in extra))
