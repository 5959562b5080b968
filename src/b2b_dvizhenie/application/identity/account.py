"""A person's own account: where one is logged in, closing sessions, changing the password (REG, TOK)."""

from collections.abc import Sequence
from uuid import UUID

from b2b_dvizhenie.application.identity.budget import check_attempts
from b2b_dvizhenie.application.identity.ports import IdentityWork, OpenSession, PasswordHasher
from b2b_dvizhenie.application.identity.telling import tell
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import (
    MAX_PASSWORD,
    AuthenticationRequired,
    WrongPassword,
    check_new_password,
)
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import UserId


def person_of(actor: Actor) -> tuple[UserId, UUID]:
    """The person and the session it came with; the system itself has neither."""
    actor.require(Permission.PROFILE_VIEW)
    if actor.user_id is None or not actor.session_id:
        raise AuthenticationRequired
    return actor.user_id, UUID(actor.session_id)


class ListSessions:
    """Where the person is logged in."""

    def __init__(self, work: IdentityWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor) -> Sequence[OpenSession]:
        """The person's own sessions that are alive now, newest first."""
        user_id, _ = person_of(actor)
        async with self._work() as work:
            return await work.accounts.sessions(user_id, self._clock())


class ListSessionsOf:
    """Where another person is logged in, for who manages people."""

    def __init__(self, work: IdentityWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, user_id: UserId) -> Sequence[OpenSession]:
        """Live sessions, newest first; raises Forbidden, and NotFound for who is outside the scope."""
        scope = actor.require(Permission.USERS_MANAGE)
        async with self._work() as work:
            if not await work.accounts.is_within(actor, scope, user_id):
                raise NotFound("user_id")
            return await work.accounts.sessions(user_id, self._clock())


class CloseSession:
    """Log one of the person's devices out."""

    def __init__(self, work: IdentityWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, session_id: UUID) -> None:
        """Its token is dead from the next request on; closing the session one came with is logging out.

        Raises:
            NotFound: no such session, a dead one, or somebody else's.
        """
        user_id, _ = person_of(actor)
        async with self._work() as work:
            if not await work.accounts.close_session(user_id, session_id, self._clock()):
                raise NotFound("session_id")
            await work.commit()


class CloseOtherSessions:
    """Log the person out everywhere but here."""

    def __init__(self, work: IdentityWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor) -> int:
        """How many sessions were closed; the one the actor came with stays."""
        user_id, here = person_of(actor)
        async with self._work() as work:
            closed = await work.accounts.close_others(user_id, here, self._clock())
            await work.commit()
        return closed


class ChangePassword:
    """Replace the password by one the person chose; whoever else knew the old one is logged out."""

    def __init__(self, work: IdentityWork, passwords: PasswordHasher, clock: Clock) -> None:
        self._work = work
        self._passwords = passwords
        self._clock = clock

    async def __call__(self, actor: Actor, current: str, new: str, *, address: str = "") -> None:
        """Change it, close the other sessions and record the change (never the password) in one transaction.

        The account is held meanwhile: guesses of its password are counted one after another, and a login that has
        already checked the old password commits before the sessions are closed, so that its session is closed too.

        Args:
            actor: whose password it is.
            current: the password now. A wrong one is a failed login of every login the person has.
            new: the password from now on.
            address: where the request came from, for the budget of attempts.

        Raises:
            PasswordLength: the new password is too short or too long.
            WrongPassword: the current password is wrong.
            TooManyAttempts: the budget of failures for the person's logins or the address is used up.
        """
        user_id, here = person_of(actor)
        check_new_password(new)
        now = self._clock()
        async with self._work() as work:
            held = await work.accounts.hold(user_id)
            if held is None:
                raise AuthenticationRequired
            for login in held.logins:
                await check_attempts(work.accounts, login, address, now)
            if not await self._passwords.matches(held.password_hash, current[:MAX_PASSWORD]):
                for place, login in enumerate(held.logins):
                    await work.accounts.record_failure(login, "" if place else address, now)
                await work.commit()
                raise WrongPassword("current_password")
            await work.accounts.set_password(user_id, await self._passwords.hash(new))
            closed = await work.accounts.close_others(user_id, here, now)
            person = await work.accounts.reachable(user_id)
            if person is not None:
                await tell(work.outbox, person, "identity.password_changed")
            change = Change("identity.password_changed", "user", str(user_id), after={"sessions_closed": closed})
            await work.audit.record(actor, change)
            await work.commit()
