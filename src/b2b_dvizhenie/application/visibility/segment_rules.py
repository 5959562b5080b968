"""What a segment opens and closes, looked at and changed (HIER-7). Every change is audited, and works at once."""

from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.visibility.ports import RuleBranch, VisibilityWork
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import SectionId, SegmentId
from b2b_dvizhenie.domain.visibility import (
    MAX_RULES,
    RuleOn,
    Segment,
    SegmentRule,
    SegmentRulesTooMany,
    checked_target,
    checked_weight,
)

BRANDS_LISTED = 50


class SegmentRulesCard(Struct, frozen=True):
    """The rules of a segment, the sections around a place, and the brands a text finds (none without one)."""

    segment: Segment
    rules: tuple[SegmentRule, ...]
    branch: RuleBranch
    brands: tuple[SegmentRule, ...] = ()


class ShowSegmentRules:
    """What a segment opens and closes, and what it could."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(
        self, actor: Actor, segment_id: SegmentId, section_id: SectionId | None = None, brand: str = ""
    ) -> SegmentRulesCard:
        """The rules; the same few statements however many there are.

        Args:
            actor: who looks.
            segment_id: whose rules.
            section_id: below which sections are shown; None: those at the root.
            brand: a part of the name of brands to be shown.

        Raises:
            Forbidden: no right to see segments.
            NotFound: no such segment, or section.
        """
        actor.require(Permission.SEGMENTS_VIEW)
        async with self._work() as work:
            segment = await work.segments.find(segment_id)
            if segment is None:
                raise NotFound("segment")
            branch = await work.rules.branch(segment_id, section_id)
            if branch is None:
                raise NotFound("section")
            rules = await work.rules.rules(segment_id)
            text = brand.strip()
            brands = await work.rules.brands(segment_id, text, BRANDS_LISTED) if text else ()
        return SegmentRulesCard(segment, rules, branch, brands)


class PutSegmentRule:
    """Let a segment open or close a section, a brand or a group of information, or say nothing about it any more."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, segment_id: SegmentId, on: RuleOn, key: str, opens: bool | None) -> bool:
        """Whether anything changed.

        Args:
            actor: who changes.
            segment_id: whose rule.
            on: what kind of thing it is about.
            key: the id of the section or brand, or the name of the group.
            opens: True to open it, False to close it, None to take the rule back.

        Raises:
            Forbidden: no right to change segments.
            SegmentRuleInvalid: the key is none at all.
            SegmentRulesTooMany: the segment has as many rules as one can have.
            NotFound: no such segment, section or brand.
        """
        actor.require(Permission.SEGMENTS_MANAGE)
        key = checked_target(on, key)
        async with self._work() as work:
            if await work.segments.hold(segment_id) is None:
                raise NotFound("segment")
            before = await work.rules.rule(segment_id, on, key)
            if before is None:
                raise NotFound(on.value)
            if before.opens is opens:
                return False
            if before.opens is None and await work.rules.count(segment_id) >= MAX_RULES:
                raise SegmentRulesTooMany(maximum=MAX_RULES)
            await work.rules.put(segment_id, on, key, opens)
            was, now = (
                None if state is None else {on.value: before.name, "opens": state} for state in (before.opens, opens)
            )
            change = Change("visibility.segment_rule_changed", "segment", str(segment_id), was, now)
            await work.audit.record(actor, change)
            await work.commit()
        return True


class SetSegmentWeight:
    """Give a segment another weight among those whose rules are about the same things."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, segment_id: SegmentId, weight: int) -> bool:
        """Whether anything changed; raises Forbidden, NotFound, SegmentWeightInvalid."""
        actor.require(Permission.SEGMENTS_MANAGE)
        weight = checked_weight(weight)
        async with self._work() as work:
            found = await work.segments.hold(segment_id)
            if found is None:
                raise NotFound("segment")
            if found.weight == weight:
                return False
            await work.rules.set_weight(segment_id, weight)
            before, after = {"weight": found.weight}, {"weight": weight}
            await work.audit.record(
                actor, Change("visibility.segment_weighed", "segment", str(segment_id), before, after)
            )
            await work.commit()
        return True
