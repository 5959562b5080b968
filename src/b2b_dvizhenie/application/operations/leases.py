"""A worker's hold on jobs."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct


class ClaimedJob(Struct, frozen=True):
    """A job this worker holds. `attempt` (from 1) is also the fence: a later claim has a higher one."""

    job_id: UUID
    name: str
    payload: dict[str, Any]
    attempt: int
    max_attempts: int
    lane: str | None
    request_id: str
    ready_at: datetime


class WorkerBeat(Struct, frozen=True):
    """What a worker says of itself with each heartbeat."""

    transport: str
    version: str
    running: int


class JobLeases(Protocol):
    """Port: one worker's hold on jobs.

    Contract: a job is held by at most one worker at a time for as long as its lease is renewed; a lease that is not
    renewed ends by itself and the job can be claimed again. Of one lane at most one job is held, always the oldest.
    Of waiting jobs with an equal dedupe key one is claimed and the others, which its run serves, are gone. What is
    done with a job whose lease was lost in the meantime changes nothing and answers False. Time is the database's,
    so that workers on several machines agree. Any method may raise DomainError of kind `unavailable`.
    """

    @abstractmethod
    async def claim(self, limit: int) -> list[ClaimedJob]:
        """Up to `limit` ready jobs, the most urgent first."""
        ...

    @abstractmethod
    async def claim_one(self, job_id: UUID) -> ClaimedJob | None:
        """This job if it is ready; None if it is done, dead, held, delayed or not the first of its lane."""
        ...

    @abstractmethod
    async def renew(self, held: Sequence[ClaimedJob], beat: WorkerBeat) -> set[UUID]:
        """Prolong the leases and say that the worker lives; the ids that are still held."""
        ...

    @abstractmethod
    async def complete(self, job: ClaimedJob) -> bool:
        """The job is done and leaves the table."""
        ...

    @abstractmethod
    async def postpone(self, job: ClaimedJob, delay: timedelta, error: str) -> bool:
        """Free the job to be claimed again after the delay."""
        ...

    @abstractmethod
    async def bury(self, job: ClaimedJob, error: str) -> bool:
        """The job is dead until somebody retries or discards it."""
        ...

    @abstractmethod
    async def hand_back(self, job: ClaimedJob) -> bool:
        """Free an unfinished job at once; the attempt does not count."""
        ...
