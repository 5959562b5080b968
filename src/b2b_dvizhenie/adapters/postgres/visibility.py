"""Access levels in PostgreSQL."""

from typing import Any

from sqlalchemy import Select, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.segment_rules import PostgresSegmentRules
from b2b_dvizhenie.adapters.postgres.segments import PostgresSegmentBook
from b2b_dvizhenie.adapters.postgres.tables.companies import membership
from b2b_dvizhenie.adapters.postgres.tables.visibility import access_level
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.visibility import LevelBook, SegmentBook, SegmentRuleBook, VisibilityTransaction
from b2b_dvizhenie.domain.visibility import AccessLevel, Opened, known_information

_level = access_level.c
_BUYERS = (
    select(func.count())
    .select_from(membership)
    .where(membership.c.access_level == _level.level)
    .correlate(access_level)
    .scalar_subquery()
)


def _query() -> Select[Any]:
    return select(_level.level, _level.name, _level.opens, _BUYERS)


def _read(row: Any) -> AccessLevel:
    return AccessLevel(row[0], row[1], known_information(row[2]), row[3])


class PostgresLevelBook(LevelBook):
    """The `access_level` table over the transaction's connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def levels(self) -> tuple[AccessLevel, ...]:
        """All levels, the lowest first."""
        return tuple(_read(row) for row in await self._connection.execute(_query().order_by(_level.level)))

    async def hold(self, level: int) -> AccessLevel | None:
        """The level, its row locked."""
        query = _query().where(_level.level == level).with_for_update()
        row = (await self._connection.execute(query)).first()
        return None if row is None else _read(row)

    async def add(self, level: AccessLevel) -> bool:
        """Make a level; False if its number is taken."""
        values = {"level": level.level, "name": level.name, "opens": sorted(level.opens)}
        statement = insert(access_level).values(values).on_conflict_do_nothing().returning(_level.level)
        return (await self._connection.execute(statement)).first() is not None

    async def rename(self, level: int, name: str) -> None:
        """Write the name."""
        await self._connection.execute(update(access_level).where(_level.level == level).values(name=name))

    async def set_opens(self, level: int, opens: Opened) -> None:
        """Write what it opens."""
        await self._connection.execute(update(access_level).where(_level.level == level).values(opens=sorted(opens)))

    async def delete(self, level: int) -> bool:
        """Delete it unless a membership has it; the row is locked, so none can take it meanwhile."""
        used = exists().where(membership.c.access_level == level)
        statement = delete(access_level).where(_level.level == level, ~used)
        return (await self._connection.execute(statement)).rowcount == 1


class PostgresVisibilityTransaction(Transaction, VisibilityTransaction):
    """The unit of work of visibility."""

    levels: LevelBook
    segments: SegmentBook
    rules: SegmentRuleBook

    def bind(self, connection: AsyncConnection) -> None:
        """Add the books of levels and segments."""
        super().bind(connection)
        self.levels = PostgresLevelBook(connection)
        self.segments = PostgresSegmentBook(connection)
        self.rules = PostgresSegmentRules(connection)
