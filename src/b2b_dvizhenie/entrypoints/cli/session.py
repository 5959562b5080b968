"""What nearly every command needs: settings, an open database, a container."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from b2b_dvizhenie.entrypoints.container import Container, build, running
from b2b_dvizhenie.entrypoints.logging import configure_logging
from b2b_dvizhenie.entrypoints.opening import opened_database
from b2b_dvizhenie.entrypoints.settings import load_settings

Result = TypeVar("Result")


@asynccontextmanager
async def open_container(url: str) -> AsyncIterator[Container]:
    """A container over a database that is already open."""
    async with running(build(load_settings(), url)) as container:
        yield container


def with_container(work: Callable[[Container], Awaitable[Result]]) -> Result:
    """Run async work with a container over the configured database."""
    settings = load_settings()
    configure_logging(settings.log)

    async def inside(url: str) -> Result:
        async with running(build(settings, url)) as container:
            return await work(container)

    with opened_database(settings) as url:
        return asyncio.run(inside(url))
