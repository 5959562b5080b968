"""What identity needs from the outside."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.identity.factor_ports import SecondFactors
from b2b_dvizhenie.application.messaging import MessageOutbox
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog
from b2b_dvizhenie.application.shared.jobs import JobQueue
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.identity import Challenge, Link, Login
from b2b_dvizhenie.domain.shared.ids import CompanyId, UserId


class Account(Struct, frozen=True):
    """What login needs to know of a user."""

    user_id: UserId
    password_hash: str | None
    is_active: bool


class HeldAccount(Struct, frozen=True):
    """An account nobody else can change meanwhile: its logins as failures are counted by, and the password's hash."""

    logins: tuple[str, ...]
    password_hash: str | None


class OpenSession(Struct, frozen=True):
    """A session that is alive: from what device and address it was opened, and when its token was last used.

    `last_seen_at` is kept to a few minutes.
    """

    session_id: UUID
    user_agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


class Reachable(Struct, frozen=True):
    """A person who can be written to."""

    user_id: UserId
    name: str
    email: str | None
    phone: str | None
    language: str


class PasswordHasher(Protocol):
    """Port: slow, salted password hashing (argon2id), off the event loop."""

    @abstractmethod
    async def hash(self, password: str) -> str:
        """An encoded hash with its parameters and salt."""
        ...

    @abstractmethod
    async def matches(self, encoded: str | None, password: str) -> bool:
        """Whether the password is right. With None it takes as long as a real check and says no."""
        ...


class SessionReader(Protocol):
    """Port: the hot read of every request."""

    @abstractmethod
    async def person(self, user_id: UserId, company_id: CompanyId | None, now: datetime) -> Actor | None:
        """The active person as an actor, by the same statement that reads the actor of a session."""
        ...

    @abstractmethod
    async def shows_more(
        self, permission: Permission, target: tuple[Actor, Scope], viewer: tuple[Actor, Scope]
    ) -> bool:
        """Whether the target sees by this right, in his scope, what the viewer does not see in his.

        Contract: companies, people and (by the right to see orders) orders are compared, by the predicates that decide
        about them everywhere. What buyers see as their own is what belongs to any company they buy for.
        """
        ...

    @abstractmethod
    async def actor(self, token_hash: bytes, company_id: CompanyId | None, now: datetime) -> Actor | None:
        """The actor of a live session, or None.

        Args:
            token_hash: hash of the presented token.
            company_id: the company the request names; None takes the session's selected one, then the first.
            now: sessions that expired before it are dead.

        Contract: one round trip, and once in a few minutes a second one that notes when the session was last seen;
        sees a revocation that was committed before the call; a company the user is not a member of is as unknown as
        one that does not exist: the actor then has no company. The actor is whose session it is, also where his `view`
        says that he looks through another's eyes.
        """
        ...


