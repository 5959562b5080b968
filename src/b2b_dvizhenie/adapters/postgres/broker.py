"""PostgreSQL as taskiq's transport: the job table is listened to directly, nothing is carried anywhere."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from uuid import UUID

import structlog
from psycopg import OperationalError
from taskiq import AckableMessage, AsyncBroker, BrokerMessage
from taskiq.message import TaskiqMessage

from b2b_dvizhenie.adapters.postgres.database import DatabaseUnavailable
from b2b_dvizhenie.adapters.postgres.leases import PostgresJobLeases
from b2b_dvizhenie.application.operations import ClaimedJob

log = structlog.get_logger("jobs")

_RECONNECT = 1.0


class PostgresBroker(AsyncBroker):
    """Claims ready jobs and yields their ids as messages for one taskiq task.

    NOTIFY wakes a sleeping worker within milliseconds of a commit; the poll finds what needs no commit to become
    ready: delayed jobs, retries, ended leases. A message needs no acknowledgement: the lease is the claim.

    Args:
        leases: listened to for wake-ups.
        claim: takes as many jobs as the worker has hands free and keeps their leases alive.
        task_name: the taskiq task that runs a job by its id.
        poll: seconds between two looks while nobody calls.
    """

    def __init__(
        self,
        leases: PostgresJobLeases,
        claim: Callable[[], Awaitable[Sequence[ClaimedJob]]],
        *,
        task_name: str,
        poll: float,
    ) -> None:
        super().__init__()
        self._leases = leases
        self._claim = claim
        self._task_name = task_name
        self._poll = poll
        self._called = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None

    async def startup(self) -> None:
        """Begin to listen for wake-ups where jobs are worked on."""
        await super().startup()
        if self.is_worker_process:
            self._listener = asyncio.create_task(self._be_called())

    async def shutdown(self) -> None:
        """Stop listening."""
        while self._listener is not None and not self._listener.done():
            self._listener.cancel()  # again and again: Python 3.11 may lose a cancellation that meets a result
            await asyncio.wait({self._listener}, timeout=0.2)
        await super().shutdown()

    async def kick(self, message: BrokerMessage) -> None:
        """Nothing has to be carried: whoever wrote the job's row has already called the workers."""

    def message(self, job_id: UUID) -> bytes:
        """The taskiq message that makes a worker run this job."""
        call = TaskiqMessage(
            task_id=str(job_id), task_name=self._task_name, labels={}, args=[], kwargs={"job_id": str(job_id)}
        )
        return self.formatter.dumps(call).message

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        """Yield the ids of claimed jobs for ever."""
        while True:
            self._called.clear()
            try:
                claimed = await self._claim()
            except DatabaseUnavailable as error:
                log.warning("jobs cannot be claimed", error=str(error))
                claimed = []
            for job in claimed:
                yield AckableMessage(data=self.message(job.job_id), ack=_nothing)
            if not claimed:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._called.wait(), self._poll)

    async def _be_called(self) -> None:
        while True:
            try:
                async with self._leases.listening() as connection:
                    self._called.set()  # something may have been committed while nobody listened
                    async for notice in connection.notifies():
                        if notice.payload == self._leases.queue:
                            self._called.set()
            except OperationalError as error:
                log.warning("not listening for jobs, polling only", error=str(error))
            await asyncio.sleep(_RECONNECT)


async def _nothing() -> None:
    """Acknowledge nothing."""
