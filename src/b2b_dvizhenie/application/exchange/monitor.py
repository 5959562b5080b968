"""The exchange monitor for staff: summary by category, all logs, one import with its problems (features.md SYN)."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.exchange.nodes import ExchangeNode, NodeWork
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.exchange.monitoring import (
    LastRun,
    RunOutcome,
    SyncCategory,
    SyncStatus,
    expected_interval,
    run_outcome,
    sync_status,
)
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import NodeId, OrderId

MAX_PAGE = 200


class CategoryRun(Struct, frozen=True):
    """The newest run of a category at a node, with the newest successful one."""

    node_id: NodeId
    category: SyncCategory
    run: LastRun
    started_at: datetime | None
    last_success: datetime | None
    import_id: UUID | None
    filename: str
    error_code: str
    error_detail: str
    errors: int


class CategoryLine(Struct, frozen=True):
    """A line of the summary."""

    category: SyncCategory
    status: SyncStatus
    started_at: datetime | None = None
    finished_at: datetime | None = None
    last_success: datetime | None = None
    expected_minutes: int | None = None
    import_id: UUID | None = None
    filename: str = ""
    error_code: str = ""
    error_detail: str = ""
    errors: int = 0


class NodeSummary(Struct, frozen=True):
    """A node and how each category stands.

    `undelivered` are orders it has not confirmed, `stuck` those of them that it was given several times in vain.
    `client` is what 1C calls itself, with the family it was recognised as.
    """

    node_id: NodeId
    name: str
    login: str
    profile: str
    is_active: bool
    last_seen_at: datetime | None
    undelivered: int
    stuck: int
    categories: list[CategoryLine]
    client: str = ""


class NodeLife(Struct, frozen=True):
    """When a node was last heard, as what, and how its orders stand."""

    node_id: NodeId
    last_seen_at: datetime | None
    last_query_at: datetime | None
    last_confirmed_at: datetime | None
    undelivered: int
    stuck: int
    client: str = ""
    """What 1C calls itself, and the family it was recognised as."""


class ImportLine(Struct, frozen=True):
    """An import in the log."""

    import_id: UUID
    node_id: NodeId
    node: str
    filename: str
    bytes: int
    kinds: list[str]
    state: str
    stage: str
    progress: int
    total: int
    counters: dict[str, int]
    errors: int
    warnings: int
    error_code: str
    error_detail: str
    started_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def outcome(self) -> RunOutcome:
        """What people call the state."""
        return run_outcome(self.state, self.counters)


class ProblemLine(Struct, frozen=True):
    """A row that was skipped or repaired, with the file it stood in."""

    problem_id: int
    import_id: UUID
    node: str
    filename: str
    at: datetime
    entity: str
    severity: str
    code: str
    ref: str
    line: int
    detail: str


class RequestLine(Struct, frozen=True):
    """A request of the protocol and how we answered."""

    request_id: int
    node: str | None
    session_id: UUID | None
    at: datetime
    kind: str
    mode: str
    filename: str
    bytes_in: int
    status: int
    answer: str
    milliseconds: int
    address: str


class DeliveryLine(Struct, frozen=True):
    """An order on its way to a node. `times` counts vain deliveries of the current revision."""

    order_id: OrderId
    number: str
    node_id: NodeId
    node: str
    revision: int
    placed_at: datetime
    times: int
    given_at: datetime | None


class LogQuery(Struct, frozen=True):
    """Which lines of a log to show. Empty fields do not filter.

    `before` is the id of the last line already shown; numbered pages use `offset` instead. `state` is an import's own,
    `outcome` what people call it (`RunOutcome`).
    """

    node_id: NodeId | None = None
    state: str = ""
    category: str = ""
    severity: str = ""
    text: str = ""
    import_id: UUID | None = None
    before: str = ""
    limit: int = 50
    offset: int = 0
    outcome: str = ""

    @property
    def size(self) -> int:
        """The limit, kept within bounds."""
        return max(1, min(self.limit, MAX_PAGE))


class MonitorReader(Protocol):
    """Port: the reads of the monitor. Newest lines first; every list is bounded by the query's `size`.

    Contract: orders are listed and counted by the predicate of the orders themselves, in the scope of the grant.
    """

    @abstractmethod
    async def category_runs(self) -> Sequence[CategoryRun]:
        """The newest import of every node and category."""
        ...

    @abstractmethod
    async def node_lives(self, actor: Actor, scope: Scope) -> Sequence[NodeLife]:
        """When nodes were last heard, and how many orders in the scope they have not confirmed."""
        ...

    @abstractmethod
    async def imports(self, query: LogQuery) -> Sequence[ImportLine]:
        """Imports, by node, state, outcome, category and part of a file name, an error or a row with a problem."""
        ...

    @abstractmethod
    async def outcomes(self, query: LogQuery) -> Mapping[str, int]:
        """How many imports the query finds, by `RunOutcome`, whatever outcome it asks for."""
        ...

    @abstractmethod
    async def severities(self, query: LogQuery) -> Mapping[str, int]:
        """How many rows with problems the query finds, by severity, whatever severity it asks for."""
        ...

    @abstractmethod
    async def one_import(self, import_id: UUID) -> ImportLine | None:
        """One import."""
        ...

    @abstractmethod
    async def problems(self, query: LogQuery) -> Sequence[ProblemLine]:
        """Rows with problems, by import, node, severity, entity (`category`) and part of ref, code or detail."""
        ...

    @abstractmethod
    async def requests(self, query: LogQuery) -> Sequence[RequestLine]:
        """Requests, by node, mode (`category`), `state` "failure", and part of the answer or file name."""
        ...

    @abstractmethod
    async def undelivered(self, actor: Actor, scope: Scope, query: LogQuery) -> Sequence[DeliveryLine]:
        """Orders in the scope that the nodes have not confirmed, oldest first, the vainest before the others."""
        ...


class ShowSummary:
    """Tab «Сводные данные»: every node, every category, one status each."""

    def __init__(self, work: NodeWork, reader: MonitorReader, clock: Clock) -> None:
        self._work = work
        self._reader = reader
        self._clock = clock

    async def __call__(self, actor: Actor) -> list[NodeSummary]:
        """Nodes by name; raises Forbidden."""
        scope = actor.require(Permission.EXCHANGE_VIEW)
        now = self._clock()
        async with self._work() as work:
            nodes = await work.nodes.all()
        runs = {(run.node_id, run.category): run for run in await self._reader.category_runs()}
        lives = {life.node_id: life for life in await self._reader.node_lives(actor, scope)}
        return [_summary(node, runs, lives.get(node.node_id), now) for node in nodes]


def _summary(
    node: ExchangeNode,
    runs: dict[tuple[NodeId, SyncCategory], CategoryRun],
    life: NodeLife | None,
    now: datetime,
) -> NodeSummary:
    lines = []
    for category in SyncCategory:
        expected = expected_interval(node.settings, category)
        if category is SyncCategory.ORDERS:
            lines.append(_orders_line(life, expected, now))
        else:
            lines.append(_import_line(category, runs.get((node.node_id, category)), expected, now))
    return NodeSummary(
        node_id=node.node_id,
        name=node.name,
        login=node.login,
        profile=node.profile,
        is_active=node.is_active,
        last_seen_at=life.last_seen_at if life else None,
        undelivered=life.undelivered if life else 0,
        stuck=life.stuck if life else 0,
        categories=lines,
        client=life.client if life else "",
    )


def _minutes(expected: timedelta | None) -> int | None:
    return None if expected is None else expected // timedelta(minutes=1)


def _import_line(
    category: SyncCategory, run: CategoryRun | None, expected: timedelta | None, now: datetime
) -> CategoryLine:
    if run is None:
        return CategoryLine(category, SyncStatus.NEVER, expected_minutes=_minutes(expected))
    return CategoryLine(
        category=category,
        status=sync_status(run.run, run.last_success, expected, now),
        started_at=run.started_at or run.run.created_at,
        finished_at=run.run.finished_at,
        last_success=run.last_success,
        expected_minutes=_minutes(expected),
        import_id=run.import_id,
        filename=run.filename,
        error_code=run.error_code,
        error_detail=run.error_detail,
        errors=run.errors,
    )


def _orders_line(life: NodeLife | None, expected: timedelta | None, now: datetime) -> CategoryLine:
    """Orders go out when 1C asks: a run is a query, it succeeded when `success` came or there was nothing to send."""
    if life is None or life.last_query_at is None:
        return CategoryLine(SyncCategory.ORDERS, SyncStatus.NEVER, expected_minutes=_minutes(expected))
    if life.stuck:
        state, success = "failed", life.last_confirmed_at
    else:
        state = "done"
        success = life.last_query_at if not life.undelivered else life.last_confirmed_at
    run = LastRun(state, life.last_query_at, life.last_query_at)
    return CategoryLine(
        category=SyncCategory.ORDERS,
        status=sync_status(run, life.last_query_at, expected, now),
        started_at=life.last_query_at,
        finished_at=life.last_query_at,
        last_success=success,
        expected_minutes=_minutes(expected),
        errors=life.stuck,
    )


class ReadExchangeLog:
    """Tab «Все логи»: imports, rows, requests, undelivered orders."""

    def __init__(self, reader: MonitorReader) -> None:
        self._reader = reader

    async def imports(self, actor: Actor, query: LogQuery) -> Sequence[ImportLine]:
        """Imports, newest first; raises Forbidden."""
        actor.require(Permission.EXCHANGE_VIEW)
        return await self._reader.imports(query)

    async def outcomes(self, actor: Actor, query: LogQuery) -> Mapping[str, int]:
        """How many imports there are by `RunOutcome`; raises Forbidden."""
        actor.require(Permission.EXCHANGE_VIEW)
        return await self._reader.outcomes(query)

    async def severities(self, actor: Actor, query: LogQuery) -> Mapping[str, int]:
        """How many rows with problems there are by severity; raises Forbidden."""
        actor.require(Permission.EXCHANGE_VIEW)
        return await self._reader.severities(query)

    async def one_import(self, actor: Actor, import_id: UUID) -> ImportLine:
        """One import; raises Forbidden, NotFound."""
        actor.require(Permission.EXCHANGE_VIEW)
        found = await self._reader.one_import(import_id)
        if found is None:
            raise NotFound("import_id")
        return found

    async def problems(self, actor: Actor, query: LogQuery) -> Sequence[ProblemLine]:
        """Rows with problems, newest first; raises Forbidden."""
        actor.require(Permission.EXCHANGE_VIEW)
        return await self._reader.problems(query)

    async def requests(self, actor: Actor, query: LogQuery) -> Sequence[RequestLine]:
        """Requests, newest first; raises Forbidden."""
        actor.require(Permission.EXCHANGE_VIEW)
        return await self._reader.requests(query)

    async def undelivered(self, actor: Actor, query: LogQuery) -> Sequence[DeliveryLine]:
        """Orders in the scope of the grant that the nodes have not confirmed; raises Forbidden."""
        scope = actor.require(Permission.EXCHANGE_VIEW)
        return await self._reader.undelivered(actor, scope, query)