class Accounts(Protocol):
    """Port: users and sessions within a transaction."""

    @abstractmethod
    async def by_login(self, login: Login) -> Account | None:
        """The active account with this login, kept from being changed until the transaction ends.

        Contract: whoever changes the password and then closes sessions meanwhile waits for this transaction, and so
        closes the session it opens; readers and other logins do not wait.
        """
        ...

    @abstractmethod
    async def hold(self, user_id: UserId) -> HeldAccount | None:
        """The active account, which nobody else can hold, change or log in to until the transaction ends."""
        ...

    @abstractmethod
    async def reachable(self, user_id: UserId) -> Reachable | None:
        """The active person with their logins."""
        ...

    @abstractmethod
    async def set_password(self, user_id: UserId, password_hash: str) -> None:
        """Replace the hash of the password."""
        ...

    @abstractmethod
    async def sessions(self, user_id: UserId, now: datetime) -> Sequence[OpenSession]:
        """Sessions of the user that are neither revoked nor expired at `now`, the latest opened first."""
        ...

    @abstractmethod
    async def close_session(self, user_id: UserId, session_id: UUID, now: datetime) -> bool:
        """Close a live session of this user. False, and nothing changed, if it is dead, unknown or another's."""
        ...

    @abstractmethod
    async def close_others(self, user_id: UserId, session_id: UUID, now: datetime) -> int:
        """Close every live session of the user but this one; how many were closed."""
        ...

    @abstractmethod
    async def close_all(self, user_id: UserId, now: datetime) -> int:
        """Close every live session of the user; how many were closed."""
        ...

    @abstractmethod
    async def exchange_token(
        self, session_id: UUID, old_hash: bytes, new_hash: bytes, now: datetime
    ) -> datetime | None:
        """Let the live session answer to another token; its end, or None and nothing changed if the old one is dead.

        Contract: of exchanges of one token that run at once, one succeeds.
        """
        ...

    @abstractmethod
    async def is_within(self, actor: Actor, scope: Scope, user_id: UserId) -> bool:
        """Whether there is such a person and the scope of the actor's grant reaches it."""
        ...

    @abstractmethod
    async def failures(self, login: str, address: str, since: datetime) -> tuple[int, int]:
        """(failed logins for this login, failed logins from this address) since a moment."""
        ...

    @abstractmethod
    async def record_failure(self, login: str, address: str, at: datetime) -> None:
        """Count a failed login."""
        ...

    @abstractmethod
    async def token_lifetime(self) -> timedelta:
        """How long a token opened now lives; the setting cannot be changed until the transaction ends."""
        ...

    @abstractmethod
    async def add_session(
        self,
        session_id: UUID,
        user_id: UserId,
        token_hash: bytes,
        now: datetime,
        expires_at: datetime,
        address: str,
        user_agent: str,
    ) -> None:
        """Open a session."""
        ...

    @abstractmethod
    async def revoke(self, session_id: UUID, now: datetime) -> None:
        """Close a session; closing a closed one changes nothing."""
        ...

    @abstractmethod
    async def select_company(self, session_id: UUID, company_id: CompanyId) -> bool:
        """Remember the company for the session; False if its user is not a member."""
        ...

    @abstractmethod
    async def begin_view(self, session_id: UUID, target_id: UserId, until: datetime) -> bool:
        """Let the live session look through another's eyes; False, and nothing changed, if it does so already."""
        ...

    @abstractmethod
    async def end_view(self, session_id: UUID) -> bool:
        """End it; False if it was ended already."""
        ...

    @abstractmethod
    async def rights_of(self, role_id: UUID) -> Mapping[Permission, Scope]:
        """The rights of a role; nobody changes them until the transaction ends."""
        ...

    @abstractmethod
    async def role_id(self, code: str) -> UUID | None:
        """Id of a role by its code."""
        ...

    @abstractmethod
    async def add_user(
        self,
        user_id: UserId,
        role_id: UUID,
        name: str,
        email: str | None,
        phone: str | None,
        password_hash: str | None,
        now: datetime,
    ) -> None:
        """Add a user; raises LoginTaken naming the field that another active user has."""
        ...


class Challenges(Protocol):
    """Port: codes and links that somebody asked for who is not logged in."""

    @abstractmethod
    async def hold_budget(self) -> None:
        """Let nobody else count or add until the transaction ends, so that no budget is exceeded by two at once."""
        ...

    @abstractmethod
    async def asked(self, login: str, address: str, since: datetime) -> tuple[int, int, int]:
        """How often a code or a link was asked for since a moment: for this login, from this address, in all."""
        ...

    @abstractmethod
    async def wrong_codes(self, login: str, day: datetime, hour: datetime) -> tuple[int, int]:
        """Wrong codes for this login since `day`, and over all logins since `hour`; of second steps neither."""
        ...

    @abstractmethod
    async def add(self, challenge: Challenge, address: str) -> None:
        """Remember what was asked for."""
        ...

    @abstractmethod
    async def by_id(self, challenge_id: UUID) -> Challenge | None:
        """The challenge, locked until the transaction ends."""
        ...

    @abstractmethod
    async def by_browser(self, browser_hash: bytes) -> Challenge | None:
        """The challenge that this browser asked for, locked until the transaction ends."""
        ...

    @abstractmethod
    async def set_code(self, challenge_id: UUID, digest: bytes) -> None:
        """Keep what recognises the code that was made."""
        ...

    @abstractmethod
    async def count_try(self, challenge_id: UUID) -> None:
        """Count a wrong code."""
        ...

    @abstractmethod
    async def use(self, challenge_id: UUID, now: datetime) -> None:
        """It has served."""
        ...

    @abstractmethod
    async def add_link(self, link: Link, token_hash: bytes, now: datetime, expires_at: datetime) -> None:
        """A new link; earlier ones for the same person are dead."""
        ...

    @abstractmethod
    async def link(self, token_hash: bytes, now: datetime) -> Link | None:
        """The live link, locked until the transaction ends."""
        ...

    @abstractmethod
    async def use_link(self, link_id: UUID, now: datetime) -> None:
        """It has served."""
        ...


class IdentityTransaction(Protocol):
    """Port: one transaction of identity; leaving without `commit` rolls back."""

    accounts: Accounts
    challenges: Challenges
    factors: SecondFactors
    outbox: MessageOutbox
    jobs: JobQueue
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


IdentityWork = Callable[[], AbstractAsyncContextManager[IdentityTransaction]]
