"""Cancelling for certain: before Python 3.12 `asyncio.wait_for` may swallow a cancellation that meets a result."""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

_AGAIN = 0.2


async def cancelled(tasks: Iterable[asyncio.Task[Any]], patience: float) -> None:
    """Cancel the tasks, again and again, until they have ended or `patience` seconds have passed."""
    pending = {task for task in tasks if not task.done()}
    until = time.monotonic() + patience
    while pending and time.monotonic() < until:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_AGAIN)
