"""What our sum would have been, had one thing been done otherwise: rounding, or one of the discounts.

A document that states only a price and a sum does not say how it came to them. Where one changed step gives exactly its
sum, that step is named.
"""

from decimal import Decimal

from b2b_dvizhenie.domain.pricing import Explanation, amount_of, held, working_space
from b2b_dvizhenie.domain.shared.money import RoundingPolicy

_ZERO = Decimal(0)


def line_money(told: Explanation, amount: Decimal) -> Decimal:
    """An amount of the working space as money of the line; not rounded."""
    return amount * told.quantity if told.base.rounding is RoundingPolicy.UNIT_THEN_LINE else amount


def without(told: Explanation, index: int) -> Decimal:
    """The sum of the line without one of the applied discounts; those taken from its remainder take from more."""
    return _sum(told, told.base.rounding, skipped=index)


def unlimited(told: Explanation) -> Decimal:
    """The sum of the line if nothing had held the discounts back: no cap of a group, no lowest price."""
    base, space = working_space(told.base.rounding, told.base.amount, told.quantity, told.currency)
    return space.line(max(base - sum((one.discount for one in told.applied), _ZERO), _ZERO))


def rounded_otherwise(told: Explanation) -> frozenset[Decimal]:
    """The sums of the line under the other rounding policies."""
    if told.taken != sum((one.discount for one in told.applied), _ZERO):
        return frozenset()  # of a cap, only its result is known
    return frozenset(_sum(told, policy) for policy in RoundingPolicy if policy is not told.base.rounding)


def _sum(told: Explanation, policy: RoundingPolicy, skipped: int | None = None) -> Decimal:
    own = told.base.rounding is RoundingPolicy.UNIT_THEN_LINE
    base, space = working_space(policy, told.base.amount, told.quantity, told.currency)
    taken: list[Decimal] = []
    for index, (one, start) in enumerate(zip(told.applied, _starts(told), strict=True)):
        remainder = max(base - sum(taken[start:], _ZERO), _ZERO)
        taken.append(_ZERO if index == skipped else amount_of(one.effect, one.value, remainder, space))
    left = max(base - sum(taken, _ZERO), _ZERO)
    if told.limit is not None:
        per_unit = policy is RoundingPolicy.UNIT_THEN_LINE
        limit = told.limit if own == per_unit else told.limit * told.quantity if own else told.limit / told.quantity
        left = held(base, left, limit)
    return space.line(left)


def _starts(told: Explanation) -> list[int]:
    """For each applied discount, from which earlier one on the others had reduced its remainder; its own place if none
    had. Discounts that add up leave each other alone, stacked ones do not, and a tree mixes both.
    """
    base, _ = working_space(told.base.rounding, told.base.amount, told.quantity, told.currency)
    starts = []
    for place, one in enumerate(told.applied):
        start, reduced = place, _ZERO
        while start > 0 and reduced < base - one.remainder:
            start -= 1
            reduced += told.applied[start].discount
        starts.append(start)
    return starts
