"""Asking for imports: the protocol's side of the `exchange_import` table."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.tables.exchange import exchange_generation, exchange_import
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.exchange.receiving import StoredFile
from b2b_dvizhenie.application.exchange.records import RowProblem
from b2b_dvizhenie.application.exchange.requesting import (
    ImportOrder,
    ImportReader,
    ImportRequests,
    ImportState,
    ImportTransaction,
)
from b2b_dvizhenie.domain.shared.ids import NodeId

_STATE = """
SELECT import_id, state, stage, progress, total, counters, error_code, error_detail
  FROM exchange_import WHERE import_id = %s
"""
_PROBLEMS = """
SELECT entity, code, ref, line, severity, detail, count(*) OVER ()
  FROM exchange_problem WHERE import_id = %s AND severity = 'error' ORDER BY problem_id LIMIT %s
"""


class PostgresImportRequests(ImportRequests):
    """Imports within a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, key: str) -> None:
        """Serialise with other transactions that lock the same key, until the end of this one."""
        await self._connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))

    async def latest(self, session_id: UUID, filename: str, sha256: str) -> ImportState | None:
        """The newest import of this content under this name in the session, unless its failure was already told."""
        row = exchange_import.c
        query = (
            select(
                row.import_id,
                row.state,
                row.stage,
                row.progress,
                row.total,
                row.counters,
                row.error_code,
                row.error_detail,
                row.told_at,
            )
            .where(row.session_id == session_id, row.filename == filename, row.sha256 == sha256)
            .order_by(row.created_at.desc(), row.import_id.desc())
            .limit(1)
        )
        found = (await self._connection.execute(query)).first()
        if found is None or (found.state == "failed" and found.told_at is not None):
            return None
        return ImportState(*found[:8])

    async def is_loaded(self, node_id: NodeId, filename: str, sha256: str, since: datetime) -> bool:
        """Whether importing would change nothing."""
        done, other = exchange_import.alias("done"), exchange_import.alias("other")
        changed_since = exists().where(
            other.c.node_id == node_id,
            or_(
                other.c.state.in_(("waiting", "running")),
                and_(
                    other.c.filename == filename,
                    other.c.sha256 != sha256,
                    other.c.created_at > done.c.created_at,
                ),
            ),
        )
        exported_since = exists().where(
            exchange_generation.c.node_id == node_id, exchange_generation.c.opened_at > done.c.finished_at
        )
        query = select(
            exists().where(
                done.c.node_id == node_id,
                done.c.filename == filename,
                done.c.sha256 == sha256,
                done.c.state == "done",
                done.c.finished_at > since,
                ~changed_since,
                ~exported_since,
            )
        )
        return bool((await self._connection.execute(query)).scalar())

    async def add(self, import_id: UUID, order: ImportOrder, now: datetime) -> None:
        """Write a waiting import."""
        await self._connection.execute(
            insert(exchange_import).values(
                import_id=import_id,
                node_id=order.node_id,
                session_id=order.session_id,
                filename=order.file.name,
                path=order.file.path,
                root=order.file.root,
                sha256=order.file.sha256,
                bytes=order.file.bytes,
                state="waiting",
                started_by=order.started_by,
                request_id=order.request_id,
                created_at=now,
            )
        )

    async def order_of(self, import_id: UUID) -> ImportOrder | None:
        """What an import was asked for, None when there is no such import."""
        row = exchange_import.c
        query = select(
            row.node_id,
            row.session_id,
            row.filename,
            row.path,
            row.sha256,
            row.bytes,
            row.root,
            row.started_by,
            row.request_id,
        ).where(row.import_id == import_id, row.path != "")  # a message of the gateway has no file
        found = (await self._connection.execute(query)).first()
        if found is None:
            return None
        node_id, session_id, filename, path, sha256, size, root, started_by, request_id = found
        file = StoredFile(filename, path, sha256, size, root)
        return ImportOrder(NodeId(node_id), session_id, file, started_by, request_id)

    async def mark_told(self, import_id: UUID, now: datetime) -> None:
        """Remember that the end of the import was told to 1C."""
        row = exchange_import.c
        await self._connection.execute(
            update(exchange_import).where(row.import_id == import_id, row.told_at.is_(None)).values(told_at=now)
        )


class PostgresImportReader(ImportReader):
    """Cheap reads over a bare connection while a request waits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def state(self, import_id: UUID) -> ImportState | None:
        """How the import stands, None when it was deleted."""
        async with self._database.reading() as connection:
            row = await (await connection.execute(_STATE, [import_id])).fetchone()
        return None if row is None else ImportState(*row)

    async def problems(self, import_id: UUID, limit: int) -> tuple[tuple[RowProblem, ...], int]:
        """The first rows with errors, and how many rows have one."""
        async with self._database.reading() as connection:
            rows = await (await connection.execute(_PROBLEMS, [import_id, limit])).fetchall()
        return tuple(RowProblem(*row[:6]) for row in rows), rows[0][6] if rows else 0


class PostgresImportTransaction(Transaction, ImportTransaction):
    """The unit of work of asking for imports."""

    imports: ImportRequests

    def bind(self, connection: AsyncConnection) -> None:
        """Add the imports."""
        super().bind(connection)
        self.imports = PostgresImportRequests(connection)
