"""Shared fixtures: one embedded cluster per session, a migrated template, a clean database per test that asks."""

import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from databases import Databases
from hypothesis import HealthCheck, settings
from litestar import Litestar
from litestar.testing import AsyncTestClient
from market import Market
from shop import Shop

from b2b_dvizhenie.adapters.embedded import Cluster
from b2b_dvizhenie.entrypoints.cli.migrate import bring_up_to_date
from b2b_dvizhenie.entrypoints.container import Container, build, running
from b2b_dvizhenie.entrypoints.http.app import create_app
from b2b_dvizhenie.entrypoints.settings import Settings

SHARED = Path(__file__).parents[1].parent / "shared" / "fixtures"

_checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=_checks)
settings.register_profile(
    "ci", max_examples=100, deadline=None, derandomize=True, print_blob=True, suppress_health_check=_checks
)
settings.register_profile("nightly", max_examples=5000, deadline=None, suppress_health_check=_checks)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="also run the long checks")


def pytest_configure(config: pytest.Config) -> None:
    # As the product does where it serves: looking for cycles after every 700 objects took a fifteenth of the time.
    gc.set_threshold(20_000, 20, 50)
    profile = "nightly" if config.getoption("--nightly") else "ci" if os.environ.get("CI") else "dev"
    settings.load_profile(profile)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "nightly" in item.keywords and not config.getoption("--nightly"):
            item.add_marker(pytest.mark.skip(reason="runs with --nightly only"))
        if "shared" in item.keywords and not SHARED.exists():
            item.add_marker(pytest.mark.skip(reason="third-party fixtures are not beside this checkout"))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the third-party fixtures; tests that use it carry the marker `shared`."""
    return SHARED


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A throw-away PostgreSQL for the session (one per test worker)."""
    folder = Path(tempfile.mkdtemp(prefix="b2b-test-"))
    one = Cluster(folder, source=os.environ.get("B2B_EMBEDDED", "auto"), durable=False)
    with one.lease():
        yield one
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """A migrated database that the others are copied from."""
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE b2b_template")
    bring_up_to_date(cluster.url("b2b_template"))
    return "b2b_template"


@pytest.fixture(scope="session")
def databases(cluster: Cluster, template: str) -> Databases:
    """The database of this worker."""
    return Databases(cluster, template)


@pytest.fixture
def database_url(databases: Databases) -> str:
    """A migrated database without a trace of other tests."""
    return databases.clean()


@pytest.fixture
def app_settings(tmp_path: Path) -> Settings:
    """Settings of a product that keeps its files in the test's folder."""
    return Settings(data_dir=str(tmp_path / "var"))


@pytest.fixture
async def container(database_url: str, app_settings: Settings) -> AsyncIterator[Container]:
    """The product's own container, open, over the test's database."""
    async with running(build(app_settings, database_url)) as one:
        yield one


@asynccontextmanager
async def _already_open(container: Container) -> AsyncIterator[Container]:
    yield container


@pytest.fixture(scope="session")
def stage() -> Container:
    """A container for which the container of each test stands in."""
    return build(Settings(), "postgresql:///nowhere")


@pytest.fixture(scope="session")
def application(stage: Container) -> Litestar:
    """The product behind its HTTP door; made once, because registering hundreds of routes takes longer than a test."""
    return create_app(stage, lifespan=_already_open)


@pytest.fixture
def app(stage: Container, application: Litestar, container: Container) -> Iterator[Litestar]:
    """The application over the test's container."""
    stage.override(container)
    yield application
    stage.reset_override()


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[AsyncTestClient]:
    """The product behind its HTTP door, in process."""
    async with AsyncTestClient(app, raise_server_exceptions=False) as one:
        yield one


@pytest.fixture
async def shop(container: Container) -> Shop:
    """A wholesaler without goods yet."""
    return await Shop(container).open()


@pytest.fixture
async def market(container: Container) -> Market:
    """A shop with a seller firm, where people trade."""
    return await Market(container).open()
