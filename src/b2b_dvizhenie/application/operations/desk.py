"""Looking after jobs: what waits, what died and why, another chance, or away with it."""

from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.operations.ports import OperationsReader, OperationsWork
from b2b_dvizhenie.application.operations.views import (
    JobDetail,
    JobFilter,
    JobPage,
    JobRow,
    JobState,
    QueueFigures,
    WorkerRow,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound

MAX_PAGE = 200


class JobRunning(DomainError):
    """A worker has the job in hands; it can be neither retried nor discarded now."""

    code = "operations.job_running"
    kind = Kind.CONFLICT


class QueueStatus(Struct, frozen=True):
    """The queue at a glance, what kinds of jobs are in it, who works on it."""

    figures: QueueFigures
    names: list[str]
    workers: list[WorkerRow]


class ListJobs:
    """Jobs that are not done: done ones leave the table."""

    def __init__(self, reader: OperationsReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, wanted: JobFilter) -> JobPage:
        """One page, the newest first."""
        actor.require(Permission.JOBS_VIEW)
        limit = max(1, min(wanted.limit, MAX_PAGE))
        rows, total = await self._reader.jobs(replace(wanted, limit=limit + 1, offset=max(0, wanted.offset)))
        return JobPage(rows[:limit], rows[limit - 1].sequence if len(rows) > limit else None, total)


class ShowJob:
    """One job with its arguments."""

    def __init__(self, reader: OperationsReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, job_id: UUID) -> JobDetail:
        """Raises NotFound for a job that is done or never was."""
        actor.require(Permission.JOBS_VIEW)
        found = await self._reader.job(job_id)
        if found is None:
            raise NotFound("job_id")
        return found


class ShowQueue:
    """The state of the queue and of the workers."""

    def __init__(self, reader: OperationsReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor) -> QueueStatus:
        """Three queries."""
        actor.require(Permission.JOBS_VIEW)
        return QueueStatus(await self._reader.figures(), await self._reader.names(), await self._reader.workers())


class RetryJob:
    """Give a dead job all its attempts again, or stop waiting with one that failed."""

    def __init__(self, work: OperationsWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, job_id: UUID) -> None:
        """Audited.

        Raises:
            NotFound: there is no such job.
            JobRunning: a worker has it.
        """
        actor.require(Permission.JOBS_MANAGE)
        async with self._work() as work:
            job = _free(await work.desk.lock(job_id))
            await work.desk.revive(job_id, self._clock())
            await work.audit.record(
                actor, Change("operations.job_retried", "job", str(job_id), before=_told(job), after={"attempts": 0})
            )
            await work.commit()


class DiscardJob:
    """Throw a job away that nobody wants done any more."""

    def __init__(self, work: OperationsWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, job_id: UUID) -> None:
        """Audited.

        Raises:
            NotFound: there is no such job.
            JobRunning: a worker has it.
        """
        actor.require(Permission.JOBS_MANAGE)
        async with self._work() as work:
            job = _free(await work.desk.lock(job_id))
            await work.desk.remove(job_id)
            await work.audit.record(actor, Change("operations.job_discarded", "job", str(job_id), before=_told(job)))
            await work.commit()


def _free(job: JobRow | None) -> JobRow:
    if job is None:
        raise NotFound("job_id")
    if job.state is JobState.RUNNING:
        raise JobRunning("job_id")
    return job


def _told(job: JobRow) -> dict[str, str | int]:
    return {"name": job.name, "state": job.state.value, "attempts": job.attempts, "last_error": job.last_error}
