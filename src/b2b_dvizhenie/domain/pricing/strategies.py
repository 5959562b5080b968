"""Evaluating a tree of groups over one line: from candidates to a discount, and a verdict on every one.

All arithmetic happens in the working space of the rounding policy (pricing-semantics A.2): `Space` knows how many units
the remainder stands for and whether every discount is rounded.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.pricing.explanations import Applied, Loss, Lost, Verdict
from b2b_dvizhenie.domain.pricing.groups import Group, Strategy
from b2b_dvizhenie.domain.pricing.rules import Effect, Goods, Rule

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)


class Space(Struct, frozen=True, gc=False):
    """Working space: units the remainder stands for, and how a discount and a resulting line sum are rounded."""

    units: Decimal
    discount: Callable[[Decimal], Decimal]
    line: Callable[[Decimal], Decimal]


def amount_of(effect: Effect, value: Decimal, remainder: Decimal, space: Space) -> Decimal:
    """What an effect takes off a remainder, all of it at most (pricing-semantics A.4)."""
    if effect is Effect.PERCENT:
        taken = remainder * value / _HUNDRED
    elif effect is Effect.AMOUNT:
        taken = min(value * space.units, remainder)
    else:
        taken = max(_ZERO, remainder - value * space.units)
    return min(space.discount(taken), remainder)


class Outcome(Struct, frozen=True, gc=False):
    """What a member came to: its discount from the remainder it was given, and verdicts if it is chosen.

    `parts` is what took part inside a group; a rule takes part by itself.
    """

    member: Rule | Group
    discount: Decimal
    remainder: Decimal
    parts: tuple[Applied, ...] = ()
    lost: tuple[Lost, ...] = ()

    @property
    def id(self) -> UUID:
        """Id of the rule or group."""
        return self.member.rule_id if isinstance(self.member, Rule) else self.member.group_id

    @property
    def applied(self) -> tuple[Applied, ...]:
        """What made the discount; put together only for what is chosen, for most members lose."""
        rule = self.member
        if not isinstance(rule, Rule):
            return self.parts
        return (Applied(rule.rule_id, rule.kind, rule.effect, rule.value, self.remainder, self.discount),)


class Evaluation:
    """One line, one set of matching rules, one tree. Groups are evaluated bottom-up."""

    def __init__(self, goods: Goods, space: Space, matching: Mapping[int, list[Rule]]) -> None:
        self._goods = goods
        self._space = space
        self._matching = matching

    # members -----------------------------------------------------------------------------------------------------

    def _rule(self, rule: Rule, remainder: Decimal) -> Outcome:
        """Amount of a rule on a remainder (pricing-semantics A.4)."""
        return Outcome(rule, amount_of(rule.effect, rule.value, remainder, self._space), remainder)

    def _members(self, group: Group) -> list[Rule | Group]:
        rules = self._matching.get(group.group_id.int, ())
        if not group.groups:
            return [*rules]
        return [*rules, *(child for child in group.groups if self._has_match(child))]

    def _has_match(self, group: Group) -> bool:
        return group.group_id.int in self._matching or any(map(self._has_match, group.groups))

    def _evaluate(self, member: Rule | Group, remainder: Decimal) -> Outcome:
        return self._rule(member, remainder) if isinstance(member, Rule) else self.group(member, remainder)

    # the total order ---------------------------------------------------------------------------------------------

    def _tie_key(self, member: Rule | Group, group: Group) -> tuple[int, int, int, int, int, int]:
        """(priority desc, kind rank, depth desc, order, id); nested groups rank after rules."""
        if isinstance(member, Rule):
            rank, depth, number = group.kind_rank(member.kind), member.depth(self._goods), member.rule_id.int
        else:
            rank, depth, number = 1_000, 0, member.group_id.int
        is_group = int(isinstance(member, Group))
        return (-member.priority, is_group, rank, -depth, member.order, number)

    def _tie_reason(self, loser: Rule | Group, winner: Rule | Group, group: Group) -> Loss:
        reasons = (Loss.TIE_PRIORITY, Loss.TIE_KIND, Loss.TIE_KIND, Loss.TIE_DEPTH, Loss.TIE_ORDER, Loss.TIE_ID)
        keys = zip(self._tie_key(loser, group), self._tie_key(winner, group), strict=True)
        return next(reason for reason, (left, right) in zip(reasons, keys, strict=True) if left != right)

    # verdicts ----------------------------------------------------------------------------------------------------

    def _lose(self, outcome: Outcome, reason: Loss, to: UUID | None) -> list[Lost]:
        """A losing member: every rule that would have won inside it carries the group's reason (A.5)."""
        member = outcome.member
        if isinstance(member, Rule):
            return [Lost(member.rule_id, outcome.discount, reason, to)]
        return [*(Lost(one.rule_id, one.discount, reason, to) for one in outcome.parts), *outcome.lost]

    def _chosen(self, group: Group, winner: Outcome, lost: list[Lost]) -> Outcome:
        return Outcome(group, winner.discount, winner.remainder, winner.applied, (*winner.lost, *lost))

    # strategies --------------------------------------------------------------------------------------------------

    def group(self, group: Group, remainder: Decimal) -> Outcome:
        """Evaluate a group that has at least one matching rule."""
        return self._apply(group.strategy, group, self._members(group), remainder)

    def _apply(self, strategy: Strategy, group: Group, members: list[Rule | Group], remainder: Decimal) -> Outcome:
        match strategy:
            case Strategy.MAX | Strategy.REFUSE:
                return self._largest(group, members, remainder)
            case Strategy.MIN:
                return self._smallest(group, members, remainder)
            case Strategy.BEST_PRICE:
                return self._best_price(group, members, remainder)
            case Strategy.SUM:
                return self._sum(group, members, remainder)
            case Strategy.COMPOUND:
                ordered = sorted(members, key=lambda one: (one.order, self._tie_key(one, group)))
                return self._stack(group, ordered, remainder, stops=False)
            case Strategy.PRIORITY_STACK:
                ordered = sorted(members, key=lambda one: (-one.priority, one.order, self._tie_key(one, group)))
                return self._stack(group, ordered, remainder, stops=True)
            case Strategy.DISPLACE:
                return self._displace(group, members, remainder)
            case Strategy.PRIORITY_MAX:
                return self._priority_max(group, members, remainder)
            case Strategy.BY_KIND:
                return self._by_kind(group, members, remainder)
            case Strategy.EXCLUSIVE_IF_BETTER:
                return self._exclusive(group, members, remainder)

    def _select(
        self, group: Group, outcomes: Sequence[Outcome], key: Callable[[Outcome], Decimal], reason: Loss
    ) -> Outcome:
        """The outcome with the lowest key; ties by the total order."""
        if len(outcomes) == 1:
            return self._chosen(group, outcomes[0], [])
        ranked = sorted(outcomes, key=key)
        keys = [key(one) for one in ranked]
        if any(left == right for left, right in pairwise(keys)):
            ranked.sort(key=lambda one: (key(one), self._tie_key(one.member, group)))
        winner, best = ranked[0], keys[0]
        lost: list[Lost] = []
        for loser, value in zip(ranked[1:], keys[1:], strict=True):
            why = self._tie_reason(loser.member, winner.member, group) if value == best else reason
            lost += self._lose(loser, why, winner.id)
        return self._chosen(group, winner, lost)

    def _largest(self, group: Group, members: list[Rule | Group], remainder: Decimal) -> Outcome:
        outcomes = [self._evaluate(one, remainder) for one in members]
        return self._select(group, outcomes, lambda one: -one.discount, Loss.SMALLER_DISCOUNT)

    def _smallest(self, group: Group, members: list[Rule | Group], remainder: Decimal) -> Outcome:
        outcomes = [self._evaluate(one, remainder) for one in members]
        counted = [one for one in outcomes if one.discount > 0] if group.ignore_zero else []
        chosen = self._select(group, counted or outcomes, lambda one: one.discount, Loss.LARGER_DISCOUNT)
        ignored = [one for one in outcomes if counted and one.discount == 0]
        lost = [verdict for one in ignored for verdict in self._lose(one, Loss.ZERO_IGNORED, None)]
        return self._chosen(group, chosen, lost)

    def _best_price(self, group: Group, members: list[Rule | Group], remainder: Decimal) -> Outcome:
        outcomes = [self._evaluate(one, remainder) for one in members]
        return self._select(group, outcomes, lambda one: self._space.line(remainder - one.discount), Loss.HIGHER_PRICE)

    def _sum(self, group: Group, members: list[Rule | Group], remainder: Decimal) -> Outcome:
        ordered = sorted(members, key=lambda one: (one.order, self._tie_key(one, group)))
        outcomes = [self._evaluate(one, remainder) for one in ordered]
        cap = remainder if group.cap_percent is None else remainder * group.cap_percent / _HUNDRED
        total = min(sum((one.discount for one in outcomes), _ZERO), self._space.discount(cap), remainder)
        applied = tuple(one for outcome in outcomes for one in outcome.applied)
        return Outcome(group, total, remainder, applied, tuple(one for outcome in outcomes for one in outcome.lost))

    def _stack(self, group: Group, ordered: list[Rule | Group], remainder: Decimal, *, stops: bool) -> Outcome:
        left, applied, lost = remainder, [], []  # type: Decimal, list[Applied], list[Lost]
        stopped_level: int | None = None
        stopped_by: UUID | None = None
        for member in ordered:
            outcome = self._evaluate(member, left)
            if stopped_by is not None and (stopped_level is None or member.priority == stopped_level):
                lost += self._lose(outcome, Loss.STOPPED, stopped_by)
                continue
            left -= outcome.discount
            applied += outcome.applied
            lost += outcome.lost
            if stops and isinstance(member, Rule) and (member.stop_all or member.stop_level):
                stopped_by = member.rule_id
                stopped_level = None if member.stop_all else member.priority
        return Outcome(group, remainder - left, remainder, tuple(applied), tuple(lost))

    def _displace(self, group: Group, members: list[Rule | Group], remainder: Decimal) -> Outcome:
        ordered = sorted(members, key=lambda one: (one.order, self._tie_key(one, group)))
        first, *rest = [self._evaluate(one, remainder) for one in ordered]
        lost: list[Lost] = []
        for one in rest:
            tied = one.member.order == first.member.order
            why = self._tie_reason(one.member, first.member, group) if tied else Loss.LATER_ORDER
            lost += self._lose(one, why, first.id)
        return self._chosen(group, first, lost)

    def _keep(
        self,
        group: Group,
        strategy: Strategy,
        kept: list[Rule | Group],
        dropped: list[tuple[Rule | Group, Loss]],
        remainder: Decimal,
    ) -> Outcome:
        chosen = self._apply(strategy, group, kept, remainder)
        winner = chosen.applied[0].rule_id if chosen.applied else None
        lost = [
            verdict for member, why in dropped for verdict in self._lose(self._evaluate(member, remainder), why, winner)
        ]
        return self._chosen(group, chosen, lost)

    def _priority_max(self, group: Group, members: list[Rule | Group], remainder: Decimal) -> Outcome:
        top = max(one.priority for one in members)
        dropped = [(one, Loss.LOWER_PRIORITY) for one in members if one.priority < top]
        return self._keep(group, Strategy.MAX, [one for one in members if one.priority == top], dropped, remainder)

    def _by_kind(self, group: Group, members: list[Rule | Group], remainder: Decimal) -> Outcome:
        def rank(member: Rule | Group) -> int:
            return group.kind_rank(member.kind) if isinstance(member, Rule) else 1_000

        def depth(member: Rule | Group) -> int:
            return member.depth(self._goods) if isinstance(member, Rule) else 0

        first = min(map(rank, members))
        same = [one for one in members if rank(one) == first]
        deepest = max(map(depth, same))
        dropped = [(one, Loss.OUTRANKED_KIND) for one in members if rank(one) != first]
        dropped += [(one, Loss.SHALLOWER_CATEGORY) for one in same if depth(one) < deepest]
        return self._keep(group, group.inner, [one for one in same if depth(one) == deepest], dropped, remainder)

    def _exclusive(self, group: Group, members: list[Rule | Group], remainder: Decimal) -> Outcome:
        exclusive = [one for one in members if one.exclusive]
        others = [one for one in members if not one.exclusive]
        if not exclusive or not others:
            return self._apply(Strategy.MAX if exclusive else group.inner, group, members, remainder)
        best = self._largest(group, exclusive, remainder)
        together = self._apply(group.inner, group, others, remainder)
        if best.discount > together.discount:
            lost = self._lose(together, Loss.EXCLUSIVE_BETTER, best.applied[0].rule_id)
            return self._chosen(group, best, lost)
        winner = together.applied[0].rule_id if together.applied else None
        return self._chosen(group, together, self._lose(best, Loss.EXCLUSIVE_NOT_BETTER, winner))


def discount_of(
    root: Group, goods: Goods, space: Space, base: Decimal, matching: Mapping[int, list[Rule]]
) -> tuple[Decimal, tuple[Verdict, ...]]:
    """The discount of a tree on a base amount, and the verdicts on its matching rules.

    Zero and nothing when no rule matches; rules that do not match are the caller's to report.

    Args:
        root: the tree of groups; which rules stand in its groups is of no concern.
        goods: the product of the line.
        space: the working space.
        base: what the discount is taken off.
        matching: the rules that match the line, by the number of their group's id.
    """
    if not matching:
        return _ZERO, ()
    outcome = Evaluation(goods, space, matching).group(root, base)
    return outcome.discount, (*outcome.applied, *outcome.lost)
