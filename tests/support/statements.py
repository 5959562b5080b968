"""Counting what is sent to the database: a list must cost the same number of statements however long it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import AsyncCursor


@contextmanager
def recorded_statements() -> Iterator[list[str]]:
    """Every statement any asynchronous cursor of this process executes within the block."""
    seen: list[str] = []
    original = AsyncCursor.execute

    async def execute(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        seen.append(str(query))
        return await original(self, query, *args, **kwargs)

    AsyncCursor.execute = execute  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        AsyncCursor.execute = original  # type: ignore[method-assign]
