"""Sessions of the exchange: `checkauth`, and finding the session of every later request (onec.md §2.1).

A 1C may send Basic with every request, only the cookie after `checkauth`, or both; `sessid` may be there or not. All
of it has to work, and none of it may cost a slow password check per request.
"""

import secrets
from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.exchange.credentials import VerifiedCredentials
from b2b_dvizhenie.application.identity import PasswordHasher
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.exchange.access import (
    ATTEMPT_WINDOW,
    ATTEMPTS_PER_ADDRESS,
    ATTEMPTS_PER_LOGIN,
    ATTEMPTS_PER_PAIR,
    SESSION_IDLE,
    AddressRefused,
    AttemptsExhausted,
    CredentialsMissing,
    ExchangeRight,
    NodeCredentialsWrong,
    RightMissing,
    SessidWrong,
    SessionUnknown,
    may_come_from,
)
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id

MAX_SECRET = 1024
"""Bytes of a login or password that are looked at."""


class NodeAccess(Struct, frozen=True):
    """What the door needs to know of an exchange node."""

    node_id: NodeId
    name: str
    login: str
    password_hash: str
    profile: str
    answer_encoding: str
    rights: frozenset[ExchangeRight]
    allowed_addresses: tuple[str, ...]
    settings: dict[str, Any]


class ExchangeSession(Struct, frozen=True):
    """One conversation of a 1C with us. `kind` is the `type` it began with, `profile` what was recognised so far."""

    session_id: UUID
    node: NodeAccess
    kind: str
    sessid: str
    address: str
    profile: str
    started_at: datetime
    last_seen_at: datetime


class OpenedSession(Struct, frozen=True):
    """A fresh session: the token for the cookie is told once and stored only as a hash."""

    session: ExchangeSession
    token: str


class Credentials(Struct, frozen=True):
    """Login and password of a Basic header."""

    login: str
    password: str

    def __repr__(self) -> str:
        """Without the password: traces and logs show values."""
        return f"Credentials({self.login!r})"


class Caller(Struct, frozen=True):
    """What a request says about who sends it. `kind` is its `type` parameter."""

    kind: str
    address: str = ""
    user_agent: str = ""
    token: str | None = None
    sessid: str = ""
    credentials: Credentials | None = None


class ExchangeSessions(Protocol):
    """Port: nodes and sessions within a transaction."""

    @abstractmethod
    async def node_by_login(self, login: str) -> NodeAccess | None:
        """The active node with this login."""
        ...

    @abstractmethod
    async def failures(self, login: str, address: str, since: datetime) -> tuple[int, int, int]:
        """Failed logins since a moment: (of this login, of this login from this address, from this address)."""
        ...

    @abstractmethod
    async def record_failure(self, login: str, address: str, at: datetime) -> None:
        """Count a failed login."""
        ...

    @abstractmethod
    async def add(self, session: ExchangeSession, token_hash: bytes, user_agent: str) -> None:
        """Open a session."""
        ...

    @abstractmethod
    async def last_profile(self, node_id: NodeId) -> str:
        """What the node's newest session was recognised as; "" if none was. Sessions about orders name no files."""
        ...

    @abstractmethod
    async def newest(
        self, node_id: NodeId, kind: str, address: str, sessid: str, since: datetime
    ) -> ExchangeSession | None:
        """The newest session of an active node that is not closed and was seen after `since`.

        With a `sessid` it is the session of that sessid, otherwise the one of this kind and address.
        """
        ...


class SessionFinder(Protocol):
    """Port: the read of every request that has a cookie."""

    @abstractmethod
    async def by_token(self, token_hash: bytes, since: datetime) -> ExchangeSession | None:
        """The open session of an active node seen after `since`; one round trip."""
        ...


class SessionTransaction(Protocol):
    """Port: one transaction over nodes and sessions; leaving without `commit` rolls back."""

    sessions: ExchangeSessions

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


SessionWork = Callable[[], AbstractAsyncContextManager[SessionTransaction]]


def stored_token(token: str) -> bytes:
    """What is stored of a session token. SHA-256 is enough because the token itself is 128 random bits."""
    return sha256(token.encode()).digest()


def needed_right(kind: str) -> ExchangeRight:
    """The right a `type` needs: orders travel under `sale`, everything else under `catalog`."""
    return ExchangeRight.SALE if kind == "sale" else ExchangeRight.CATALOG


