"""Log in, log out, authenticate, select a company, create a user."""

from uuid import UUID

from b2b_dvizhenie.application.identity.budget import check_attempts
from b2b_dvizhenie.application.identity.entering import NewSession, SecondStep, Visitor, entered
from b2b_dvizhenie.application.identity.ports import IdentityWork, PasswordHasher, SessionReader
from b2b_dvizhenie.application.identity.viewing import SeeAs, record_end
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import BeyondOwnRights, Permission, ViewOver, lacking
from b2b_dvizhenie.domain.identity import (
    MAX_PASSWORD,
    AuthenticationRequired,
    BadCredentials,
    LoginInvalid,
    parse_login,
    parse_logins,
    token_hash,
)
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, UserId, new_id


class LogIn:
    """Login by e-mail or phone with a password (REG-3)."""

    def __init__(self, work: IdentityWork, passwords: PasswordHasher, clock: Clock) -> None:
        self._work = work
        self._passwords = passwords
        self._clock = clock

    async def __call__(
        self, login: str, password: str, *, address: str = "", user_agent: str = ""
    ) -> NewSession | SecondStep:
        """Open a session, or ask for the second step of who has one.

        Raises:
            BadCredentials: whatever is wrong: login, password, or the account.
            TooManyAttempts: the budget of failures for this login or address is used up.
        """
        now = self._clock()
        try:
            parsed = parse_login(login)
        except LoginInvalid:
            parsed = None
        key = parsed.value if parsed else login.strip().lower()[:254]
        async with self._work() as work:
            await check_attempts(work.accounts, key, address, now)
            account = await work.accounts.by_login(parsed) if parsed else None
            known = account.password_hash if account and account.is_active else None
            if not await self._passwords.matches(known, password[:MAX_PASSWORD]) or account is None:
                await work.accounts.record_failure(key, address, now)
                await work.commit()
                raise BadCredentials
            entry = await entered(work, account.user_id, Visitor(address, user_agent), now)
            await work.commit()
        return entry


class Authenticate:
    """Token to Actor; called on every request."""

    def __init__(self, sessions: SessionReader, see_as: SeeAs, clock: Clock) -> None:
        self._sessions = sessions
        self._see_as = see_as
        self._clock = clock

    async def __call__(self, token: str, company_id: CompanyId | None = None) -> Actor | None:
        """The actor behind a token, or None when the token opens nothing.

        Raises:
            ViewOver: the session looked through another's eyes, and does so no more; the next request is its own.
        """
        actor = await self._sessions.actor(token_hash(token), company_id, self._clock())
        if actor is None or actor.view is None:
            return actor
        seen = await self._see_as(actor, actor.view, company_id)
        if seen is None:
            raise ViewOver
        return seen


class LogOut:
    """Close the session the actor came with."""

    def __init__(self, work: IdentityWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor) -> None:
        """The token is dead from the next request on."""
        if not actor.session_id:
            raise AuthenticationRequired
        async with self._work() as work:
            if actor.view is not None and await work.accounts.end_view(UUID(actor.session_id)):
                await record_end(work, actor, actor.view, "logged_out")
            await work.accounts.revoke(UUID(actor.session_id), self._clock())
            await work.commit()


class SelectCompany:
    """Choose the company a session acts for (MUL)."""

    def __init__(self, work: IdentityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, company_id: CompanyId) -> None:
        """Raises NotFound when the actor is not a member of the company."""
        async with self._work() as work:
            if not await work.accounts.select_company(UUID(actor.session_id), company_id):
                raise NotFound("company_id")
            await work.commit()


class CreateUser:
    """Add a person to the closed club; only who may manage users can (REG-1)."""

    def __init__(self, work: IdentityWork, passwords: PasswordHasher, clock: Clock) -> None:
        self._work = work
        self._passwords = passwords
        self._clock = clock

    async def __call__(
        self,
        actor: Actor,
        *,
        role: str,
        name: str,
        email: str = "",
        phone: str = "",
        password: str | None = None,
    ) -> UserId:
        """Create an active user.

        Raises:
            LoginInvalid: the e-mail or phone is not one, or both are missing.
            LoginTaken: another active user has it.
            NotFound: no such role.
            BeyondOwnRights: the role may something that the actor may not, or less widely.
        """
        actor.require(Permission.USERS_MANAGE)
        mail, number = parse_logins(email, phone)
        user_id = UserId(new_id())
        async with self._work() as work:
            role_id = await work.accounts.role_id(role)
            if role_id is None:
                raise NotFound("role")
            missing = lacking(actor.grants, await work.accounts.rights_of(role_id))
            if missing:
                raise BeyondOwnRights("role", permission=missing[0].value)
            encoded = await self._passwords.hash(password[:MAX_PASSWORD]) if password else None
            logins = {"email": mail, "phone": number}
            await work.accounts.add_user(
                user_id, role_id, name.strip(), **logins, password_hash=encoded, now=self._clock()
            )
            await work.audit.record(
                actor,
                Change(
                    "identity.user_created",
                    "user",
                    str(user_id),
                    after={"role": role, "name": name, **logins},
                ),
            )
            await work.commit()
        return user_id
