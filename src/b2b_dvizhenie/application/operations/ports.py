"""What looking after background work needs from the outside."""

from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.operations.views import (
    JobDetail,
    JobFilter,
    JobRow,
    QueueFigures,
    ScheduleRow,
    WorkerRow,
)
from b2b_dvizhenie.application.shared.audit import AuditLog
from b2b_dvizhenie.application.shared.jobs import JobQueue
from b2b_dvizhenie.domain.operations import Cron, Plan


class CronCalendar(Protocol):
    """Port: the slots of cron expressions. Both methods raise PlanInvalid for what is none."""

    @abstractmethod
    def latest(self, plan: Cron, now: datetime) -> datetime | None:
        """The newest slot not after `now`, in UTC."""
        ...

    @abstractmethod
    def following(self, plan: Cron, now: datetime) -> datetime | None:
        """The first slot after `now`, in UTC."""
        ...


class PlannedJob(Struct, frozen=True):
    """A schedule as the scheduler needs it. `planned_at` is when the plan was made or changed."""

    schedule_id: str
    job_name: str
    payload: dict[str, Any]
    plan: Plan
    overlap: bool
    last_slot: datetime | None
    planned_at: datetime


class Schedules(Protocol):
    """Port: schedules within a transaction."""

    @abstractmethod
    async def take_slot(self, planned: PlannedJob, slot: datetime) -> bool:
        """Mark the slot as used; False if another scheduler was faster or the plan has changed since it was read."""
        ...

    @abstractmethod
    async def is_unfinished(self, schedule_id: str) -> bool:
        """Whether a job of this schedule waits, runs or is to be tried again."""
        ...

    @abstractmethod
    async def lock(self, schedule_id: str) -> ScheduleRow | None:
        """The schedule, kept from others until the end of the transaction."""
        ...

    @abstractmethod
    async def change(self, row: ScheduleRow) -> None:
        """Write the plan, the overlap and whether it is active; `updated_at` is the change's moment."""
        ...


class JobDesk(Protocol):
    """Port: what a person does to jobs, within a transaction."""

    @abstractmethod
    async def lock(self, job_id: UUID) -> JobRow | None:
        """The job, kept from workers until the end of the transaction."""
        ...

    @abstractmethod
    async def revive(self, job_id: UUID, now: datetime) -> None:
        """Make it ready at once with all its attempts, and call the workers."""
        ...

    @abstractmethod
    async def remove(self, job_id: UUID) -> None:
        """Delete it and call the workers, since its lane is free."""
        ...


class OperationsTransaction(Protocol):
    """Port: one transaction of background work; leaving without `commit` rolls back."""

    desk: JobDesk
    schedules: Schedules
    jobs: JobQueue
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


OperationsWork = Callable[[], AbstractAsyncContextManager[OperationsTransaction]]


class OperationsReader(Protocol):
    """Port: reads of background work; each is one or two queries."""

    @abstractmethod
    async def jobs(self, wanted: JobFilter) -> tuple[list[JobRow], int]:
        """A page of the jobs, the newest first, and how many match whatever the page."""
        ...

    @abstractmethod
    async def job(self, job_id: UUID) -> JobDetail | None:
        """One job with its payload."""
        ...

    @abstractmethod
    async def figures(self) -> QueueFigures:
        """The queue at a glance."""
        ...

    @abstractmethod
    async def names(self) -> list[str]:
        """The names of the jobs in the table, sorted."""
        ...

    @abstractmethod
    async def workers(self) -> list[WorkerRow]:
        """Workers of the last day, the newest first."""
        ...

    @abstractmethod
    async def schedules(self) -> list[ScheduleRow]:
        """All schedules by id, without `next_slot`."""
        ...

    @abstractmethod
    async def planned(self) -> list[PlannedJob]:
        """The active schedules."""
        ...
