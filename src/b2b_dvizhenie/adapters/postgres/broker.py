"""PostgreSQL as taskiq's transport: the job table is listened to directly, nothing is carried anywhere."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from uuid import UUID

import structlog
from taskiq import AckableMessage, AsyncBroker, BrokerMessage
from taskiq.message import TaskiqMessage

from b2b_dvizhenie.adapters.postgres.calls import JobCalls
from b2b_dvizhenie.adapters.postgres.database import DatabaseUnavailable
from b2b_dvizhenie.application.operations import ClaimedJob

log = structlog.get_logger("jobs")


class PostgresBroker(AsyncBroker):
    """Claims ready jobs and yields their ids as messages for one taskiq task.

    NOTIFY wakes a sleeping worker within milliseconds of a commit; the poll finds what needs no commit to become
    ready: delayed jobs, retries, ended leases. A message needs no acknowledgement: the lease is the claim.

    Args:
        calls: listened to for wake-ups.
        claim: takes as many jobs as the worker has hands free and keeps their leases alive.
        task_name: the taskiq task that runs a job by its id.
        poll: seconds between two looks while nobody calls.
    """

    def __init__(
        self,
        calls: JobCalls,
        claim: Callable[[], Awaitable[Sequence[ClaimedJob]]],
        *,
        task_name: str,
        poll: float,
    ) -> None:
        super().__init__()
        self._calls = calls
        self._claim = claim
        self._task_name = task_name
        self._poll = poll

    async def startup(self) -> None:
        """Begin to listen for wake-ups."""
        await super().startup()
        self._calls.start()

    async def shutdown(self) -> None:
        """Stop listening."""
        await self._calls.stop()
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
            self._calls.clear()
            try:
                claimed = await self._claim()
            except DatabaseUnavailable as error:
                log.warning("jobs cannot be claimed", error=str(error))
                claimed = []
            for job in claimed:
                yield AckableMessage(data=self.message(job.job_id), ack=_nothing)
            if not claimed:
                await self._calls.wait(self._poll)


async def _nothing() -> None:
    """Acknowledge nothing."""
