"""Servers under measurement: the product by its own command, and an empty Litestar beside it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psutil


def free_port() -> int:
    """A port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running server: its port, and what its processes cost."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.port = port
        self._processes = psutil.Process(process.pid)

    def _all(self) -> list[psutil.Process]:
        return [self._processes, *self._processes.children(recursive=True)]

    def memory_mib(self) -> float:
        """Resident memory of the server's processes."""
        return sum(one.memory_info().rss for one in self._all()) / 2**20

    def cpu_seconds(self) -> float:
        """CPU time of the server's processes so far."""
        return sum(sum(one.cpu_times()[:2]) for one in self._all())


@contextmanager
def serving(
    command: list[str], port: int, environment: dict[str, str], probe: str = "/health/live"
) -> Iterator[Server]:
    """Run a server until the block ends; waits until it answers."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{probe}", timeout=1)
                break
            except OSError:
                if process.poll() is not None:
                    raise RuntimeError(f"{command} ended with {process.returncode}") from None
                time.sleep(0.1)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(20)


def product(url: str, data_dir: str) -> tuple[list[str], int, dict[str, str]]:
    """The product's web process over a database, logs off."""
    port = free_port()
    environment = {"B2B_DATABASE_URL": url, "B2B_DATA_DIR": data_dir, "B2B__LOG__LEVEL": "warning"}
    return [sys.executable, "-m", "b2b_dvizhenie", "serve", "--port", str(port)], port, environment


def empty_litestar() -> tuple[list[str], int, dict[str, str]]:
    """The bare limit: one handler that answers a constant."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "bench.empty:app",
        "--port",
        str(port),
        "--log-level",
        "warning",
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--no-access-log",
    ]
    return command, port, {}
