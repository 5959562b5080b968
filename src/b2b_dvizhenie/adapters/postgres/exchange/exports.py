"""Full exports in PostgreSQL: counting what they did not name, hiding it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.exchange import placements
from b2b_dvizhenie.adapters.postgres.exchange.locking import lock_node
from b2b_dvizhenie.application.exchange.exports import Decision, ExportCounts, ExportKeeper, ExportLine, OpenExport
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.domain.exchange.generations import Closing, GenerationState
from b2b_dvizhenie.domain.exchange.settings import node_settings
from b2b_dvizhenie.domain.shared.ids import NodeId

_OPEN = """
SELECT g.generation_id, g.node_id, g.last_file_at, n.settings
  FROM exchange_generation g JOIN exchange_node n USING (node_id)
 WHERE g.state = 'open' ORDER BY g.generation_id
"""
_LINES = """
SELECT g.generation_id, n.name, g.catalog_ref, g.state, g.opened_at, g.last_file_at, g.closed_at, g.stamped, g.absent,
       g.failed_files
  FROM exchange_generation g JOIN exchange_node n USING (node_id)
 ORDER BY g.generation_id DESC LIMIT %s
"""
_NODE = b"SELECT node_id FROM exchange_generation WHERE generation_id = %s"
_TAKEN = b"""
SELECT catalog_ref, failed_files FROM exchange_generation WHERE generation_id = %s AND state = %s FOR UPDATE"""
_COUNTS = b"""
SELECT (SELECT count(*) FROM exchange_seen WHERE generation_id = %(generation)s), count(*),
       count(*) FILTER (WHERE NOT EXISTS (
           SELECT FROM exchange_seen s WHERE s.generation_id = %(generation)s AND s.product_id = p.product_id))
  FROM product p
 WHERE p.node_id = %(node)s AND p.catalog_ref = %(catalog)s AND p.is_active"""
_HIDE = b"""
WITH hidden AS (
    UPDATE product p SET is_active = false, inactive_reason = 'absent_in_full_export', updated_at = %(now)s
     WHERE p.node_id = %(node)s AND p.catalog_ref = %(catalog)s AND p.is_active
       AND NOT EXISTS (
           SELECT FROM exchange_seen s WHERE s.generation_id = %(generation)s AND s.product_id = p.product_id)
    RETURNING p.product_id
)
INSERT INTO touched SELECT product_id, false FROM hidden"""
_ENDED = b"""
UPDATE exchange_generation SET state = %s, closed_at = %s, stamped = %s, absent = %s WHERE generation_id = %s"""
_AUDIT = b"""
INSERT INTO audit (at, user_id, actor, action, subject_type, subject_id, before, after, request_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""


class PostgresExportKeeper(ExportKeeper):
    """Reads over the pool; an end has a connection of its own, on a thread, as an import has."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, now: datetime) -> Sequence[OpenExport]:
        """Every full export that is going on."""
        async with self._database.reading() as connection:
            rows = await (await connection.execute(_OPEN)).fetchall()
        found = []
        for generation_id, node_id, last_file_at, stored in rows:
            settings = node_settings(stored)
            is_quiet = now - last_file_at >= settings.quiet
            found.append(OpenExport(generation_id, NodeId(node_id), settings.absent_goods, is_quiet))
        return found

    async def lines(self, limit: int) -> Sequence[ExportLine]:
        """The latest first."""
        async with self._database.reading() as connection:
            rows = await (await connection.execute(_LINES, [limit])).fetchall()
        return [ExportLine(*row) for row in rows]

    async def end(
        self,
        generation_id: int,
        expected: GenerationState,
        decide: Decision,
        now: datetime,
        audited: tuple[Actor, Change] | None = None,
    ) -> Closing | None:
        """End an export, hide what is decided; None when it is not in the expected state any more."""
        return await asyncio.to_thread(self._end, generation_id, expected, decide, now, audited)

    def _end(
        self,
        generation_id: int,
        expected: GenerationState,
        decide: Decision,
        now: datetime,
        audited: tuple[Actor, Change] | None,
    ) -> Closing | None:
        with psycopg.connect(self._database.url, application_name="b2b-import") as connection:
            row = connection.execute(_NODE, [generation_id]).fetchone()
            if row is None:
                return None
            node_id = NodeId(row[0])
            lock_node(connection, node_id)
            taken = connection.execute(_TAKEN, [generation_id, expected]).fetchone()
            if taken is None:
                return None
            catalog_ref, failed_files = taken
            facts = {"generation": generation_id, "node": node_id, "catalog": catalog_ref, "now": now}
            stamped, active, absent = connection.execute(_COUNTS, facts).fetchone() or (0, 0, 0)
            closing = decide(ExportCounts(stamped, absent, active, failed_files))
            if closing.hide and absent:
                _hide(connection, node_id, facts)
            connection.execute(_ENDED, [closing.state, now, stamped, absent, generation_id])
            if closing.state is not GenerationState.NEEDS_CONFIRMATION:
                connection.execute(b"DELETE FROM exchange_seen WHERE generation_id = %s", [generation_id])
            if audited is not None:
                _record(connection, now, *audited)
            connection.commit()
            return closing


def _hide(connection: Connection[TupleRow], node_id: NodeId, facts: dict[str, Any]) -> None:
    placements.prepare(connection)
    connection.execute(_HIDE, facts)
    placements.place(connection)
    placements.count(connection, node_id)


def _record(connection: Connection[TupleRow], now: datetime, actor: Actor, change: Change) -> None:
    before = None if change.before is None else Jsonb(change.before)
    after = None if change.after is None else Jsonb(change.after)
    subject = (change.action, change.subject_type, change.subject_id)
    connection.execute(_AUDIT, [now, actor.user_id, actor.name, *subject, before, after, actor.request_id])
