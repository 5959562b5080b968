"""Importing exchange files: ports and the use case behind the job `exchange.import_file` (onec.md §2.5)."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.exchange.records import FileHead, FileKind, OrderStateRecord, Record, RowProblem
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.exchange.access import ContentNotAllowed, ExchangeRight
from b2b_dvizhenie.domain.exchange.imports import FileGone
from b2b_dvizhenie.domain.exchange.settings import NodeSettings
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import NodeId

TELL_EVERY = 0.5
"""Seconds between two notes of progress."""


class ImportBroken(DomainError):
    """The import failed for a reason of ours, not of the file; it is tried again."""

    code = "exchange.import_broken"
    kind = Kind.UNAVAILABLE


class ImportTask(Struct, frozen=True):
    """One file to import. `root` is the folder that paths of pictures are relative to.

    `rights` are what the content may be of: those of the node for what it sent, all of them for what a person imports.
    """

    import_id: UUID
    node_id: NodeId
    path: Path
    root: Path
    settings: NodeSettings = NodeSettings()
    rights: frozenset[ExchangeRight] = frozenset(ExchangeRight)


class Progress:
    """How far an import is; written by the thread that works, read by the one that tells. No locks: numbers only."""

    def __init__(self) -> None:
        self.stage = ""
        self.rows = 0
        self.done = 0
        self.total = 0
        self.cancelled = False


class Applied(Struct, frozen=True):
    """What an import did.

    `counters` are numbers by `entity.outcome`: `goods.read`, `goods.added`, `goods.changed`, `goods.same`,
    `goods.hidden` …; `problems` are the first ones, `problem_count` is how many there were of each severity.
    """

    kinds: tuple[FileKind, ...] = ()
    only_changes: bool = True
    catalog_ref: str = ""
    counters: dict[str, int] = {}
    problems: tuple[RowProblem, ...] = ()
    order_states: tuple[OrderStateRecord, ...] = ()


def check_content(kind: FileKind, rights: Collection[ExchangeRight]) -> None:
    """Whether a part of a file is among what its sender may send; what a request calls itself does not decide.

    Raises:
        ContentNotAllowed: it is not.
    """
    needed = ExchangeRight.SALE if kind is FileKind.DOCUMENTS else ExchangeRight.CATALOG
    if needed not in rights:
        raise ContentNotAllowed(content=kind.value)


class RecordReader(Protocol):
    """Port: the records of a file, in its order.

    Contract: streams (memory does not depend on the size of the file); raises DomainError when the file as a whole
    cannot be taken, at the latest after its last record, and then nothing of it may be kept; deterministic; calls
    nothing but `progress.done` and `progress.total` (bytes). Blocks.
    """

    @abstractmethod
    def __call__(self, path: Path, settings: NodeSettings, progress: Progress) -> Iterator[Record]:
        """Read the file from its beginning."""
        ...


class CatalogueWriter(Protocol):
    """Port: applies the records of one file to the database.

    Contract: everything or nothing, in one transaction; nothing at all when the iterator raises; imports of one node
    wait for each other, nodes never touch each other's rows; applying the same records again writes no catalogue
    row; files may come in any order. Does not block the event loop.
    """

    @abstractmethod
    async def apply(self, task: ImportTask, records: Callable[[], Iterator[Record]], progress: Progress) -> Applied:
        """Apply; the records are asked for once the node is locked.

        Raises:
            DomainError: whatever the reader raised.
        """
        ...


class OrderStateSink(Protocol):
    """Port: what the ERP says about orders goes to those who keep orders; idempotent."""

    @abstractmethod
    async def take(
        self, node_id: NodeId, states: Sequence[OrderStateRecord]
    ) -> tuple[dict[str, int], Sequence[RowProblem]]:
        """Apply states; returns counters (`orders.changed` …) and rows that were not taken."""
        ...


class ImportJournal(Protocol):
    """Port: the list of imports. Every call is its own transaction, so that others see it at once."""

    @abstractmethod
    async def start(self, import_id: UUID, now: datetime) -> ImportTask | None:
        """Mark the import as running; None when it is done already.

        Raises:
            ImportUnknown: there is none.
        """
        ...

    @abstractmethod
    async def tell(self, import_id: UUID, progress: Progress) -> None:
        """Write how far a running import is; never waits for locks, may therefore skip."""
        ...

    @abstractmethod
    async def finish(self, import_id: UUID, applied: Applied, now: datetime) -> None:
        """Mark the import as done, with what it did and the rows it did not take."""
        ...

    @abstractmethod
    async def fail(self, import_id: UUID, code: str, detail: str, now: datetime) -> None:
        """Mark the import as failed; open full exports of its node then need a person's word."""
        ...


class ImportFile:
    """Import one file that is in the journal. Safe to repeat: after a crash the same call finishes the work."""

    def __init__(
        self,
        journal: ImportJournal,
        reader: RecordReader,
        writer: CatalogueWriter,
        orders: OrderStateSink,
        clock: Clock,
    ) -> None:
        self._journal = journal
        self._reader = reader
        self._writer = writer
        self._orders = orders
        self._clock = clock

    async def __call__(self, actor: Actor, import_id: UUID, progress: Progress | None = None) -> Applied | None:
        """Read and apply the file; None when it was imported before.

        A file that cannot be taken is an outcome, not an error: it is recorded with its code and returned as None
        after nothing was written.

        Raises:
            Forbidden, ImportUnknown.
            Exception: the database or the disk failed; that is recorded too, and the call may be repeated.
        """
        actor.require(Permission.EXCHANGE_MANAGE)
        told = progress or Progress()
        task = await self._journal.start(import_id, self._clock())
        if task is None:
            return None
        telling = asyncio.create_task(self._tell(import_id, told))
        try:
            return await self._import(task, told)
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling

    async def _import(self, task: ImportTask, progress: Progress) -> Applied | None:
        try:
            applied = await self._writer.apply(task, lambda: self._records(task, progress), progress)
            if applied.order_states:
                counters, problems = await self._orders.take(task.node_id, applied.order_states)
                applied = replace(
                    applied, counters=applied.counters | counters, problems=(*applied.problems, *problems)
                )
        except DomainError as error:
            detail = ", ".join(f"{name}={value}" for name, value in error.params.items() if value not in ("", 0))
            await self._journal.fail(task.import_id, error.code, detail[:1000], self._clock())
            if error.kind is Kind.UNAVAILABLE:
                raise
            return None
        except Exception as error:
            await self._journal.fail(task.import_id, ImportBroken.code, repr(error)[:1000], self._clock())
            raise
        # Last, so that a crash before it repeats the whole import, which then finds most of its work done.
        await self._journal.finish(task.import_id, applied, self._clock())
        return applied

    def _records(self, task: ImportTask, progress: Progress) -> Iterator[Record]:
        try:
            for record in self._reader(task.path, task.settings, progress):
                if type(record) is FileHead:
                    check_content(record.kind, task.rights)
                yield record
        except FileNotFoundError as error:
            raise FileGone(name=task.path.name) from error

    async def _tell(self, import_id: UUID, progress: Progress) -> None:
        last = (-1, "")
        while True:
            await asyncio.sleep(TELL_EVERY)
            current = (progress.done, progress.stage)
            if current != last:
                last = current
                await self._journal.tell(import_id, progress)
