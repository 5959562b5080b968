"""Refusing every change of data for as long as somebody looks through another person's eyes."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_only: ContextVar[bool] = ContextVar("reading_only", default=False)


def is_reading_only() -> bool:
    """Whether what runs here may change nothing. Databases ask it at the beginning of every transaction."""
    return _only.get()


@contextmanager
def reading_only() -> Iterator[None]:
    """Everything within, and every task begun within, may read only."""
    token = _only.set(True)
    try:
        yield
    finally:
        _only.reset(token)
