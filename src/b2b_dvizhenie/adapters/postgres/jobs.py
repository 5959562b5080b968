"""Enqueueing jobs in the caller's transaction; the wake-up is delivered by PostgreSQL on commit only."""

from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.operations import job as job_table
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.jobs import Job, JobQueue
from b2b_dvizhenie.domain.shared.ids import new_id

CHANNEL = "b2b_job"
"""PostgreSQL notification channel on which workers learn of new jobs; the payload is the queue's name."""


class PostgresJobQueue(JobQueue):
    """Writes jobs into the `job` table and notifies the workers.

    An equal job that waits is not just found but locked until the caller's transaction ends, so no worker can start
    it before it would see the caller's changes. Enqueueing never waits for another transaction: where an equal job
    is not yet committed or is being claimed this very moment, a second one is written, and the claim makes one of
    the two again (leases.py).
    """

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def enqueue(self, job: Job) -> UUID | None:
        """Write the job in the current transaction; None if an equal one waits that starts no later."""
        written = None if job.dedupe_key is not None and await self._one_waits(job) else await self._write(job)
        # Also for an equal one: its lock may have hidden it from a worker that has gone to sleep since.
        await self._connection.execute(select(func.pg_notify(CHANNEL, "default")))
        return written

    async def _one_waits(self, job: Job) -> bool:
        wanted_at = func.now() if job.run_at is None else job.run_at
        waiting = (
            select(job_table.c.job_id)
            .where(
                job_table.c.dedupe_key == job.dedupe_key,
                job_table.c.dead_at.is_(None),
                job_table.c.leased_by.is_(None),
                job_table.c.attempts == 0,
                job_table.c.run_at <= wanted_at,
                job_table.c.priority >= job.priority,
            )
            .limit(1)
            # KEY SHARE is shared by all who enqueue but keeps out the claim, which skips locked rows.
            .with_for_update(read=True, key_share=True, skip_locked=True)
        )
        return (await self._connection.execute(waiting)).first() is not None

    async def _write(self, job: Job) -> UUID:
        job_id = new_id()
        await self._connection.execute(
            insert(job_table).values(
                job_id=job_id,
                name=job.name,
                payload=job.payload,
                lane=job.lane,
                dedupe_key=job.dedupe_key,
                priority=job.priority,
                # Readiness is judged by the database's clock, so "at once" must come from it too.
                run_at=func.now() if job.run_at is None else job.run_at,
                max_attempts=job.max_attempts,
                request_id=job.request_id,
                created_at=self._clock(),
            )
        )
        return job_id
