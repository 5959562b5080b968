"""The tree of groups that decides between rules that match one line: a strategy per group (features.md §7.8)."""

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.pricing.rules import DEFAULT_KIND_ORDER, Kind, Rule


class Strategy(StrEnum):
    """How a group makes one discount of its candidates. Selection strategies pick one, the others accumulate.

    Path independence (what a group picks from a part of its candidates can stand for that part) holds for MAX, MIN,
    DISPLACE, BY_KIND, PRIORITY_MAX and BEST_PRICE. "Adding a rule never raises the price" holds for MAX and
    BEST_PRICE only.
    """

    MAX = "max"  # the largest discount on the line
    MIN = "min"  # the smallest
    SUM = "sum"  # each from the group's base, added
    COMPOUND = "compound"  # each from what the previous one left, by order
    DISPLACE = "displace"  # the first by order, even if it takes nothing
    BY_KIND = "by_kind"  # the first kind of goods that matches; inside it the deepest category
    PRIORITY_MAX = "priority_max"  # only the highest priority; the largest inside it
    PRIORITY_STACK = "priority_stack"  # by priority and order, each from the remainder, until a rule stops it
    EXCLUSIVE_IF_BETTER = "exclusive_if_better"  # the best exclusive rule, if strictly better than the others together
    BEST_PRICE = "best_price"  # the lowest resulting sum of the line
    REFUSE = "refuse"  # two candidates are an error when the rule set is published


class Group(Struct, frozen=True):
    """A group of rules and groups. Default strategy: the larger discount wins.

    Args:
        inner: what BY_KIND and EXCLUSIVE_IF_BETTER use inside what they leave over.
        kind_order: for BY_KIND; kinds not listed come after, in the default rank.
        cap_percent: SUM takes at most this share of its base; None means only "not more than all".
        ignore_zero: MIN passes over discounts of zero unless all are zero.
    """

    group_id: UUID
    rules: tuple[Rule, ...] = ()
    groups: "tuple[Group, ...]" = ()
    strategy: Strategy = Strategy.MAX
    inner: Strategy = Strategy.MAX
    kind_order: tuple[Kind, ...] = DEFAULT_KIND_ORDER
    cap_percent: Decimal | None = Decimal(100)
    ignore_zero: bool = True
    priority: int = 0
    order: int = 0
    exclusive: bool = False

    def __post_init__(self) -> None:
        if self.inner in (Strategy.BY_KIND, Strategy.EXCLUSIVE_IF_BETTER, Strategy.REFUSE):
            raise ValueError("the inner strategy must be a simple one")
        if self.cap_percent is not None and not (self.cap_percent.is_finite() and 0 <= self.cap_percent <= 100):
            raise ValueError("cap_percent must be between 0 and 100")
        if len(set(self.kind_order)) != len(self.kind_order):
            raise ValueError("kind_order names a kind twice")
        ids = [member.rule_id for member in self.rules] + [group.group_id for group in self.groups]
        if len(set(ids)) != len(ids):
            raise ValueError("two members of a group have one id")

    def kind_rank(self, kind: Kind) -> int:
        """Rank of a kind in this group: its own order, then the default one for the rest."""
        if kind in self.kind_order:
            return self.kind_order.index(kind)
        return len(self.kind_order) + DEFAULT_KIND_ORDER.index(kind)

    def all_rules(self) -> tuple[Rule, ...]:
        """Every rule of the tree, groups in depth-first order."""
        below = [rule for group in self.groups for rule in group.all_rules()]
        return (*self.rules, *below)
