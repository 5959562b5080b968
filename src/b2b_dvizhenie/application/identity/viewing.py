"""Looking through another person's eyes: begun and ended on purpose, bounded in time, both in the audit trail."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from b2b_dvizhenie.application.identity.ports import IdentityTransaction, IdentityWork, SessionReader
from b2b_dvizhenie.application.shared.actor import Actor, View
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import (
    VIEW_LASTS,
    Forbidden,
    NotViewable,
    OwnAccount,
    Permission,
    ViewOnly,
    sights,
)
from b2b_dvizhenie.domain.identity import AuthenticationRequired
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, UserId


async def check_view(reader: SessionReader, viewer: Actor, target: Actor) -> None:
    """Whether the viewer may look through the target's eyes now; his scope is checked by who knows it.

    Raises:
        Forbidden: no right to look through others' eyes.
        NotViewable: the target sees more than the viewer.
    """
    viewer.require(Permission.USERS_VIEW_AS)
    compared: set[tuple[object, ...]] = set()
    for permission, theirs, mine in sights(viewer.grants, target.grants):
        about_orders = permission is Permission.ORDERS_VIEW
        if (theirs, mine, about_orders) not in compared:
            compared.add((theirs, mine, about_orders))
            if await reader.shows_more(permission, (target, theirs), (viewer, mine)):
                raise NotViewable(permission=permission.value)


async def record_end(work: IdentityTransaction, actor: Actor, view: View, reason: str) -> None:
    """Write down, in the name of who looked, that it is over."""
    author = replace(actor, user_id=view.viewer_id, name=view.viewer)
    change = Change("identity.view_ended", "user", str(view.target_id), after={"reason": reason})
    await work.audit.record(author, change)


class BeginView:
    """Look through another person's eyes, from the next request of this session on."""

    def __init__(self, work: IdentityWork, reader: SessionReader, clock: Clock) -> None:
        self._work = work
        self._reader = reader
        self._clock = clock

    async def __call__(self, actor: Actor, user_id: UserId) -> datetime:
        """When it ends by itself.

        Raises:
            Forbidden: no right to look through others' eyes.
            ViewOnly: the session does so already; views are not nested.
            OwnAccount: one's own eyes need no permission.
            NotFound: no such active person within the scope of the right.
            NotViewable: the person sees more than the actor.
        """
        scope = actor.require(Permission.USERS_VIEW_AS)
        if actor.view is not None:
            raise ViewOnly
        if actor.user_id is None or not actor.session_id:
            raise AuthenticationRequired
        if user_id == actor.user_id:
            raise OwnAccount("user_id")
        now = self._clock()
        until = now + VIEW_LASTS
        async with self._work() as work:
            target = await self._reader.person(user_id, None, now)
            if target is None or not await work.accounts.is_within(actor, scope, user_id):
                raise NotFound("user_id")
            await check_view(self._reader, actor, target)
            if not await work.accounts.begin_view(UUID(actor.session_id), user_id, until):
                raise ViewOnly
            after = {"until": until.isoformat(timespec="seconds")}
            await work.audit.record(actor, Change("identity.view_begun", "user", str(user_id), after=after))
            await work.commit()
        return until


class EndView:
    """See with one's own eyes again."""

    def __init__(self, work: IdentityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor) -> UserId | None:
        """Through whose eyes it was; None where it was ended already, which is fine."""
        view = actor.view
        if view is None or not actor.session_id:
            return None
        async with self._work() as work:
            if await work.accounts.end_view(UUID(actor.session_id)):
                await record_end(work, actor, view, "asked")
                await work.commit()
        return view.target_id


class SeeAs:
    """What a session that looks through another's eyes is on this request: judged anew every time."""

    def __init__(self, work: IdentityWork, reader: SessionReader, clock: Clock) -> None:
        self._work = work
        self._reader = reader
        self._clock = clock

    async def __call__(self, viewer: Actor, view: View, company_id: CompanyId | None) -> Actor | None:
        """The target as an actor, within the viewer's session; None where it is over, which is then written down."""
        now = self._clock()
        target = await self._target(viewer, view, company_id, now)
        if target is not None:
            # Whose second step is due is the person before the screen, not the one whose eyes he looks through.
            due = viewer.second_factor_due
            return replace(target, session_id=viewer.session_id, view=view, second_factor_due=due)
        async with self._work() as work:
            if await work.accounts.end_view(UUID(viewer.session_id)):
                await record_end(work, viewer, view, "over")
                await work.commit()
        return None

    async def _target(self, viewer: Actor, view: View, company_id: CompanyId | None, now: datetime) -> Actor | None:
        if now >= view.until:
            return None
        target = await self._reader.person(view.target_id, company_id, now)
        if target is None:
            return None
        try:
            scope = viewer.require(Permission.USERS_VIEW_AS)
            await check_view(self._reader, viewer, target)
        except (Forbidden, NotViewable):
            return None
        async with self._work() as work:
            return target if await work.accounts.is_within(viewer, scope, view.target_id) else None
