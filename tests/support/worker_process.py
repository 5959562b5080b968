"""A worker process with handlers that leave traces in the table `trace`; it can be sabotaged."""

import asyncio
import os
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

from msgspec.structs import replace

from b2b_dvizhenie.adapters.postgres.leases import PostgresJobLeases
from b2b_dvizhenie.application.operations import ClaimedJob
from b2b_dvizhenie.entrypoints.container import Container, build, running
from b2b_dvizhenie.entrypoints.settings import Settings
from b2b_dvizhenie.entrypoints.worker.handlers import RunningJob
from b2b_dvizhenie.entrypoints.worker.working import work


async def trace(container: Container, job: RunningJob, phase: str) -> None:
    async with container.database().reading() as connection:
        await connection.execute(
            "INSERT INTO trace (job_id, phase, pid) VALUES (%s, %s, %s)", (job.job_id, phase, os.getpid())
        )


async def slow(container: Container, payload: dict[str, Any], job: RunningJob) -> None:
    await trace(container, job, "begun")
    await asyncio.sleep(payload["seconds"])
    await trace(container, job, "done")


def sabotage() -> None:
    """Delete a job before it is executed, as queues do that acknowledge on receipt."""
    honest = PostgresJobLeases.claim

    async def claim(self: PostgresJobLeases, limit: int) -> Sequence[ClaimedJob]:
        jobs = await honest(self, limit)
        for job in jobs:
            await self.complete(job)
        return jobs

    PostgresJobLeases.claim = claim  # type: ignore[method-assign,assignment]


async def _work(line: Connection, url: str, data_dir: str, lease: int) -> None:
    settings = Settings(data_dir=data_dir)
    settings = replace(settings, jobs=replace(settings.jobs, lease_seconds=lease, stop_seconds=1, scheduler=False))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with running(build(settings, url)) as container:
        await work(container, stop=stop, handlers={"slow": slow}, ready=lambda: line.send("ready"))


def main(line: Connection, url: str, data_dir: str, lease: int, delete_first: bool = False) -> None:
    if delete_first:
        sabotage()
    asyncio.run(_work(line, url, data_dir, lease))
