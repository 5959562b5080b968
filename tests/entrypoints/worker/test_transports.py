"""RabbitMQ and NATS carry job ids; the job table is the truth, so losing the broker loses nothing."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator

import pytest
from message_brokers import Nats, RabbitMq, Server, running_server
from msgspec.structs import replace
from worker_probes import Probe, put, rows, until, until_empty, worker

from b2b_dvizhenie.application.shared.jobs import Job
from b2b_dvizhenie.entrypoints.container import Container, build, running
from b2b_dvizhenie.entrypoints.settings import JobsSettings, Settings, SettingsError
from b2b_dvizhenie.entrypoints.worker.transport import message_broker

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
MANY = 60
"""Jobs in the broker: more than a busy machine lets through to the worker before the broker dies."""


@pytest.fixture(scope="module", params=[Nats, RabbitMq], ids=["nats", "rabbitmq"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    if shutil.which(request.param.needs) is None:
        pytest.skip(f"{request.param.needs} is not installed: this transport is NOT tested here")
    with running_server(request.param) as one:
        yield one


@pytest.fixture
async def container(database_url: str, app_settings: Settings, server: Server) -> AsyncIterator[Container]:
    jobs = replace(
        app_settings.jobs,
        transport="nats" if isinstance(server, Nats) else "rabbitmq",
        url=server.url,
        lease_seconds=2,
        resend_seconds=2,
        stop_seconds=1,
        scheduler=False,
        concurrency=3,
    )
    async with running(build(replace(app_settings, jobs=jobs), database_url)) as one:
        yield one


@pytest.mark.transport
async def test_jobs_travel_and_wake_the_worker(container: Container) -> None:
    probe = Probe()
    await put(container, Job(name="note", payload={"n": 0}))  # before any worker
    async with worker(container, probe):
        assert (await asyncio.wait_for(probe.calls.get(), 10))[1] == {"n": 0}
        loop = asyncio.get_running_loop()
        delays = []
        for n in range(1, 6):
            committed = loop.time()
            await put(container, Job(name="note", payload={"n": n}))
            assert (await asyncio.wait_for(probe.calls.get(), 10))[1] == {"n": n}
            delays.append(loop.time() - committed)
        assert min(delays) < 0.5
        await until_empty(container)


@pytest.mark.transport
async def test_lane_keeps_its_order(container: Container) -> None:
    probe = Probe()
    for n in range(8):
        await put(container, Job(name="note", payload={"n": n}, lane="node"))
    async with worker(container, probe), worker(container, probe):
        await until_empty(container)
    assert [probe.calls.get_nowait()[1]["n"] for _ in range(8)] == list(range(8))


def forgive_torn_lines() -> None:
    """aio-pika reports the torn line as an unhandled error of its own callbacks; everything else still counts."""
    loop = asyncio.get_running_loop()
    strict = loop.get_exception_handler() or asyncio.AbstractEventLoop.default_exception_handler
    loop.set_exception_handler(
        lambda loop, what: None if "closed" in str(what.get("exception")) else strict(loop, what)
    )


async def lose_everything_under_way(container: Container, server: Server, probe: Probe) -> None:
    """Twenty ids lie in the broker when it is killed and its data deleted; one more job comes meanwhile."""
    for _ in range(3):
        await put(container, Job(name="hold"))
    for _ in range(3):
        await asyncio.wait_for(probe.calls.get(), 10)
    for n in range(MANY):  # all hands are full, so these stay in the broker
        await put(container, Job(name="note", payload={"n": n}))

    async def all_sent() -> bool:
        return await rows(container, "count(*) FILTER (WHERE sent_at IS NOT NULL)") == [(MANY,)]

    await until(all_sent)
    server.kill()
    server.forget()
    await put(container, Job(name="note", payload={"n": MANY}))
    probe.gate.set()
    await asyncio.to_thread(server.start)


@pytest.mark.transport
@pytest.mark.slow
async def test_broker_that_dies_and_forgets_loses_nothing(container: Container, server: Server) -> None:
    forgive_torn_lines()
    probe = Probe()
    async with worker(container, probe):
        await lose_everything_under_way(container, server, probe)
        await until_empty(container, 40)
    assert sorted(probe.calls.get_nowait()[1]["n"] for _ in range(MANY + 1)) == list(range(MANY + 1))


@pytest.mark.transport
@pytest.mark.slow
async def test_control_without_sending_again_they_are_lost(container: Container, server: Server) -> None:
    """Sabotage: the sweep is as good as off, so what the broker forgot does not come back."""
    forgive_torn_lines()
    probe = Probe()
    settings = container.settings()
    off = replace(settings, jobs=replace(settings.jobs, resend_seconds=3600))
    async with running(build(off, container.database_url())) as sabotaged, worker(sabotaged, probe):
        await lose_everything_under_way(sabotaged, server, probe)
        async with asyncio.timeout(20):
            while (await probe.calls.get())[1].get("n") != MANY:
                pass  # the first few had reached the worker before the broker died
        await asyncio.sleep(3)  # the broker works again, and nothing else comes
        left = await rows(sabotaged)
    assert left  # how many had reached the worker first depends on how busy the machine is


@pytest.mark.parametrize("transport", ["nats", "rabbitmq"])
def test_transport_without_a_server_is_refused(transport: str) -> None:
    with pytest.raises(SettingsError, match=r"jobs\.url"):
        message_broker(JobsSettings(transport=transport))  # type: ignore[arg-type]
