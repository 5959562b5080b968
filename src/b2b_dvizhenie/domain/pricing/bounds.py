"""How far a rule book can bring a price down: the bound that lets a catalogue be sorted by one's own price exactly.

A price is never below `base × (1 - share) - tolerance`, so goods in the order of their base prices need to be looked at
only until that bound passes the last price of the page; the prices themselves come from `quote_line` alone. The bound
is taken over rules that *may* match (whatever the quantity), so it holds for every line of a class of goods.
"""

from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.domain.pricing.groups import Group, Strategy
from b2b_dvizhenie.domain.pricing.rules import Effect, Rule

_ZERO = Decimal(0)
_ONE = Decimal(1)
_HUNDRED = Decimal(100)
_HALF_UNIT = Decimal("0.005")
_ACCUMULATING = frozenset({Strategy.SUM, Strategy.COMPOUND, Strategy.PRIORITY_STACK})


class Bound(Struct, frozen=True, gc=False):
    """At most `share` (0 to 1) of a base amount is taken off, by at most `steps` roundings to half a minor unit."""

    share: Decimal
    steps: int

    @property
    def tolerance(self) -> Decimal:
        """What rounding may take beyond the share, per unit of lines of one unit or more, in the currency's units.

        One step for the base amount, one for the resulting price, one for every discount on the way.
        """
        return _HALF_UNIT * (self.steps + 2)

    def lowest(self, base: Decimal) -> Decimal:
        """No price of this class is below it; zero or more."""
        return max(_ZERO, base * (_ONE - self.share) - self.tolerance)

    def highest_base(self, price: Decimal) -> Decimal | None:
        """No base above it can come down to the price; None: any can."""
        left = _ONE - self.share
        return (price + self.tolerance) / left if left > 0 else None


NOTHING_OFF = Bound(_ZERO, 0)


def _of_rule(rule: Rule) -> Bound:
    # An amount or a fixed price can take all of a small base.
    return Bound(rule.value / _HUNDRED if rule.effect is Effect.PERCENT else _ONE, 1)


def _largest(bounds: list[Bound]) -> Bound:
    return Bound(max(one.share for one in bounds), max(one.steps for one in bounds))


def _together(bounds: list[Bound]) -> Bound:
    """All of them one after another or side by side: adding the shares is never less than compounding them."""
    return Bound(min(_ONE, sum((one.share for one in bounds), _ZERO)), sum(one.steps for one in bounds))


def bound_of(root: Group, candidates: Iterable[Rule]) -> Bound:
    """The bound of a tree over lines that no other rules than the candidates match.

    Args:
        root: the tree of the rule book.
        candidates: every rule that may match a line of the class; a superset is allowed and gives a looser bound.
    """
    return _of_group(root, frozenset(rule.rule_id for rule in candidates)) or NOTHING_OFF


def _of_group(group: Group, candidates: frozenset[object]) -> Bound | None:
    bounds = [_of_rule(rule) for rule in group.rules if rule.rule_id in candidates]
    bounds += [bound for child in group.groups if (bound := _of_group(child, candidates)) is not None]
    if not bounds:
        return None
    accumulates = group.strategy in _ACCUMULATING
    if group.strategy in (Strategy.BY_KIND, Strategy.EXCLUSIVE_IF_BETTER):
        accumulates = group.inner in _ACCUMULATING
    if not accumulates:
        return _largest(bounds)
    together = _together(bounds)
    if group.strategy is Strategy.SUM and group.cap_percent is not None:
        return Bound(min(together.share, group.cap_percent / _HUNDRED), together.steps)
    return together
