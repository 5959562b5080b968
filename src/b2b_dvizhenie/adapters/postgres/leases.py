"""Claiming, holding and ending jobs: raw SQL over connections of their own, which busy handlers cannot starve."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, LiteralString
from uuid import UUID

from psycopg import InterfaceError, OperationalError
from psycopg.errors import DeadlockDetected, UniqueViolation
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from b2b_dvizhenie.adapters.postgres import lease_statements as statements
from b2b_dvizhenie.adapters.postgres.database import Database, DatabaseUnavailable, open_pool
from b2b_dvizhenie.adapters.postgres.jobs import CHANNEL
from b2b_dvizhenie.application.operations import ClaimedJob, JobLeases, WorkerBeat


class PostgresJobLeases(JobLeases):
    """One worker's hold on the jobs of a queue.

    Args:
        database: whose URL is used; the connections are this object's own.
        worker_id: unique name of the worker process.
        lease: how long a claim lasts unless renewed; the longest time a killed worker's job lies idle.
    """

    def __init__(self, database: Database, worker_id: str, *, lease: timedelta, queue: str = "default") -> None:
        self.worker_id = worker_id
        self.queue = queue
        self.lease = lease
        self._dsn = database.sqlalchemy_url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._common = {"me": worker_id, "queue": queue, "lease": lease, "channel": CHANNEL, "always": False}
        self._pool = AsyncConnectionPool(
            self._dsn,
            min_size=1,
            max_size=3,
            open=False,
            timeout=5,
            kwargs={"autocommit": True, "application_name": "b2b worker queue", "prepare_threshold": 1},
        )

    async def open(self) -> None:
        """Open the connections; raises DatabaseUnavailable if the server cannot be reached."""
        await open_pool(self._pool)

    async def close(self) -> None:
        """Give back every job that is still held, say goodbye, close the connections."""
        try:
            await self._run(statements.HAND_BACK_ALL, {"always": True})
            await self._run("DELETE FROM worker WHERE worker_id = %(me)s", {}, fetch=False)
        except DatabaseUnavailable:
            pass  # the leases end by themselves
        finally:
            await self._pool.close()

    async def claim(self, limit: int) -> list[ClaimedJob]:
        """Up to `limit` ready jobs, the most urgent first."""
        rows = await self._claim(statements.CLAIM_ANY, {"limit": limit})
        rows.sort(key=lambda row: (-row[8], row[7], row[9]))
        return [ClaimedJob(*row[:8]) for row in rows]

    async def claim_one(self, job_id: UUID) -> ClaimedJob | None:
        """This job if it is ready."""
        rows = await self._claim(statements.CLAIM_ONE, {"limit": 1, "job_id": job_id})
        return ClaimedJob(*rows[0][:8]) if rows else None

    async def _claim(self, statement: LiteralString, arguments: Mapping[str, Any]) -> list[TupleRow]:
        try:
            return await self._run(statement, arguments)
        except (UniqueViolation, DeadlockDetected):
            return []  # another worker took a job of the same lane in this very moment; the next claim sees it

    async def unsent(self, limit: int, resend: timedelta) -> list[UUID]:
        """Ready jobs that no transport carries, or carried in vain for `resend`; they count as sent now."""
        return [row[0] for row in await self._run(statements.UNSENT, {"limit": limit, "resend": resend})]

    async def in_transit(self, resend: timedelta) -> int:
        """How many jobs were sent within `resend` and are not yet taken."""
        return int((await self._run(statements.IN_TRANSIT, {"resend": resend}))[0][0])

    async def not_sent(self, job_ids: Sequence[UUID]) -> None:
        """The transport refused them: they are to be sent again."""
        await self._run("UPDATE job SET sent_at = NULL WHERE job_id = ANY(%(ids)s) RETURNING 1", {"ids": job_ids})

    async def renew(self, held: Sequence[ClaimedJob], beat: WorkerBeat) -> set[UUID]:
        """Prolong the leases and say that the worker lives; the ids that are still held."""
        await self._run(
            statements.BEAT,
            {"transport": beat.transport, "version": beat.version, "running": beat.running},
            fetch=False,
        )
        if not held:
            return set()
        arguments = {"ids": [job.job_id for job in held], "attempts": [job.attempt for job in held]}
        return {row[0] for row in await self._run(statements.RENEW, arguments)}

    async def complete(self, job: ClaimedJob) -> bool:
        """The job is done and leaves the table."""
        return await self._end(statements.COMPLETE, job)

    async def postpone(self, job: ClaimedJob, delay: timedelta, error: str) -> bool:
        """Free the job to be claimed again after the delay."""
        return await self._end(statements.POSTPONE, job, delay=delay, error=error)

    async def bury(self, job: ClaimedJob, error: str) -> bool:
        """The job is dead until somebody retries or discards it."""
        return await self._end(statements.BURY, job, error=error)

    async def hand_back(self, job: ClaimedJob) -> bool:
        """Free an unfinished job at once; the attempt does not count."""
        return await self._end(statements.HAND_BACK, job, always=True)

    async def bury_exhausted(self) -> int:
        """Bury the jobs whose workers died in every attempt; forget workers silent for a day."""
        rows = await self._run(statements.BURY_EXHAUSTED, {})
        await self._run("DELETE FROM worker WHERE seen_at < now() - interval '1 day'", {}, fetch=False)
        return int(rows[0][0])

    async def _end(self, statement: LiteralString, job: ClaimedJob, **arguments: Any) -> bool:
        rows = await self._run(statement, {"job_id": job.job_id, "attempt": job.attempt, **arguments})
        return bool(rows[0][0])

    async def _run(
        self, statement: LiteralString, arguments: Mapping[str, Any], *, fetch: bool = True
    ) -> list[TupleRow]:
        try:
            async with self._pool.connection() as connection:
                cursor = await connection.execute(statement, {**self._common, **arguments}, binary=True)
                return await cursor.fetchall() if fetch else []
        except DeadlockDetected:
            raise  # an operational error by class only
        except (PoolTimeout, OperationalError, InterfaceError) as error:
            raise DatabaseUnavailable(reason=str(error)) from error
