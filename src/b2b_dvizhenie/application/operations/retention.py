"""How long rows are kept that serve nobody any more: codes, links, failed logins, ended sessions, messages.

What people did stays: the audit trail, orders and documents are never deleted by age.
"""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from b2b_dvizhenie.application.shared.clock import Clock

FORGET_JOB = "operations.forget"
AT_ONCE = 5_000
"""Rows of one statement: short enough that nobody waits for its locks."""


class Remains(StrEnum):
    """What is kept for a while after it has ended."""

    CHALLENGES = "challenges"  # codes and requests for recovery, from their expiry
    LINKS = "links"  # invitations and recoveries, from their expiry
    ATTEMPTS = "attempts"  # failed logins, from the attempt
    SESSIONS = "sessions"  # from their revocation or expiry
    MESSAGES = "messages"  # from the moment they were sent or given up


KEEP: Mapping[Remains, timedelta] = {
    Remains.CHALLENGES: timedelta(days=2),
    Remains.LINKS: timedelta(days=30),
    Remains.ATTEMPTS: timedelta(days=30),
    Remains.SESSIONS: timedelta(days=90),
    Remains.MESSAGES: timedelta(days=90),
}
"""Longer than any budget looks back (a day), long enough to answer "who tried to log in last week"."""


class Retention(Protocol):
    """Port: the deletion of what has ended long ago."""

    @abstractmethod
    async def forget(self, what: Remains, before: datetime, at_most: int) -> int:
        """Delete rows that ended before the moment, `at_most` of them, durably; how many there were.

        What is still alive or waits is not touched, however old it is.
        """
        ...


class ForgetRemains:
    """Delete what is past its time, a portion after another. Safe to interrupt and to repeat."""

    def __init__(self, retention: Retention, clock: Clock) -> None:
        self._retention = retention
        self._clock = clock

    async def __call__(self) -> dict[Remains, int]:
        """Returns how many rows went, by kind."""
        now = self._clock()
        gone = dict.fromkeys(Remains, 0)
        for what, keep in KEEP.items():
            portion = AT_ONCE
            while portion == AT_ONCE:
                portion = await self._retention.forget(what, now - keep, AT_ONCE)
                gone[what] += portion
        return gone
