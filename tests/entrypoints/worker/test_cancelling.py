"""Stopping for certain, although a cancellation may be swallowed on the way."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from b2b_dvizhenie.entrypoints.worker.cancelling import cancelled, stoppable

pytestmark = pytest.mark.anyio


class Deaf:
    """Hears only the second cancellation, as `asyncio.wait_for` of Python 3.11 may make a driver."""

    def __init__(self) -> None:
        self.heard = 0
        self.closed = False

    async def wait(self) -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                self.heard += 1
                if self.heard > 1:
                    raise

    async def listen(self) -> AsyncGenerator[int, None]:
        try:
            yield 1
            yield 2
            await self.wait()
        finally:
            self.closed = True


async def test_a_deaf_task_ends() -> None:
    task = asyncio.create_task(Deaf().wait())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await cancelled([task], 4)
    assert task.cancelled()


async def test_control_one_cancellation_is_not_enough() -> None:
    task = asyncio.create_task(Deaf().wait())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task}, timeout=0.3)
    assert not task.done()
    await cancelled([task], 4)


async def test_patience_has_an_end() -> None:
    async def stubborn() -> None:
        while asyncio.get_running_loop().time() < until:
            try:
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                continue

    until = asyncio.get_running_loop().time() + 1.5
    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await cancelled([task], 0.5)
    assert not task.done()
    await task


async def test_listening_stops_although_its_source_is_deaf() -> None:
    source, stop = Deaf(), asyncio.Event()
    heard = []
    async with asyncio.timeout(5):
        async for item in stoppable(source.listen, stop)():
            heard.append(item)
            if item == 2:
                asyncio.get_running_loop().call_later(0.1, stop.set)
    assert heard == [1, 2]
    assert source.closed


async def test_listening_ends_with_its_source() -> None:
    async def short() -> AsyncGenerator[int, None]:
        yield 1

    async with asyncio.timeout(5):
        assert [item async for item in stoppable(short, asyncio.Event())()] == [1]


async def test_what_the_source_raises_comes_through() -> None:
    async def broken() -> AsyncGenerator[int, None]:
        yield 1
        raise ConnectionError

    with pytest.raises(ConnectionError):
        async for _ in stoppable(broken, asyncio.Event())():
            pass
