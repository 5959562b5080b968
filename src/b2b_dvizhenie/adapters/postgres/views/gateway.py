"""Reads of the gateway's staging tables: bare SQL over a bare connection."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.application.exchange.gateway.monitor import (
    FullLine,
    GatewayReader,
    RowDetail,
    RowLine,
    RowQuery,
    TableFigures,
)
from b2b_dvizhenie.domain.exchange.gateway import RowState
from b2b_dvizhenie.domain.shared.ids import NodeId

_DAY = timedelta(hours=24)
MAX_SHOWN = 20_000
"""Letters of a payload that are shown: a row may carry a whole file."""
# The pairs of node and table are found by skipping through the index: it holds millions of rows and a dozen pairs.
_FIGURES = b"""
WITH RECURSIVE pair AS (
    (SELECT node_id, table_name FROM gw_in ORDER BY node_id, table_name LIMIT 1)
    UNION ALL
    SELECT n.node_id, n.table_name FROM pair p CROSS JOIN LATERAL (
        SELECT node_id, table_name FROM gw_in WHERE (node_id, table_name) > (p.node_id, p.table_name)
         ORDER BY node_id, table_name LIMIT 1) n)
SELECT p.node_id, n.name, p.table_name, w.count, f.count, a.count, w.oldest, b.last, m.last, c.count
  FROM pair p
  JOIN exchange_node n ON n.node_id = p.node_id
 CROSS JOIN LATERAL (SELECT count(*), min(received_at) AS oldest FROM gw_in r
                      WHERE r.node_id = p.node_id AND r.table_name = p.table_name AND r.state = 'new') w
 CROSS JOIN LATERAL (SELECT count(*) FROM gw_in r
                      WHERE r.node_id = p.node_id AND r.table_name = p.table_name AND r.state = 'error') f
 CROSS JOIN LATERAL (SELECT count(*) FROM gw_in r
                      WHERE r.node_id = p.node_id AND r.table_name = p.table_name AND r.applied_at > %(day)s) a
 CROSS JOIN LATERAL (SELECT max(applied_at) AS last FROM gw_in r
                      WHERE r.node_id = p.node_id AND r.table_name = p.table_name) m
 CROSS JOIN LATERAL (SELECT max(received_at) AS last FROM gw_batch b
                      WHERE b.node_id = p.node_id AND b.table_name = p.table_name) b
 CROSS JOIN LATERAL (SELECT count(*) FROM gw_full g WHERE g.node_id = p.node_id AND g.table_name = p.table_name
                        AND g.state = 'needs_confirmation') c
 WHERE %(node_id)s::uuid IS NULL OR p.node_id = %(node_id)s
 ORDER BY n.name, p.node_id, p.table_name
"""
_LINE = """r.row_id, r.node_id, n.name, r.table_name, r.key, r.op, r.version, r.state, r.error_code, r.error_text,
       r.attempts, r.received_at, r.applied_at"""
_FROM = "FROM gw_in r JOIN exchange_node n ON n.node_id = r.node_id"
_ROW = f"""
SELECT {_LINE}, left(jsonb_pretty(r.payload), {MAX_SHOWN}), coalesce(b.message_id, '')
  {_FROM} LEFT JOIN gw_batch b ON b.batch_id = r.batch_id
 WHERE r.row_id = %(row_id)s
"""
_FULLS = b"""
SELECT g.full_id, g.node_id, n.name, g.table_name, g.full_ref, g.scope, g.state, g.opened_at, g.active, g.absent,
       g.rejected
  FROM gw_full g JOIN exchange_node n ON n.node_id = g.node_id
 WHERE g.state IN ('open', 'needs_confirmation')
 ORDER BY g.state = 'open', g.opened_at, g.full_id LIMIT 100
"""


def _line(row: Sequence[Any]) -> RowLine:
    row_id, node_id, node, table, key, op, version, state, *rest = row
    return RowLine(row_id, NodeId(node_id), node, table, key, op, version, RowState(state), *rest)


def _conditions(query: RowQuery) -> tuple[str, dict[str, Any]]:
    conditions: list[str] = []
    parameters: dict[str, Any] = {"size": query.size}
    for column, name, value in (
        ("r.node_id", "node_id", query.node_id),
        ("r.table_name", "table", query.table),
        ("r.state", "state", query.state),
    ):
        if value:
            conditions.append(f"{column} = %({name})s")
            parameters[name] = value
    if query.before is not None:
        conditions.append("r.row_id < %(before)s")
        parameters["before"] = query.before
    if query.text:
        escaped = query.text.replace("\0", "").replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        conditions.append("(r.key ILIKE %(text)s OR r.error_code ILIKE %(text)s OR r.error_text ILIKE %(text)s)")
        parameters["text"] = f"%{escaped}%"
    return ("WHERE " + " AND ".join(conditions) if conditions else ""), parameters


class PostgresGatewayReader(GatewayReader):
    """The staging tables as people see them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _rows(self, query: str | bytes, parameters: Mapping[str, Any]) -> list[Any]:
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(query.encode() if isinstance(query, str) else query, parameters)
            return await cursor.fetchall()

    async def figures(self, now: datetime, node_id: NodeId | None = None) -> Sequence[TableFigures]:
        """Every table that anything was ever sent to; one round trip."""
        facts = {"day": now - _DAY, "node_id": node_id}
        return [TableFigures(NodeId(row[0]), *row[1:]) for row in await self._rows(_FIGURES, facts)]

    async def rows(self, query: RowQuery) -> Sequence[RowLine]:
        """Rows, the newest first."""
        where, facts = _conditions(query)
        select = f"SELECT {_LINE} {_FROM} {where} ORDER BY r.row_id DESC LIMIT %(size)s"
        return [_line(row) for row in await self._rows(select, facts)]

    async def row(self, row_id: int) -> RowDetail | None:
        """One row."""
        rows = await self._rows(_ROW, {"row_id": row_id})
        return RowDetail(_line(rows[0][:13]), rows[0][13], rows[0][14]) if rows else None

    async def fulls(self) -> Sequence[FullLine]:
        """Full exports that are not over."""
        rows = await self._rows(_FULLS, {})
        return [FullLine(row[0], NodeId(row[1]), *row[2:]) for row in rows]
