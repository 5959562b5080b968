"""From the job table to a message broker: sends the ids of ready jobs, and again those nobody took."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import structlog

from b2b_dvizhenie.adapters.postgres.calls import JobCalls
from b2b_dvizhenie.adapters.postgres.leases import PostgresJobLeases
from b2b_dvizhenie.domain.shared.errors import DomainError

log = structlog.get_logger("jobs")

WINDOW = 1000
"""At most this many ids are under way, so that urgent jobs do not stand behind a long queue in the broker."""

_BATCH = 100
_SEND_SECONDS = 5.0
_REFUSALS = 3


class TransportFailed(Exception):
    """The broker refuses jobs again and again: its client must be built anew, with whatever it declares there."""


class Relay:
    """Sends job ids. Every worker has one; `SKIP LOCKED` keeps them from sending the same job.

    Args:
        leases: tells what is to be sent.
        calls: wakes the relay when a job is committed.
        send: gives an id to the broker; may raise anything.
        resend: an id that was not taken for so long is sent again. The broker may have lost it.
        poll: seconds between two looks while nobody calls.
    """

    def __init__(
        self,
        leases: PostgresJobLeases,
        calls: JobCalls,
        send: Callable[[UUID], Awaitable[None]],
        *,
        resend: timedelta,
        poll: float,
    ) -> None:
        self._leases = leases
        self._calls = calls
        self._send = send
        self._resend = resend
        self._poll = poll

    async def run(self) -> None:
        """Send for ever; raises TransportFailed when the broker refuses several times in a row."""
        refusals = 0
        while refusals < _REFUSALS:
            self._calls.clear()
            try:
                sent, refused = await self._send_ready()
            except DomainError as error:
                log.warning("jobs cannot be read for sending", error=str(error))
                sent, refused = 0, False
            refusals = refusals + 1 if refused else 0
            if refused:
                await asyncio.sleep(self._poll)
            elif not sent:
                await self._calls.wait(self._poll)
        raise TransportFailed("the transport does not take jobs")

    async def _send_ready(self) -> tuple[int, bool]:
        """How many went out, and whether the broker refused one."""
        room = WINDOW - await self._leases.in_transit(self._resend)
        ids = await self._leases.unsent(min(room, _BATCH), self._resend) if room > 0 else []
        for number, job_id in enumerate(ids):
            try:
                async with asyncio.timeout(_SEND_SECONDS):
                    await self._send(job_id)
            except Exception as error:  # noqa: BLE001 - each broker's client has errors of its own
                reason = error.__cause__ or error
                log.warning("the transport does not take jobs", error=str(reason) or type(reason).__name__)
                await self._leases.not_sent(ids[number:])
                return number, True
        return len(ids), False
