"""Enqueueing jobs in the caller's transaction; the wake-up is delivered by PostgreSQL on commit only."""

from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.operations import job as job_table
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.jobs import Job, JobQueue
from b2b_dvizhenie.domain.shared.ids import new_id

CHANNEL = "b2b_job"
"""PostgreSQL notification channel on which workers learn of new jobs."""


class PostgresJobQueue(JobQueue):
    """Writes jobs into the `job` table and notifies the workers."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def enqueue(self, job: Job) -> UUID | None:
        """Write the job in the current transaction; None if an equal one already waits."""
        now = self._clock()
        job_id = new_id()
        statement = (
            insert(job_table)
            .values(
                job_id=job_id,
                name=job.name,
                payload=job.payload,
                lane=job.lane,
                dedupe_key=job.dedupe_key,
                priority=job.priority,
                run_at=job.run_at or now,
                max_attempts=job.max_attempts,
                request_id=job.request_id,
                created_at=now,
            )
            .on_conflict_do_nothing(
                index_elements=[job_table.c.dedupe_key],
                index_where=text("dedupe_key IS NOT NULL AND leased_until IS NULL AND dead_at IS NULL"),
            )
            .returning(job_table.c.job_id)
        )
        written = (await self._connection.execute(statement)).scalar()
        if written is not None:
            await self._connection.execute(select(func.pg_notify(CHANNEL, "default")))
        return written
