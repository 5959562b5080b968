"""The exchange monitor's reads: bare SQL over a bare connection, newest lines first."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from psycopg.sql import SQL, Composed, Literal

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.exchange_deliveries import UNDELIVERED
from b2b_dvizhenie.adapters.postgres.ordering_scope import visible_order_ids
from b2b_dvizhenie.application.exchange.monitor import (
    CategoryRun,
    DeliveryLine,
    ImportLine,
    LogQuery,
    MonitorReader,
    NodeLife,
    ProblemLine,
    RequestLine,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.exchange.deliveries import SUSPECT_AFTER
from b2b_dvizhenie.domain.exchange.monitoring import PROBLEMS_COUNTER, LastRun, SyncCategory
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import NodeId, OrderId

# Category → (counter that tells that a finished file had rows of it, how an unfinished one's name begins).
_CATEGORIES: Mapping[SyncCategory, tuple[str, str]] = {
    SyncCategory.GOODS: ("goods.read", "import|goods|catalog"),
    SyncCategory.GROUPS: ("sections.read", "import|groups|classifier"),
    SyncCategory.PRICES: ("prices.read", "offers|prices"),
    SyncCategory.STOCKS: ("stocks.read", "offers|rests|gateway:stocks"),
    SyncCategory.COMPANIES: ("companies.read", "contragents|partners"),
    SyncCategory.ORDER_STATUSES: ("orders.read", "orders|documents|1cbitrix"),
    SyncCategory.BALANCES: ("balances.read", "gateway:balances"),
    SyncCategory.DOCUMENTS: ("documents.read", "gateway:documents"),
}
_RUNS = SQL("""
SELECT n.node_id, c.category, last.state, last.created_at, last.finished_at, last.started_at, success.finished_at,
       last.import_id, last.filename, last.error_code, last.error_detail,
       (SELECT count(*) FROM exchange_problem p WHERE p.import_id = last.import_id AND p.severity = 'error')
  FROM exchange_node n
 CROSS JOIN (VALUES {categories}) AS c (category, counter, pattern)
  CROSS JOIN LATERAL (
       SELECT i.* FROM exchange_import i
        WHERE i.node_id = n.node_id
          AND CASE WHEN i.state = 'done' THEN (i.counters ->> c.counter)::bigint > 0
                   ELSE i.filename ~* ('(^|/)(' || c.pattern || ')[^/]*$') END
        ORDER BY i.created_at DESC, i.import_id DESC LIMIT 1) last
  LEFT JOIN LATERAL (
       SELECT i.finished_at FROM exchange_import i
        WHERE i.node_id = n.node_id AND i.state = 'done' AND (i.counters ->> c.counter)::bigint > 0
        ORDER BY i.created_at DESC LIMIT 1) success ON true
""")
_UNDELIVERED = f"""
SELECT u.* FROM ({UNDELIVERED}) u
  JOIN exchange_node n ON n.node_id = u.node_id AND n.is_active AND 'sale' = ANY (n.rights)
"""  # noqa: S608 - the pieces are constants
_LIVES = f"""
WITH undelivered AS ({_UNDELIVERED} WHERE {{visible}})
SELECT n.node_id,
       greatest((SELECT max(s.last_seen_at) FROM exchange_session s WHERE s.node_id = n.node_id),
                (SELECT max(r.at) FROM exchange_request r WHERE r.node_id = n.node_id)),
       (SELECT max(r.at) FROM exchange_request r WHERE r.node_id = n.node_id AND r.kind = 'sale' AND r.mode = 'query'),
       (SELECT max(d.confirmed_at) FROM exchange_delivery d WHERE d.node_id = n.node_id),
       (SELECT count(*) FROM undelivered u WHERE u.node_id = n.node_id),
       (SELECT count(*) FROM undelivered u WHERE u.node_id = n.node_id AND u.times >= {SUSPECT_AFTER}),
       coalesce((SELECT concat_ws(', ', nullif(s.user_agent, ''), nullif(s.profile, ''))
                   FROM exchange_session s WHERE s.node_id = n.node_id ORDER BY s.last_seen_at DESC LIMIT 1), '')
  FROM exchange_node n
"""  # noqa: S608 - the pieces are constants of this module
_OUTCOME = f"""CASE WHEN i.state = 'failed' THEN 'error' WHEN i.state <> 'done' THEN 'running'
     WHEN coalesce((i.counters ->> '{PROBLEMS_COUNTER}')::bigint, 0) > 0 THEN 'warning' ELSE 'ok' END"""
_FROM_IMPORTS = "FROM exchange_import i JOIN exchange_node n ON n.node_id = i.node_id"
_IMPORTS = f"""
SELECT i.import_id, i.node_id, n.name, i.filename, i.bytes, i.kinds, i.state, i.stage, i.progress, i.total, i.counters,
       (SELECT count(*) FROM exchange_problem p WHERE p.import_id = i.import_id AND p.severity = 'error'),
       (SELECT count(*) FROM exchange_problem p WHERE p.import_id = i.import_id AND p.severity <> 'error'),
       i.error_code, i.error_detail, i.started_by, i.created_at, i.started_at, i.finished_at
  {_FROM_IMPORTS}
