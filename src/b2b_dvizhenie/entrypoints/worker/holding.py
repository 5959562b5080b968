"""The jobs a worker holds: their leases are kept alive, and work whose lease is lost is stopped."""

import asyncio
import time
from uuid import UUID

import structlog

from b2b_dvizhenie.application.operations import ClaimedJob, JobLeases, WorkerBeat
from b2b_dvizhenie.domain.shared.errors import DomainError

log = structlog.get_logger("jobs")

BEATS_PER_LEASE = 5


class _Held:
    """A held job, who works on it, and until when the lease is certain by this machine's monotonic clock."""

    def __init__(self, job: ClaimedJob, until: float) -> None:
        self.job = job
        self.until = until
        self.work: asyncio.Task[object] | None = None
        self.lost = False


class Holding:
    """Claims jobs up to the worker's capacity and renews their leases.

    Work goes on only while the lease is certain: when the database says that somebody else has the job, or does not
    answer until the lease has run out, the work is cancelled, because another worker may have begun it.

    Args:
        leases: the port.
        lease_seconds: length of a lease.
        capacity: how many jobs may be held at once.
        transport: name shown with the heartbeat.
        version: likewise.
    """

    def __init__(self, leases: JobLeases, *, lease_seconds: float, capacity: int, transport: str, version: str) -> None:
        self._leases = leases
        self._seconds = lease_seconds
        self._capacity = capacity
        self._transport = transport
        self._version = version
        self._held: dict[UUID, _Held] = {}

    @property
    def running(self) -> int:
        """How many jobs are held."""
        return len(self._held)

    async def claim(self) -> list[ClaimedJob]:
        """Take as many ready jobs as there are hands free."""
        free = self._capacity - len(self._held)
        if free <= 0:
            return []
        asked = time.monotonic()
        jobs = await self._leases.claim(free)
        for job in jobs:
            self._held[job.job_id] = _Held(job, asked + self._seconds)
        return jobs

    async def take(self, job_id: UUID) -> ClaimedJob | None:
        """Begin work on a job in the current task: one claimed before, or claimed now if it is ready."""
        held = self._held.get(job_id)
        if held is None:
            asked = time.monotonic()
            job = await self._leases.claim_one(job_id)
            if job is None:
                return None
            held = self._held[job_id] = _Held(job, asked + self._seconds)
        elif held.work is not None or held.lost:
            return None  # delivered twice to this very worker, or lost before it was begun
        held.work = asyncio.current_task()
        return held.job

    def let_go(self, job: ClaimedJob) -> None:
        """The job is no longer this worker's."""
        held = self._held.get(job.job_id)
        if held is not None and held.job.attempt == job.attempt:
            del self._held[job.job_id]

    def is_lost(self, job: ClaimedJob) -> bool:
        """Whether the work was cancelled because the lease was lost."""
        held = self._held.get(job.job_id)
        return held is None or held.lost

    def working(self) -> list[asyncio.Task[object]]:
        """The tasks that are at work; cancelled, they hand their jobs back."""
        return [held.work for held in self._held.values() if held.work is not None]

    async def keep(self) -> None:
        """Renew the leases for ever."""
        while True:
            await self.beat()
            await asyncio.sleep(self._seconds / BEATS_PER_LEASE)

    async def beat(self) -> None:
        """Renew the leases once; stop the work whose lease is gone or cannot be proved until the next beat."""
        interval = self._seconds / BEATS_PER_LEASE
        before = [held for held in self._held.values() if not held.lost]
        asked = time.monotonic()
        beat = WorkerBeat(self._transport, self._version, len(before))
        try:
            async with asyncio.timeout(interval / 2):
                kept = await self._leases.renew([held.job for held in before], beat)
        except (DomainError, TimeoutError) as error:
            log.warning("leases not renewed", error=str(error) or "time-out", jobs=len(before))
            decided_next = time.monotonic() + interval + interval / 2
            kept = {held.job.job_id for held in before if held.until > decided_next}
        else:
            for held in before:
                held.until = asked + self._seconds
        for held in before:
            if held.job.job_id not in kept and self._held.get(held.job.job_id) is held:
                log.error("lease lost", job_id=str(held.job.job_id), job=held.job.name, attempt=held.job.attempt)
                held.lost = True
        for held in [held for held in self._held.values() if held.lost]:
            if held.work is None:
                del self._held[held.job.job_id]
            else:
                held.work.cancel()  # at every beat until it ends: one cancellation may be swallowed
