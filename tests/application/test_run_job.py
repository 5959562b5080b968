"""Running one claimed job: what comes of it is recorded, whatever the handler does."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from b2b_dvizhenie.adapters.postgres.database import DatabaseUnavailable
from b2b_dvizhenie.application.operations import ClaimedJob, Ending, RunJob
from b2b_dvizhenie.application.shared.jobs import Job
from b2b_dvizhenie.domain.operations import back_off
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.testing.twins import JobsInMemory
from b2b_dvizhenie.testing.twins.job_leases import LeasesInMemory

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LEASE = timedelta(minutes=1)


class Queue:
    """One job, claimed, in a queue whose time is ours."""

    def __init__(self) -> None:
        self.moment = NOON
        self.jobs = JobsInMemory(lambda: self.moment)
        self.leases = self.jobs.worker("w", LEASE)
        self.errors: list[Exception] = []

    async def claimed(self, **fields: object) -> ClaimedJob:
        await self.jobs.enqueue(Job(name="probe", **fields))  # type: ignore[arg-type]
        (job,) = await self.leases.claim(1)
        return job

    async def run(self, job: ClaimedJob, work: Callable[[], Awaitable[None]]) -> Ending:
        return await RunJob(self.leases, lambda: 0)(job, work, self.errors.append)


async def fine() -> None:
    return


def failing(error: Exception) -> Callable[[], Awaitable[None]]:
    async def fail() -> None:
        raise error

    return fail


async def test_done_leaves_the_queue() -> None:
    queue = Queue()
    assert await queue.run(await queue.claimed(), fine) is Ending.DONE
    assert queue.jobs.waiting == []


@pytest.mark.parametrize("error", [DatabaseUnavailable(), RuntimeError("bug")], ids=["away", "bug"])
async def test_what_may_pass_is_tried_again_after_the_back_off(error: Exception) -> None:
    queue = Queue()
    assert await queue.run(await queue.claimed(), failing(error)) is Ending.RETRIED
    assert queue.errors == [error]
    queue.moment = NOON + back_off(1, 0) - timedelta(milliseconds=1)
    assert await queue.leases.claim(1) == []
    queue.moment = NOON + back_off(1, 0)
    assert [job.attempt for job in await queue.leases.claim(1)] == [2]


async def test_what_cannot_pass_is_buried() -> None:
    queue = Queue()
    assert await queue.run(await queue.claimed(), failing(NotFound("order_id"))) is Ending.BURIED
    assert len(queue.jobs.waiting) == 1
    queue.moment = NOON + timedelta(days=1)
    assert await queue.leases.claim(1) == []


async def test_last_attempt_is_buried() -> None:
    queue = Queue()
    assert await queue.run(await queue.claimed(max_attempts=1), failing(DatabaseUnavailable())) is Ending.BURIED


@pytest.mark.parametrize(
    "work", [fine, failing(DatabaseUnavailable()), failing(NotFound())], ids=["done", "retried", "buried"]
)
async def test_verdict_of_a_lost_lease_does_not_count(work: Callable[[], Awaitable[None]]) -> None:
    queue = Queue()
    job = await queue.claimed()
    queue.moment = NOON + LEASE
    (again,) = await queue.jobs.worker("other", LEASE).claim(1)
    assert await queue.run(job, work) is Ending.LOST
    assert again.attempt == 2
    assert len(queue.jobs.waiting) == 1


async def test_cancelled_job_is_still_held_for_the_caller_to_hand_back() -> None:
    queue = Queue()
    job = await queue.claimed()
    running = asyncio.create_task(queue.run(job, lambda: asyncio.sleep(60)))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await queue.leases.hand_back(job)


class Stammering(LeasesInMemory):
    """Does not answer the first time."""

    answered = False

    async def complete(self, job: ClaimedJob) -> bool:
        if not self.answered:
            self.answered = True
            raise DatabaseUnavailable
        return await super().complete(job)


async def test_outcome_is_offered_until_the_database_takes_it() -> None:
    queue = Queue()
    queue.leases = Stammering(queue.jobs, "w", LEASE)
    assert await queue.run(await queue.claimed(), fine) is Ending.DONE
    assert queue.jobs.waiting == []
