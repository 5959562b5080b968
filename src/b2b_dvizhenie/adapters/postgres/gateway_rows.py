"""Staged rows as the applier sees them, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.gateway import gw_full, gw_in
from b2b_dvizhenie.application.exchange.gateway.ports import (
    Lane,
    RowWarning,
    SettledRow,
    StagedRow,
    WaitingRows,
)
from b2b_dvizhenie.application.exchange.gateway.tables import Absence
from b2b_dvizhenie.domain.exchange.gateway import Full
from b2b_dvizhenie.domain.exchange.generations import GenerationState
from b2b_dvizhenie.domain.exchange.monitoring import PROBLEMS_COUNTER

APPLY_LOCK = "apply"
BATCH_BYTES = 16 * 1024 * 1024
"""Rows are read until their payloads come to so much: some hold files, and hundreds of them would fill the memory."""
_ALLOW_WAITING = text("SET LOCAL lock_timeout = 0")
_full = gw_full.c
FULL = select(
    _full.full_id,
    _full.scope,
    _full.opened_at,
    _full.first_row_id,
    _full.parts,
    _full.last_part,
    _full.rejected,
    _full.state,
)
_FIRST = text("""
SELECT w.row_id, w.batch_id, w.key, w.op = 'delete', CAST(w.payload AS text), w.version, a.version, w.attempts
  FROM (SELECT * FROM gw_in
         WHERE row_id IN (
               SELECT row_id
                 FROM (SELECT row_id, sum(size) OVER (ORDER BY row_id) - size AS passed
                         FROM (SELECT row_id, pg_column_size(payload) AS size FROM gw_in
                                WHERE node_id = :node_id AND table_name = :table AND state = 'new'
                                ORDER BY row_id LIMIT :limit) waiting) sized
                WHERE passed < :bytes)
           AND state = 'new'  -- once more, for rows that were superseded while this waited for their locks
         ORDER BY row_id FOR UPDATE) w
  LEFT JOIN LATERAL (
       SELECT version FROM gw_in
        WHERE node_id = :node_id AND table_name = :table AND key = w.key AND state = 'applied'
        ORDER BY row_id DESC LIMIT 1) a ON true
 ORDER BY w.row_id
""")
_SETTLED = text("""
UPDATE gw_in
   SET state = s.state, error_code = s.code, error_text = s.detail, may_heal = s.may_heal,
       attempts = gw_in.attempts + CASE WHEN s.state IN ('applied', 'error') THEN 1 ELSE 0 END,
       applied_at = CASE WHEN s.state = 'applied' THEN CAST(:now AS timestamptz) END
  FROM unnest(CAST(:ids AS bigint[]), CAST(:states AS text[]), CAST(:codes AS text[]), CAST(:details AS text[]),
              CAST(:may_heal AS boolean[])) AS s (row_id, state, code, detail, may_heal)
 WHERE gw_in.row_id = s.row_id
""")
# A refusal of a key that has been applied since tells nobody anything any more.
_OUTLIVED = text("""
UPDATE gw_in old SET state = 'superseded'
  FROM unnest(CAST(:ids AS bigint[]), CAST(:keys AS text[])) AS s (row_id, key)
 WHERE old.node_id = :node_id AND old.table_name = :table AND old.key = s.key AND old.row_id < s.row_id
   AND old.state = 'error'
""")
_PROBLEMS = text("""
INSERT INTO exchange_problem (import_id, entity, severity, code, ref, line, detail)
SELECT b.import_id, :table, p.severity, p.code, p.key, 0, p.detail
  FROM unnest(CAST(:batches AS bigint[]), CAST(:severities AS text[]), CAST(:codes AS text[]), CAST(:keys AS text[]),
              CAST(:details AS text[])) WITH ORDINALITY AS p (batch_id, severity, code, key, detail, n)
  JOIN gw_batch b ON b.batch_id = p.batch_id
 ORDER BY p.n
""")
_RUNS = text("""
UPDATE exchange_import i
   SET state = CASE WHEN done.waiting = 0 THEN 'done' ELSE 'running' END,
       started_at = coalesce(i.started_at, :now),
       finished_at = CASE WHEN done.waiting = 0 THEN CAST(:now AS timestamptz) END,
       progress = done.total - done.waiting,
       counters = jsonb_build_object(CAST(:category AS text) || '.read', done.total,
                                     CAST(:category AS text) || '.changed', done.applied,
                                     CAST(:problems AS text), done.refused)
  FROM (SELECT b.import_id, count(r.row_id) AS total, count(r.row_id) FILTER (WHERE r.state = 'new') AS waiting,
               count(r.row_id) FILTER (WHERE r.state = 'applied') AS applied,
               count(r.row_id) FILTER (WHERE r.state = 'error') AS refused
          FROM gw_batch b LEFT JOIN gw_in r ON r.batch_id = b.batch_id
         WHERE b.batch_id = ANY (CAST(:batches AS bigint[]))
         GROUP BY b.import_id) done
 WHERE i.import_id = done.import_id
