"""Settings, the clock, the database and stores that every context shares."""

from datetime import UTC, datetime

from dependency_injector import containers, providers

from b2b_dvizhenie.adapters.files import LocalFiles
from b2b_dvizhenie.adapters.passwords import Argon2Passwords
from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.sealing import InstallationSealer
from b2b_dvizhenie.entrypoints.settings import Settings


def utc_now() -> datetime:
    """The current moment, aware, in UTC. The one place of the product that asks the machine for the time."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock everybody else is given


class Base(containers.DeclarativeContainer):
    """Settings, the clock, the database and stores that every context shares."""

    settings = providers.Dependency(instance_of=Settings)
    database_url = providers.Dependency(instance_of=str)
    clock = providers.Object(utc_now)

    database = providers.Singleton(Database, database_url, pool_size=settings.provided.database.pool_size)
    passwords = providers.Singleton(Argon2Passwords)
    sealer = providers.Singleton(InstallationSealer, settings.provided.data, settings.provided.security.key)
    files = providers.Singleton(LocalFiles, settings.provided.data)
