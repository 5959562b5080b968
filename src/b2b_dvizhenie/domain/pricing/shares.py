"""What a rule book takes off a base price, by what its rules ask of goods: between which shares the discount must lie.

Own prices have no index. But a section, a brand, both together or an article decide which rules can match, so the own
price of a good lies between `base × (1 - most) - tolerance` and `base × (1 - least) + tolerance`, and where a discount
is one rule's percent it is one of few shares. That turns an interval of own prices into a few intervals of stored
ones, which do have an index. Shares may be loose and are never wrong; prices come from `quote_line` alone.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from math import prod
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import minor_digits

_ZERO = Decimal(0)
_ONE = Decimal(1)

Span = tuple[Decimal, Decimal | None]
"""Amounts from the first to the second, both included; None is open."""


class Combining(StrEnum):
    """What becomes of the shares of the rules that match one good."""

    LARGEST = "largest"  # the largest is taken
    ONE = "one"  # one of them is taken, which one is the tree's to say
    SUM = "sum"  # all of them are taken
    COMPOUND = "compound"  # each is taken of what the others leave
    TOGETHER = "together"  # at most their sum is taken, and not less than any of them
    AT_MOST = "at_most"  # at most their sum is taken


class Share(Struct, frozen=True, gc=False):
    """Between which parts of a base amount (0 to 1) the discount lies."""

    least: Decimal
    most: Decimal


Steps = tuple[tuple[Decimal, Share], ...]
"""From which quantity on which share holds, ascending, the first quantity being one or more."""


class Layer(Struct, frozen=True, eq=False, weakref=True):
    """The shares of some rules, by what goods have in common; `sections` are those goods lie in, not those rules name.

    `percents` are the percents of rules that name no articles, as shares; None: not all of them are percents.
    `most_at_once` is how many rules can match one good.
    """

    sections: Mapping[UUID, Steps]
    brands: Mapping[UUID, Steps]
    pairs: Mapping[tuple[UUID, UUID], Steps]
    articles: Mapping[str, Steps]
    percents: frozenset[Decimal] | None
    most_at_once: int
    alike: Mapping[frozenset[Decimal] | None, frozenset[str]]
    """Articles by the percents that lists of them take off, as shares; under None those with anything else."""


def combined(combining: Combining, shares: Iterable[Share]) -> Share:
    """What is taken off a good for which all of these hold, the shares of single rules or of several already."""
    shares = tuple(shares)
    if not shares:
        return Share(_ZERO, _ZERO)
    leasts, mosts = [one.least for one in shares], [one.most for one in shares]
    together = min(_ONE, sum(mosts, _ZERO))
    match combining:
        case Combining.LARGEST:
            return Share(max(leasts), max(mosts))
        case Combining.ONE:
            return Share(min(leasts), max(mosts))
        case Combining.SUM:
            return Share(min(_ONE, sum(leasts, _ZERO)), together)
        case Combining.COMPOUND:
            return Share(_ONE - prod(_ONE - one for one in leasts), _ONE - prod(_ONE - one for one in mosts))
        case Combining.TOGETHER:
            return Share(max(leasts), together)
        case Combining.AT_MOST:
            return Share(_ZERO, together)


class Shares(Struct, frozen=True):
    """What the rules of one buyer take off.

    What layers say of one good is `combined`; more than `kept` of it is not sure, more than `cap` is never taken.
    `levels` are all the shares that goods can
    have, but for goods of the articles in `apart`: those may have any, and are to be looked up.
    """

    combining: Combining = Combining.LARGEST
    layers: tuple[Layer, ...] = ()
    levels: tuple[Share, ...] = (Share(_ZERO, _ZERO),)
    apart: frozenset[str] = frozenset()
    kept: Decimal = _ONE
    cap: Decimal = _ONE
    tolerance: Decimal = _ZERO

    def stored(self, share: Share, low: Decimal | None, high: Decimal | None) -> Span | None:
        """Stored prices that can become own prices from `low` to `high` with such a share; None: none can."""
        start, end = _ZERO, None  # type: Decimal, Decimal | None
        if low is not None and low > self.tolerance:
            if share.least == _ONE:
                return None
            start = (low - self.tolerance) / (_ONE - share.least)
        if high is not None and share.most < _ONE:
            end = (high + self.tolerance) / (_ONE - share.most)
        return start, end

    def spans(self, low: Decimal | None, high: Decimal | None) -> list[Span]:
        """The same for every level: disjoint, ascending."""
        found = [span for level in self.levels if (span := self.stored(level, low, high)) is not None]
        merged: list[Span] = []
        for start, end in sorted(found, key=lambda span: span[0]):
            if merged and (merged[-1][1] is None or start <= merged[-1][1]):
                before, until = merged.pop()
                merged.append((before, None if until is None or end is None else max(until, end)))
            else:
                merged.append((start, end))
        return merged


def no_shares(currency: str) -> Shares:
    """Nothing is taken off; prices are rounded all the same."""
    return Shares(tolerance=half_unit(currency))


def half_unit(currency: str) -> Decimal:
    """What rounding a price may change."""
    return Decimal(5).scaleb(-minor_digits(currency) - 1)
