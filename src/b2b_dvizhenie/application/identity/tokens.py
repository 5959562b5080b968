"""Refreshing and resetting tokens (TOK-2, TOK-5, TOK-6)."""

from uuid import UUID

from b2b_dvizhenie.application.identity.entering import NewSession
from b2b_dvizhenie.application.identity.ports import IdentityWork
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import AuthenticationRequired, new_token, token_hash
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import UserId


class RefreshToken:
    """Exchange the token of a session for a new one (TOK-2)."""

    def __init__(self, work: IdentityWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, token: str) -> NewSession:
        """The new token; the old one is dead from the next request on.

        The session stays, with its device and its end: refreshing does not prolong it.

        Args:
            actor: whom the token brought here.
            token: the one to be exchanged.

        Raises:
            AuthenticationRequired: the token is dead by now; of two refreshes at once only one succeeds.
        """
        actor.require(Permission.PROFILE_VIEW)
        if not actor.session_id:
            raise AuthenticationRequired
        now, fresh = self._clock(), new_token()
        async with self._work() as work:
            ends = await work.accounts.exchange_token(UUID(actor.session_id), token_hash(token), token_hash(fresh), now)
            if ends is None:
                raise AuthenticationRequired
            await work.commit()
        return NewSession(fresh, ends, int((ends - now).total_seconds()))


class ResetTokens:
    """Kill every token of a person; the login is asked again on every device (TOK-5, TOK-6)."""

    def __init__(self, work: IdentityWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, user_id: UserId | None = None) -> int:
        """How many sessions were closed.

        Args:
            actor: the person, or who manages people.
            user_id: whose tokens; the actor's own, the one it came with included, when omitted.

        Raises:
            Forbidden: another's tokens, and the actor does not manage people.
            NotFound: no such person within the actor's scope.
        """
        if user_id is None or user_id == actor.user_id:
            actor.require(Permission.PROFILE_VIEW)
            if actor.user_id is None:
                raise AuthenticationRequired
            user_id, scope = actor.user_id, None
        else:
            scope = actor.require(Permission.USERS_MANAGE)
        async with self._work() as work:
            if scope is not None and not await work.accounts.is_within(actor, scope, user_id):
                raise NotFound("user_id")
            # Held, so that a login that is under way has opened its session before all are closed.
            await work.accounts.hold(user_id)
            closed = await work.accounts.close_all(user_id, self._clock())
            change = Change("identity.tokens_reset", "user", str(user_id), after={"sessions_closed": closed})
            await work.audit.record(actor, change)
            await work.commit()
        return closed
