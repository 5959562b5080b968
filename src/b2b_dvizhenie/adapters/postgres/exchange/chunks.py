"""A chunk of a file: rows as COPY takes them, every good and every offer at most once, so that order is kept."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import TupleRow

Write = Callable[[Connection[TupleRow]], None]
"""Something small that must be written before the rows of a chunk, because they refer to it."""

GOODS_AT_ONCE = 3000
OFFERS_AT_ONCE = 6000
NARROW_AT_ONCE = 20_000

NEW_ID = (
    "(lpad(to_hex(%(milliseconds)s), 12, '0') || '7' || lpad(to_hex({place} >> 12 & 4095), 3, '0') || '8'"
    " || lpad(to_hex({place} & 4095), 3, '0') || substr(md5(random()::text), 1, 12))::uuid"
)
"""A UUIDv7 whose random bits begin with a counter (RFC 9562 §6.2, method 1), so that a set of new rows gets ids in
its own order and indexes grow at one end. Format it with an expression of the counter; the parameter `milliseconds`
is the Unix time. PostgreSQL has uuidv7() only since 18."""


class Chunk(Struct):
    """Rows that are merged together. A repeated row goes into the next chunk: the last one wins."""

    before: list[Write] = []
    goods: list[str] = []
    same: list[str] = []
    pictures: list[str] = []
    offers: list[str] = []
    prices: list[str] = []
    stocks: list[str] = []
    says_prices: bool = False
    says_stocks: bool = False
    good_refs: set[str] = set()
    offer_refs: set[tuple[str, str]] = set()

    @property
    def is_full(self) -> bool:
        """Whether it is time to merge."""
        return (
            len(self.goods) >= GOODS_AT_ONCE
            or len(self.offers) >= OFFERS_AT_ONCE
            or len(self.same) + len(self.pictures) >= NARROW_AT_ONCE
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to merge."""
        return not (self.before or self.goods or self.same or self.offers)


def executing(statement: bytes, rows: list[tuple[Any, ...]]) -> Write:
    """A write of a few rows by one statement each."""

    def write(connection: Connection[TupleRow]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)

    return write