"""  # noqa: S608 - the pieces are constants of this module
_FROM_PROBLEMS = """FROM exchange_problem p
  JOIN exchange_import i ON i.import_id = p.import_id
  JOIN exchange_node n ON n.node_id = i.node_id"""
_PROBLEMS = f"""
SELECT p.problem_id, p.import_id, n.name, i.filename, i.created_at, p.entity, p.severity, p.code, p.ref, p.line,
       p.detail
  {_FROM_PROBLEMS}
"""
_REQUESTS = """
SELECT r.request_id, n.name, r.session_id, r.at, r.kind, r.mode, r.filename, r.bytes_in, r.status, r.answer,
       r.milliseconds, r.address
  FROM exchange_request r LEFT JOIN exchange_node n ON n.node_id = r.node_id
"""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _like(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


class PostgresMonitor(MonitorReader):
    """Reads for the monitor."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _rows(self, query: str | SQL | Composed, parameters: Mapping[str, Any] | None = None) -> list[Any]:
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(query.encode() if isinstance(query, str) else query, parameters)
            return await cursor.fetchall()

    async def category_runs(self) -> Sequence[CategoryRun]:
        """The newest import of every node and category."""
        rows = SQL(", ").join(
            SQL("({}, {}, {})").format(Literal(category.value), Literal(counter), Literal(pattern))
            for category, (counter, pattern) in _CATEGORIES.items()
        )
        return [
            CategoryRun(
                node_id=NodeId(row[0]),
                category=SyncCategory(row[1]),
                run=LastRun(row[2], row[3], row[4]),
                started_at=row[5],
                last_success=row[6],
                import_id=row[7],
                filename=row[8],
                error_code=row[9],
                error_detail=row[10],
                errors=row[11],
            )
            for row in await self._rows(_RUNS.format(categories=rows))
        ]

    async def node_lives(self, actor: Actor, scope: Scope) -> Sequence[NodeLife]:
        """When nodes were last heard, and how many orders in the scope they have not confirmed."""
        visible, parameters = visible_order_ids(actor, scope)
        lives = _LIVES.format(visible=f"u.order_id IN ({visible})")
        return [NodeLife(NodeId(row[0]), *row[1:]) for row in await self._rows(lives, parameters)]

    async def imports(self, query: LogQuery) -> Sequence[ImportLine]:
        """Imports, by node, state, outcome, category and part of a file name, an error or a row with a problem."""
        conditions, parameters = _imports(query)
        if query.outcome:
            conditions.append(f"{_OUTCOME} = %(outcome)s")
        ending = "ORDER BY i.import_id DESC LIMIT %(size)s OFFSET %(offset)s"
        rows = await self._rows(_where(_IMPORTS, conditions, ending), parameters)
        return [ImportLine(row[0], NodeId(row[1]), *row[2:]) for row in rows]

    async def outcomes(self, query: LogQuery) -> Mapping[str, int]:
        """How many imports the query finds, by `RunOutcome`, whatever outcome it asks for."""
        conditions, parameters = _imports(query)
        counted = f"SELECT {_OUTCOME}, count(*) {_FROM_IMPORTS}"
        return dict(await self._rows(_where(counted, conditions, "GROUP BY 1"), parameters))

    async def severities(self, query: LogQuery) -> Mapping[str, int]:
        """How many rows with problems the query finds, by severity, whatever severity it asks for."""
        conditions, parameters = _problems(replace(query, severity=""))
        counted = f"SELECT p.severity, count(*) {_FROM_PROBLEMS}"
        return dict(await self._rows(_where(counted, conditions, "GROUP BY 1"), parameters))

    async def one_import(self, import_id: UUID) -> ImportLine | None:
        """One import."""
        rows = await self._rows(_where(_IMPORTS, ["i.import_id = %(id)s"], ""), {"id": import_id})
        return ImportLine(rows[0][0], NodeId(rows[0][1]), *rows[0][2:]) if rows else None

    async def problems(self, query: LogQuery) -> Sequence[ProblemLine]:
        """Rows with problems, by import, node, severity, entity (`category`) and part of ref, code or detail."""
        conditions, parameters = _problems(query)
        ending = "ORDER BY p.problem_id DESC LIMIT %(size)s OFFSET %(offset)s"
        return [ProblemLine(*row) for row in await self._rows(_where(_PROBLEMS, conditions, ending), parameters)]

    async def requests(self, query: LogQuery) -> Sequence[RequestLine]:
        """Requests, by node, mode (`category`), `state` "failure", and part of the answer or file name."""
        conditions, parameters = _common(query, "r")
        if query.category:
            conditions.append("r.mode = %(category)s")
        if query.state == "failure":
            conditions.append("r.answer LIKE 'failure%%'")
        if query.text:
            conditions.append("(r.answer ILIKE %(text)s OR r.filename ILIKE %(text)s OR r.address ILIKE %(text)s)")
        _before_number(query, "r.request_id", conditions, parameters)
        ending = "ORDER BY r.request_id DESC LIMIT %(size)s OFFSET %(offset)s"
        return [RequestLine(*row) for row in await self._rows(_where(_REQUESTS, conditions, ending), parameters)]

    async def undelivered(self, actor: Actor, scope: Scope, query: LogQuery) -> Sequence[DeliveryLine]:
        """Orders in the scope that the nodes have not confirmed, the vainest before the others, oldest first."""
        conditions, parameters = _common(query, "u")
        visible, more = visible_order_ids(actor, scope)
        conditions.append(f"u.order_id IN ({visible})")
        parameters |= more
        if query.text:
            conditions.append("u.number ILIKE %(text)s")
        base = f"SELECT node_id, node, order_id, number, revision, placed_at, times, given_at FROM ({_UNDELIVERED}) u"  # noqa: S608
        ending = f"ORDER BY (u.times >= {SUSPECT_AFTER}) DESC, u.placed_at, u.order_id LIMIT %(size)s"
        return [
            DeliveryLine(OrderId(order_id), number, NodeId(node_id), node, revision, placed_at, int(times), given_at)
            for node_id, node, order_id, number, revision, placed_at, times, given_at in await self._rows(
                _where(base, conditions, ending), parameters
            )
        ]


