"""A worker in this process: jobs reach their handlers, failures are judged, a stop loses nothing."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace
from worker_probes import Probe, put, rows, until, until_empty, worker

from b2b_dvizhenie.adapters.postgres.leases import PostgresJobLeases
from b2b_dvizhenie.application.shared.jobs import Job
from b2b_dvizhenie.entrypoints.container import Container, build, running
from b2b_dvizhenie.entrypoints.settings import Settings
from b2b_dvizhenie.entrypoints.worker.working import work

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


@pytest.fixture
async def container(database_url: str, app_settings: Settings) -> AsyncIterator[Container]:
    jobs = replace(app_settings.jobs, lease_seconds=2, stop_seconds=1, concurrency=2, scheduler=False)
    async with running(build(replace(app_settings, jobs=jobs), database_url)) as one:
        yield one


async def test_job_enqueued_while_nobody_works_is_done_later(container: Container) -> None:
    probe = Probe()
    await put(container, Job(name="note", payload={"n": 1}, request_id="req-7"))
    async with worker(container, probe):
        name, payload, job, bound = await asyncio.wait_for(probe.calls.get(), 5)
        assert (name, payload, job.attempt, job.request_id) == ("note", {"n": 1}, 1, "req-7")
        assert bound["request_id"] == "req-7"
        assert bound["job"] == "note"
        await until_empty(container)


async def test_sleeping_worker_is_woken_by_the_commit(container: Container) -> None:
    probe = Probe()
    settings = container.settings()
    slow_poll = replace(settings, jobs=replace(settings.jobs, poll_seconds=30))
    async with running(build(slow_poll, container.database_url())) as other, worker(other, probe):
        delays = []
        for _ in range(5):
            await asyncio.sleep(0.2)  # it has found nothing and sleeps
            committed = time.monotonic()
            await put(container, Job(name="note"))
            await asyncio.wait_for(probe.calls.get(), 5)
            delays.append(probe.at[-1] - committed)
    assert max(delays) < 0.5


async def test_worker_polls_when_nobody_calls(container: Container) -> None:
    probe = Probe()
    async with worker(container, probe):
        await asyncio.sleep(0.2)
        async with container.database().reading() as connection:  # no NOTIFY
            await connection.execute(
                "INSERT INTO job (job_id, name, payload, run_at, created_at)"
                " VALUES (gen_random_uuid(), 'note', '{}', now(), now())"
            )
        await asyncio.wait_for(probe.calls.get(), 3)


@pytest.mark.parametrize(
    ("name", "dead", "error"),
    [
        ("away", False, "shared.database_unavailable"),
        ("gone", True, "shared.not_found"),
        ("bug", False, "RuntimeError: secret"),
    ],
)
async def test_failures_are_judged(container: Container, name: str, dead: bool, error: str) -> None:
    probe = Probe()
    await put(container, Job(name=name))
    async with worker(container, probe):
        await asyncio.wait_for(probe.calls.get(), 5)

        async def judged() -> bool:
            return (await rows(container))[0][3] != ""

        await until(judged)
        assert await rows(container) == [(name, 1, dead, error)]


async def test_last_attempt_ends_in_the_dead_letters(container: Container) -> None:
    probe = Probe()
    await put(container, Job(name="bug", max_attempts=1))
    await put(container, Job(name="nobody knows it", max_attempts=1))
    async with worker(container, probe):

        async def all_dead() -> bool:
            return all(row[2] for row in await rows(container))

        await until(all_dead)
        assert await rows(container) == [
            ("bug", 1, True, "RuntimeError: secret"),
            ("nobody knows it", 1, True, "operations.unknown_job (name='nobody knows it')"),
        ]


async def test_no_more_at_once_than_the_settings_allow(container: Container) -> None:
    probe = Probe()
    for _ in range(5):
        await put(container, Job(name="hold"))
    async with worker(container, probe):
        await asyncio.wait_for(probe.calls.get(), 5)
        await asyncio.wait_for(probe.calls.get(), 5)
        await asyncio.sleep(0.3)
        assert probe.calls.empty()
        assert await rows(container, "count(*) FILTER (WHERE leased_by IS NOT NULL)") == [(2,)]
        probe.gate.set()
        for _ in range(3):
            await asyncio.wait_for(probe.calls.get(), 5)
        await until_empty(container)


async def test_job_longer_than_its_lease_is_not_run_twice(container: Container) -> None:
    probe = Probe()
    await put(container, Job(name="hold"))
    async with worker(container, probe), worker(container, probe):
        await asyncio.wait_for(probe.calls.get(), 5)
        await asyncio.sleep(3)  # the lease is two seconds
        assert probe.calls.empty()
        probe.gate.set()
        await until_empty(container)


async def test_work_stops_when_the_lease_is_lost(container: Container) -> None:
    probe = Probe()
    await put(container, Job(name="hold"))
    async with worker(container, probe):
        await asyncio.wait_for(probe.calls.get(), 5)
        async with container.database().reading() as connection:
            await connection.execute("UPDATE job SET leased_by = 'another', attempts = attempts + 1")
        await asyncio.wait_for(probe.stopped.wait(), 3)
        assert await rows(container, "leased_by, attempts") == [("another", 2)]


async def test_stopping_worker_finishes_what_it_can(container: Container) -> None:
    probe = Probe()
    await put(container, Job(name="hold"))
    async with worker(container, probe) as stop:
        await asyncio.wait_for(probe.calls.get(), 5)
        stop.set()
        await asyncio.sleep(0.2)
        probe.gate.set()
    assert await rows(container) == []
    assert probe.cancelled == 0


async def test_stopping_worker_hands_back_what_it_cannot_finish(container: Container) -> None:
    probe = Probe()
    for _ in range(3):
        await put(container, Job(name="hold"))
    async with worker(container, probe) as stop:
        await asyncio.wait_for(probe.calls.get(), 5)
        await asyncio.wait_for(probe.calls.get(), 5)
        stop.set()
    assert probe.cancelled == 2
    assert await rows(container, "attempts, leased_by, leased_until") == [(0, None, None)] * 3


async def test_worker_is_known_while_it_lives(container: Container) -> None:
    async def known() -> list[Any]:
        async with container.database().reading() as connection:
            return await (await connection.execute("SELECT transport FROM worker")).fetchall()

    async with worker(container, Probe()):
        assert await known() == [("postgres",)]
    assert await known() == []


async def test_worker_that_cannot_renew_its_leases_ends(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in the heartbeat must not leave a worker behind that works without leases."""

    async def broken(*_: object) -> None:
        raise LookupError("bug")

    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(work(container, stop=stop, handlers=Probe().handlers(), ready=ready.set))
    await asyncio.wait_for(ready.wait(), 5)
    monkeypatch.setattr(PostgresJobLeases, "renew", broken)
    with pytest.raises(LookupError):
        await asyncio.wait_for(task, 10)
