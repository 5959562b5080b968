"""The HTTP client of 1C: no cookie jar, no redirects, no compression, headers by naive concatenation."""

import base64
import time
from collections.abc import Iterator
from urllib.parse import quote

import httpx
from msgspec import Struct

from b2b_dvizhenie.testing.emulator.refusal import EmulatorRefused, Reason, Wire

_OK = 200
_UNAUTHORIZED = 401
_PIECE = 10


class Address(Struct, frozen=True):
    """Where the site is and as whom to come."""

    url: str
    login: str
    password: str


class Reply(Struct, frozen=True):
    """A reply that came with status 200 and without compression; what its bytes mean is for others to say."""

    wire: Wire
    body: bytes
    content_type: str
    seconds: float


class Line(Struct):
    """One TCP conversation with the site, with what it has carried so far."""

    address: Address
    client: httpx.Client
    requests: int = 0
    bytes_sent: int = 0
    slowest: float = 0

    def get(self, step: str, query: str, headers: dict[str, str]) -> Reply:
        """GET; `query` is the ready query string."""
        return self._ask(step, "GET", query, headers, None)

    def post(self, step: str, query: str, headers: dict[str, str], body: bytes | Iterator[bytes]) -> Reply:
        """POST; a body of bytes has Content-Length, an iterator goes in chunked transfer encoding."""
        return self._ask(step, "POST", query, headers, body)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def _ask(
        self, step: str, method: str, query: str, headers: dict[str, str], body: bytes | Iterator[bytes] | None
    ) -> Reply:
        url = f"{self.address.url}?{query}"
        request = f"{method} {url}"
        started = time.monotonic()
        self.requests += 1
        try:
            answer = self.client.request(method, url, headers=headers, content=body)
        except httpx.TimeoutException as error:
            raise EmulatorRefused(step, Reason.TIMED_OUT, Wire(request), str(error)) from error
        except (httpx.TransportError, ConnectionError) as error:
            raise EmulatorRefused(step, Reason.NO_CONNECTION, Wire(request), str(error)) from error
        seconds = time.monotonic() - started
        self.slowest = max(self.slowest, seconds)
        self.bytes_sent += len(body) if isinstance(body, bytes) else 0
        content_type = answer.headers.get("content-type", "")
        wire = Wire(request, answer.status_code, content_type, answer.content[:1000])
        if "content-encoding" in answer.headers:
            raise EmulatorRefused(step, Reason.CONTENT_ENCODING, wire, answer.headers["content-encoding"])
        if answer.status_code == _UNAUTHORIZED:
            raise EmulatorRefused(step, Reason.UNAUTHORIZED, wire, answer.headers.get("www-authenticate", ""))
        if answer.status_code != _OK:
            raise EmulatorRefused(step, Reason.HTTP_STATUS, wire, f"status {answer.status_code}")
        return Reply(wire, answer.content, content_type, seconds)


def line(address: Address, timeout: float) -> Line:
    """A line that waits `timeout` seconds for an answer."""
    client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)
    client.headers = httpx.Headers({"User-Agent": "1C+Enterprise/8.3", "Accept": "*/*"})
    del client.headers["accept-encoding"]
    return Line(address, client)


def basic(login: str, password: str) -> str:
    """The Authorization header."""
    return f"Basic {base64.b64encode(f'{login}:{password}'.encode()).decode()}"


def file_query(name: str) -> str:
    """A file name as 1C puts it into the address: slashes stay."""
    return f"filename={quote(name, safe='/')}"


def in_pieces(body: bytes) -> Iterator[bytes]:
    """The body in pieces of a few bytes; only its beginning, then the rest, to keep large files quick."""
    yield from (body[at : at + _PIECE] for at in range(0, min(len(body), 50 * _PIECE), _PIECE))
    if len(body) > 50 * _PIECE:
        yield body[50 * _PIECE :]


def broken_off(body: bytes) -> Iterator[bytes]:
    """Half of the body, then the line goes dead."""
    yield body[: len(body) // 2]
    raise ConnectionAbortedError("the connection was dropped on purpose")
