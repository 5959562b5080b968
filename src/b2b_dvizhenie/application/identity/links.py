"""Invitations and forgotten passwords: a link that works once and lets its holder set a password (REG-1, REG-6)."""

from datetime import timedelta
from uuid import UUID

from b2b_dvizhenie.application.identity.codes import asked_for, checked_budget
from b2b_dvizhenie.application.identity.entering import NewSession, SecondStep, Visitor, entered
from b2b_dvizhenie.application.identity.ports import IdentityTransaction, IdentityWork, PasswordHasher, Reachable
from b2b_dvizhenie.application.identity.telling import tell
from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import (
    CODES_PER_HOUR,
    INVITATION_HOURS,
    RECOVERY_MINUTES,
    DeadLink,
    Link,
    LinkKind,
    Purpose,
    check_new_password,
    new_token,
    parse_login,
    token_hash,
)
from b2b_dvizhenie.domain.messaging import Message, channel_of
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import UserId, new_id

RECOVERY_JOB = "identity.send_recovery"
"""Job name; payload `{challenge_id}`."""


async def _sent(
    work: IdentityTransaction, person: Reachable, to: str, kind: LinkKind, lifetime: timedelta, clock: Clock
) -> None:
    """A new link for the person, on its way to one of their logins."""
    token, now = new_token(), clock()
    ends = now + lifetime
    await work.challenges.add_link(Link(new_id(), kind, person.user_id), token_hash(token), now, ends)
    await work.outbox.put(
        Message(
            channel=channel_of(to),
            to=to,
            template=f"identity.{kind.value}",
            params={"token": token, "name": person.name, "until": f"{ends:%d.%m.%Y %H:%M} UTC"},
            language=person.language,
            expires_at=ends,
        )
    )


class InvitePerson:
    """Send a person the link to their first password: by SMS where there is a phone (NOT row 1), else by mail."""

    def __init__(self, work: IdentityWork, current: CurrentSettings, clock: Clock) -> None:
        self._work = work
        self._current = current
        self._clock = clock

    async def __call__(self, actor: Actor, user_id: UserId) -> None:
        """Send it; an earlier link of the person is dead from now on. The link is told to nobody else.

        Raises:
            Forbidden: the actor does not manage people.
            NotFound: no such person within the actor's scope, or one who is switched off.
        """
        scope = actor.require(Permission.USERS_MANAGE)
        hours: int = await self._current(INVITATION_HOURS)
        lifetime = timedelta(hours=hours)
        async with self._work() as work:
            person = await work.accounts.reachable(user_id)
            if person is None or not await work.accounts.is_within(actor, scope, user_id):
                raise NotFound("user_id")
            to = person.phone or person.email or ""
            await _sent(work, person, to, LinkKind.INVITATION, lifetime, self._clock)
            await work.audit.record(actor, Change("identity.person_invited", "user", str(user_id)))
            await work.commit()


class AskForRecovery:
    """Ask for a link to a new password."""

    def __init__(self, work: IdentityWork, current: CurrentSettings, clock: Clock) -> None:
        self._work = work
        self._current = current
        self._clock = clock

    async def __call__(self, login: str, *, address: str = "", language: str = "ru") -> None:
        """Have a link sent to the login, if somebody who may log in has it; the answer is the same if nobody has.

        Raises:
            LoginInvalid: neither a phone nor an e-mail address.
            TooManyAttempts: a budget is used up.
        """
        known = parse_login(login)
        in_all = await self._current(CODES_PER_HOUR)
        minutes: int = await self._current(RECOVERY_MINUTES)
        lifetime = timedelta(minutes=minutes)
        now = self._clock()
        async with self._work() as work:
            await checked_budget(work.challenges, known.value, address, in_all, now)
            await asked_for(work, Purpose.RECOVERY, known.value, language, address, RECOVERY_JOB, now, lifetime)
            await work.commit()


class SendRecovery:
    """Send the link that was asked for; runs in a job."""

    def __init__(self, work: IdentityWork, current: CurrentSettings, clock: Clock) -> None:
        self._work = work
        self._current = current
        self._clock = clock

    async def __call__(self, challenge_id: UUID) -> None:
        """Nothing happens where nobody active has the login, the time is over, or the link was sent already."""
        minutes: int = await self._current(RECOVERY_MINUTES)
        lifetime = timedelta(minutes=minutes)
        now = self._clock()
        async with self._work() as work:
            asked = await work.challenges.by_id(challenge_id)
            if asked is None or asked.purpose is not Purpose.RECOVERY or not asked.takes_guesses(now):
                return
            account = await work.accounts.by_login(parse_login(asked.login))
            person = None if account is None else await work.accounts.reachable(account.user_id)
            if person is None:
                return
            await work.challenges.use(challenge_id, now)
            await _sent(work, person, asked.login, LinkKind.RECOVERY, lifetime, self._clock)
            await work.commit()


class OpenLink:
    """Look whether a link can be used; using it is another step, so that programs which look at links spoil none."""

    def __init__(self, work: IdentityWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, token: str) -> LinkKind:
        """What the link is for; raises DeadLink."""
        async with self._work() as work:
            link = await work.challenges.link(token_hash(token), self._clock())
        if link is None:
            raise DeadLink
        return link.kind


class SetPasswordByLink:
    """Set a password by a link: every session of the person is closed, the link is dead, and a session is opened."""

    def __init__(self, work: IdentityWork, passwords: PasswordHasher, clock: Clock) -> None:
        self._work = work
        self._passwords = passwords
        self._clock = clock

    async def __call__(self, token: str, password: str, visitor: Visitor) -> NewSession | SecondStep:
        """Set it and enter (REG-6, TOK-1: taking up an invitation makes the person's first token).

        Raises:
            PasswordLength: too short or too long; the link can still be used.
            DeadLink: used, replaced, ended, never was, or the person is switched off.
        """
        check_new_password(password, "password")
        now = self._clock()
        encoded = await self._passwords.hash(password)
        async with self._work() as work:
            link = await work.challenges.link(token_hash(token), now)
            # Held, so that a login by the old password that is under way is over before all sessions are closed.
            if link is None or await work.accounts.hold(link.user_id) is None:
                raise DeadLink
            person = await work.accounts.reachable(link.user_id)
            if person is None:
                raise DeadLink
            await work.challenges.use_link(link.link_id, now)
            await work.accounts.set_password(link.user_id, encoded)
            closed = await work.accounts.close_all(link.user_id, now)
            entry = await entered(work, link.user_id, visitor, now)
            oneself = Actor(link.user_id, person.name, "", {})
            change = Change(
                f"identity.{link.kind.value}_used", "user", str(link.user_id), after={"sessions_closed": closed}
            )
            await work.audit.record(oneself, change)
            if link.kind is LinkKind.RECOVERY:
                await tell(work.outbox, person, "identity.password_changed")
            await work.commit()
        return entry
