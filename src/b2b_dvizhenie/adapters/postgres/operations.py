"""What people and the scheduler do to jobs and schedules."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.jobs import CHANNEL
from b2b_dvizhenie.adapters.postgres.tables.operations import job, schedule
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.operations import (
    JobDesk,
    JobRow,
    JobState,
    OperationsTransaction,
    PlannedJob,
    ScheduleRow,
    Schedules,
    schedule_key,
)

_STATE = case(
    (job.c.dead_at.is_not(None), JobState.DEAD.value),
    (job.c.leased_by.is_not(None), JobState.RUNNING.value),
    (job.c.attempts > 0, JobState.RETRYING.value),
    else_=JobState.WAITING.value,
)


class PostgresJobDesk(JobDesk):
    """Jobs under a person's hands."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, job_id: UUID) -> JobRow | None:
        """The job, kept from workers until the end of the transaction."""
        query = (
            select(
                job.c.job_id, job.c.sequence, job.c.name, _STATE, job.c.lane, job.c.priority, job.c.attempts,
                job.c.max_attempts, job.c.created_at, job.c.run_at, job.c.started_at, job.c.dead_at, job.c.leased_by,
                job.c.last_error, job.c.request_id,
            )
            .where(job.c.job_id == job_id)
            .with_for_update()
        )  # fmt: skip
        row = (await self._connection.execute(query)).first()
        if row is None:
            return None
        values = list(row)
        values[3] = JobState(values[3])
        return JobRow(*values)

    async def revive(self, job_id: UUID, now: datetime) -> None:
        """Make it ready at once with all its attempts, and call the workers."""
        await self._connection.execute(
            update(job)
            .where(job.c.job_id == job_id)
            .values(dead_at=None, attempts=0, run_at=func.least(now, func.now()), sent_at=None)
        )
        await self._call()

    async def remove(self, job_id: UUID) -> None:
        """Delete it and call the workers, since its lane is free."""
        await self._connection.execute(delete(job).where(job.c.job_id == job_id))
        await self._call()

    async def _call(self) -> None:
        await self._connection.execute(select(func.pg_notify(CHANNEL, "default")))


class PostgresSchedules(Schedules):
    """Schedules within a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take_slot(self, planned: PlannedJob, slot: datetime) -> bool:
        """Mark the slot as used; the row's lock makes a second scheduler wait and then find it used."""
        taken = await self._connection.execute(
            update(schedule)
            .where(
                schedule.c.schedule_id == planned.schedule_id,
                schedule.c.is_active,
                schedule.c.updated_at == planned.planned_at,
                or_(schedule.c.last_slot.is_(None), schedule.c.last_slot < slot),
            )
            .values(last_slot=slot)
        )
        return taken.rowcount == 1

    async def is_unfinished(self, schedule_id: str) -> bool:
        """Whether a job of this schedule waits, runs or is to be tried again."""
        key = schedule_key(schedule_id)
        own = or_(job.c.dedupe_key == key, func.starts_with(job.c.dedupe_key, f"{key}:"))
        query = select(exists().where(job.c.dedupe_key.is_not(None), job.c.dead_at.is_(None), own))
        return bool((await self._connection.execute(query)).scalar())

    async def lock(self, schedule_id: str) -> ScheduleRow | None:
        """The schedule, kept from others until the end of the transaction."""
        query = (
            select(
                schedule.c.schedule_id, schedule.c.job_name, schedule.c.cron, schedule.c.every_seconds, schedule.c.zone,
                schedule.c.overlap, schedule.c.is_active, schedule.c.last_slot, schedule.c.updated_at,
            )
            .where(schedule.c.schedule_id == schedule_id)
            .with_for_update()
        )  # fmt: skip
        row = (await self._connection.execute(query)).first()
        return None if row is None else ScheduleRow(*row, unfinished=int(await self.is_unfinished(schedule_id)))

    async def change(self, row: ScheduleRow) -> None:
        """Write the plan, the overlap and whether it is active."""
        await self._connection.execute(
            update(schedule)
            .where(schedule.c.schedule_id == row.schedule_id)
            .values(
                cron=row.cron,
                every_seconds=row.every_seconds,
                zone=row.zone,
                overlap=row.overlap,
                is_active=row.is_active,
                updated_at=row.updated_at,
            )
        )


class PostgresOperationsTransaction(Transaction, OperationsTransaction):
    """The unit of work of background work."""

    desk: JobDesk
    schedules: Schedules

    def bind(self, connection: AsyncConnection) -> None:
        """Add the jobs and the schedules."""
        super().bind(connection)
        self.desk = PostgresJobDesk(connection)
        self.schedules = PostgresSchedules(connection)
