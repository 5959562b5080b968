"""1C on one side, the product behind a real socket with its worker on the other."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from exchange_site import Site, make_node, served, working
from litestar import Litestar
from msgspec.structs import replace

from b2b_dvizhenie.entrypoints.container import Container, build, running
from b2b_dvizhenie.entrypoints.settings import Settings
from b2b_dvizhenie.testing.wholesaler import Manifest, Profile, Wholesaler, write_catalog


@pytest.fixture
def exchange_settings() -> dict[str, Any]:
    """What a test changes of the settings of the exchange."""
    return {}


@pytest.fixture
async def container(
    database_url: str, app_settings: Settings, exchange_settings: dict[str, Any]
) -> AsyncIterator[Container]:
    changed = replace(app_settings, exchange=replace(app_settings.exchange, **exchange_settings))
    async with running(build(changed, database_url)) as one:
        yield one


@pytest.fixture
async def idle_site(app: Litestar, container: Container) -> AsyncIterator[Site]:
    """The door alone: jobs wait."""
    node_id = await make_node(container)
    async with served(app) as url:
        yield Site(url, container, node_id)


@pytest.fixture
async def site(idle_site: Site) -> AsyncIterator[Site]:
    """The door and a worker."""
    async with working(idle_site.container):
        yield idle_site


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Profile], tuple[Path, Manifest]]:
    """A full export of 120 goods in portions of 50, per family; made once."""
    made: dict[Profile, tuple[Path, Manifest]] = {}

    def export(profile: Profile) -> tuple[Path, Manifest]:
        if profile not in made:
            folder = tmp_path_factory.mktemp(f"export-{profile}")
            made[profile] = folder, write_catalog(Wholesaler(120), folder, portion=50, profile=profile)
        return made[profile]

    return export
