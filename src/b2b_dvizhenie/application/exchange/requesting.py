"""`mode=import`: ask for the import of a file, wait a little, tell how it stands (onec.md §2.5).

The import itself is a job: it survives the request, the connection and the process. 1C asks again and again; every
question finds the same import by (session, file, content).
"""

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from msgspec import Struct, structs

from b2b_dvizhenie.application.exchange.receiving import SessionFiles, StoredFile
from b2b_dvizhenie.application.exchange.records import RowProblem
from b2b_dvizhenie.application.exchange.sessions import ExchangeSession
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog, Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.jobs import Job, JobQueue
from b2b_dvizhenie.domain.exchange.monitoring import PROBLEMS_COUNTER
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id

IMPORT_JOB = "exchange.import_file"
SAME_FILE_WINDOW = timedelta(hours=24)
SHOWN_PROBLEMS = 5
_SHORTEST_HOLD = 0.3
_POLL_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5)


def node_lane(node_id: NodeId) -> str:
    """The lane of a node's jobs: its files are imported one at a time, in the order they were asked for."""
    return f"exchange:{node_id}"


class ImportState(Struct, frozen=True):
    """How an import stands. `state` is waiting, running, done or failed."""

    import_id: UUID
    state: str
    stage: str = ""
    progress: int = 0
    total: int = 0
    counters: dict[str, int] = {}
    error_code: str = ""
    error_detail: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in ("done", "failed")


class ImportOrder(Struct, frozen=True):
    """A wish to import a file."""

    node_id: NodeId
    session_id: UUID | None
    file: StoredFile
    started_by: str
    request_id: str = ""


class Unpacking(Struct, frozen=True):
    """The archives of the session are still being unpacked."""


class AlreadyLoaded(Struct, frozen=True):
    """The same content under the same name was imported a short time ago and nothing has come since."""


class InProgress(Struct, frozen=True):
    """The import waits for earlier ones of its node, or runs."""

    state: ImportState


class Imported(Struct, frozen=True):
    """The file is in. `problems` are the first rows that were not taken, of `problem_count`."""

    state: ImportState
    problems: tuple[RowProblem, ...]
    problem_count: int


class ImportFailed(Struct, frozen=True):
    """The file as a whole was refused; nothing of it is in."""

    state: ImportState


ImportAnswer = Unpacking | AlreadyLoaded | InProgress | Imported | ImportFailed


class ImportRequests(Protocol):
    """Port: imports within a transaction."""

    @abstractmethod
    async def lock(self, key: str) -> None:
        """Serialise with other transactions that lock the same key, until the end of this one."""
        ...

    @abstractmethod
    async def latest(self, session_id: UUID, filename: str, sha256: str) -> ImportState | None:
        """The newest import of this content under this name in the session, unless its failure was already told."""
        ...

    @abstractmethod
    async def is_loaded(self, node_id: NodeId, filename: str, sha256: str, since: datetime) -> bool:
        """Whether importing would change nothing.

        True when the node's import of this content under this name is done since `since`, no later one of this name
        had other content, none of the node waits or runs, and no full export began after it.
        """
        ...

    @abstractmethod
    async def add(self, import_id: UUID, order: ImportOrder, now: datetime) -> None:
        """Write a waiting import."""
        ...

    @abstractmethod
    async def order_of(self, import_id: UUID) -> ImportOrder | None:
        """What an import was asked for, None when there is no such import."""
        ...

    @abstractmethod
    async def mark_told(self, import_id: UUID, now: datetime) -> None:
        """Remember that the end of the import was told to 1C."""
        ...


class Ordering(Protocol):
    """The part of a transaction that ordering an import needs."""

    imports: ImportRequests
    jobs: JobQueue


class ImportTransaction(Protocol):
    """Port: one transaction over imports; leaving without `commit` rolls back."""

    imports: ImportRequests
    jobs: JobQueue
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


ImportWork = Callable[[], AbstractAsyncContextManager[ImportTransaction]]


class ImportReader(Protocol):
    """Port: cheap reads while a request waits."""

    @abstractmethod
    async def state(self, import_id: UUID) -> ImportState | None:
        """How the import stands, None when it was deleted."""
        ...

    @abstractmethod
    async def problems(self, import_id: UUID, limit: int) -> tuple[tuple[RowProblem, ...], int]:
        """The first rows with errors, and how many rows have one."""
        ...


async def order_import(work: Ordering, order: ImportOrder, now: datetime) -> UUID:
    """Write the import and its job in one transaction; the caller commits."""
    import_id = new_id()
    await work.imports.add(import_id, order, now)
    await work.jobs.enqueue(
        Job(
            name=IMPORT_JOB,
            payload={"import_id": str(import_id)},
            dedupe_key=f"{IMPORT_JOB}:{import_id}",
            lane=node_lane(order.node_id),
            request_id=order.request_id,
        )
    )
    return import_id


