"""Connections: a SQLAlchemy engine for work that changes things, a bare psycopg pool for the hot reads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from psycopg import AsyncConnection, OperationalError
from psycopg.errors import ReadOnlySqlTransaction
from psycopg.rows import TupleRow
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy import Connection, ExceptionContext, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from b2b_dvizhenie.application.shared.reading import is_reading_only
from b2b_dvizhenie.domain.hierarchy import ViewOnly
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind


class TextUnstorable(DomainError):
    """A text holds what PostgreSQL cannot keep: the sign NUL, or half of a surrogate pair."""

    code = "shared.text_unstorable"


class DatabaseUnavailable(DomainError):
    """The database does not answer."""

    code = "shared.database_unavailable"
    kind = Kind.UNAVAILABLE


def _read_only(connection: Connection) -> None:
    """PostgreSQL itself refuses what would change data while somebody looks through another's eyes."""
    if is_reading_only():
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _told(context: ExceptionContext) -> None:
    if isinstance(context.original_exception, ReadOnlySqlTransaction):
        raise ViewOnly from context.original_exception


async def _configured(connection: AsyncConnection[TupleRow]) -> None:
    set_json_loads(msgspec.json.decode, connection)  # a page of goods holds dozens of small JSON values


async def open_pool(pool: AsyncConnectionPool) -> None:
    """Open a pool; raises DatabaseUnavailable if the server cannot be reached within ten seconds."""
    try:
        await pool.open(wait=True, timeout=10)
    except (PoolTimeout, OperationalError) as error:
        await pool.close()
        raise DatabaseUnavailable(reason=str(error)) from error


class Database:
    """Both pools over one URL. Building it does no I/O; `open` and `close` do.

    Args:
        url: `postgresql://…` as libpq understands it.
        pool_size: connections per pool and process.
        application: name shown in `pg_stat_activity`.
    """

    def __init__(self, url: str, *, pool_size: int = 8, application: str = "b2b") -> None:
        try:
            parsed = make_url(url).set(drivername="postgresql+psycopg")
        except ArgumentError as error:
            raise ValueError("the database URL must look like postgresql://user:password@host:port/name") from error
        self.url = url
        self.sqlalchemy_url = parsed
        self.engine: AsyncEngine = create_async_engine(
            parsed,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=False,
            pool_recycle=1800,
            connect_args={"application_name": application},
        )
        event.listen(self.engine.sync_engine, "begin", _read_only)
        event.listen(self.engine.sync_engine, "handle_error", _told)
        self._pool = AsyncConnectionPool(
            parsed.set(drivername="postgresql").render_as_string(hide_password=False),
            min_size=1,
            max_size=pool_size,
            open=False,
            timeout=5,
            configure=_configured,
            kwargs={"autocommit": True, "application_name": application, "prepare_threshold": 1},
        )

    async def open(self) -> None:
        """Open the pools; raises DatabaseUnavailable if the server cannot be reached within ten seconds."""
        await open_pool(self._pool)

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()
        await self.engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection[TupleRow]]:
        """A bare connection in autocommit for reads; results come binary."""
        try:
            async with self._pool.connection() as connection:
                if not is_reading_only():
                    yield connection
                    return
                async with connection.transaction():
                    await connection.execute("SET TRANSACTION READ ONLY")
                    yield connection
        except ReadOnlySqlTransaction as error:
            raise ViewOnly from error
        except PoolTimeout as error:
            raise DatabaseUnavailable(reason=str(error)) from error
