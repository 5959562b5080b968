"""Two cores for one import: while PostgreSQL merges a chunk of rows, the next chunk is being read and prepared."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar

Answer = TypeVar("Answer")


class Conveyor:
    """Runs tasks one after another on a thread of its own, in the order they were put on.

    Leaving the block waits for the task that runs; with an exception it drops those that wait.

    Args:
        depth: tasks that may wait; whoever puts on one more waits, so that memory stays bounded.
    """

    def __init__(self, depth: int = 2) -> None:
        self._depth = depth
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")
        self._waiting: deque[Future[Any]] = deque()

    def put(self, task: Callable[[], Any]) -> None:
        """Put a task on; raises what an earlier one raised."""
        self._waiting.append(self._thread.submit(task))
        while len(self._waiting) > self._depth:
            self._waiting.popleft().result()
        if self._waiting[0].done():
            self._waiting.popleft().result()

    def ask(self, task: Callable[[], Answer]) -> Answer:
        """Run a task after all that were put on before, and wait for its answer."""
        self.drain()
        return self._thread.submit(task).result()

    def drain(self) -> None:
        """Wait for every task; raises what the first one that failed raised."""
        while self._waiting:
            self._waiting.popleft().result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(wait=True, cancel_futures=error is not None)
