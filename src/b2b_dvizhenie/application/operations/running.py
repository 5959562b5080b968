"""Running one claimed job to its end."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum

from b2b_dvizhenie.application.operations.leases import ClaimedJob, JobLeases
from b2b_dvizhenie.domain.operations import Bury, Retry, after_failure
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind

MAX_ERROR = 500


class UnknownJob(DomainError):
    """This version has no handler for the job; a newer worker may have one, so it is tried again."""

    code = "operations.unknown_job"
    kind = Kind.UNAVAILABLE


class Ending(StrEnum):
    """How a run ended. `LOST`: somebody else holds the job now, so this run's verdict did not count."""

    DONE = "done"
    RETRIED = "retried"
    BURIED = "buried"
    LOST = "lost"


def told(error: Exception) -> str:
    """The error in one line, as it is kept with the job; the trace is in the log."""
    text = str(error).strip() or repr(error)
    line = text.splitlines()[0]
    return (line if isinstance(error, DomainError) else f"{type(error).__name__}: {line}")[:MAX_ERROR]


class RunJob:
    """Do the work of a claimed job and record what came of it."""

    def __init__(self, leases: JobLeases, luck: Callable[[], int]) -> None:
        self._leases = leases
        self._luck = luck

    async def __call__(
        self, job: ClaimedJob, work: Callable[[], Awaitable[None]], on_error: Callable[[Exception], None]
    ) -> Ending:
        """Run the work; a failure is decided by `domain.operations.after_failure` and never raised.

        While the database does not answer, the outcome is offered again and again: whoever keeps the lease cancels
        this call when the lease can no longer be proved. Cancellation passes through; the job is then still held.
        """
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - a handler may raise anything; the verdict is recorded below
            on_error(error)
            kind = error.kind if isinstance(error, DomainError) else None
            match after_failure(kind, job.attempt, job.max_attempts, self._luck()):
                case Retry(delay):
                    reason = told(error)
                    return await _recorded(lambda: self._leases.postpone(job, delay, reason), Ending.RETRIED)
                case Bury():
                    reason = told(error)
                    return await _recorded(lambda: self._leases.bury(job, reason), Ending.BURIED)
        return await _recorded(lambda: self._leases.complete(job), Ending.DONE)


async def _recorded(record: Callable[[], Awaitable[bool]], ending: Ending) -> Ending:
    while True:
        try:
            return ending if await record() else Ending.LOST
        except DomainError as error:
            if error.kind is not Kind.UNAVAILABLE:
                raise
            await asyncio.sleep(1)
