"""What nobody asks for: uploads that were never imported, and leftovers of old sessions (onec.md §2.5).

УТ 11.5 with "don't wait" sends no `import` at all, УТ 10 sends none for its answers about orders. A minute after the
last byte of a session its whole XML files are imported as if they had been asked for.
"""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.exchange.receiving import SessionFiles
from b2b_dvizhenie.application.exchange.requesting import ImportOrder, ImportRequests, order_import
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.jobs import JobQueue
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import NodeId

QUIET = timedelta(seconds=60)
"""Silence of a session after which its upload is over."""
KEEP_FILES = timedelta(days=3)
"""How long archives and pictures stay: time enough to repeat an import whole."""
KEEP_XML = timedelta(days=30)
"""How long the XML files themselves stay: what 1C sent is the evidence when numbers are doubted."""
KEEP_LOG = timedelta(days=30)
KEEP_IMPORTS = timedelta(days=90)
KEEP_ATTEMPTS = timedelta(days=1)
SWEEP_JOB = "exchange.sweep_uploads"
CLEAN_JOB = "exchange.clean"


class QuietSession(Struct, frozen=True):
    """A session that received files and has been silent since."""

    session_id: UUID
    node_id: NodeId


class Housekeeping(Protocol):
    """Port: sessions by their age, and the deletion of what is old."""

    @abstractmethod
    async def quiet_sessions(self, quiet_since: datetime) -> Sequence[QuietSession]:
        """Sessions that sent files, were last seen before the moment, and not swept since they were last seen."""
        ...

    @abstractmethod
    async def mark_swept(self, session_id: UUID, now: datetime) -> None:
        """Not to be swept again unless it is heard again."""
        ...

    @abstractmethod
    async def silent_sessions(self, since: datetime, until: datetime) -> Sequence[UUID]:
        """Sessions that were last seen between the two moments."""
        ...

    @abstractmethod
    async def forget(self, *, log: datetime, imports: datetime, attempts: datetime) -> dict[str, int]:
        """Delete log lines, sessions, finished imports and failed logins older than these; returns counts by table.

        Confirmed deliveries of a session stay: they say what the ERP has.
        """
        ...


class SweepTransaction(Protocol):
    """Port: one transaction of housekeeping; leaving without `commit` rolls back."""

    housekeeping: Housekeeping
    imports: ImportRequests
    jobs: JobQueue

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


SweepWork = Callable[[], AbstractAsyncContextManager[SweepTransaction]]


class SweepUploads:
    """Import what was uploaded but never asked for."""

    def __init__(self, files: SessionFiles, work: SweepWork, clock: Clock) -> None:
        self._files = files
        self._work = work
        self._clock = clock

    async def __call__(self, request_id: str = "") -> int:
        """Order imports; returns how many. Running it twice orders nothing twice."""
        quiet_since = self._clock() - QUIET
        async with self._work() as work:
            sessions = await work.housekeeping.quiet_sessions(quiet_since)
        ordered = 0
        for session in sessions:
            ordered += await self._sweep(session, quiet_since, request_id)
        return ordered

    async def _sweep(self, session: QuietSession, quiet_since: datetime, request_id: str) -> int:
        try:
            unclaimed = await self._files.unclaimed(session.session_id, quiet_since)
            stored = [await self._files.locate(session.session_id, file.name) for file in unclaimed]
        except DomainError:
            # A broken archive stays for whoever asks for it: 1C then hears why.
            stored = []
        async with self._work() as work:
            now = self._clock()
            for file in stored:
                await work.imports.lock(f"{session.session_id}/{file.name}")
                if await work.imports.latest(session.session_id, file.name, file.sha256) is None:
                    order = ImportOrder(session.node_id, session.session_id, file, "sweeper", request_id)
                    await order_import(work, order, now)
            await work.housekeeping.mark_swept(session.session_id, now)
            await work.commit()
        for file in stored:
            await self._files.imported(session.session_id, file.name)
        return len(stored)


class CleanExchange:
    """Delete what is too old to be of use: files, log lines, failed logins."""

    def __init__(self, files: SessionFiles, work: SweepWork, clock: Clock) -> None:
        self._files = files
        self._work = work
        self._clock = clock

    async def __call__(self) -> dict[str, int]:
        """Clean up; returns counts by table and `bytes` of files. Safe to repeat and to interrupt."""
        now = self._clock()
        async with self._work() as work:
            # Two windows per run with a day of overlap: a run that was missed is made up for.
            stale = await work.housekeeping.silent_sessions(now - KEEP_XML, now - KEEP_FILES)
            dead = await work.housekeeping.silent_sessions(now - 2 * KEEP_XML, now - KEEP_XML)
        freed = 0
        for session_id in stale:
            freed += await self._files.remove(session_id, keep_xml=True)
        for session_id in dead:
            freed += await self._files.remove(session_id, keep_xml=False)
        async with self._work() as work:
            counts = await work.housekeeping.forget(
                log=now - KEEP_LOG - timedelta(days=1), imports=now - KEEP_IMPORTS, attempts=now - KEEP_ATTEMPTS
            )
            await work.commit()
        return counts | {"bytes": freed}
