"""Staging messages of the gateway in PostgreSQL: one statement per step, however many rows a message has."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psycopg.errors import LockNotAvailable
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.gateway_rows import FULL, end_runs, hold_key, hold_lane, read_full
from b2b_dvizhenie.adapters.postgres.tables.exchange import exchange_import
from b2b_dvizhenie.adapters.postgres.tables.gateway import gw_batch, gw_full, gw_in
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.exchange.gateway.messages import ReadRow
from b2b_dvizhenie.application.exchange.gateway.ports import (
    GatewayBusy,
    KnownMessage,
    Lane,
    NewBatch,
    StageTransaction,
    Staging,
)
from b2b_dvizhenie.domain.exchange.gateway import Full, RowState
from b2b_dvizhenie.domain.shared.ids import NodeId

STAGE_LOCK = "stage"
PATIENCE_MS = 5000
"""How long a message waits for another one of its table."""
_RETRY_AFTER = 5
_STANDING = text("""
SELECT k.key, r.version
  FROM unnest(CAST(:keys AS text[])) AS k (key)
 CROSS JOIN LATERAL (
       SELECT version FROM gw_in
        WHERE node_id = :node_id AND table_name = :table AND key = k.key AND state IN ('new', 'applied', 'error')
        ORDER BY row_id DESC LIMIT 1) r
""")
_SUPERSEDED = text("""
WITH older AS (
    SELECT row_id FROM gw_in
     WHERE node_id = :node_id AND table_name = :table AND key = ANY (CAST(:keys AS text[]))
       AND state IN ('new', 'error')
       FOR UPDATE SKIP LOCKED)
UPDATE gw_in SET state = 'superseded' FROM older WHERE gw_in.row_id = older.row_id
""")
_ROWS = text("""
INSERT INTO gw_in (node_id, table_name, batch_id, received_at, op, key, payload, version, state, error_code, error_text)
SELECT :node_id, :table, :batch_id, :now, CASE WHEN r.deleted THEN 'delete' ELSE 'upsert' END, r.key,
       CAST(r.payload AS jsonb), r.version, r.state, r.code, r.detail
  FROM unnest(CAST(:deleted AS boolean[]), CAST(:keys AS text[]), CAST(:payloads AS text[]), CAST(:versions AS text[]),
              CAST(:states AS text[]), CAST(:codes AS text[]), CAST(:details AS text[]))
       WITH ORDINALITY AS r (deleted, key, payload, version, state, code, detail, n)
 ORDER BY r.n
""")
_PROBLEMS = text("""
INSERT INTO exchange_problem (import_id, entity, severity, code, ref, line, detail)
SELECT :import_id, :table, 'error', r.code, r.key, r.n, r.detail
  FROM unnest(CAST(:codes AS text[]), CAST(:keys AS text[]), CAST(:details AS text[]))
       WITH ORDINALITY AS r (code, key, detail, n)
 WHERE r.code <> ''
 ORDER BY r.n
