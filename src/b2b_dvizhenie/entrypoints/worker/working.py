"""A worker process: takes jobs until told to stop, then finishes or hands back what it holds."""

import asyncio
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog
from taskiq.acks import AcknowledgeType
from taskiq.receiver import Receiver

import b2b_dvizhenie
from b2b_dvizhenie.adapters.postgres.leases import PostgresJobLeases
from b2b_dvizhenie.application.operations import RunJob
from b2b_dvizhenie.domain.operations import LUCK
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.entrypoints.settings import Settings
from b2b_dvizhenie.entrypoints.worker.cancelling import cancelled
from b2b_dvizhenie.entrypoints.worker.execution import Execution
from b2b_dvizhenie.entrypoints.worker.handlers import HANDLERS, Handler
from b2b_dvizhenie.entrypoints.worker.holding import Holding
from b2b_dvizhenie.entrypoints.worker.transport import TASK, make_broker

log = structlog.get_logger("worker")

_SWEEP_SECONDS = 1.0
_HANDING_BACK = 2.0


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
        ready: called once jobs are being taken.
    """
    settings: Settings = container.settings()
    jobs = settings.jobs
    leases = PostgresJobLeases(container.database(), _new_worker_id(), lease=timedelta(seconds=jobs.lease_seconds))
    holding = Holding(
        leases,
        lease_seconds=jobs.lease_seconds,
        capacity=jobs.concurrency,
        transport=jobs.transport,
        version=b2b_dvizhenie.__version__,
    )
    broker = make_broker(jobs, leases, holding)
    run_job = RunJob(leases, lambda: secrets.randbelow(LUCK))
    execution = Execution(container, handlers, holding, leases, run_job)

    async def run(job_id: str) -> None:
        await execution(job_id)

    broker.register_task(run, task_name=TASK)
    broker.is_worker_process = True
    await leases.open()
    companions = []
    try:
        await holding.beat()
        companions = [asyncio.create_task(holding.keep()), asyncio.create_task(_sweep(leases))]
        receiver = Receiver(
            broker,
            max_async_tasks=jobs.concurrency,
            # The lease in the table is what protects a job, so a transport may forget the message at once.
            ack_type=AcknowledgeType.WHEN_RECEIVED,
            wait_tasks_timeout=jobs.stop_seconds,
            run_startup=False,
        )
        await broker.startup()
        try:
            log.info("worker started", worker=leases.worker_id, transport=jobs.transport, concurrency=jobs.concurrency)
            ready()
            await receiver.listen(stop)
        finally:
            unfinished = holding.working()
            if unfinished:
                log.info("handing back", jobs=len(unfinished))
                await cancelled(unfinished, _HANDING_BACK)
            await broker.shutdown()
    finally:
        await cancelled(companions, _HANDING_BACK)
        await leases.close()
        log.info("worker stopped", worker=leases.worker_id)


async def _sweep(leases: PostgresJobLeases) -> None:
    while True:
        try:
            buried = await leases.bury_exhausted()
            if buried:
                log.error("jobs buried: their workers died in every attempt", jobs=buried)
        except DomainError as error:
            log.warning("sweep failed", error=str(error))
        await asyncio.sleep(_SWEEP_SECONDS)
