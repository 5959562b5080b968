"""How the tables of the gateway stand: for the node that sends them, and for administrators (features.md GTW)."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from b2b_dvizhenie.application.exchange.gateway.receiving import GatewayTables
from b2b_dvizhenie.application.exchange.sessions import (
    Caller,
    NodeAccess,
    SessionWork,
    VerifyNode,
    check_address,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.exchange.gateway import RowState
from b2b_dvizhenie.domain.exchange.monitoring import SyncCategory, expected_interval
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import NodeId

MAX_PAGE = 200


class TableFigures(Struct, frozen=True):
    """A table at a node. `applied` counts the last 24 hours; `last_movement` is when a row was last applied."""

    node_id: NodeId
    node: str
    table: str
    waiting: int = 0
    failed: int = 0
    applied: int = 0
    oldest_waiting: datetime | None = None
    last_received: datetime | None = None
    last_movement: datetime | None = None
    to_confirm: int = 0


class TableState(Struct, frozen=True):
    """A table, as its node is told."""

    table: str
    last_received: datetime | None
    last_success: datetime | None
    rows_waiting: int
    rows_in_error: int
    fulls_to_confirm: int
    expected_minutes: int | None


class RowLine(Struct, frozen=True):
    """A row in the list; its payload is read alone."""

    row_id: int
    node_id: NodeId
    node: str
    table: str
    key: str
    op: str
    version: str
    state: RowState
    error_code: str
    error_text: str
    attempts: int
    received_at: datetime
    applied_at: datetime | None


class RowDetail(Struct, frozen=True):
    """One row with what was sent, as JSON."""

    line: RowLine
    payload: str
    message_id: str


class FullLine(Struct, frozen=True):
    """A full export whose end waits for a person: `absent` of `active` rows of its scope were not named."""

    full_id: int
    node_id: NodeId
    node: str
    table: str
    full_ref: str
    scope: dict[str, str]
    state: str
    opened_at: datetime
    active: int
    absent: int
    rejected: int


class RowQuery(Struct, frozen=True):
    """Which rows to list; empty fields do not filter. `text` is a part of the key, the code or the detail.

    `before` is the id of the last row already shown.
    """

    node_id: NodeId | None = None
    table: str = ""
    state: str = ""
    text: str = ""
    before: int | None = None
    limit: int = 50

    @property
    def size(self) -> int:
        """The limit, kept within bounds."""
        return max(1, min(self.limit, MAX_PAGE))


class GatewayReader(Protocol):
    """Port: reads of the staging tables; the number of statements does not depend on what there is."""

    @abstractmethod
    async def figures(self, now: datetime, node_id: NodeId | None = None) -> Sequence[TableFigures]:
        """Every table that anything was ever sent to, by node and table."""
        ...

    @abstractmethod
    async def rows(self, query: RowQuery) -> Sequence[RowLine]:
        """Rows, the newest first."""
        ...

    @abstractmethod
    async def row(self, row_id: int) -> RowDetail | None:
        """One row."""
        ...

    @abstractmethod
    async def fulls(self) -> Sequence[FullLine]:
        """Full exports that wait for a person, or are open, the oldest first."""
        ...


class IdentifyNode:
    """Who sends a request of the gateway: login, password, address. What it may send is the table's to say."""

    def __init__(self, work: SessionWork, verify: VerifyNode) -> None:
        self._work = work
        self._verify = verify

    async def __call__(self, caller: Caller) -> NodeAccess:
        """The node.

        Raises:
            CredentialsMissing, NodeCredentialsWrong, AttemptsExhausted, AddressRefused.
        """
        async with self._work() as work:
            node = await self._verify.identify(work, caller)
        check_address(node, caller)
        return node


class ShowGatewayState:
    """`GET /api/gateway/v1/state`: the node's own tables."""

    def __init__(self, tables: GatewayTables, reader: GatewayReader, clock: Clock) -> None:
        self._tables = tables
        self._reader = reader
        self._clock = clock

    async def __call__(self, node: NodeAccess) -> list[TableState]:
        """One line for each table the node may send, in the order they are registered."""
        figures = {one.table: one for one in await self._reader.figures(self._clock(), node.node_id)}
        lines = []
        for table in self._tables.allowed(node):
            one = figures.get(table.name, TableFigures(node.node_id, node.name, table.name))
            expected = expected_interval(node.settings, SyncCategory(table.category))
            lines.append(
                TableState(
                    table=table.name,
                    last_received=one.last_received,
                    last_success=one.last_movement,
                    rows_waiting=one.waiting,
                    rows_in_error=one.failed,
                    fulls_to_confirm=one.to_confirm,
                    expected_minutes=None if expected is None else int(expected.total_seconds() // 60),
                )
            )
        return lines


class ReadGateway:
    """The panel's page. Payloads hold every company's money: who manages the exchange reads them."""

    def __init__(self, reader: GatewayReader, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock

    async def figures(self, actor: Actor) -> Sequence[TableFigures]:
        """Tables by node; raises Forbidden."""
        actor.require(Permission.EXCHANGE_VIEW)
        return await self._reader.figures(self._clock())

    async def rows(self, actor: Actor, query: RowQuery) -> Sequence[RowLine]:
        """Rows, the newest first; raises Forbidden."""
        actor.require(Permission.EXCHANGE_VIEW)
        return await self._reader.rows(query)

    async def row(self, actor: Actor, row_id: int) -> RowDetail:
        """One row with its payload; raises Forbidden, NotFound."""
        actor.require(Permission.EXCHANGE_MANAGE)
        found = await self._reader.row(row_id)
        if found is None:
            raise NotFound("row_id")
        return found

    async def fulls(self, actor: Actor) -> Sequence[FullLine]:
        """Full exports that are not over; raises Forbidden."""
        actor.require(Permission.EXCHANGE_VIEW)
        return await self._reader.fulls()
