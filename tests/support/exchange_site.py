"""The product behind a real socket, with a worker beside it: what a 1C meets."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import uvicorn
from litestar import Litestar

from b2b_dvizhenie.application.exchange import NodeDraft
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.ids import NodeId
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.entrypoints.starting import bind
from b2b_dvizhenie.entrypoints.worker.working import work
from b2b_dvizhenie.testing.emulator import RULES, Address, Base1C, OneC
from b2b_dvizhenie.testing.wholesaler import Profile

LOGIN, PASSWORD = "onec", "exchange-2026"


class _Server(uvicorn.Server):
    """Leaves the signals of the test's process alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served(app: Litestar) -> AsyncIterator[str]:
    """The HTTP door behind a socket; gives its address without a trailing slash."""
    listener = bind("127.0.0.1", 0)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, 20)


@asynccontextmanager
async def working(container: Container) -> AsyncIterator[None]:
    """A worker that takes the jobs of the container's database."""
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(work(container, stop=stop, ready=ready.set))
    await asyncio.wait_for(ready.wait(), 10)
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


async def make_node(container: Container, login: str = LOGIN, **fields: Any) -> NodeId:
    """An exchange node that may log in with `PASSWORD`."""
    draft = NodeDraft(name=login, login=login, password=PASSWORD, **fields)
    return (await container.create_node()(system_actor("test"), draft)).node_id


def local_clock() -> datetime:
    return datetime(2026, 11, 25, 12)  # noqa: DTZ001 - 1C writes local time without zone


@dataclass
class Site:
    """The product as 1C meets it."""

    url: str
    container: Container
    node_id: NodeId

    def one_c(self, profile: Profile = Profile.UT115, **options: Any) -> OneC:
        address = Address(f"{self.url}/1c_exchange.php", LOGIN, PASSWORD)
        return OneC(address, options.pop("rules", RULES[profile]), Base1C(), local_clock, **options)

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        async with self.container.database().reading() as connection:
            return await (await connection.execute(query.encode(), values)).fetchall()

    async def value(self, query: str, *values: object) -> Any:
        return (await self.rows(query, *values))[0][0]


CLIENTS = ThreadPoolExecutor(64, thread_name_prefix="client")
"""Threads of the other end of the line: the product's own must stay free for the product."""


async def in_thread(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Run blocking work of a client."""
    return await asyncio.get_running_loop().run_in_executor(CLIENTS, partial(function, *arguments, **options))
