"""A rule set as people write it: groups with parents, rules with names, limits. `tree` makes of it what `quote` takes.

Rules and groups keep their ids when a set is copied into a new draft, so ties fall alike and versions can be compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.pricing.books import Limits
from b2b_dvizhenie.domain.pricing.groups import Group, Strategy
from b2b_dvizhenie.domain.pricing.quotes import PricePoint
from b2b_dvizhenie.domain.pricing.rules import DEFAULT_KIND_ORDER, Kind, Rule
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.errors import Kind as ErrorKind
from b2b_dvizhenie.domain.shared.ids import PriceTypeId

MAX_GROUPS = 200
MAX_DEPTH = 8
MAX_TITLE = 200
_HUNDRED = Decimal(100)
_MAX_MARGIN = Decimal(10_000)


class SetState(StrEnum):
    """A draft is written, a published set never changes again. Whether it is in force is told by activations."""

    DRAFT = "draft"
    PUBLISHED = "published"


class NotADraft(DomainError):
    """A published rule set is never changed: changes go into a new draft."""

    code = "pricing.not_a_draft"
    kind = ErrorKind.CONFLICT


class GroupTreeInvalid(DomainError):
    """Groups do not make one tree: `reason` is no_root, many_roots, cycle, too_deep, too_many or unknown_parent."""

    code = "pricing.group_tree_invalid"


class LimitInvalid(DomainError):
    """A limit of a rule set is no percent that makes sense, or a margin has no cost to be added to."""

    code = "pricing.limit_invalid"


class SetLimits(Struct, frozen=True):
    """What no discount of the set may go below (pricing-semantics A.6). Empty: no limit.

    Args:
        floor_price_type_id: the price type that holds minimal prices (МРЦ).
        cost_price_type_id: the price type that holds costs; nobody who buys ever sees one.
        minimal_margin: percent on top of the cost, 0 to 10 000.
        max_total_percent: largest discount from the base, 0 to 100.

    Raises:
        LimitInvalid: the field is named.
    """

    floor_price_type_id: PriceTypeId | None = None
    cost_price_type_id: PriceTypeId | None = None
    minimal_margin: Decimal | None = None
    max_total_percent: Decimal | None = None

    def __post_init__(self) -> None:
        margin, total = self.minimal_margin, self.max_total_percent
        if margin is not None and not (margin.is_finite() and 0 <= margin <= _MAX_MARGIN):
            raise LimitInvalid("minimal_margin", maximum=str(_MAX_MARGIN))
        if total is not None and not (total.is_finite() and 0 <= total <= _HUNDRED):
            raise LimitInvalid("max_total_percent", maximum=str(_HUNDRED))
        if (margin is None) != (self.cost_price_type_id is None):
            raise LimitInvalid("minimal_margin" if margin is None else "cost_price_type_id", maximum=str(_MAX_MARGIN))


class GroupNode(Struct, frozen=True, kw_only=True):
    """A group without its members; `parent_id` is None for the root. See `Group` for the rest."""

    group_id: UUID
    parent_id: UUID | None = None
    title: str = ""
    strategy: Strategy = Strategy.MAX
    inner: Strategy = Strategy.MAX
    kind_order: tuple[Kind, ...] = DEFAULT_KIND_ORDER
    cap_percent: Decimal | None = _HUNDRED
    ignore_zero: bool = True
    priority: int = 0
    order: int = 0
    exclusive: bool = False

    def group(self, rules: tuple[Rule, ...] = (), groups: tuple[Group, ...] = ()) -> Group:
        """The group with these members; ValueError for values that make no sense."""
        return Group(
            self.group_id,
            rules,
            groups,
            self.strategy,
            self.inner,
            self.kind_order,
            self.cap_percent,
            self.ignore_zero,
            self.priority,
            self.order,
            self.exclusive,
        )


class PlacedRule(Struct, frozen=True):
    """A rule in its group. `title` is for staff; buyers read `public_title`, or a generic name where it is empty."""

    group_id: UUID
    rule: Rule
    title: str = ""
    public_title: str = ""


def tree(nodes: Iterable[GroupNode], rules: Iterable[tuple[UUID, Rule]] = ()) -> Group:
    """The tree of groups with its rules.

    Args:
        nodes: every group of the set; exactly one has no parent.
        rules: each with the id of its group; those of unknown groups are refused.

    Raises:
        GroupTreeInvalid: the groups do not make one tree.
        ValueError: a group's values make no sense, or two members of a group have one id.
    """
    known = {node.group_id: node for node in nodes}
    if len(known) > MAX_GROUPS:
        raise GroupTreeInvalid(reason="too_many", maximum=MAX_GROUPS)
    roots = [node for node in known.values() if node.parent_id is None]
    if len(roots) != 1:
        raise GroupTreeInvalid(reason="no_root" if not roots else "many_roots")
    children: Mapping[UUID, list[GroupNode]] = defaultdict(list)
    for node in known.values():
        if node.parent_id is not None:
            if node.parent_id not in known:
                raise GroupTreeInvalid(reason="unknown_parent")
            children[node.parent_id].append(node)
    members: Mapping[UUID, list[Rule]] = defaultdict(list)
    for group_id, rule in rules:
        if group_id not in known:
            raise GroupTreeInvalid(reason="unknown_parent")
        members[group_id].append(rule)
    seen: set[UUID] = set()

    def grown(node: GroupNode, depth: int) -> Group:
        if depth > MAX_DEPTH:
            raise GroupTreeInvalid(reason="too_deep", maximum=MAX_DEPTH)
        seen.add(node.group_id)
        below = tuple(grown(child, depth + 1) for child in children.get(node.group_id, ()))
        return node.group(tuple(members.get(node.group_id, ())), below)

    root = grown(roots[0], 1)
    if len(seen) != len(known):
        raise GroupTreeInvalid(reason="cycle")
    return root


def limits_of(limits: SetLimits, guards: Sequence[PricePoint], quantity: Decimal, currency: str) -> Limits:
    """The limits of a line: prices of the floor's and the cost's type at its quantity, in its currency.

    A product without such a price has no such limit: nothing is guessed from prices in other currencies.
    """

    def at(price_type_id: PriceTypeId | None) -> Decimal | None:
        best: PricePoint | None = None
        for point in guards:
            fits = point.price_type_id == price_type_id and point.currency == currency
            reached = fits and point.min_quantity <= quantity
            if reached and (best is None or point.min_quantity > best.min_quantity):
                best = point
        return None if best is None else best.amount

    return Limits(
        at(limits.floor_price_type_id) if limits.floor_price_type_id else None,
        at(limits.cost_price_type_id) if limits.cost_price_type_id else None,
        limits.minimal_margin,
        limits.max_total_percent,
    )
