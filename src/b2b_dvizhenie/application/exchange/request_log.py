"""The log of the protocol: what was asked and the first line of our answer, kept 30 days for the monitor."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from b2b_dvizhenie.application.exchange.sessions import ExchangeSession
from b2b_dvizhenie.domain.shared.ids import NodeId

_LINE = 500


class AnsweredRequest(Struct, frozen=True):
    """One request of the protocol and how it was answered. `profile` is the client as recognised so far.

    `node_id` is who sent it where there is no session: requests of the gateway stand alone.
    """

    at: datetime
    kind: str
    mode: str
    filename: str
    address: str
    status: int
    answer: str
    milliseconds: int
    bytes_in: int = 0
    session: ExchangeSession | None = None
    profile: str = ""
    node_id: NodeId | None = None


class RequestLog(Protocol):
    """Port: append to the log and mark the session as seen.

    Contract: one round trip; the log is for people, so losing a line must never fail a request that was served.
    """

    @abstractmethod
    async def write(self, request: AnsweredRequest) -> None:
        """Append; may raise when the database is away."""
        ...


STRANGERS_PER_MINUTE = 120
"""Lines a minute that requests without a session get: enough to see who knocks, too few to fill a disk."""


class RecordRequest:
    """Leave a line in the log. One per process: it counts the lines of strangers."""

    def __init__(self, request_log: RequestLog) -> None:
        self._request_log = request_log
        self._minute: datetime | None = None
        self._strangers = 0

    async def __call__(self, request: AnsweredRequest) -> bool:
        """Append; False when strangers have used up their lines of this minute.

        May raise when the database is away, which must not fail the request.
        """
        if request.session is None and request.node_id is None and not self._takes_stranger(request.at):
            return False
        await self._request_log.write(request)
        return True

    def _takes_stranger(self, at: datetime) -> bool:
        minute = at.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._strangers = minute, 0
        self._strangers += 1
        return self._strangers <= STRANGERS_PER_MINUTE


def log_line(text: str, limit: int = _LINE) -> str:
    """One printable line of bounded length: what strangers send is data, not layout, and PostgreSQL takes no NUL."""
    return "".join(char if char.isprintable() else " " for char in text[:limit]).strip()
