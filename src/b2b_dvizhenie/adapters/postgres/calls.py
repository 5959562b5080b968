"""Being called by NOTIFY: whoever waits for jobs sleeps here."""

import asyncio
from contextlib import suppress

import structlog
from psycopg import AsyncConnection, OperationalError

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.jobs import CHANNEL

log = structlog.get_logger("jobs")

_RECONNECT = 1.0


class JobCalls:
    """Listens on a connection of its own and opens it again when it breaks.

    Usage: `clear()`, look for jobs, `wait(…)`: a call that comes in between is not missed.
    """

    def __init__(self, database: Database, queue: str = "default") -> None:
        self._dsn = database.sqlalchemy_url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._queue = queue
        self._called = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._listener = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Stop listening."""
        while self._listener is not None and not self._listener.done():
            self._listener.cancel()  # again and again: Python 3.11 may lose a cancellation that meets a result
            await asyncio.wait({self._listener}, timeout=0.2)

    def clear(self) -> None:
        """Forget the calls so far."""
        self._called.clear()

    async def wait(self, seconds: float) -> None:
        """Until somebody calls, or so many seconds have passed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._called.wait()

    async def _listen(self) -> None:
        while True:
            try:
                async with await AsyncConnection.connect(
                    self._dsn, autocommit=True, application_name="b2b worker listen"
                ) as connection:
                    await connection.execute("LISTEN " + CHANNEL)
                    self._called.set()  # something may have been committed while nobody listened
                    async for notice in connection.notifies():
                        if notice.payload == self._queue:
                            self._called.set()
            except OperationalError as error:
                log.warning("not listening for jobs, polling only", error=str(error))
            await asyncio.sleep(_RECONNECT)