class RequestImport:
    """Find or start the import of a file and hold the request until it is over or the time is up."""

    def __init__(
        self,
        files: SessionFiles,
        work: ImportWork,
        reader: ImportReader,
        clock: Clock,
        *,
        hold_seconds: int,
    ) -> None:
        self._files = files
        self._work = work
        self._reader = reader
        self._clock = clock
        # A request that waits for nothing would never see an answer that takes a moment.
        self._hold = max(_SHORTEST_HOLD, hold_seconds)
        self._locating: dict[tuple[UUID, str], asyncio.Task[StoredFile]] = {}
        self._stopping = False

    def let_go(self) -> None:
        """Answer every held request at once, with progress: the process is about to stop, 1C will ask the next one."""
        self._stopping = True

    async def __call__(self, session: ExchangeSession, filename: str, request_id: str = "") -> ImportAnswer:
        """How the import of this file stands now.

        Raises:
            FileNameRefused, FileMissing, ArchiveRefused, StorageFull.
        """
        deadline = asyncio.get_running_loop().time() + self._hold
        file = await self._located(session.session_id, filename)
        if file is None:
            return Unpacking()
        started = await self._find_or_start(session, file, request_id)
        if started is None:
            return AlreadyLoaded()
        state = await self._wait(started, deadline)
        return await self._answer(state)

    async def _located(self, session_id: UUID, filename: str) -> StoredFile | None:
        """The file, or None while its archive is still being unpacked; the work goes on between requests."""
        key = (session_id, filename)
        task = self._locating.get(key)
        if task is None:
            task = self._locating[key] = asyncio.create_task(self._files.locate(session_id, filename))
            task.add_done_callback(lambda ended: self._found(key, ended))
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._hold
        while not task.done() and clock() < deadline and not self._stopping:
            await asyncio.wait({task}, timeout=min(_POLL_SECONDS[-1], max(0.0, deadline - clock())))
        return task.result() if task.done() else None

    def _found(self, key: tuple[UUID, str], ended: asyncio.Task[StoredFile]) -> None:
        """Forget the work: what it did is on the disk, and the file may have changed by the next question."""
        self._locating.pop(key, None)
        if not ended.cancelled():
            ended.exception()  # perhaps nobody is there any more to hear of it

    async def _find_or_start(self, session: ExchangeSession, file: StoredFile, request_id: str) -> ImportState | None:
        node_id = session.node.node_id
        async with self._work() as work:
            await work.imports.lock(f"{session.session_id}/{file.name}")
            known = await work.imports.latest(session.session_id, file.name, file.sha256)
            if known is not None:
                return known
            now = self._clock()
            if await work.imports.is_loaded(node_id, file.name, file.sha256, now - SAME_FILE_WINDOW):
                return None
            order = ImportOrder(node_id, session.session_id, file, "protocol", request_id)
            import_id = await order_import(work, order, now)
            await work.commit()
        await self._files.imported(session.session_id, file.name)
        return ImportState(import_id, "waiting")

    async def _wait(self, state: ImportState, deadline: float) -> ImportState:
        clock = asyncio.get_running_loop().time
        attempt = 0
        while not state.is_over and clock() < deadline and not self._stopping:
            pause = _POLL_SECONDS[min(attempt, len(_POLL_SECONDS) - 1)]
            await asyncio.sleep(min(pause, max(0.0, deadline - clock())))
            attempt += 1
            state = await self._reader.state(state.import_id) or state
        return state

    async def _answer(self, state: ImportState) -> ImportAnswer:
        if not state.is_over:
            return InProgress(state)
        async with self._work() as work:
            await work.imports.mark_told(state.import_id, self._clock())
            await work.commit()
        if state.state == "failed":
            return ImportFailed(state)
        problems, kept = await self._reader.problems(state.import_id, SHOWN_PROBLEMS)
        # Of very many only the first are kept; the counter knows all of them.
        return Imported(state, problems, max(kept, state.counters.get(PROBLEMS_COUNTER, 0)))


class RepeatImport:
    """Import a file of the log once more, whatever came of it before."""

    def __init__(self, work: ImportWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, import_id: UUID) -> UUID:
        """Order the import; returns the id of the new one.

        Raises:
            Forbidden, NotFound.
        """
        actor.require(Permission.EXCHANGE_MANAGE)
        async with self._work() as work:
            order = await work.imports.order_of(import_id)
            if order is None:
                raise NotFound("import_id")
            again = structs.replace(order, started_by=actor.name, request_id=actor.request_id)
            repeated = await order_import(work, again, self._clock())
            change = Change("exchange.import_repeated", "exchange_import", str(import_id), after={"by": str(repeated)})
            await work.audit.record(actor, change)
            await work.commit()
        return repeated