def _common(query: LogQuery, table: str) -> tuple[list[str], dict[str, Any]]:
    parameters = {
        "node_id": query.node_id,
        "import_id": query.import_id,
        "state": query.state,
        "category": query.category,
        "severity": query.severity,
        "text": _like(query.text.replace("\0", "")),
        "size": query.size,
        "offset": max(0, query.offset),
        "outcome": query.outcome,
    }
    return ([f"{table}.node_id = %(node_id)s"] if query.node_id else []), parameters


def _imports(query: LogQuery) -> tuple[list[str], dict[str, Any]]:
    conditions, parameters = _common(query, "i")
    if query.state:
        conditions.append("i.state = %(state)s")
    counter, pattern = next(
        (found for category, found in _CATEGORIES.items() if category.value == query.category), ("", "")
    )
    if counter:
        conditions.append(
            "CASE WHEN i.state = 'done' THEN (i.counters ->> %(counter)s)::bigint > 0 "
            "ELSE i.filename ~* %(pattern)s END"
        )
        parameters |= {"counter": counter, "pattern": f"(^|/)({pattern})[^/]*$"}
    if query.text:
        conditions.append(
            "(i.filename ILIKE %(text)s OR i.error_code ILIKE %(text)s OR i.error_detail ILIKE %(text)s OR EXISTS ("
            "SELECT FROM exchange_problem p WHERE p.import_id = i.import_id AND (p.ref ILIKE %(text)s"
            " OR p.code ILIKE %(text)s OR p.detail ILIKE %(text)s)))"
        )
    if query.before:
        conditions.append("i.import_id < %(before)s")
        parameters["before"] = _uuid(query.before) or UUID(int=0)
    return conditions, parameters


def _problems(query: LogQuery) -> tuple[list[str], dict[str, Any]]:
    conditions, parameters = _common(query, "i")
    if query.import_id:
        conditions.append("p.import_id = %(import_id)s")
    if query.severity:
        conditions.append("p.severity = %(severity)s")
    if query.category:
        conditions.append("p.entity = %(category)s")
    if query.text:
        conditions.append("(p.ref ILIKE %(text)s OR p.code ILIKE %(text)s OR p.detail ILIKE %(text)s)")
    _before_number(query, "p.problem_id", conditions, parameters)
    return conditions, parameters


def _before_number(query: LogQuery, column: str, conditions: list[str], parameters: dict[str, Any]) -> None:
    if query.before:
        conditions.append(f"{column} < %(before)s")
        parameters["before"] = int(query.before) if query.before.isascii() and query.before.isdigit() else 0


def _where(select: str, conditions: list[str], ending: str) -> str:
    return f"{select} {'WHERE ' + ' AND '.join(conditions) if conditions else ''} {ending}"
