"""Look at segments and change them (HIER-7). Every change works from the next request on and is audited."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.visibility.ports import VisibilityTransaction, VisibilityWork
from b2b_dvizhenie.domain.hierarchy import Forbidden, Permission, Scope
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, SegmentId
from b2b_dvizhenie.domain.visibility import (
    Segment,
    SegmentCompany,
    SegmentExists,
    SegmentIsAssortment,
    SegmentPriced,
    checked_segment_name,
)

LISTED = 50


class SegmentCard(Struct, frozen=True):
    """A segment with a page of companies: `next` is where the following one begins, None on the last."""

    segment: Segment
    companies: tuple[SegmentCompany, ...]
    next: tuple[str, UUID] | None = None


_State = dict[str, Any] | None


def _change(action: str, segment_id: SegmentId, before: _State, after: _State) -> Change:
    return Change(f"visibility.segment_{action}", "segment", str(segment_id), before, after)


async def _held(work: VisibilityTransaction, segment_id: SegmentId) -> Segment:
    found = await work.segments.hold(segment_id)
    if found is None:
        raise NotFound("segment")
    return found


class ListSegments:
    """All segments."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor) -> tuple[Segment, ...]:
        """The segments by name; Forbidden without the right to see them."""
        actor.require(Permission.SEGMENTS_VIEW)
        async with self._work() as work:
            return await work.segments.segments()


class ShowSegment:
    """One segment and its companies."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(
        self, actor: Actor, segment_id: SegmentId, text: str = "", after: tuple[str, UUID] | None = None
    ) -> SegmentCard:
        """The segment with its members, or with the companies a text finds; only those in the actor's scope.

        Raises:
            Forbidden: no right to see segments.
            NotFound: there is no such segment.
        """
        scope = actor.require(Permission.SEGMENTS_VIEW)
        async with self._work() as work:
            segment = await work.segments.find(segment_id)
            if segment is None:
                raise NotFound("segment")
            found = await work.segments.companies(segment_id, actor, scope, text.strip(), LISTED + 1, after)
        last = found[LISTED - 1] if len(found) > LISTED else None
        return SegmentCard(segment, found[:LISTED], (last.name, last.company_id) if last else None)


class CreateSegment:
    """Make a segment."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, segment_id: SegmentId, name: str) -> None:
        """A segment without members; raises Forbidden, SegmentNameInvalid, SegmentExists."""
        actor.require(Permission.SEGMENTS_MANAGE)
        segment = Segment(segment_id, checked_segment_name(name))
        async with self._work() as work:
            if not await work.segments.add(segment):
                raise SegmentExists("name", name=segment.name)
            await work.audit.record(actor, _change("created", segment_id, None, {"name": segment.name}))
            await work.commit()


class RenameSegment:
    """Give a segment another name."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, segment_id: SegmentId, name: str) -> None:
        """Raises Forbidden, NotFound, SegmentNameInvalid, SegmentExists."""
        actor.require(Permission.SEGMENTS_MANAGE)
        name = checked_segment_name(name)
        async with self._work() as work:
            found = await _held(work, segment_id)
            if found.name == name:
                return
            if not await work.segments.rename(segment_id, name):
                raise SegmentExists("name", name=name)
            await work.audit.record(actor, _change("renamed", segment_id, {"name": found.name}, {"name": name}))
            await work.commit()


class PutMember:
    """Let a company into a segment, or out of it."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, segment_id: SegmentId, company_id: CompanyId, *, is_member: bool) -> bool:
        """Whether anything changed.

        Raises:
            Forbidden: no right to change segments.
            NotFound: there is no such segment, or no such company in the actor's scope.
        """
        scope = actor.require(Permission.SEGMENTS_MANAGE)
        async with self._work() as work:
            await _held(work, segment_id)
            name = await work.segments.company_name(company_id, actor, scope)
            if name is None:
                raise NotFound("company")
            write = work.segments.put_member if is_member else work.segments.drop_member
            if not await write(segment_id, company_id):
                return False
            fact = {"company_id": str(company_id), "company": name}
            joined, left = _change("joined", segment_id, None, fact), _change("left", segment_id, fact, None)
            await work.audit.record(actor, joined if is_member else left)
            await work.commit()
        return True


class PutEverybody:
    """Let every company be in a segment, those to come as well, or only its members again."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, segment_id: SegmentId, *, for_all: bool) -> bool:
        """Whether anything changed.

        Raises:
            Forbidden: no right to change segments, or not for every company.
            NotFound: there is no such segment.
        """
        if actor.require(Permission.SEGMENTS_MANAGE) is not Scope.ALL:
            raise Forbidden
        async with self._work() as work:
            found = await _held(work, segment_id)
            if found.for_all is for_all:
                return False
            await work.segments.set_for_all(segment_id, for_all=for_all)
            change = _change("for_all", segment_id, {"for_all": found.for_all}, {"for_all": for_all})
            await work.audit.record(actor, change)
            await work.commit()
        return True


class DeleteSegment:
    """Delete a segment that no discount names, and that is no VIP company's assortment."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, segment_id: SegmentId) -> None:
        """Raises Forbidden, NotFound, SegmentPriced, SegmentIsAssortment."""
        actor.require(Permission.SEGMENTS_MANAGE)
        async with self._work() as work:
            found = await _held(work, segment_id)
            count = await work.segments.discounts(segment_id)
            if count:
                raise SegmentPriced(count=count)
            if found.vip_companies:
                raise SegmentIsAssortment(count=found.vip_companies)
            await work.segments.delete(segment_id)
            await work.audit.record(
                actor, _change("deleted", segment_id, {"name": found.name, "companies": found.companies}, None)
            )
            await work.commit()
