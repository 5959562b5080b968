"""What every hold on jobs does (port `application.operations.JobLeases`)."""

from abc import ABC, abstractmethod
from datetime import timedelta
from uuid import UUID

import pytest

from b2b_dvizhenie.application.operations import JobLeases, WorkerBeat
from b2b_dvizhenie.application.shared.jobs import Job

BEAT = WorkerBeat("test", "0", 0)
LEASE = timedelta(minutes=1)
PAST_LEASE = timedelta(seconds=70)
LONG = timedelta(hours=1)


@pytest.mark.anyio
class JobLeasesContract(ABC):
    """Subclass and implement `put`, `worker` and `wait`."""

    @abstractmethod
    async def put(self, *jobs: Job) -> list[UUID | None]:
        """Enqueue the jobs in one transaction and commit it; their ids, None for those merged with a waiting one."""

    @abstractmethod
    async def worker(self, lease: timedelta = LONG) -> JobLeases:
        """The hold of one more worker on the same queue."""

    @abstractmethod
    async def wait(self, span: timedelta) -> None:
        """Let time pass for the queue (by its clock; nobody has to sleep)."""

    async def test_a_job_is_held_once_and_leaves_when_done(self) -> None:
        """What the job carries reaches the worker; nobody else can have it meanwhile."""
        first, second = await self.worker(), await self.worker()
        (job_id,) = await self.put(Job(name="probe", payload={"n": 1}, request_id="r-1"))
        (job,) = await first.claim(10)
        assert (job.job_id, job.name, job.payload, job.attempt, job.request_id) == (job_id, "probe", {"n": 1}, 1, "r-1")
        assert await second.claim(10) == []
        assert await second.claim_one(job.job_id) is None
        assert await first.complete(job)
        assert not await first.complete(job)
        assert await second.claim(10) == []

    async def test_the_limit_and_the_urgency_decide(self) -> None:
        """The most urgent first, then the oldest."""
        leases = await self.worker()
        old, urgent, new = await self.put(Job(name="a"), Job(name="b", priority=5), Job(name="c"))
        assert [job.job_id for job in await leases.claim(2)] == [urgent, old]
        assert [job.job_id for job in await leases.claim(2)] == [new]

    async def test_one_job_can_be_asked_for(self) -> None:
        """By its id, if it is ready."""
        leases = await self.worker()
        _, second = await self.put(Job(name="a"), Job(name="b"))
        assert second is not None
        job = await leases.claim_one(second)
        assert job is not None
        assert job.name == "b"
        assert await leases.claim_one(UUID(int=7)) is None

    async def test_an_ended_lease_comes_back_and_fences_out_its_holder(self) -> None:
        """Whatever the first holder does later changes nothing."""
        dead, alive = await self.worker(LEASE), await self.worker()
        await self.put(Job(name="probe"))
        (lost,) = await dead.claim(1)
        assert await alive.claim(1) == []
        await self.wait(PAST_LEASE)
        (again,) = await alive.claim(1)
        assert (again.job_id, again.attempt) == (lost.job_id, 2)
        assert await dead.renew([lost], BEAT) == set()
        assert not await dead.complete(lost)
        assert not await dead.postpone(lost, timedelta(0), "x")
        assert not await dead.bury(lost, "x")
        assert not await dead.hand_back(lost)
        assert await alive.complete(again)

    async def test_a_worker_is_fenced_from_its_own_earlier_claim(self) -> None:
        """The attempt is part of the hold."""
        leases = await self.worker(LEASE)
        await self.put(Job(name="probe"))
        (first,) = await leases.claim(1)
        await self.wait(PAST_LEASE)
        (second,) = await leases.claim(1)
        assert await leases.renew([first], BEAT) == set()
        assert await leases.renew([second], BEAT) == {second.job_id}
        assert not await leases.complete(first)

    async def test_a_renewed_lease_lasts(self) -> None:
        """As long as its holder says so."""
        holder, other = await self.worker(LEASE), await self.worker()
        await self.put(Job(name="probe"))
        (job,) = await holder.claim(1)
        for _ in range(4):
            await self.wait(LEASE / 2)
            assert await holder.renew([job], BEAT) == {job.job_id}
            assert await other.claim(1) == []

    async def test_a_postponed_job_waits_and_a_buried_one_stays(self) -> None:
        """Attempts are counted over the waits."""
        leases = await self.worker()
        await self.put(Job(name="probe"))
        (job,) = await leases.claim(1)
        assert await leases.postpone(job, LEASE, "1C is away")
        assert await leases.claim(1) == []
        await self.wait(PAST_LEASE)
        (again,) = await leases.claim(1)
        assert again.attempt == 2
        assert await leases.bury(again, "given up")
        await self.wait(PAST_LEASE)
        assert await leases.claim(1) == []
        assert await leases.claim_one(job.job_id) is None

    async def test_a_job_handed_back_is_free_at_once_and_lost_no_attempt(self) -> None:
        """As if it had never been claimed."""
        leases, other = await self.worker(), await self.worker()
        await self.put(Job(name="probe"))
        (job,) = await leases.claim(1)
        assert await leases.hand_back(job)
        (again,) = await other.claim(1)
        assert again.attempt == 1

    async def test_no_more_attempts_than_allowed(self) -> None:
        """A job whose workers die is not given out for ever."""
        leases = await self.worker(LEASE)
        await self.put(Job(name="probe", max_attempts=2))
        for _ in range(2):
            assert len(await leases.claim(1)) == 1
            await self.wait(PAST_LEASE)
        assert await leases.claim(1) == []

    async def test_a_lane_is_walked_one_by_one_in_order(self) -> None:
        """Whatever the priorities; other lanes do not wait."""
        one, two = await self.worker(), await self.worker()
        ids = await self.put(*[Job(name="probe", lane="node-1", priority=n) for n in range(4)])
        (other,) = await self.put(Job(name="probe", lane="node-2"))
        done: list[UUID | None] = []
        claimed = await one.claim(10)
        assert {job.job_id for job in claimed} == {ids[0], other}
        while claimed:
            assert await two.claim(10) == []
            for job in claimed:
                done.append(job.job_id)
                await one.complete(job)
            claimed = await one.claim(10)
        assert [job_id for job_id in done if job_id in ids] == ids

    async def test_a_waiting_retry_holds_its_lane_and_a_dead_job_frees_it(self) -> None:
        """Order comes before speed."""
        leases = await self.worker()
        first, second = await self.put(Job(name="a", lane="l"), Job(name="b", lane="l"))
        (job,) = await leases.claim(10)
        assert job.job_id == first
        await leases.postpone(job, LEASE, "x")
        assert await leases.claim(10) == []
        assert second is not None
        assert await leases.claim_one(second) is None
        await self.wait(PAST_LEASE)
        (job,) = await leases.claim(10)
        assert job.job_id == first
        await leases.bury(job, "x")
        assert [job.job_id for job in await leases.claim(10)] == [second]

    async def test_an_ended_lease_keeps_its_lane(self) -> None:
        """The job that was running comes first again."""
        dead, alive = await self.worker(LEASE), await self.worker()
        first, _ = await self.put(Job(name="a", lane="l"), Job(name="b", lane="l"))
        await dead.claim(1)
        assert await alive.claim(10) == []
        await self.wait(PAST_LEASE)
        assert [job.job_id for job in await alive.claim(10)] == [first]

    async def test_equal_jobs_that_wait_are_one(self) -> None:
        """A running one is not equal: it may have read already what the newcomer changed."""
        leases = await self.worker()
        first, merged = await self.put(Job(name="a", dedupe_key="k"), Job(name="a", dedupe_key="k"))
        assert first is not None
        assert merged is None
        (job,) = await leases.claim(10)
        assert job.job_id == first
        (newer,) = await self.put(Job(name="a", dedupe_key="k"))
        assert newer is not None

    async def test_a_failed_job_returns_beside_a_newer_equal_one(self) -> None:
        """Its next run starts after the newer one was asked for, and so serves both."""
        leases = await self.worker()
        await self.put(Job(name="a", dedupe_key="k"))
        (job,) = await leases.claim(10)
        await self.put(Job(name="a", dedupe_key="k"))
        assert await leases.postpone(job, timedelta(0), "x")
        (again,) = await leases.claim(10)
        assert again.job_id == job.job_id
        assert await leases.complete(again)
        assert await leases.claim(10) == []