class VerifyNode:
    """Login and password → node, with a budget of failures and without a slow hash on every request."""

    def __init__(self, passwords: PasswordHasher, verified: VerifiedCredentials, clock: Clock) -> None:
        self._passwords = passwords
        self._verified = verified
        self._clock = clock

    async def __call__(self, work: SessionTransaction, caller: Caller) -> NodeAccess:
        """The node behind the credentials of a caller, if it may do what it came for.

        Raises:
            CredentialsMissing, NodeCredentialsWrong, AttemptsExhausted, AddressRefused, RightMissing.
        """
        node = await self.identify(work, caller)
        check_node(node, caller)
        return node

    async def identify(self, work: SessionTransaction, caller: Caller) -> NodeAccess:
        """The node behind the credentials of a caller; commits a failure so that it counts.

        Raises:
            CredentialsMissing, NodeCredentialsWrong, AttemptsExhausted.
        """
        if caller.credentials is None:
            raise CredentialsMissing
        now = self._clock()
        login = caller.credentials.login.strip()[:MAX_SECRET]
        password = caller.credentials.password[:MAX_SECRET]
        # No node has a login with unprintable signs, and the database takes not all of them.
        node = await work.sessions.node_by_login(login) if login.isprintable() else None
        if node is None or not self._verified.known(node.node_id, node.password_hash, password, now):
            await self._check(work, node, login, password, caller.address, now)
        if node is None:
            raise NodeCredentialsWrong
        return node

    async def _check(
        self, work: SessionTransaction, node: NodeAccess | None, login: str, password: str, address: str, now: datetime
    ) -> None:
        key = login.lower()[:254] if login.isprintable() else ""
        since = now - ATTEMPT_WINDOW
        by_login, by_pair, by_address = await work.sessions.failures(key, address, since)
        if by_login >= ATTEMPTS_PER_LOGIN or by_pair >= ATTEMPTS_PER_PAIR or by_address >= ATTEMPTS_PER_ADDRESS:
            raise AttemptsExhausted(minutes=ATTEMPT_WINDOW // timedelta(minutes=1))
        matches = await self._passwords.matches(node.password_hash if node else None, password)
        if not matches or node is None:
            await work.sessions.record_failure(key, address, now)
            await work.commit()
            raise NodeCredentialsWrong
        self._verified.remember(node.node_id, node.password_hash, password, now)


def check_address(node: NodeAccess, caller: Caller) -> None:
    """Whether a known node may come from where it stands; raises AddressRefused."""
    if not may_come_from(node.allowed_addresses, caller.address):
        raise AddressRefused(address=caller.address)


def check_node(node: NodeAccess, caller: Caller) -> None:
    """Whether a known node may do what it asks from where it stands.

    Raises:
        AddressRefused: it may not come from this address.
        RightMissing: it lacks the right for this kind of exchange.
    """
    check_address(node, caller)
    if needed_right(caller.kind) not in node.rights:
        raise RightMissing(right=needed_right(caller.kind).value)


class OpenExchangeSession:
    """`mode=checkauth`: a login and a password open a session."""

    def __init__(self, work: SessionWork, verify: VerifyNode, clock: Clock) -> None:
        self._work = work
        self._verify = verify
        self._clock = clock

    async def __call__(self, caller: Caller) -> OpenedSession:
        """Open a session; raises what `VerifyNode` does."""
        async with self._work() as work:
            node = await self._verify(work, caller)
            opened = await add_session(work, node, caller, self._clock())
            await work.commit()
        return opened


async def add_session(work: SessionTransaction, node: NodeAccess, caller: Caller, now: datetime) -> OpenedSession:
    """Write a new session of a node; the caller commits."""
    token = secrets.token_hex(16)
    session = ExchangeSession(
        session_id=new_id(),
        node=node,
        kind=caller.kind,
        sessid=secrets.token_hex(16),
        address=caller.address,
        profile=await work.sessions.last_profile(node.node_id) if node.profile == "auto" else node.profile,
        started_at=now,
        last_seen_at=now,
    )
    await work.sessions.add(session, stored_token(token), caller.user_agent[:500])
    return OpenedSession(session, token)


class ResolveSession:
    """The session of a request after `checkauth`, by cookie or by Basic, checked against `sessid`."""

    def __init__(self, finder: SessionFinder, work: SessionWork, verify: VerifyNode, clock: Clock) -> None:
        self._finder = finder
        self._work = work
        self._verify = verify
        self._clock = clock

    async def __call__(self, caller: Caller) -> ExchangeSession:
        """Find the session; with Basic alone, open one when there is none.

        Raises:
            SessionUnknown: the cookie opens nothing and there is no Basic.
            SessidWrong: `sessid` names another session than the cookie.
            CredentialsMissing, NodeCredentialsWrong, AttemptsExhausted, AddressRefused, RightMissing.
        """
        since = self._clock() - SESSION_IDLE
        if caller.token:
            found = await self._finder.by_token(stored_token(caller.token[:200]), since)
            if found is not None:
                check_node(found.node, caller)
                if caller.sessid and not secrets.compare_digest(caller.sessid.encode(), found.sessid.encode()):
                    raise SessidWrong
                return found
            if caller.credentials is None:
                raise SessionUnknown
        async with self._work() as work:
            node = await self._verify(work, caller)
            known = await work.sessions.newest(node.node_id, caller.kind, caller.address, caller.sessid, since)
            if known is not None:
                return known
            if caller.sessid:
                raise SessionUnknown
            opened = await add_session(work, node, caller, self._clock())
            await work.commit()
        return opened.session
