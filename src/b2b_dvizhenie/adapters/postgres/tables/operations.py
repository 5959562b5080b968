"""What every context shares: jobs, schedules, the audit log, settings changed at run time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Identity,
    Index,
    LargeBinary,
    Named,
    Table,
    TypedColumns,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from b2b_dvizhenie.adapters.postgres.tables.metadata import MOMENT, metadata


class JobColumns(TypedColumns):
    """Work to be done: outbox and queue in one. A row leaves when it is done; a dead one stays until looked at.

    A job is ready when `run_at` has passed, it is not dead and nobody holds a live lease; only the oldest living job
    of a `lane` (by `sequence`) can be. `leased_by` names the worker from claim to end, so at most one job of a lane
    has it: `uq_job_lane_running` keeps that even where two claims race. `attempts` counts the starts and fences out
    a worker that lost its lease. `sent_at` is used by transports that carry the job's id: empty means "to be sent".

    Equal `dedupe_key`s are deliberately not unique: a unique index would make one business transaction wait for
    another, and would refuse to give a failed job back while a newer equal one waits (adapters/postgres/jobs.py).
    """

    job_id: Named[UUID] = Column(Uuid, primary_key=True)
    sequence: Named[int] = Column(BigInteger, Identity())
    name: Named[str]
    payload: Named[dict[str, Any]] = Column(JSONB)
    queue: Named[str] = Column(server_default="default")
    lane: Named[str | None]
    dedupe_key: Named[str | None]
    priority: Named[int] = Column(server_default=text("0"))
    run_at: Named[datetime] = Column(MOMENT)
    attempts: Named[int] = Column(server_default=text("0"))
    max_attempts: Named[int] = Column(server_default=text("8"))
    leased_by: Named[str | None]
    leased_until: Named[datetime | None] = Column(MOMENT)
    started_at: Named[datetime | None] = Column(MOMENT)
    sent_at: Named[datetime | None] = Column(MOMENT)
    dead_at: Named[datetime | None] = Column(MOMENT)
    last_error: Named[str] = Column(server_default="")
    request_id: Named[str] = Column(server_default="")
    created_at: Named[datetime] = Column(MOMENT)


job = Table(
    "job",
    metadata,
    JobColumns,
    Index(
        "ix_job_ready", "queue", text("priority DESC"), "run_at", "sequence", postgresql_where=text("dead_at IS NULL"),
    ),
    Index("ix_job_dedupe_key", "dedupe_key", postgresql_where=text("dedupe_key IS NOT NULL AND dead_at IS NULL")),
    Index("ix_job_lane", "lane", "sequence", postgresql_where=text("lane IS NOT NULL AND dead_at IS NULL")),
    Index(
        "uq_job_lane_running", "lane", unique=True,
        postgresql_where=text("lane IS NOT NULL AND leased_by IS NOT NULL"),
    ),
    # Without leased_until in any index a heartbeat stays a HOT update.
    Index("ix_job_leased_by", "leased_by", postgresql_where=text("leased_by IS NOT NULL")),
    Index("ix_job_dead_at", "dead_at", postgresql_where=text("dead_at IS NOT NULL")),
)  # fmt: skip


class WorkerColumns(TypedColumns):
    """A worker process that says every few seconds that it lives; a silent one is forgotten after a day."""

    worker_id: Named[str] = Column(primary_key=True)
    started_at: Named[datetime] = Column(MOMENT)
    seen_at: Named[datetime] = Column(MOMENT)
    transport: Named[str]
    version: Named[str]
    running: Named[int] = Column(server_default=text("0"))


worker = Table("worker", metadata, WorkerColumns)


class ScheduleColumns(TypedColumns):
    """A job that is due again and again: by cron (in the zone) or every N seconds. Changes act without restart.

    `last_slot` is the newest slot that was enqueued, so that two schedulers make one job of it; `overlap` allows a
    new one while the last still runs.
    """

    schedule_id: Named[str] = Column(primary_key=True)
    job_name: Named[str]
    payload: Named[dict[str, Any]] = Column(JSONB, server_default=text("'{}'"))
    cron: Named[str | None]
    every_seconds: Named[int | None]
    zone: Named[str] = Column(server_default="Europe/Moscow")
    overlap: Named[bool] = Column(server_default=text("false"))
    is_active: Named[bool] = Column(server_default=text("true"))
    last_slot: Named[datetime | None] = Column(MOMENT)
    updated_at: Named[datetime] = Column(MOMENT)


schedule = Table(
    "schedule",
    metadata,
    ScheduleColumns,
    CheckConstraint("(cron IS NULL) <> (every_seconds IS NULL)", name="cron_or_interval"),
    CheckConstraint("every_seconds > 0", name="interval_positive"),
)


class MessageColumns(TypedColumns):
    """A message to a person. `sealed` holds what its text is filled with, until it is sent or given up."""

    message_id: Named[UUID] = Column(Uuid, primary_key=True)
    channel: Named[str]
    recipient: Named[str]
    template: Named[str]
    language: Named[str]
    sealed: Named[bytes | None] = Column(LargeBinary)
    state: Named[str] = Column(server_default="waiting")
    reference: Named[str] = Column(server_default="")
    error: Named[str] = Column(server_default="")
    created_at: Named[datetime] = Column(MOMENT)
    expires_at: Named[datetime | None] = Column(MOMENT)
    settled_at: Named[datetime | None] = Column(MOMENT)


message = Table(
    "message",
    metadata,
    MessageColumns,
    CheckConstraint("state IN ('waiting', 'sending', 'sent', 'expired', 'refused')", name="state"),
    CheckConstraint("channel IN ('sms', 'mail')", name="channel"),
    Index("ix_message_created_at", "created_at"),
)


class AuditColumns(TypedColumns):
    """Who changed what. Rows are only ever added; a trigger refuses anything else."""

    audit_id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    at: Named[datetime] = Column(MOMENT)
    user_id: Named[UUID | None] = Column(Uuid)
    actor: Named[str]
    action: Named[str]
    subject_type: Named[str]
    subject_id: Named[str]
    before: Named[dict[str, Any] | None] = Column(JSONB)
    after: Named[dict[str, Any] | None] = Column(JSONB)
    request_id: Named[str] = Column(server_default="")


audit = Table(
    "audit",
    metadata,
    AuditColumns,
    Index("ix_audit_at", "at"),
    Index("ix_audit_subject", "subject_type", "subject_id"),
)


class SettingColumns(TypedColumns):
    """A setting changed at run time; a missing row means the default."""

    key: Named[str] = Column(primary_key=True)
    value: Named[Any] = Column(JSONB)
    updated_at: Named[datetime] = Column(MOMENT)
    updated_by: Named[UUID | None] = Column(Uuid)


setting = Table("setting", metadata, SettingColumns)
