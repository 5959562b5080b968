"""Editing a draft: its groups and rules. Every edit counts in the draft's revision and is audited."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from b2b_dvizhenie.application.pricing.rule_set_ports import (
    RulePage,
    RuleQuery,
    RuleSetHead,
    RuleSetTransaction,
    RuleSetWork,
)
from b2b_dvizhenie.application.pricing.rule_sets import held_draft
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import (
    MAX_TITLE,
    GroupNode,
    GroupTreeInvalid,
    Kind,
    PlacedRule,
    RuleInput,
    Strategy,
    rule_of,
    tree,
)
from b2b_dvizhenie.domain.shared.errors import Invalid, NotFound
from b2b_dvizhenie.domain.shared.ids import new_id

MAX_RULES_PAGE = 200


class Preset(StrEnum):
    """Ways to decide between discounts that are one click (PRC-4)."""

    LARGEST = "largest"  # the larger discount always wins
    BRAND_FIRST = "brand_first"  # a brand always beats a section


_PRESETS = {
    Preset.LARGEST: (Strategy.MAX, tuple(Kind)),
    Preset.BRAND_FIRST: (Strategy.BY_KIND, (Kind.ARTICLES, Kind.BRAND, Kind.CATEGORY_BRAND, Kind.CATEGORY)),
}


class RuleSetContent(Struct, frozen=True):
    """A version with its groups and a page of its rules."""

    head: RuleSetHead
    nodes: tuple[GroupNode, ...]
    rules: RulePage


class ShowRuleSet:
    """A version, whatever its state."""

    def __init__(self, work: RuleSetWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, rule_set_id: UUID, query: RuleQuery | None = None) -> RuleSetContent:
        """Its groups and the rules that are asked for; raises NotFound."""
        actor.require(Permission.PRICES_MANAGE)
        query = query or RuleQuery()
        query = msgspec.structs.replace(query, limit=min(max(query.limit, 1), MAX_RULES_PAGE))
        async with self._work() as work:
            head = await work.sets.head(rule_set_id)
            if head is None:
                raise NotFound("rule_set_id")
            return RuleSetContent(head, await work.sets.nodes(rule_set_id), await work.sets.rules(rule_set_id, query))


class ShowRule:
    """One rule of a version."""

    def __init__(self, work: RuleSetWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, rule_set_id: UUID, rule_id: UUID) -> PlacedRule:
        """The rule; raises NotFound."""
        actor.require(Permission.PRICES_MANAGE)
        async with self._work() as work:
            found = await work.sets.rule(rule_set_id, rule_id)
        if found is None:
            raise NotFound("rule_id")
        return found


class DraftEditing:
    """What the edits of a draft share."""

    def __init__(self, work: RuleSetWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def _edited(self, work: RuleSetTransaction, actor: Actor, head: RuleSetHead, change: Change) -> None:
        """Count the edit and audit it, then commit."""
        await work.sets.change(head, actor.name, self._clock())
        await work.audit.record(actor, change)
        await work.commit()

    async def _known(self, work: RuleSetTransaction, rules: Sequence[PlacedRule]) -> None:
        """Refuse rules that name what there is not."""
        missing = await work.sets.unknown(rules)
        if missing:
            raise Invalid([NotFound(one.field) for one in missing])


class PutGroup(DraftEditing):
    """Add a group to a draft, or change one."""

    async def __call__(self, actor: Actor, rule_set_id: UUID, node: GroupNode) -> None:
        """Store the group.

        Raises:
            NotFound, NotADraft: the draft is not there.
            GroupTreeInvalid: the groups would make no tree.
        """
        actor.require(Permission.PRICES_MANAGE)
        async with self._work() as work:
            head = await held_draft(work, rule_set_id)
            nodes = {one.group_id: one for one in await work.sets.nodes(rule_set_id)}
            before = nodes.get(node.group_id)
            node = msgspec.structs.replace(node, title=node.title.strip()[:MAX_TITLE])
            nodes[node.group_id] = node
            try:
                tree(nodes.values())
            except ValueError as error:
                raise GroupTreeInvalid(reason="values") from error
            await work.sets.put_nodes(rule_set_id, [node])
            was = None if before is None else msgspec.to_builtins(before)
            change = Change("pricing.group_put", "rule_set", str(rule_set_id), was, msgspec.to_builtins(node))
            await self._edited(work, actor, head, change)


class DropGroup(DraftEditing):
    """Remove a group of a draft with everything below it."""

    async def __call__(self, actor: Actor, rule_set_id: UUID, group_id: UUID) -> None:
        """Raises NotFound (also for the root, which stays), NotADraft."""
        actor.require(Permission.PRICES_MANAGE)
        async with self._work() as work:
            head = await held_draft(work, rule_set_id)
            nodes = await work.sets.nodes(rule_set_id)
            gone = next((one for one in nodes if one.group_id == group_id and one.parent_id is not None), None)
            if gone is None:
                raise NotFound("group_id")
            for one in reversed(_below(nodes, group_id)):
                await work.sets.drop_node(rule_set_id, one)
            change = Change("pricing.group_dropped", "rule_set", str(rule_set_id), msgspec.to_builtins(gone), None)
            await self._edited(work, actor, head, change)


def _below(nodes: Sequence[GroupNode], group_id: UUID) -> list[UUID]:
    found = [group_id]
    for parent in found:
        found += [node.group_id for node in nodes if node.parent_id == parent]
    return found


class PutRule(DraftEditing):
    """Add a rule to a draft, or change one."""

    async def __call__(
        self,
        actor: Actor,
        rule_set_id: UUID,
        typed: RuleInput,
        *,
        group_id: UUID,
        rule_id: UUID | None = None,
        title: str = "",
        public_title: str = "",
    ) -> PlacedRule:
        """The stored rule.

        Raises:
            NotFound, NotADraft: the draft, the group, or the rule to be changed is not there.
            Invalid: fields are wrong, or name a section, brand, company or agreement there is not.
        """
        actor.require(Permission.PRICES_MANAGE)
        rule = rule_of(typed, rule_id or new_id())
        placed = PlacedRule(group_id, rule, title.strip()[:MAX_TITLE], public_title.strip()[:MAX_TITLE])
        async with self._work() as work:
            head = await held_draft(work, rule_set_id)
            if not any(node.group_id == group_id for node in await work.sets.nodes(rule_set_id)):
                raise NotFound("group_id")
            before = None if rule_id is None else await work.sets.rule(rule_set_id, rule_id)
            if rule_id is not None and before is None:
                raise NotFound("rule_id")
            await self._known(work, [placed])
            await work.sets.put_rules(rule_set_id, [placed])
            was: Any = None if before is None else msgspec.to_builtins(before)
            change = Change("pricing.rule_put", "rule_set", str(rule_set_id), was, msgspec.to_builtins(placed))
            await self._edited(work, actor, head, change)
        return placed


class DropRules(DraftEditing):
    """Remove rules of a draft."""

    async def __call__(self, actor: Actor, rule_set_id: UUID, rule_ids: Collection[UUID]) -> int:
        """How many there were; raises NotFound when none, NotADraft."""
        actor.require(Permission.PRICES_MANAGE)
        async with self._work() as work:
            head = await held_draft(work, rule_set_id)
            count = await work.sets.drop_rules(rule_set_id, rule_ids)
            if not count:
                raise NotFound("rule_id")
            before = {"rules": sorted(map(str, rule_ids))}
            change = Change("pricing.rules_dropped", "rule_set", str(rule_set_id), before, {"count": count})
            await self._edited(work, actor, head, change)
        return count


class ApplyPreset(DraftEditing):
    """Set how the root of a draft decides, in one click."""

    async def __call__(self, actor: Actor, rule_set_id: UUID, preset: Preset) -> None:
        """Raises NotFound, NotADraft."""
        actor.require(Permission.PRICES_MANAGE)
        strategy, kinds = _PRESETS[preset]
        async with self._work() as work:
            head = await held_draft(work, rule_set_id)
            root = next(one for one in await work.sets.nodes(rule_set_id) if one.parent_id is None)
            changed = msgspec.structs.replace(root, strategy=strategy, inner=Strategy.MAX, kind_order=kinds)
            await work.sets.put_nodes(rule_set_id, [changed])
            before, after = {"strategy": root.strategy.value}, {"strategy": strategy.value, "preset": preset.value}
            await self._edited(
                work, actor, head, Change("pricing.preset_applied", "rule_set", str(rule_set_id), before, after)
            )