""")


class PostgresStaging(Staging):
    """The staging tables as the receiver of messages sees them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, lane: Lane) -> None:
        """One message of a lane at a time."""
        await self._connection.execute(text(f"SET LOCAL lock_timeout = {PATIENCE_MS}"))
        try:
            await hold_lane(self._connection, lane, STAGE_LOCK)
        except OperationalError as error:
            if isinstance(error.orig, LockNotAvailable):
                raise GatewayBusy(retry_after=_RETRY_AFTER) from error
            raise

    async def known(self, node_id: NodeId, message_id: str) -> KnownMessage | None:
        """The message of this id, if it was taken; another one of this id, to another table, waits."""
        await hold_key(self._connection, f"gateway:message:{node_id}:{message_id}")
        row = gw_batch.c
        query = select(row.body_sha256, row.status, row.answer).where(
            row.node_id == node_id, row.message_id == message_id
        )
        found = (await self._connection.execute(query)).first()
        return None if found is None else KnownMessage(*found)

    async def waiting(self, lane: Lane, limit: int) -> int:
        """How many rows wait; counting stops at `limit`."""
        waiting = (
            select(gw_in.c.row_id)
            .where(gw_in.c.node_id == lane.node_id, gw_in.c.table_name == lane.table.name, gw_in.c.state == "new")
            .limit(limit)
            .subquery()
        )
        return (await self._connection.execute(select(func.count()).select_from(waiting))).scalar_one()

    async def full(self, lane: Lane, full_ref: str) -> Full | None:
        """A full export that has begun."""
        row = gw_full.c
        query = FULL.where(
            row.node_id == lane.node_id, row.table_name == lane.table.name, row.full_ref == full_ref
        ).with_for_update()
        return read_full((await self._connection.execute(query)).first())

    async def open_full(self, lane: Lane, full_ref: str, scope: Mapping[str, str], now: datetime) -> Full:
        """Begin a full export."""
        row = gw_full.c
        mine = (row.node_id == lane.node_id) & (row.table_name == lane.table.name)
        within = (row.scope == dict(scope)) if scope else text("true")
        await self._connection.execute(
            update(gw_full)
            .where(mine, row.state.in_(("open", "needs_confirmation")), within)
            .values(state="superseded", closed_at=now)
        )
        last = select(func.coalesce(func.max(gw_in.c.row_id), 0)).where(
            gw_in.c.node_id == lane.node_id, gw_in.c.table_name == lane.table.name
        )
        statement = (
            insert(gw_full)
            .values(
                node_id=lane.node_id,
                table_name=lane.table.name,
                full_ref=full_ref,
                scope=dict(scope),
                state="open",
                opened_at=now,
                first_row_id=last.scalar_subquery(),
            )
            .returning(row.full_id, row.first_row_id)
        )
        full_id, first_row_id = (await self._connection.execute(statement)).one()
        return Full(full_id, scope, now, first_row_id)

    async def save_full(self, full: Full) -> None:
        """Keep which parts came."""
        await self._connection.execute(
            update(gw_full)
            .where(gw_full.c.full_id == full.full_id)
            .values(parts=sorted(full.parts), last_part=full.last_part, rejected=full.rejected)
        )

    async def standing(self, lane: Lane, keys: Sequence[str]) -> dict[str, str]:
        """The version of the last row of each key that was taken."""
        facts = {"keys": sorted(set(keys)), "node_id": lane.node_id, "table": lane.table.name}
        return {row.key: row.version for row in await self._connection.execute(_STANDING, facts)} if keys else {}

    async def add(
        self, lane: Lane, batch: NewBatch, rows: Sequence[ReadRow], states: Sequence[RowState], now: datetime
    ) -> int:
        """Write the message, its rows and its run; supersede what waits of the same keys."""
        table = lane.table
        values = {
            "node_id": lane.node_id,
            "table_name": table.name,
            "message_id": batch.message_id,
            "body_sha256": batch.body_sha256,
            "received_at": now,
            "full_id": batch.full_id,
            "import_id": batch.import_id,
            "status": 0,
            "answer": b"",
        }
        added = await self._connection.execute(insert(gw_batch).values(values).returning(gw_batch.c.batch_id))
        batch_id = added.scalar_one()
        await self._add_run(lane, batch, len(rows), now)
        new = [row.key for row, state in zip(rows, states, strict=True) if state is RowState.NEW]
        where = {"node_id": lane.node_id, "table": table.name}
        if new:
            await self._connection.execute(_SUPERSEDED, where | {"keys": new})
        if rows:
            columns: dict[str, list[Any]] = {
                "deleted": [row.deleted for row in rows],
                "keys": [row.key for row in rows],
                "payloads": [row.payload.decode() for row in rows],
                "versions": [row.version for row in rows],
                "states": [state.value for state in states],
                "codes": [row.code for row in rows],
                "details": [row.detail for row in rows],
            }
            await self._connection.execute(_ROWS, where | columns | {"batch_id": batch_id, "now": now})
            if any(columns["codes"]):
                facts = {"import_id": batch.import_id, "table": table.name}
                facts |= {name: columns[name] for name in ("codes", "keys", "details")}
                await self._connection.execute(_PROBLEMS, facts)
        await end_runs(self._connection, table.category.value, [batch_id], now)
        return batch_id

    async def _add_run(self, lane: Lane, batch: NewBatch, count: int, now: datetime) -> None:
        await self._connection.execute(
            insert(exchange_import).values(
                import_id=batch.import_id,
                node_id=lane.node_id,
                filename=f"gateway:{lane.table.category.value}.{lane.table.name}",
                path="",
                sha256=batch.body_sha256.hex(),
                bytes=batch.bytes,
                kinds=[],
                state="waiting",
                total=count,
                started_by="gateway",
                request_id=batch.request_id,
                created_at=now,
            )
        )

    async def answer(self, batch_id: int, status: int, answer: bytes) -> None:
        """Keep the answer."""
        await self._connection.execute(
            update(gw_batch).where(gw_batch.c.batch_id == batch_id).values(status=status, answer=answer)
        )


class PostgresStageTransaction(Transaction, StageTransaction):
    """The unit of work of staging."""

    staging: Staging

    def bind(self, connection: AsyncConnection) -> None:
        """Add the staging."""
        super().bind(connection)
        self.staging = PostgresStaging(connection)
