"""The one place that knows every layer: which adapter serves which port, which use case gets which port.

Sync providers only: building the container does no I/O. `running` opens and closes what has a life. The providers of
each context stand in its part (`entrypoints/parts`).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dependency_injector import providers

from b2b_dvizhenie.entrypoints.parts.base import utc_now
from b2b_dvizhenie.entrypoints.parts.exchange import Exchange
from b2b_dvizhenie.entrypoints.settings import Settings

__all__ = ["Container", "build", "running", "utc_now"]


class Container(Exchange):
    """Everything a process can use. Names of use cases are the names handlers ask for."""


def build(settings: Settings, database_url: str) -> Container:
    """The container of a process. Builds every singleton, so that a wrong setting fails here and not at first use."""
    container = Container(settings=settings, database_url=database_url)
    for provider in container.providers.values():
        if isinstance(provider, providers.Singleton):
            provider()
    return container


@asynccontextmanager
async def running(container: Container) -> AsyncIterator[Container]:
    """The container with its pools open."""
    database = container.database()
    await database.open()
    try:
        yield container
    finally:
        await database.close()
