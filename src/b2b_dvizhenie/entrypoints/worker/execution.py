"""One job in this process: its handler, its logs, its metrics, its end."""

import asyncio
import time
from collections.abc import Mapping
from uuid import UUID

import structlog
from prometheus_client import Counter, Histogram

from b2b_dvizhenie.application.operations import ClaimedJob, Ending, JobLeases, RunJob, UnknownJob
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.entrypoints.worker.handlers import Handler, RunningJob
from b2b_dvizhenie.entrypoints.worker.holding import Holding

log = structlog.get_logger("jobs")

ENDINGS = Counter("b2b_jobs", "Runs of jobs by how they ended.", ["job", "ending"])
SECONDS = Histogram("b2b_job_seconds", "How long runs of jobs took.", ["job"], buckets=(0.01, 0.1, 1, 10, 60, 600))

HANDED_BACK = "handed_back"


class Execution:
    """Runs jobs by id; this is what the one taskiq task of the worker calls."""

    def __init__(
        self,
        container: Container,
        handlers: Mapping[str, Handler],
        holding: Holding,
        leases: JobLeases,
        run_job: RunJob,
    ) -> None:
        self._container = container
        self._handlers = handlers
        self._holding = holding
        self._leases = leases
        self._run_job = run_job

    async def __call__(self, job_id: str) -> None:
        """Run the job if it is this worker's to run; otherwise somebody else has done or will do it."""
        try:
            job = await self._holding.take(UUID(job_id))
        except DomainError as error:
            log.warning("job cannot be claimed", job_id=job_id, error=str(error))
            return
        if job is None:
            return
        names = {"job": job.name, "job_id": job_id, "attempt": job.attempt, "request_id": job.request_id}
        with structlog.contextvars.bound_contextvars(**names):
            started = time.monotonic()
            try:
                ending: str = await self._run_job(job, lambda: self._handle(job), self._tell)
            except asyncio.CancelledError:
                ending = await self._give_up(job)
            finally:
                self._holding.let_go(job)
            seconds = time.monotonic() - started
            label = job.name if job.name in self._handlers else "unknown"
            ENDINGS.labels(job=label, ending=ending).inc()
            SECONDS.labels(job=label).observe(seconds)
            log.info("job", ending=ending, ms=round(seconds * 1000, 1))

    async def _handle(self, job: ClaimedJob) -> None:
        handler = self._handlers.get(job.name)
        if handler is None:
            raise UnknownJob(name=job.name)
        await handler(self._container, job.payload, RunningJob(str(job.job_id), job.attempt, job.request_id))

    def _tell(self, error: Exception) -> None:
        if isinstance(error, DomainError):
            log.warning("job failed", error=str(error), kind=error.kind.value)
        else:
            log.error("job failed", exc_info=error)

    async def _give_up(self, job: ClaimedJob) -> str:
        if self._holding.is_lost(job):
            return Ending.LOST
        try:
            await self._leases.hand_back(job)
        except DomainError as error:
            log.warning("job not handed back; its lease will end", error=str(error))
        return HANDED_BACK
