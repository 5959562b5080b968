# ruff: noqa: S608 - every fragment below is a literal of this file; values are parameters of the statements
"""Reads of background work over bare connections."""

from typing import Any, LiteralString
from uuid import UUID

from msgspec.structs import asdict
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.application.operations import (
    JobDetail,
    JobFilter,
    JobRow,
    JobState,
    OperationsReader,
    PlannedJob,
    QueueFigures,
    ScheduleRow,
    WorkerRow,
)
from b2b_dvizhenie.domain.operations import Cron, Every

ALIVE = "30 seconds"
"""A worker that said nothing for so long is taken for dead; it speaks several times a lease."""

_STATE: LiteralString = """
    CASE WHEN dead_at IS NOT NULL THEN 'dead' WHEN leased_by IS NOT NULL THEN 'running'
         WHEN attempts > 0 THEN 'retrying' ELSE 'waiting' END"""
_COLUMNS: LiteralString = (
    "job_id, sequence, name, " + _STATE + " AS state, lane, priority, attempts, max_attempts, created_at, run_at,"
    " started_at, dead_at, leased_by, last_error, request_id"
)
_MATCHING: LiteralString = f"""
FROM (SELECT {_COLUMNS} FROM job) AS job
WHERE (%(state)s::text IS NULL OR state = %(state)s) AND (%(name)s::text IS NULL OR name = %(name)s)
  AND (%(text)s = '' OR strpos(lower(name || ' ' || job_id::text || ' ' || last_error), lower(%(text)s)) > 0)
"""
_JOBS: LiteralString = f"""
SELECT * {_MATCHING} AND (%(cursor)s::bigint IS NULL OR sequence < %(cursor)s)
ORDER BY sequence DESC LIMIT %(limit)s OFFSET %(offset)s
"""
_TOTAL: LiteralString = f"SELECT count(*) {_MATCHING}"
_NAMES: LiteralString = "SELECT DISTINCT name FROM job ORDER BY name"
_JOB: LiteralString = f"SELECT {_COLUMNS}, payload FROM job WHERE job_id = %(job_id)s"
_FIGURES: LiteralString = f"""
SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'running'),
    count(*) FILTER (WHERE state = 'retrying'), count(*) FILTER (WHERE state = 'dead'),
    coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE state IN ('waiting', 'retrying')
        AND run_at <= now())), 0)::int,
    (SELECT count(*) FROM worker WHERE seen_at > now() - %(alive)s::interval)
FROM (SELECT run_at, {_STATE} AS state FROM job) AS job
"""
_WORKERS: LiteralString = """
SELECT worker_id, started_at, seen_at, transport, version, running, seen_at > now() - %(alive)s::interval
FROM worker ORDER BY started_at DESC LIMIT 200
"""
_SCHEDULES: LiteralString = """
SELECT schedule_id, job_name, cron, every_seconds, zone, overlap, is_active, last_slot, updated_at,
    (SELECT count(*) FROM job WHERE job.dedupe_key IS NOT NULL AND job.dead_at IS NULL
        AND (job.dedupe_key = 'schedule:' || schedule_id
             OR starts_with(job.dedupe_key, 'schedule:' || schedule_id || ':')))
FROM schedule ORDER BY schedule_id
"""
_PLANNED: LiteralString = """
SELECT schedule_id, job_name, payload, cron, every_seconds, zone, overlap, last_slot, updated_at
FROM schedule WHERE is_active ORDER BY schedule_id
"""


class PostgresOperationsReader(OperationsReader):
    """Jobs, workers and schedules as people and the scheduler see them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def jobs(self, wanted: JobFilter) -> tuple[list[JobRow], int]:
        """A page of the jobs, the newest first, and how many match whatever the page."""
        arguments = asdict(wanted) | {"state": wanted.state and wanted.state.value, "text": wanted.text.strip()}
        rows = await self._rows(_JOBS, arguments)
        return [_job(row) for row in rows], (await self._rows(_TOTAL, arguments))[0][0]

    async def job(self, job_id: UUID) -> JobDetail | None:
        """One job with its payload."""
        rows = await self._rows(_JOB, {"job_id": job_id})
        return JobDetail(_job(rows[0][:-1]), rows[0][-1]) if rows else None

    async def figures(self) -> QueueFigures:
        """The queue at a glance."""
        return QueueFigures(*(await self._rows(_FIGURES, {"alive": ALIVE}))[0])

    async def names(self) -> list[str]:
        """The names of the jobs in the table, sorted."""
        return [row[0] for row in await self._rows(_NAMES, {})]

    async def workers(self) -> list[WorkerRow]:
        """Workers of the last day, the newest first."""
        return [WorkerRow(*row) for row in await self._rows(_WORKERS, {"alive": ALIVE})]

    async def schedules(self) -> list[ScheduleRow]:
        """All schedules by id, without `next_slot`."""
        return [ScheduleRow(*row) for row in await self._rows(_SCHEDULES, {})]

    async def planned(self) -> list[PlannedJob]:
        """The active schedules."""
        planned = []
        for schedule_id, name, payload, cron, seconds, zone, overlap, last_slot, at in await self._rows(_PLANNED, {}):
            plan = Cron(cron, zone) if cron is not None else Every(seconds)
            planned.append(PlannedJob(schedule_id, name, payload, plan, overlap, last_slot, at))
        return planned

    async def _rows(self, query: LiteralString, arguments: dict[str, Any]) -> list[TupleRow]:
        async with self._database.reading() as connection:
            cursor = await connection.execute(query, arguments, binary=True)
            return await cursor.fetchall()


def _job(row: TupleRow) -> JobRow:
    values = list(row)
    values[3] = JobState(values[3])
    return JobRow(*values)
