"""Jobs in PostgreSQL: written with the change that asks for them, held by one worker, never lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from b2b_dvizhenie.adapters.postgres import lease_statements as statements
from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.leases import PostgresJobLeases
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.operations import JobLeases
from b2b_dvizhenie.application.shared.jobs import Job
from b2b_dvizhenie.entrypoints.container import utc_now
from b2b_dvizhenie.testing.contracts import JobLeasesContract
from b2b_dvizhenie.testing.contracts.job_leases import LONG
from b2b_dvizhenie.testing.twins import JobsInMemory

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

LEASE = timedelta(seconds=30)


def now() -> datetime:
    return datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    one = Database(database_url, pool_size=4)
    await one.open()
    yield one
    await one.close()


@pytest.fixture
async def worker(database: Database) -> AsyncIterator[Callable[..., PostgresJobLeases]]:
    """Opens workers' holds; a second call is a second worker."""
    async with AsyncExitStack() as stack:
        made: list[PostgresJobLeases] = []

        async def make(lease: timedelta = LEASE) -> PostgresJobLeases:
            one = PostgresJobLeases(database, f"worker-{len(made)}", lease=lease)
            made.append(one)
            await one.open()
            stack.push_async_callback(one.close)
            return one

        yield make


async def put(database: Database, **fields: object) -> UUID | None:
    async with Transaction(database, now) as work:
        written = await work.jobs.enqueue(Job(name="probe", **fields))  # type: ignore[arg-type]
        await work.commit()
    return written


async def waiting(database: Database) -> int:
    async with database.reading() as connection:
        row = await (await connection.execute("SELECT count(*) FROM job")).fetchone()
    assert row is not None
    return row[0]


class TestPostgres(JobLeasesContract):
    @pytest.fixture(autouse=True)
    def _open(self, database: Database, worker: Callable[..., PostgresJobLeases]) -> None:
        self.database = database
        self.make = worker

    async def put(self, *jobs: Job) -> list[UUID | None]:
        async with Transaction(self.database, now) as work:
            ids = [await work.jobs.enqueue(job) for job in jobs]
            await work.commit()
        return ids

    async def worker(self, lease: timedelta = LONG) -> JobLeases:
        one: PostgresJobLeases = await self.make(lease)
        return one

    async def wait(self, span: timedelta) -> None:
        async with self.database.reading() as connection:
            await connection.execute(
                "UPDATE job SET run_at = run_at - %(span)s, leased_until = leased_until - %(span)s", {"span": span}
            )


class TestTwin(JobLeasesContract):
    @pytest.fixture(autouse=True)
    def _empty(self) -> None:
        self.moment = now()
        self.queue = JobsInMemory(lambda: self.moment)
        self.workers = 0

    async def put(self, *jobs: Job) -> list[UUID | None]:
        return [await self.queue.enqueue(job) for job in jobs]

    async def worker(self, lease: timedelta = LONG) -> JobLeases:
        self.workers += 1
        return self.queue.worker(f"worker-{self.workers}", lease)

    async def wait(self, span: timedelta) -> None:
        self.moment += span


async def test_rolled_back_job_vanishes(database: Database, worker: Callable[..., PostgresJobLeases]) -> None:
    leases = await worker()
    async with Transaction(database, now) as work:
        assert await work.jobs.enqueue(Job(name="probe")) is not None
    assert await waiting(database) == 0
    assert await leases.claim(10) == []


async def test_urgent_first_then_by_age_and_not_before_its_time(
    database: Database, worker: Callable[..., PostgresJobLeases]
) -> None:
    leases = await worker()
    late = await put(database, run_at=utc_now() + timedelta(hours=1))
    old, urgent, new = [await put(database, priority=priority) for priority in (0, 5, 0)]
    assert [job.job_id for job in await leases.claim(10)] == [urgent, old, new]
    assert late is not None
    assert await leases.claim_one(late) is None


async def test_failed_job_waits_and_keeps_its_error(
    database: Database, worker: Callable[..., PostgresJobLeases]
) -> None:
    leases = await worker()
    await put(database)
    (job,) = await leases.claim(1)
    assert await leases.postpone(job, timedelta(milliseconds=100), "1C is away")
    assert await leases.claim(1) == []
    await asyncio.sleep(0.15)
    (again,) = await leases.claim(1)
    assert again.attempt == 2
    assert await leases.bury(again, "given up")
    assert await leases.claim(1) == []
    async with database.reading() as connection:
        row = await (await connection.execute("SELECT dead_at IS NOT NULL, last_error, leased_by FROM job")).fetchone()
    assert row == (True, "given up", None)


async def test_closing_hands_everything_back(database: Database, worker: Callable[..., PostgresJobLeases]) -> None:
    leaving, other = await worker(), await worker()
    for _ in range(3):
        await put(database)
    assert len(await leaving.claim(2)) == 2
    await leaving.close()
    assert [job.attempt for job in await other.claim(10)] == [1, 1, 1]


async def test_job_that_kills_its_workers_is_buried(
    database: Database, worker: Callable[..., PostgresJobLeases]
) -> None:
    leases = await worker(timedelta(milliseconds=30))
    await put(database, max_attempts=2)
    for _ in range(2):
        assert len(await leases.claim(1)) == 1
        assert await leases.bury_exhausted() == 0
        await asyncio.sleep(0.06)
    assert await leases.claim(1) == []
    assert await leases.bury_exhausted() == 1
    async with database.reading() as connection:
        row = await (await connection.execute("SELECT last_error FROM job WHERE dead_at IS NOT NULL")).fetchone()
    assert row == ("the worker died in the last attempt: worker-0",)


