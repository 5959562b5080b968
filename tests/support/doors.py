"""Asking the application directly, as a server would: nothing between the test and the bytes of the answer."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Litestar
from msgspec import Struct


class Asked(Struct, frozen=True):
    """A request: the path with its query, headers, the body."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __str__(self) -> str:
        body = f" {self.body[:200].decode(errors='replace')}" if self.body else ""
        return f"{self.method} {self.path}{body}"


class Answered(Struct, frozen=True):
    """All that a caller can see of an answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """A header, or "" where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    def json(self) -> Any:
        """The body as JSON."""
        return msgspec.json.decode(self.body)


async def ask(app: Litestar, asked: Asked) -> Answered:
    """Send one request and collect the whole answer."""
    url = urlsplit(asked.path)
    headers = [(b"host", b"testserver.local"), *((k.lower().encode(), v.encode()) for k, v in asked.headers)]
    if asked.body:
        headers.append((b"content-length", str(len(asked.body)).encode()))
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": url.path,
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 40000),
        "server": ("testserver.local", 80),
        "state": {},
    }
    bodies = [{"type": "http.request", "body": asked.body, "more_body": False}]
    status, told, parts = 0, (), []

    async def receive() -> dict[str, Any]:
        return bodies.pop() if bodies else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal status, told
        if message["type"] == "http.response.start":
            status = message["status"]
            told = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in message["headers"])
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(scope, receive, send)  # type: ignore[arg-type]
    return Answered(status, told, b"".join(parts))


def as_json(value: Any, headers: Mapping[str, str] | None = None) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """Headers and bytes of a JSON body."""
    return (*(headers or {}).items(), ("content-type", "application/json")), msgspec.json.encode(value)
