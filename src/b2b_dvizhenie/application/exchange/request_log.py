"""The log of the protocol: what was asked and the first line of our answer, kept 30 days for the monitor."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from b2b_dvizhenie.application.exchange.sessions import ExchangeSession

_LINE = 500


class AnsweredRequest(Struct, frozen=True):
    """One request of the protocol and how it was answered. `profile` is the client as recognised so far."""

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


class RequestLog(Protocol):
    """Port: append to the log and mark the session as seen.

    Contract: one round trip; the log is for people, so losing a line must never fail a request that was served.
    """

    @abstractmethod
    async def write(self, request: AnsweredRequest) -> None:
        """Append; may raise when the database is away."""
        ...


class RecordRequest:
    """Leave a line in the log."""

    def __init__(self, request_log: RequestLog) -> None:
        self._request_log = request_log

    async def __call__(self, request: AnsweredRequest) -> None:
        """Append; may raise when the database is away, which must not fail the request."""
        await self._request_log.write(request)


def log_line(text: str, limit: int = _LINE) -> str:
    """One printable line of bounded length: what strangers send is data, not layout, and PostgreSQL takes no NUL."""
    return "".join(char if char.isprintable() else " " for char in text[:limit]).strip()
