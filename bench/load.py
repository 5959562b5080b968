"""A closed-loop HTTP load in a process of its own: N connections, each sends the next request when the last answered.

It speaks just enough HTTP/1.1 (keep-alive, Content-Length) over asyncio streams to cost far less than what it measures.
"""

import asyncio
import itertools
import multiprocessing
import time
from collections.abc import Sequence
from statistics import quantiles

from msgspec import Struct


class Request(Struct, frozen=True):
    """One request of a script, without its host."""

    method: str
    path: str
    headers: dict[str, str] = {}
    body: bytes = b""

    def encode(self, host: str) -> bytes:
        """The bytes on the wire."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body


class Load(Struct, frozen=True):
    """What came of it. Times in milliseconds; `errors` counts answers that were not 2xx."""

    requests: int
    errors: int
    seconds: float
    per_second: float
    p50: float
    p95: float
    bytes: int


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, raw: bytes) -> tuple[int, int]:
    writer.write(raw)
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    at = lower.find(b"content-length:")
    if at >= 0:
        length = int(lower[at + 15 : lower.index(b"\r\n", at)])
        await reader.readexactly(length)
        return status, length
    length = 0
    if b"transfer-encoding: chunked" in lower:
        while size := int((await reader.readline()).strip() or b"0", 16):
            await reader.readexactly(size + 2)
            length += size
        await reader.readline()
    return status, length


async def _drive(port: int, script: Sequence[bytes], connections: int, seconds: float) -> Load:
    turn = itertools.cycle(script)
    times: list[float] = []
    errors = received = 0
    end = 0.0

    async def one() -> None:
        nonlocal errors, received
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=8 * 1024 * 1024)
        while time.perf_counter() < end:
            started = time.perf_counter()
            status, length = await _exchange(reader, writer, next(turn))
            times.append(time.perf_counter() - started)
            received += length
            errors += not 200 <= status < 300
        writer.close()

    started = time.perf_counter()
    end = started + seconds
    await asyncio.gather(*(one() for _ in range(connections)))
    elapsed = time.perf_counter() - started
    cuts = quantiles(times if len(times) > 1 else times * 2, n=100)  # every connection ends the request it has begun
    return Load(
        requests=len(times),
        errors=errors,
        seconds=round(elapsed, 2),
        per_second=round(len(times) / elapsed, 1),
        p50=round(cuts[49] * 1000, 2),
        p95=round(cuts[94] * 1000, 2),
        bytes=received // max(1, len(times)),
    )


def _child(
    pipe: "multiprocessing.connection.Connection", port: int, script: list[bytes], connections: int, seconds: float
) -> None:
    pipe.send(asyncio.run(_drive(port, script, connections, seconds)))
    pipe.close()


def load(port: int, script: Sequence[Request], *, connections: int, seconds: float) -> Load:
    """Play a script in a circle against 127.0.0.1:port for some seconds, from a process of its own."""
    raw = [request.encode(f"127.0.0.1:{port}") for request in script]
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_child, args=(theirs, port, raw, connections, seconds))
    process.start()
    result: Load = ours.recv()
    process.join()
    return result
