"""What stand-ins for services of others have in common: a real socket on this machine, and answers as bytes."""

import time
from abc import abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

_DRIP = 0.03
"""Seconds between two bytes of what trickles."""


class Handler(BaseHTTPRequestHandler):
    """Answers requests of one simulator, which `server.simulator` is."""

    server: "Server"
    protocol_version = "HTTP/1.1"
    timeout = 10
    media_type = "application/json; charset=utf-8"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""

    def do_GET(self) -> None:
        """Every method is served the same way."""
        self.serve()

    def do_POST(self) -> None:
        """Every method is served the same way."""
        self.serve()

    @abstractmethod
    def serve(self) -> None:
        """Answer one request; `command` is its method."""

    def answer(self, status: int, content: bytes, *, location: str = "", length: int | None = None) -> None:
        """A whole answer, or one that promises another `length` than it has."""
        self.send_response(status)
        self.send_header("Content-Type", self.media_type)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(content)

    def endless(self) -> None:
        """Bytes until the reader has had enough."""
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            for _ in range(10_000):
                self.wfile.write(b" " * 65_536)
        except OSError:
            return

    def trickle(self, content: bytes) -> None:
        """A whole answer, a byte at a time: no single wait is long, all of them together are."""
        self.send_response(200)
        self.send_header("Content-Type", self.media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            for byte in content:
                self.wfile.write(bytes([byte]))
                time.sleep(_DRIP)
        except OSError:
            self.close_connection = True


class Server(ThreadingHTTPServer):
    """Listens on a free port."""

    daemon_threads = True

    def __init__(self, handler: type[Handler], simulator: Any) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.simulator = simulator


class Simulator:
    """Serves while the block runs."""

    handler: type[Handler]

    def __init__(self) -> None:
        self._server = Server(self.handler, self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
