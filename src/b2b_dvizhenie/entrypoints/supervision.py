"""Child processes: started, waited for, started again when they crash, stopped together."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import structlog
from msgspec import Struct

from b2b_dvizhenie.entrypoints.control import READY, SAY
from b2b_dvizhenie.entrypoints.starting import ProcessFailed

log = structlog.get_logger("run")

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 30.0
_STEADY = 30.0


class ChildSpec(Struct, frozen=True):
    """A child: its name for logs, the arguments of `b2b`, the descriptors it inherits, added environment."""

    name: str
    arguments: tuple[str, ...]
    descriptors: tuple[int, ...] = ()
    environment: Mapping[str, str] = {}
    told: Callable[[str], None] | None = None
    """Hears what the child is at before it is ready."""


class Supervisor:
    """Keeps children alive until told to stop.

    A child that ends unasked is started again, after a delay that doubles while it does not live for half a minute.
    Children have sessions of their own, so Ctrl-C reaches only this process, which passes it on as SIGTERM.
    """

    def __init__(self) -> None:
        self._stopping = asyncio.Event()
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: list[asyncio.Task[None]] = []

    def pid(self, name: str) -> int | None:
        """Process id of a running child."""
        process = self._running.get(name)
        return None if process is None else process.pid

    async def start(self, specs: Sequence[ChildSpec]) -> None:
        """Start the children and wait until each is ready.

        Raises:
            ProcessFailed: one ended before it was ready; the others are still running and `stop` ends them.
        """
        waiting = []
        for spec in specs:
            ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._keepers.append(asyncio.create_task(self._keep(spec, ready)))
            waiting.append(ready)
        await asyncio.gather(*waiting)

    async def stop(self, patience: float) -> None:
        """SIGTERM for all, SIGKILL after `patience` seconds for who has not ended."""
        self._stopping.set()
        self._signal(signal.SIGTERM)
        if self._keepers:
            _, slow = await asyncio.wait(self._keepers, timeout=patience)
            if slow:
                log.warning("killing what does not stop", processes=list(self._running))
                self._signal(signal.SIGKILL)
                await asyncio.wait(slow)

    def _signal(self, number: signal.Signals) -> None:
        for process in list(self._running.values()):
            with suppress(ProcessLookupError):  # it ended this very moment
                process.send_signal(number)

    async def _keep(self, spec: ChildSpec, ready: asyncio.Future[None]) -> None:
        delay = _FIRST_DELAY
        while not self._stopping.is_set():
            began = time.monotonic()
            code = await self._run(spec, ready)
            if not ready.done():
                ready.set_exception(ProcessFailed(process=spec.name, status=code))
                return
            if self._stopping.is_set():
                return
            lived = time.monotonic() - began
            delay = _FIRST_DELAY if lived > _STEADY else min(delay * 2, _LONGEST_DELAY)
            log.error("process ended, starting it again", process=spec.name, exit_code=code, in_seconds=delay)
            try:
                async with asyncio.timeout(delay):
                    await self._stopping.wait()
            except TimeoutError:
                continue

    async def _run(self, spec: ChildSpec, ready: asyncio.Future[None]) -> int:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "b2b_dvizhenie", *spec.arguments, "--control-fd", str(theirs.fileno()),
                    stdin=asyncio.subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(), *spec.descriptors),
                    start_new_session=True,
                    env={**os.environ, **spec.environment},
                )  # fmt: skip
            self._running[spec.name] = process
            if self._stopping.is_set():  # it was not there yet when the others were told
                process.terminate()
            listening = asyncio.create_task(self._hear(ours, spec, ready))
            try:
                return await process.wait()
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)
                del self._running[spec.name]

    async def _hear(self, line: socket.socket, spec: ChildSpec, ready: asyncio.Future[None]) -> None:
        line.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=line.dup())
        try:
            while words := (await reader.readline()).rstrip(b"\n"):
                if words == READY and not ready.done():
                    ready.set_result(None)
                elif words.startswith(SAY) and spec.told is not None and not ready.done():
                    spec.told(words.removeprefix(SAY).decode("utf-8", "replace"))
        finally:
            writer.close()
