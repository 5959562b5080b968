"""Stopping for certain: before Python 3.12 `asyncio.wait_for` may swallow a cancellation that meets a result.

Drivers use it, so one `cancel()` may be lost and what was cancelled then goes on for ever.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any, TypeVar

Item = TypeVar("Item")

_AGAIN = 0.2
_CLOSING = 2.0


async def cancelled(tasks: Iterable[asyncio.Task[Any]], patience: float) -> None:
    """Cancel the tasks, again and again, until they have ended or `patience` seconds have passed."""
    pending = {task for task in tasks if not task.done()}
    until = time.monotonic() + patience
    while pending and time.monotonic() < until:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_AGAIN)


def stoppable(
    listen: Callable[[], AsyncGenerator[Item, None]], stop: asyncio.Event
) -> Callable[[], AsyncGenerator[Item, None]]:
    """The same listening, but it ends when `stop` is set, whatever becomes of the cancellations on the way."""

    async def listening() -> AsyncGenerator[Item, None]:
        source = listen()
        stopped = asyncio.create_task(stop.wait())
        awaited: list[asyncio.Task[Any]] = [stopped]
        try:
            while True:
                coming = asyncio.ensure_future(anext(source))
                awaited = [stopped, coming]
                await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    return
                try:
                    item = coming.result()
                except StopAsyncIteration:
                    return
                yield item
        finally:
            await cancelled(awaited, _CLOSING)
            if all(task.done() for task in awaited):
                await source.aclose()

    return listening
