"""The product's web process for kills while orders are posted; it can be sabotaged."""

import asyncio
from multiprocessing.connection import Connection
from typing import Any, Self
from uuid import UUID

from msgspec.structs import replace

from b2b_dvizhenie.adapters.postgres.ordering import PostgresOrderingTransaction
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.shared.jobs import Job
from b2b_dvizhenie.entrypoints.http import serving
from b2b_dvizhenie.entrypoints.settings import Settings
from b2b_dvizhenie.entrypoints.starting import bind

ROOM = 0.05
"""Seconds between two commits, in which a kill may fall."""


class TornTransaction(PostgresOrderingTransaction):
    """Sabotage: what is to be told is written in a second transaction, after the order was committed."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.later: list[Job] = []
        queue = self

        class Later:
            async def enqueue(self, job: Job) -> UUID | None:
                queue.later.append(job)
                return None

        self.jobs: Any = Later()
        return self

    async def commit(self) -> None:
        await super().commit()
        await asyncio.sleep(ROOM)
        async with Transaction(self._database, self._clock) as second:
            for job in self.later:
                await second.jobs.enqueue(job)
            await second.commit()


def main(line: Connection, url: str, data_dir: str, torn: bool = False, live: str = "") -> None:
    if torn:
        from b2b_dvizhenie.entrypoints.container import Container

        Container.ordering_work.set_provides(TornTransaction)
    listener = bind("127.0.0.1", 0)
    settings = Settings(data_dir=data_dir)
    if live:
        told = {"adapter": "http_1c", "http_1c": {"url": live, "login": "portal", "password": "secret"}}
        settings = replace(settings, live_prices=told)
    serving.serve(settings, url, listener, lambda: line.send(listener.getsockname()[1]))
