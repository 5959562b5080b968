"""Work for later: a job row commits together with the change that asks for it, and then is done at least once."""

from abc import abstractmethod
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct


class Job(Struct, frozen=True, kw_only=True):
    """What is to be done. `name` is the handler's name, `payload` its arguments as JSON values.

    Handlers are idempotent: a job may run more than once (a worker may die after the effect). Jobs with the same
    `dedupe_key` that wait are one: any run that starts after the last of them was committed serves them all. Jobs
    with the same `lane` run one at a time, in order of enqueueing; a job that waits to be tried again holds its lane.
    Without `run_at` it is ready at the commit.
    """

    name: str
    payload: dict[str, Any] = {}
    run_at: datetime | None = None
    priority: int = 0
    max_attempts: int = 8
    dedupe_key: str | None = None
    lane: str | None = None
    request_id: str = ""


class JobQueue(Protocol):
    """Port: enqueue within the transaction of the caller.

    Contract: after a rollback the job does not exist; after a commit it will be done although no worker runs now
    and although a worker dies half-way; workers learn of it within 0.5 s. Never raises for a duplicate `dedupe_key`
    and never waits for another transaction: a waiting job that starts no later and is no less urgent stands, and
    cannot start before the caller's transaction has ended.
    """

    @abstractmethod
    async def enqueue(self, job: Job) -> UUID | None:
        """Write the job; returns its id, or None if an equal one already waits."""
        ...
