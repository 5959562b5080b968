"""Rule sets as a whole: list, draft, publish, roll back. Editing what is in a draft: `drafts`."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec

from b2b_dvizhenie.application.pricing.rule_set_ports import (
    Activation,
    RuleSetHead,
    RuleSetPage,
    RuleSetTransaction,
    RuleSetWork,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import (
    MAX_TITLE,
    GroupNode,
    NotADraft,
    Period,
    SetLimits,
    SetState,
    Strategy,
    insertion,
    tree,
)
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound, VersionConflict
from b2b_dvizhenie.domain.shared.ids import new_id

MAX_PAGE = 200


class NotPublished(DomainError):
    """Only a version that was published can be brought back."""

    code = "pricing.not_published"
    kind = Kind.CONFLICT


class AlreadyInForce(DomainError):
    """The version is in force already."""

    code = "pricing.already_in_force"
    kind = Kind.CONFLICT


class NothingPlanned(DomainError):
    """The version is not planned to start."""

    code = "pricing.nothing_planned"
    kind = Kind.CONFLICT


async def held_draft(work: RuleSetTransaction, rule_set_id: UUID, revision: int | None = None) -> RuleSetHead:
    """A draft nobody else can edit or publish until the transaction ends.

    Raises:
        NotFound: there is no such rule set.
        NotADraft: it was published.
        VersionConflict: somebody edited it since `revision`.
    """
    head = await work.sets.hold(rule_set_id)
    if head is None:
        raise NotFound("rule_set_id")
    if head.state is not SetState.DRAFT:
        raise NotADraft(number=head.number)
    if revision is not None and head.revision != revision:
        raise VersionConflict
    return head


def told(head: RuleSetHead, change: str, **more: Any) -> Change:
    """The audit row of a change of this rule set."""
    return Change(change, "rule_set", str(head.rule_set_id), None, {"number": head.number, **more})


class Check(Protocol):
    """What a draft must pass (`CheckRuleSet`)."""

    @abstractmethod
    async def refuse_ambiguous(self, actor: Actor, rule_set_id: UUID) -> int | None:
        """The revision that passed; None where there is no such draft. Raises RulesAmbiguous."""
        ...


class ListRuleSets:
    """All versions, newest first."""

    def __init__(self, work: RuleSetWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, *, limit: int = 50, offset: int = 0) -> RuleSetPage:
        """One page; Forbidden without the right to manage prices."""
        actor.require(Permission.PRICES_MANAGE)
        async with self._work() as work:
            return await work.sets.page(self._clock(), min(max(limit, 1), MAX_PAGE), max(offset, 0))


class CreateDraft:
    """Begin a new version: a copy of another one, or an empty one where the larger discount wins."""

    def __init__(self, work: RuleSetWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, title: str = "", based_on: UUID | None = None) -> RuleSetHead:
        """The draft; raises NotFound for a base that does not exist."""
        actor.require(Permission.PRICES_MANAGE)
        rule_set_id, now = new_id(), self._clock()
        async with self._work() as work:
            if based_on is not None and await work.sets.head(based_on) is None:
                raise NotFound("based_on")
            await work.sets.add(rule_set_id, title.strip()[:MAX_TITLE], based_on, actor.name, now)
            if based_on is None:
                await work.sets.put_nodes(rule_set_id, [GroupNode(group_id=new_id(), strategy=Strategy.MAX)])
            head = await work.sets.hold(rule_set_id)
            if head is None:
                raise NotFound("rule_set_id")
            base = str(based_on) if based_on else None
            await work.audit.record(actor, told(head, "pricing.draft_created", title=head.title, based_on=base))
            await work.commit()
        return head


class DiscardDraft:
    """Throw a draft away."""

    def __init__(self, work: RuleSetWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, rule_set_id: UUID) -> None:
        """Raises NotFound, NotADraft."""
        actor.require(Permission.PRICES_MANAGE)
        async with self._work() as work:
            head = await held_draft(work, rule_set_id)
            await work.sets.discard(rule_set_id)
            await work.audit.record(actor, told(head, "pricing.draft_discarded", title=head.title))
            await work.commit()


class ChangeRuleSet:
    """Name a draft and set its limits."""

    def __init__(self, work: RuleSetWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, rule_set_id: UUID, title: str, limits: SetLimits) -> None:
        """Raises NotFound (of the set, or of a price type with its field named), NotADraft."""
        actor.require(Permission.PRICES_MANAGE)
        async with self._work() as work:
            head = await held_draft(work, rule_set_id)
            changed = msgspec.structs.replace(head, title=title.strip()[:MAX_TITLE], limits=limits)
            await work.sets.change(changed, actor.name, self._clock())
            before = {"title": head.title, **msgspec.to_builtins(head.limits)}
            after = {"number": head.number, "title": changed.title, **msgspec.to_builtins(limits)}
            change = Change("pricing.rule_set_changed", "rule_set", str(rule_set_id), before, after)
            await work.audit.record(actor, change)
            await work.commit()


async def _bring_into_force(
    work: RuleSetTransaction, actor: Actor, rule_set_id: UUID, wanted: datetime | None, now: datetime
) -> Activation:
    timeline = await work.sets.hold_timeline()
    periods = [Period(one.activation_id, one.starts_at, one.ends_at) for one in timeline]
    place = insertion(periods, wanted, now)
    if place.shortened is not None:
        await work.sets.end(place.shortened, place.starts_at)
    activation = Activation(new_id(), rule_set_id, place.starts_at, place.ends_at, actor.name)
    await work.sets.activate(activation, now)
    return activation


def in_force(timeline: Sequence[Activation], now: datetime) -> Activation | None:
    """The period that holds at a moment."""
    return next((one for one in timeline if one.starts_at <= now and (one.ends_at is None or one.ends_at > now)), None)


class PublishRuleSet:
    """Make a draft a version that holds from a moment on, for everybody at once."""

    def __init__(self, work: RuleSetWork, clock: Clock, check: Check | None = None) -> None:
        self._work = work
        self._clock = clock
        self._check = check

    async def __call__(
        self, actor: Actor, rule_set_id: UUID, *, revision: int | None = None, starts_at: datetime | None = None
    ) -> Activation:
        """From when to when it holds.

        Args:
            actor: must have `prices.publish`.
            rule_set_id: the draft.
            revision: of the draft that was looked at and checked; None publishes it as it is.
            starts_at: a moment in the future; None: now.

        Raises:
            NotFound, NotADraft, VersionConflict: the draft is not there, or not as it was.
            GroupTreeInvalid: its groups make no tree.
            RulesAmbiguous: a group that demands a decision has rules that meet.
            StartPassed, StartTaken: it cannot start then.
        """
        actor.require(Permission.PRICES_PUBLISH)
        if self._check is not None:
            # What is published is what was checked: an edit in between changes the revision.
            checked = await self._check.refuse_ambiguous(actor, rule_set_id)
            revision = checked if revision is None else revision
        async with self._work() as work:
            head = await held_draft(work, rule_set_id, revision)
            tree(await work.sets.nodes(rule_set_id))
            # The moment is taken under the lock: of publications at once, the later one is the later version.
            timeline_now = self._clock()
            activation = await _bring_into_force(work, actor, rule_set_id, starts_at, timeline_now)
            await work.sets.mark_published(rule_set_id, actor.name, timeline_now)
            moment = activation.starts_at.isoformat()
            await work.audit.record(actor, told(head, "pricing.rule_set_published", title=head.title, starts_at=moment))
            await work.commit()
        return activation


class RollBack:
    """Bring a version that was published back into force, now."""

    def __init__(self, work: RuleSetWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, rule_set_id: UUID) -> Activation:
        """The new period; what is planned for later stays planned.

        Raises:
            NotFound, NotPublished, AlreadyInForce.
        """
        actor.require(Permission.PRICES_PUBLISH)
        async with self._work() as work:
            head = await work.sets.hold(rule_set_id)
            if head is None:
                raise NotFound("rule_set_id")
            if head.state is not SetState.PUBLISHED:
                raise NotPublished(number=head.number)
            timeline, now = await work.sets.hold_timeline(), self._clock()
            current = in_force(timeline, now)
            if current is not None and current.rule_set_id == rule_set_id:
                raise AlreadyInForce(number=head.number)
            activation = await _bring_into_force(work, actor, rule_set_id, None, now)
            before = str(current.rule_set_id) if current else None
            await work.audit.record(
                actor, told(head, "pricing.rule_set_rolled_back", title=head.title, instead_of=before)
            )
            await work.commit()
        return activation


class CancelStart:
    """Take back a planned start: what holds before it goes on."""

    def __init__(self, work: RuleSetWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, rule_set_id: UUID) -> None:
        """Raises NotFound, NothingPlanned."""
        actor.require(Permission.PRICES_PUBLISH)
        async with self._work() as work:
            head = await work.sets.hold(rule_set_id)
            if head is None:
                raise NotFound("rule_set_id")
            timeline, now = await work.sets.hold_timeline(), self._clock()
            planned = [one for one in timeline if one.rule_set_id == rule_set_id and one.starts_at > now]
            if not planned:
                raise NothingPlanned(number=head.number)
            for one in planned:
                await work.sets.cancel(one.activation_id)
                # Whatever ended where it would have begun goes on to where it would have ended.
                for earlier in await work.sets.hold_timeline():
                    if earlier.ends_at == one.starts_at:
                        await work.sets.end(earlier.activation_id, one.ends_at)
            await work.audit.record(actor, told(head, "pricing.start_cancelled", title=head.title))
            await work.commit()
