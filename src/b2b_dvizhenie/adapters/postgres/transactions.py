"""One transaction per use case: explicit commit, rollback otherwise; jobs and audit rows ride along."""

from types import TracebackType
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.audit import PostgresAuditLog
from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.jobs import PostgresJobQueue
from b2b_dvizhenie.application.shared.audit import AuditLog
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.jobs import JobQueue


class Transaction:
    """Base of the units of work: subclasses add their repositories in `bind`.

    Leaving the block without `commit()` rolls everything back: domain rows, audit rows and jobs together.
    """

    connection: AsyncConnection
    jobs: JobQueue
    audit: AuditLog

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def bind(self, connection: AsyncConnection) -> None:
        """Make the repositories of the context over the connection; subclasses extend it."""
        self.connection = connection
        self.jobs = PostgresJobQueue(connection, self._clock)
        self.audit = PostgresAuditLog(connection, self._clock)

    async def __aenter__(self) -> Self:
        connection = await self._database.engine.connect()
        try:
            self.bind(connection)
        except BaseException:
            await connection.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.connection.close()  # rolls back what was not committed

    async def commit(self) -> None:
        """Make everything done in this block durable, at once."""
        await self.connection.commit()