""")


async def hold_lane(connection: AsyncConnection, lane: Lane, purpose: str) -> None:
    """Keep others with the same purpose out of the lane until the transaction ends."""
    await hold_key(connection, f"gateway:{purpose}:{lane.node_id}:{lane.table.name}")


async def hold_key(connection: AsyncConnection, key: str) -> None:
    """Keep others who hold the same key out until the transaction ends."""
    await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


async def end_runs(connection: AsyncConnection, category: str, batches: Sequence[int], now: datetime) -> None:
    """Bring the runs of these messages in the log of the exchange to how their rows stand."""
    facts = {"batches": list(batches), "category": category, "problems": PROBLEMS_COUNTER, "now": now}
    await connection.execute(_RUNS, facts)


def read_full(row: Any) -> Full | None:
    """A row of `FULL`."""
    if row is None:
        return None
    full_id, scope, opened_at, first, parts, last, rejected, state = row
    return Full(full_id, scope, opened_at, first, frozenset(parts), last, rejected, GenerationState(state))


class PostgresWaitingRows(WaitingRows):
    """The table `gw_in` over the applier's connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, lane: Lane) -> None:
        """One applier of a lane at a time; those who stage rows do not wait for it."""
        await self._connection.execute(_ALLOW_WAITING)
        await hold_lane(self._connection, lane, APPLY_LOCK)

    async def first(self, lane: Lane, limit: int) -> Sequence[StagedRow]:
        """The first rows that wait, locked, with the version that was applied last of each key."""
        facts = {"node_id": lane.node_id, "table": lane.table.name, "limit": limit, "bytes": BATCH_BYTES}
        return [
            StagedRow(row_id, batch_id, key, deleted, payload.encode(), *rest)
            for row_id, batch_id, key, deleted, payload, *rest in await self._connection.execute(_FIRST, facts)
        ]

    async def settle(
        self, lane: Lane, rows: Sequence[SettledRow], warnings: Sequence[RowWarning], now: datetime
    ) -> None:
        """Write what became of rows, their problems, and how their runs stand."""
        facts = {
            "ids": [one.row.row_id for one in rows],
            "states": [one.state.value for one in rows],
            "codes": [one.code for one in rows],
            "details": [one.detail for one in rows],
            "may_heal": [one.may_heal for one in rows],
            "now": now,
        }
        await self._connection.execute(_SETTLED, facts)
        where = {"node_id": lane.node_id, "table": lane.table.name}
        applied = [one.row for one in rows if one.state.value == "applied"]
        outlived = {"ids": [row.row_id for row in applied], "keys": [row.key for row in applied]}
        await self._connection.execute(_OUTLIVED, where | outlived)
        # The log tells a refusal once; what is tried again stays to be seen among the rows.
        problems = [("error", one.code, one.detail, one.row) for one in rows if one.code and not one.row.attempts]
        problems += [("warning", one.code, one.detail, one.row) for one in warnings]
        if problems:
            told = {
                "table": lane.table.name,
                "severities": [severity for severity, _, _, _ in problems],
                "codes": [code for _, code, _, _ in problems],
                "details": [detail for _, _, detail, _ in problems],
                "batches": [row.batch_id for _, _, _, row in problems],
                "keys": [row.key for _, _, _, row in problems],
            }
            await self._connection.execute(_PROBLEMS, told)
        batches = sorted({one.row.batch_id for one in rows if one.row.batch_id is not None})
        await end_runs(self._connection, lane.table.category.value, batches, now)

    async def complete_fulls(self, lane: Lane) -> Sequence[Full]:
        """Open full exports of which every part has come, the first to begin first."""
        query = (
            FULL.where(
                _full.node_id == lane.node_id,
                _full.table_name == lane.table.name,
                _full.state == "open",
                func.cardinality(_full.parts) == _full.last_part,
            )
            .order_by(_full.full_id)
            .with_for_update()
        )
        return [full for row in await self._connection.execute(query) if (full := read_full(row)) is not None]

    async def one_full(self, lane: Lane, full_id: int) -> Full | None:
        """A full export, locked."""
        mine = (_full.node_id == lane.node_id) & (_full.table_name == lane.table.name)
        query = FULL.where(mine, _full.full_id == full_id).with_for_update()
        return read_full((await self._connection.execute(query)).first())

    async def keys_since(self, lane: Lane, row_id: int) -> Sequence[str]:
        """Keys of all rows that came after this one and do not say that they are deleted."""
        row = gw_in.c
        query = (
            select(row.key)
            .where(row.node_id == lane.node_id, row.table_name == lane.table.name)
            .where(row.row_id > row_id, row.op == "upsert", row.key != "")
            .distinct()
        )
        return (await self._connection.execute(query)).scalars().all()

    async def close_full(self, full: Full, state: GenerationState, absence: Absence, now: datetime) -> None:
        """Write how a full export ended."""
        values = {"state": state.value, "closed_at": now, "active": absence.active, "absent": absence.absent}
        await self._connection.execute(update(gw_full).where(_full.full_id == full.full_id).values(values))
