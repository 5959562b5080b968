"""Housekeeping of the exchange in PostgreSQL: quiet sessions, and what is too old."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Delete, Update, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.exchange_imports import PostgresImportRequests
from b2b_dvizhenie.adapters.postgres.gateway_managing import gateway_forgetting
from b2b_dvizhenie.adapters.postgres.tables.exchange import (
    exchange_attempt,
    exchange_import,
    exchange_request,
    exchange_session,
)
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.exchange.requesting import ImportRequests
from b2b_dvizhenie.application.exchange.sweeping import Housekeeping, QuietSession, SweepTransaction
from b2b_dvizhenie.domain.shared.ids import NodeId

BATCH = 200
"""Sessions one sweep looks at; the next one takes the rest."""


class PostgresHousekeeping(Housekeeping):
    """Sessions by their age, and the deletion of what is old."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def quiet_sessions(self, quiet_since: datetime) -> Sequence[QuietSession]:
        """Sessions that sent files, were last seen before the moment, and not swept since they were last seen."""
        row = exchange_session.c
        query = (
            select(row.session_id, row.node_id)
            .where(
                row.has_files,
                row.last_seen_at < quiet_since,
                or_(row.swept_at.is_(None), row.swept_at < row.last_seen_at),
            )
            .order_by(row.last_seen_at)
            .limit(BATCH)
        )
        return [
            QuietSession(session_id, NodeId(node_id)) for session_id, node_id in await self._connection.execute(query)
        ]

    async def mark_swept(self, session_id: UUID, now: datetime) -> None:
        """Not to be swept again unless it is heard again."""
        row = exchange_session.c
        await self._connection.execute(
            update(exchange_session).where(row.session_id == session_id).values(swept_at=now)
        )

    async def silent_sessions(self, since: datetime, until: datetime) -> Sequence[UUID]:
        """Sessions that were last seen between the two moments."""
        row = exchange_session.c
        query = select(row.session_id).where(row.last_seen_at >= since, row.last_seen_at < until)
        return (await self._connection.execute(query)).scalars().all()

    async def forget(self, *, log: datetime, imports: datetime, attempts: datetime) -> dict[str, int]:
        """Delete log lines, sessions, finished imports and failed logins older than these; returns counts by table."""
        over = and_(
            exchange_import.c.state.in_(("done", "failed")),
            exchange_import.c.created_at < imports,
        )
        deletions: dict[str, Delete | Update] = {
            "requests": delete(exchange_request).where(exchange_request.c.at < log),
            "sessions": delete(exchange_session).where(exchange_session.c.last_seen_at < log),
            "imports": delete(exchange_import).where(over),
            "attempts": delete(exchange_attempt).where(exchange_attempt.c.at < attempts),
            **gateway_forgetting(rows=log, errors=imports),
        }
        return {name: (await self._connection.execute(one)).rowcount for name, one in deletions.items()}


class PostgresSweepTransaction(Transaction, SweepTransaction):
    """The unit of work of housekeeping."""

    housekeeping: Housekeeping
    imports: ImportRequests

    def bind(self, connection: AsyncConnection) -> None:
        """Add the sessions and the imports."""
        super().bind(connection)
        self.housekeeping = PostgresHousekeeping(connection)
        self.imports = PostgresImportRequests(connection)
