"""Exchange sessions, failed logins and the log of requests in PostgreSQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.exchange_nodes import rights_of
from b2b_dvizhenie.adapters.postgres.tables.exchange import exchange_attempt, exchange_node, exchange_session
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.exchange.request_log import AnsweredRequest, RequestLog
from b2b_dvizhenie.application.exchange.sessions import (
    ExchangeSession,
    ExchangeSessions,
    NodeAccess,
    SessionFinder,
    SessionTransaction,
)
from b2b_dvizhenie.domain.shared.ids import NodeId

_NODE = (
    exchange_node.c.node_id,
    exchange_node.c.name,
    exchange_node.c.login,
    exchange_node.c.password_hash,
    exchange_node.c.profile,
    exchange_node.c.answer_encoding,
    exchange_node.c.rights,
    exchange_node.c.allowed_addresses,
    exchange_node.c.settings,
)
_OF_SESSION = (
    exchange_session.c.session_id,
    exchange_session.c.kind,
    exchange_session.c.sessid,
    exchange_session.c.address,
    exchange_session.c.profile,
    exchange_session.c.started_at,
    exchange_session.c.last_seen_at,
)
_OPEN_SESSION = """
SELECT n.node_id, n.name, n.login, n.password_hash, n.profile, n.answer_encoding, n.rights, n.allowed_addresses,
       n.settings, s.session_id, s.kind, s.sessid, s.address, s.profile, s.started_at, s.last_seen_at
  FROM exchange_session s JOIN exchange_node n ON n.node_id = s.node_id AND n.is_active
 WHERE s.token_hash = %(token)s AND s.closed_at IS NULL AND s.last_seen_at > %(since)s
"""
# One round trip: the session was seen, and what it asked and got.
_LOG = """
WITH seen AS (
    UPDATE exchange_session
       SET last_seen_at = greatest(last_seen_at, %(at)s),
           profile = CASE WHEN %(profile)s = '' THEN profile ELSE %(profile)s END,
           has_files = has_files OR %(mode)s = 'file'
     WHERE session_id = %(session_id)s)
INSERT INTO exchange_request
       (session_id, node_id, at, kind, mode, filename, bytes_in, status, answer, milliseconds, address)
VALUES (%(session_id)s, %(node_id)s, %(at)s, %(kind)s, %(mode)s, %(filename)s, %(bytes_in)s, %(status)s, %(answer)s,
        %(milliseconds)s, %(address)s)
"""


def _access(row: Any) -> NodeAccess:
    node_id, name, login, password_hash, profile, encoding, rights, addresses, settings = row[:9]
    return NodeAccess(
        node_id=NodeId(node_id),
        name=name,
        login=login,
        password_hash=password_hash,
        profile=profile,
        answer_encoding=encoding,
        rights=frozenset(rights_of(rights)),
        allowed_addresses=tuple(addresses),
        settings=settings,
    )


def _session(row: Any) -> ExchangeSession:
    session_id, kind, sessid, address, profile, started_at, last_seen_at = row[9:16]
    return ExchangeSession(session_id, _access(row), kind, sessid, address, profile, started_at, last_seen_at)


def _sessions() -> Select[*tuple[Any, ...]]:
    joined = and_(exchange_node.c.node_id == exchange_session.c.node_id, exchange_node.c.is_active)
    return (
        select(*_NODE, *_OF_SESSION)
        .join_from(exchange_session, exchange_node, joined)
        .where(exchange_session.c.closed_at.is_(None))
    )


class PostgresExchangeSessions(ExchangeSessions):
    """The tables `exchange_session` and `exchange_attempt`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def node_by_login(self, login: str) -> NodeAccess | None:
        """The active node with this login."""
        query = select(*_NODE).where(exchange_node.c.login == login, exchange_node.c.is_active)
        row = (await self._connection.execute(query)).first()
        return None if row is None else _access(row)

    async def failures(self, login: str, address: str, since: datetime) -> tuple[int, int, int]:
        """Failed logins since a moment: (of this login, of this login from this address, from this address)."""
        recent = exchange_attempt.c.at > since
        same_login = exchange_attempt.c.login == login
        same_address = exchange_attempt.c.address == address
        counts = [
            select(func.count()).where(recent, same_login),
            select(func.count()).where(recent, same_login, same_address),
            select(func.count()).where(recent, same_address, exchange_attempt.c.address != ""),
        ]
        row = (await self._connection.execute(select(*(count.scalar_subquery() for count in counts)))).one()
        return row[0], row[1], row[2]

    async def record_failure(self, login: str, address: str, at: datetime) -> None:
        """Count a failed login."""
        await self._connection.execute(insert(exchange_attempt).values(login=login, address=address, at=at))

    async def add(self, session: ExchangeSession, token_hash: bytes, user_agent: str) -> None:
        """Open a session."""
        await self._connection.execute(
            insert(exchange_session).values(
                session_id=session.session_id,
                node_id=session.node.node_id,
                kind=session.kind,
                token_hash=token_hash,
                sessid=session.sessid,
                address=session.address,
                user_agent=user_agent,
                profile=session.profile,
                started_at=session.started_at,
                last_seen_at=session.last_seen_at,
            )
        )

    async def last_profile(self, node_id: NodeId) -> str:
        """What the node's newest session was recognised as; "" if none was."""
        row = exchange_session.c
        query = (
            select(row.profile)
            .where(row.node_id == node_id, row.profile != "")
            .order_by(row.last_seen_at.desc())
            .limit(1)
        )
        return (await self._connection.execute(query)).scalar() or ""

    async def newest(
        self, node_id: NodeId, kind: str, address: str, sessid: str, since: datetime
    ) -> ExchangeSession | None:
        """The newest open session of a node: of this `sessid`, or of this kind and address."""
        query = _sessions().where(exchange_session.c.node_id == node_id, exchange_session.c.last_seen_at > since)
        if sessid:
            query = query.where(exchange_session.c.sessid == sessid)
        else:
            query = query.where(exchange_session.c.kind == kind, exchange_session.c.address == address)
        newest_first = query.order_by(exchange_session.c.started_at.desc(), exchange_session.c.session_id.desc())
        row = (await self._connection.execute(newest_first.limit(1))).first()
        return None if row is None else _session(row)


class PostgresSessionFinder(SessionFinder, RequestLog):
    """What every request of the exchange does: find its session, then leave a line in the log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_token(self, token_hash: bytes, since: datetime) -> ExchangeSession | None:
        """The open session of an active node seen after `since`; one round trip."""
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(_OPEN_SESSION, {"token": token_hash, "since": since})
            row = await cursor.fetchone()
        return None if row is None else _session(row)

    async def write(self, request: AnsweredRequest) -> None:
        """Log the request and mark its session as seen; one round trip."""
        session = request.session
        parameters = {
            "session_id": session.session_id if session else None,
            "node_id": session.node.node_id if session else request.node_id,
            "profile": request.profile,
            "at": request.at,
            "kind": request.kind,
            "mode": request.mode,
            "filename": request.filename,
            "bytes_in": request.bytes_in,
            "status": request.status,
            "answer": request.answer,
            "milliseconds": request.milliseconds,
            "address": request.address,
        }
        async with self._database.reading() as connection:
            await connection.execute(_LOG, parameters)


class PostgresSessionTransaction(Transaction, SessionTransaction):
    """The unit of work of the exchange door."""

    sessions: ExchangeSessions

    def bind(self, connection: AsyncConnection) -> None:
        """Add the sessions."""
        super().bind(connection)
        self.sessions = PostgresExchangeSessions(connection)