class TestLanes:
    async def test_older_job_committed_later_waits_for_the_running_one(
        self, database: Database, worker: Callable[..., PostgresJobLeases]
    ) -> None:
        leases = await worker()
        async with Transaction(database, now) as slow:
            older = await slow.jobs.enqueue(Job(name="probe", lane="l"))
            newer = await put(database, lane="l")
            (running,) = await leases.claim(10)
            assert running.job_id == newer
            await slow.commit()
        assert await leases.claim(10) == []
        await leases.complete(running)
        assert [job.job_id for job in await leases.claim(10)] == [older]

    async def test_database_itself_refuses_two_running_jobs_of_a_lane(
        self, database: Database, worker: Callable[..., PostgresJobLeases]
    ) -> None:
        leases = await worker()
        await put(database, lane="l")
        await put(database, lane="l")
        await leases.claim(10)
        async with database.reading() as connection:
            with pytest.raises(psycopg.errors.UniqueViolation):
                await connection.execute("UPDATE job SET leased_by = 'rogue'")


async def test_long_lane_does_not_slow_the_others_down(
    database: Database, worker: Callable[..., PostgresJobLeases]
) -> None:
    """A claim must find the few free jobs behind ten thousand of one lane without asking ten thousand times."""
    leases = await worker()
    async with database.reading() as connection:
        await connection.execute(
            "INSERT INTO job (job_id, name, payload, run_at, created_at, lane)"
            " SELECT gen_random_uuid(), 'probe', '{}', now(), now(), 'long' FROM generate_series(1, 10000)"
        )
        await connection.execute("ANALYZE job")
    for _ in range(3):
        await put(database)
    explained = "EXPLAIN (ANALYZE, FORMAT JSON) " + statements.CLAIM_ANY
    arguments = {"queue": "default", "limit": 4, "me": "w", "lease": LEASE}
    async with database.engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        plan = (await (await raw.execute(explained, arguments)).fetchone())[0]

    # Looking into the cache ten thousand times is cheap; scanning an index ten thousand times is what must not be.
    def scans(node: dict[str, Any]) -> int:
        own = node["Actual Loops"] if "Scan" in node["Node Type"] else 0
        return max([own, *(scans(child) for child in node.get("Plans", []))])

    assert scans(plan[0]["Plan"]) < 100
    assert len(await leases.claim(10)) == 4


class TestDedupe:
    async def test_earlier_or_more_urgent_one_is_not_held_up(self, database: Database) -> None:
        assert await put(database, dedupe_key="k", run_at=utc_now() + timedelta(hours=1)) is not None
        assert await put(database, dedupe_key="k") is not None
        assert await put(database, dedupe_key="k", priority=1) is not None
        assert await put(database, dedupe_key="k") is None

    async def test_job_cannot_start_before_the_change_it_must_see(
        self, database: Database, worker: Callable[..., PostgresJobLeases]
    ) -> None:
        leases = await worker()
        await put(database, dedupe_key="k")
        async with Transaction(database, now) as changing:
            assert await changing.jobs.enqueue(Job(name="probe", dedupe_key="k")) is None
            assert await leases.claim(10) == []  # it would not see what is not committed
            await changing.commit()
        assert len(await leases.claim(10)) == 1

    async def test_enqueueing_never_waits_for_another_transaction(
        self, database: Database, worker: Callable[..., PostgresJobLeases]
    ) -> None:
        leases = await worker()
        async with Transaction(database, now) as slow, asyncio.timeout(2):
            assert await slow.jobs.enqueue(Job(name="probe", dedupe_key="k")) is not None
            assert await put(database, dedupe_key="k") is not None  # cannot know of the other yet
            await slow.commit()
        assert len(await leases.claim(10)) == 1  # one run serves both
        assert await waiting(database) == 1

    async def test_claim_of_several_keys_merges_each(
        self, database: Database, worker: Callable[..., PostgresJobLeases]
    ) -> None:
        leases = await worker()
        async with AsyncExitStack() as stack:
            slow = [await stack.enter_async_context(Transaction(database, now)) for _ in range(2)]
            for work in slow:
                for key in ("a", "b", "c"):
                    assert await work.jobs.enqueue(Job(name="probe", dedupe_key=key)) is not None
            for work in slow:
                await work.commit()
        assert len(await leases.claim(10)) == 3
        assert await waiting(database) == 3


async def test_many_workers_share_the_jobs_without_loss_or_double(
    database: Database, worker: Callable[..., PostgresJobLeases]
) -> None:
    for _ in range(60):
        await put(database)
    for lane in range(20):
        await put(database, lane=f"lane-{lane % 3}")
    seen: list[UUID] = []

    async def work(leases: PostgresJobLeases) -> None:
        idle = 0
        while idle < 5:
            jobs = await leases.claim(3)
            idle = 0 if jobs else idle + 1
            for job in jobs:
                seen.append(job.job_id)
                assert await leases.complete(job)
            if not jobs:
                await asyncio.sleep(0.02)

    await asyncio.gather(*[work(await worker()) for _ in range(4)])
    assert len(seen) == len(set(seen)) == 80
    assert await waiting(database) == 0
