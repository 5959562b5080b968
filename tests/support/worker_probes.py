"""What the worker's tests share: a worker in this process and handlers that tell what they were called with."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog

from b2b_dvizhenie.adapters.postgres.database import DatabaseUnavailable
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.shared.jobs import Job
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.entrypoints.container import Container, utc_now
from b2b_dvizhenie.entrypoints.worker.handlers import Handler, RunningJob
from b2b_dvizhenie.entrypoints.worker.working import work


class Probe:
    """Handlers that tell what they were called with."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[tuple[str, dict[str, Any], RunningJob, dict[str, Any]]] = asyncio.Queue()
        self.at: list[float] = []
        self.gate = asyncio.Event()
        self.cancelled = 0
        self.stopped = asyncio.Event()

    def handlers(self) -> Mapping[str, Handler]:
        async def note(_: Container, payload: dict[str, Any], job: RunningJob) -> None:
            self.at.append(time.monotonic())
            self.calls.put_nowait(("note", payload, job, dict(structlog.contextvars.get_contextvars())))

        async def away(container: Container, payload: dict[str, Any], job: RunningJob) -> None:
            await note(container, payload, job)
            raise DatabaseUnavailable

        async def gone(container: Container, payload: dict[str, Any], job: RunningJob) -> None:
            await note(container, payload, job)
            raise NotFound

        async def bug(container: Container, payload: dict[str, Any], job: RunningJob) -> None:
            await note(container, payload, job)
            raise RuntimeError("secret\nsecond line")

        async def hold(container: Container, payload: dict[str, Any], job: RunningJob) -> None:
            await note(container, payload, job)
            try:
                await self.gate.wait()
            except asyncio.CancelledError:
                self.cancelled += 1
                self.stopped.set()
                raise

        return {"note": note, "away": away, "gone": gone, "bug": bug, "hold": hold}


@asynccontextmanager
async def worker(container: Container, probe: Probe) -> AsyncIterator[asyncio.Event]:
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(work(container, stop=stop, handlers=probe.handlers(), ready=ready.set))
    await asyncio.wait_for(ready.wait(), 5)
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def put(container: Container, job: Job) -> None:
    async with Transaction(container.database(), utc_now) as one:
        await one.jobs.enqueue(job)
        await one.commit()


async def rows(container: Container, columns: str = "name, attempts, dead_at IS NOT NULL, last_error") -> list[Any]:
    async with container.database().reading() as connection:
        query = f"SELECT {columns} FROM (SELECT * FROM job ORDER BY sequence) AS job"  # noqa: S608 - columns of this file
        return await (await connection.execute(query)).fetchall()


async def until(reached: Callable[[], Awaitable[bool]], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not await reached():  # noqa: ASYNC110 - what is waited for happens in the database
            await asyncio.sleep(0.02)


async def until_empty(container: Container, seconds: float = 5) -> None:
    async def empty() -> bool:
        return not await rows(container)

    await until(empty, seconds)
