"""Ports of the gateway: staging of messages, and the rows as the applier sees them."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.exchange.gateway.messages import ReadRow
from b2b_dvizhenie.application.exchange.gateway.tables import Absence, AnyTable
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.gateway import GatewayWork
from b2b_dvizhenie.application.shared.jobs import JobQueue
from b2b_dvizhenie.domain.exchange.gateway import Full, RowState
from b2b_dvizhenie.domain.exchange.generations import GenerationState
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import NodeId


class GatewayBusy(DomainError):
    """Somebody else writes for the table, or too many rows wait already: try again in `retry_after` seconds."""

    code = "exchange.gateway_busy"
    kind = Kind.UNAVAILABLE


class Lane(Struct, frozen=True):
    """A table at a node: what is staged and applied one after the other."""

    node_id: NodeId
    table: AnyTable


class KnownMessage(Struct, frozen=True):
    """A message that was taken before, with its answer."""

    body_sha256: bytes
    status: int
    answer: bytes


class NewBatch(Struct, frozen=True):
    """A message to be kept: its identity and its run in the log of the exchange."""

    message_id: str
    body_sha256: bytes
    full_id: int | None
    import_id: UUID
    bytes: int
    request_id: str


class Staging(Protocol):
    """Port: taking a message, within a transaction. `hold` comes first."""

    @abstractmethod
    async def hold(self, lane: Lane) -> None:
        """Keep other messages of the lane out until the transaction ends; raises GatewayBusy after a few seconds."""
        ...

    @abstractmethod
    async def known(self, node_id: NodeId, message_id: str) -> KnownMessage | None:
        """The message of this id, if it was taken; keeps others of this id out until the transaction ends."""
        ...

    @abstractmethod
    async def waiting(self, lane: Lane, limit: int) -> int:
        """How many rows wait to be applied; counting stops at `limit`."""
        ...

    @abstractmethod
    async def full(self, lane: Lane, full_ref: str) -> Full | None:
        """A full export that has begun."""
        ...

    @abstractmethod
    async def open_full(self, lane: Lane, full_ref: str, scope: Mapping[str, str], now: datetime) -> Full:
        """Begin a full export; what began before within its scope and is not over is superseded."""
        ...

    @abstractmethod
    async def save_full(self, full: Full) -> None:
        """Keep which parts came, and how many rows of them nobody could read."""
        ...

    @abstractmethod
    async def standing(self, lane: Lane, keys: Sequence[str]) -> dict[str, str]:
        """The version of the last row of each key that was taken: applied, waiting or refused."""
        ...

    @abstractmethod
    async def add(
        self, lane: Lane, batch: NewBatch, rows: Sequence[ReadRow], states: Sequence[RowState], now: datetime
    ) -> int:
        """Write the message and its rows, with its run in the log; returns the batch id.

        Rows of the same keys that wait or were refused before are superseded by the new ones; one that is being
        applied this very moment is left alone: it comes first anyway.
        """
        ...

    @abstractmethod
    async def answer(self, batch_id: int, status: int, answer: bytes) -> None:
        """Keep the answer for when the message comes again."""
        ...


class StageTransaction(Protocol):
    """Port: one transaction of staging; leaving without `commit` rolls back."""

    staging: Staging
    jobs: JobQueue

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


StageWork = Callable[[], AbstractAsyncContextManager[StageTransaction]]


class StagedRow(Struct, frozen=True):
    """A row that waits. `known` is the version of the row of its key that was applied last, None if none was.

    `attempts` counts how often it was tried before.
    """

    row_id: int
    batch_id: int | None
    key: str
    deleted: bool
    payload: bytes
    version: str
    known: str | None
    attempts: int = 0


class SettledRow(Struct, frozen=True):
    """What became of a row."""

    row: StagedRow
    state: RowState
    code: str = ""
    detail: str = ""
    may_heal: bool = False


class RowWarning(Struct, frozen=True):
    """A row that was taken with a repair."""

    row: StagedRow
    code: str
    detail: str


class WaitingRows(Protocol):
    """Port: the rows of a lane as the applier sees them, within a transaction. `hold` comes first."""

    @abstractmethod
    async def hold(self, lane: Lane) -> None:
        """Keep other appliers of the lane out until the transaction ends."""
        ...

    @abstractmethod
    async def first(self, lane: Lane, limit: int) -> Sequence[StagedRow]:
        """The first rows that wait, in the order of their arrival, locked until the transaction ends."""
        ...

    @abstractmethod
    async def settle(
        self, lane: Lane, rows: Sequence[SettledRow], warnings: Sequence[RowWarning], now: datetime
    ) -> None:
        """Write what became of rows, their problems into the log of the exchange, and end the runs that are through."""
        ...

    @abstractmethod
    async def complete_fulls(self, lane: Lane) -> Sequence[Full]:
        """Open full exports of which every part has come."""
        ...

    @abstractmethod
    async def one_full(self, lane: Lane, full_id: int) -> Full | None:
        """A full export, locked until the transaction ends."""
        ...

    @abstractmethod
    async def keys_since(self, lane: Lane, row_id: int) -> Sequence[str]:
        """Keys of all rows that came after this one and do not say that they are deleted."""
        ...

    @abstractmethod
    async def close_full(self, full: Full, state: GenerationState, absence: Absence, now: datetime) -> None:
        """Write how a full export ended."""
        ...


class ApplyTransaction(GatewayWork, Protocol):
    """Port: the applier's transaction; leaving without `commit` rolls back."""

    rows: WaitingRows


ApplyWork = Callable[[Actor, NodeId], AbstractAsyncContextManager[ApplyTransaction]]
