"""Processes of the product for tests: started, waited for, killed by id; nothing is left behind."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import psutil
import pytest

PRELOADED = [
    "commands",
    "b2b_dvizhenie.entrypoints.http.serving",
    "b2b_dvizhenie.entrypoints.worker.working",
    "gateway_process",
    "import_process",
    "order_process",
    "portal_process",
    "web_process",
    "worker_process",
    "warmth",
]


class Process:
    """A running child with its output, read as it comes."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.lines: list[str] = []
        self.child = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **environment},
            cwd=folder,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.child.stdout is not None
        for line in self.child.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    @property
    def pid(self) -> int:
        return self.child.pid

    def wait_for(self, words: str, seconds: float = 20) -> str:
        """The first line with these words."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for line in list(self.lines):
                if words in line:
                    return line
            if self.child.poll() is not None:
                self._reader.join(2)
                if words in self.output:
                    continue
                raise AssertionError(f"ended with {self.child.returncode} before {words!r}:\n{self.output}")
            time.sleep(0.02)
        raise AssertionError(f"no {words!r} in {seconds} s:\n{self.output}")

    def signal(self, number: signal.Signals) -> None:
        self.child.send_signal(number)

    def ended(self, seconds: float = 20) -> int:
        """Wait for the end; the exit code."""
        code = self.child.wait(seconds)
        self._reader.join(2)
        return code

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.pid).children(recursive=True)


@contextmanager
def started(command: list[str], folder: Path, **environment: str) -> Iterator[Process]:
    """A process and, at the end, nothing of it."""
    process = Process(command, environment, folder)
    try:
        yield process
    finally:
        left = []
        if process.child.poll() is None:
            left = [*process.children(), psutil.Process(process.pid)]
        for one in left:
            try:
                one.kill()
            except psutil.NoSuchProcess:
                continue
        process.child.wait(10)
        if process.child.stdout is not None:
            process._reader.join(5)
            process.child.stdout.close()


def b2b(*arguments: str) -> list[str]:
    """The command line of `b2b`."""
    return [sys.executable, "-m", "b2b_dvizhenie", *arguments]


@cache
def _context() -> multiprocessing.context.ForkServerContext:
    """The fork server, started where it finds what it is to load.

    Before Python 3.13 it does not get the path of its parent, and what it cannot import it passes over in silence.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)
        forkserver.ensure_running()
    return context


class Fork:
    """A child forked from a server that has the product's modules loaded already: starts in a moment, dies as any."""

    def __init__(self, target: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        context = _context()
        self._line, theirs = context.Pipe(duplex=False)
        self.child = context.Process(target=target, args=(theirs, *arguments), daemon=True)
        self.child.start()
        theirs.close()

    def ready(self, seconds: float = 30) -> Any:
        """What the child says when it is ready."""
        if not self._line.poll(seconds):
            raise AssertionError(f"not ready in {seconds} s")
        return self._line.recv()

    def kill(self) -> None:
        """kill -9, and wait for the end."""
        self.child.kill()
        self.child.join(10)

    def terminate(self, seconds: float) -> int | None:
        """SIGTERM; the exit code, None if it did not end."""
        self.child.terminate()
        self.child.join(seconds)
        return self.child.exitcode

    def close(self) -> None:
        self.kill()
        self._line.close()


@contextmanager
def forked(target: Callable[..., None], *arguments: Any) -> Iterator[Fork]:
    """A forked child and, at the end, nothing of it."""
    one = Fork(target, arguments)
    try:
        yield one
    finally:
        one.close()


def until(reached: Callable[[], bool], seconds: float, what: str = "it") -> None:
    """Wait for something outside of this process."""
    end = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen in {seconds} s")
        time.sleep(0.02)
