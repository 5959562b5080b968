"""Opening the database a process works with: the configured server, or a lease on the embedded one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from b2b_dvizhenie.adapters.embedded import Cluster
from b2b_dvizhenie.entrypoints.settings import Settings

DATABASE = "b2b"


def _create_database(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if exists is None:
            try:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
            except psycopg.errors.DuplicateDatabase:
                pass  # another process was faster
            except psycopg.errors.UniqueViolation:
                pass  # likewise, a moment earlier


@contextmanager
def opened_database(settings: Settings, progress: Callable[[str], None] | None = None) -> Iterator[str]:
    """The URL of a database that answers for as long as the block runs.

    Raises:
        EmbeddedError: the embedded database cannot be used.
    """
    if settings.database.url:
        yield settings.database.url
        return
    told = progress or (lambda _: None)
    cluster = Cluster(settings.data / "postgres", source=settings.database.embedded, progress=told)
    with cluster.lease():
        _create_database(cluster)
        yield cluster.url(DATABASE)
