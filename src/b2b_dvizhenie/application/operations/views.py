"""What people see of background work."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct


class JobState(StrEnum):
    """Where a job is. `RETRYING` waits after a failure, `WAITING` has not begun, `DEAD` waits for a person."""

    WAITING = "waiting"
    RUNNING = "running"
    RETRYING = "retrying"
    DEAD = "dead"


class JobRow(Struct, frozen=True):
    """A job in a list. `run_at` is when it may start; `last_error` is the newest failure's."""

    job_id: UUID
    sequence: int
    name: str
    state: JobState
    lane: str | None
    priority: int
    attempts: int
    max_attempts: int
    created_at: datetime
    run_at: datetime
    started_at: datetime | None
    dead_at: datetime | None
    leased_by: str | None
    last_error: str
    request_id: str


class JobDetail(Struct, frozen=True):
    """A job with its arguments."""

    job: JobRow
    payload: dict[str, Any]


class JobFilter(Struct, frozen=True):
    """Which jobs. `text` is looked for in the name, the id and the last error.

    Pages are asked for by `cursor` (the `next_cursor` of the page before; new jobs do not shift it) or by `offset`.
    """

    state: JobState | None = None
    name: str | None = None
    text: str = ""
    cursor: int | None = None
    offset: int = 0
    limit: int = 50


class JobPage(Struct, frozen=True):
    """Jobs, the newest first; `next_cursor` asks for the older ones. `total` counts all that match the filter."""

    items: list[JobRow]
    next_cursor: int | None
    total: int


class WorkerRow(Struct, frozen=True):
    """A worker that was heard of; `alive` if lately enough."""

    worker_id: str
    started_at: datetime
    seen_at: datetime
    transport: str
    version: str
    running: int
    alive: bool


class QueueFigures(Struct, frozen=True):
    """The queue at a glance. `oldest_seconds` is how long the oldest job that could run has been waiting."""

    waiting: int
    running: int
    retrying: int
    dead: int
    oldest_seconds: int
    workers_alive: int


class ScheduleRow(Struct, frozen=True):
    """A schedule. Exactly one of `cron` and `every_seconds` is set; `next_slot` is None while it is off."""

    schedule_id: str
    job_name: str
    cron: str | None
    every_seconds: int | None
    zone: str
    overlap: bool
    is_active: bool
    last_slot: datetime | None
    updated_at: datetime
    unfinished: int
    next_slot: datetime | None = None
