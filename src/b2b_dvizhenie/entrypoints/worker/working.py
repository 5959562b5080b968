"""A worker process: takes jobs until told to stop, then finishes or hands back what it holds."""

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import structlog
from taskiq import AckableMessage, AsyncBroker
from taskiq.acks import AcknowledgeType
from taskiq.receiver import Receiver
from taskiq.utils import maybe_awaitable

import b2b_dvizhenie
from b2b_dvizhenie.adapters.postgres.calls import JobCalls
from b2b_dvizhenie.adapters.postgres.leases import PostgresJobLeases
from b2b_dvizhenie.application.operations import RunJob
from b2b_dvizhenie.domain.operations import LUCK
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.entrypoints.settings import JobsSettings, Settings
from b2b_dvizhenie.entrypoints.worker.cancelling import cancelled, stoppable
from b2b_dvizhenie.entrypoints.worker.execution import Execution
from b2b_dvizhenie.entrypoints.worker.handlers import HANDLERS, Handler
from b2b_dvizhenie.entrypoints.worker.holding import Holding
from b2b_dvizhenie.entrypoints.worker.relay import Relay, TransportFailed
from b2b_dvizhenie.entrypoints.worker.scheduler import keep_schedules
from b2b_dvizhenie.entrypoints.worker.transport import TASK, make_broker

log = structlog.get_logger("worker")

_SWEEP_SECONDS = 1.0
_HANDING_BACK = 2.0
_CONNECTING = 10.0
_RECONNECT = 1.0


def _new_worker_id() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


async def work(
    container: Container,
    *,
    stop: asyncio.Event,
    handlers: Mapping[str, Handler] = HANDLERS,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Run jobs until `stop` is set.

    Args:
        container: open.
        stop: set by SIGTERM; running jobs then get `jobs.stop_seconds` to finish, the rest are handed back.
        handlers: job name to handler.
        ready: called once the worker is known to the database.

    Raises:
        DatabaseUnavailable: the database does not answer at the start; later the worker waits for it.
        SettingsError: the transport cannot be built.
    """
    settings: Settings = container.settings()
    jobs = settings.jobs
    database = container.database()
    leases = PostgresJobLeases(database, _new_worker_id(), lease=timedelta(seconds=jobs.lease_seconds))
    holding = Holding(
        leases,
        lease_seconds=jobs.lease_seconds,
        capacity=jobs.concurrency,
        transport=jobs.transport,
        version=b2b_dvizhenie.__version__,
    )
    calls = JobCalls(database)
    execution = Execution(container, handlers, holding, leases, RunJob(leases, lambda: secrets.randbelow(LUCK)))
    make_broker(jobs, calls, holding)  # a wrong setting fails here and not in the loop below
    await leases.open()
    companions: list[asyncio.Task[None]] = []
    try:
        await holding.beat()
        companions = [asyncio.create_task(holding.keep()), asyncio.create_task(_sweep(leases))]
        if jobs.scheduler:
            companions.append(asyncio.create_task(keep_schedules(container.fire_schedules())))
        log.info("worker started", worker=leases.worker_id, transport=jobs.transport, concurrency=jobs.concurrency)
        for companion in companions:
            # A worker whose leases are no longer renewed must not go on: it ends, and its supervisor starts another.
            companion.add_done_callback(lambda _: stop.set())
        ready()
        while not stop.is_set():
            broker = make_broker(jobs, calls, holding)
            try:
                await _receive(broker, execution, leases, calls, jobs, stop)
            except Exception as error:  # noqa: BLE001 - each broker's client has errors of its own
                log.warning("the transport failed, trying again", error=str(error) or type(error).__name__)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_RECONNECT):
                        await stop.wait()
        unfinished = holding.working()
        if unfinished:
            log.info("handing back", jobs=len(unfinished))
            await cancelled(unfinished, _HANDING_BACK)
        for companion in companions:
            if companion.done():
                companion.result()  # raises what it ended of
    finally:
        await cancelled(companions, _HANDING_BACK)
        await leases.close()
        log.info("worker stopped", worker=leases.worker_id)


class _Receiver(Receiver):
    """Runs a job also when its message cannot be acknowledged: the line to the broker may have just broken."""

    async def callback(self, message: bytes | AckableMessage, raise_err: bool = False) -> None:
        if isinstance(message, AckableMessage):
            message = AckableMessage(data=message.data, ack=_forgiving(message.ack))
        await super().callback(message, raise_err)


def _forgiving(ack: Callable[[], Awaitable[None] | None]) -> Callable[[], Awaitable[None]]:
    async def forgiving() -> None:
        try:
            await maybe_awaitable(ack())
        except Exception as error:  # noqa: BLE001 - each broker's client has errors of its own
            log.warning("message not acknowledged", error=str(error) or type(error).__name__)

    return forgiving


async def _receive(
    broker: AsyncBroker,
    execution: Execution,
    leases: PostgresJobLeases,
    calls: JobCalls,
    jobs: JobsSettings,
    stop: asyncio.Event,
) -> None:
    """Run what the broker brings until `stop` is set or the broker fails."""

    async def run(job_id: str) -> None:
        await execution(job_id)

    run_task = broker.register_task(run, task_name=TASK)

    async def send(job_id: UUID) -> None:
        await run_task.kicker().with_task_id(str(job_id)).kiq(job_id=str(job_id))

    broker.is_worker_process = True
    receiver = _Receiver(
        broker,
        max_async_tasks=jobs.concurrency,
        # The lease in the table is what protects a job, so a transport may forget the message at once.
        ack_type=AcknowledgeType.WHEN_RECEIVED,
        wait_tasks_timeout=jobs.stop_seconds,
        run_startup=False,
    )
    ended = asyncio.Event()
    broker.listen = stoppable(broker.listen, ended)  # type: ignore[method-assign]
    until = [asyncio.create_task(_pass_on(stop, ended))]
    try:
        async with asyncio.timeout(_CONNECTING):
            await broker.startup()
        if jobs.transport != "postgres":
            calls.start()
            resend = timedelta(seconds=jobs.resend_seconds)
            relay = Relay(leases, calls, send, resend=resend, poll=jobs.poll_seconds)
            until.append(asyncio.create_task(relay.run()))
            until[-1].add_done_callback(lambda _: ended.set())
        await receiver.listen(ended)
        for task in until:
            if task.done():
                task.result()  # raises what the relay ended of
        if not stop.is_set():
            raise TransportFailed("the transport brings no more jobs")
    finally:
        await cancelled(until, _HANDING_BACK)
        await calls.stop()
        with suppress(Exception):  # a broker that is away cannot be left politely
            async with asyncio.timeout(_HANDING_BACK):
                await broker.shutdown()


async def _pass_on(one: asyncio.Event, other: asyncio.Event) -> None:
    await one.wait()
    other.set()


async def _sweep(leases: PostgresJobLeases) -> None:
    """Bury what killed its workers; nothing else would look at it again."""
    while True:
        try:
            buried = await leases.bury_exhausted()
            if buried:
                log.error("jobs buried: their workers died in every attempt", jobs=buried)
        except DomainError as error:
            log.warning("sweep failed", error=str(error))
        await asyncio.sleep(_SWEEP_SECONDS)
