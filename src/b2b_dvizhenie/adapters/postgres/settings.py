"""Settings that administrators change, in PostgreSQL."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.operations import setting as table
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.settings import SettingReader, SettingStore, SettingsTransaction, StoredSetting
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.settings import Setting
from b2b_dvizhenie.domain.shared.ids import UserId

Effect = Callable[[AsyncConnection, Any, datetime], Awaitable[None]]
"""What follows a setting at once: gets the connection of the change, the new value, the moment."""

_LOCK = 6_435_431
_EXCLUSIVE = text(f"SELECT pg_advisory_xact_lock({_LOCK})")
_SHARED = text(f"SELECT pg_advisory_xact_lock_shared({_LOCK})")


async def held_value(connection: AsyncConnection, setting: Setting[Any]) -> Any:
    """The value now; nobody changes settings until the transaction of the connection ends."""
    await connection.execute(_SHARED)
    stored = (await connection.execute(select(table.c.value).where(table.c.key == setting.key))).first()
    return setting.default if stored is None else setting.decoded(stored[0])


class PostgresSettingReader(SettingReader):
    """Reads all values over the bare pool."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def values(self) -> Mapping[str, Any]:
        """JSON values of what was changed."""
        async with self._database.reading() as connection:
            cursor = await connection.execute("SELECT key, value FROM setting")
            return {row[0]: row[1] for row in await cursor.fetchall()}


class PostgresSettings(SettingStore):
    """The table `setting`."""

    def __init__(self, connection: AsyncConnection, clock: Clock, effects: Mapping[str, Effect]) -> None:
        self._connection = connection
        self._clock = clock
        self._effects = effects

    async def hold(self) -> None:
        """Keep everybody else from changing settings, and from opening what depends on them."""
        await self._connection.execute(_EXCLUSIVE)

    async def stored(self) -> Sequence[StoredSetting]:
        """What was changed, by key."""
        columns = table.c
        query = (
            select(columns.key, columns.value, func.coalesce(app_user.c.name, ""), columns.updated_at)
            .outerjoin(app_user, app_user.c.user_id == columns.updated_by)
            .order_by(columns.key)
        )
        return [StoredSetting(*row) for row in await self._connection.execute(query)]

    async def put(self, setting: Setting[Any], value: Any, by: UserId | None) -> None:
        """Store the value and let what depends on it follow."""
        now = self._clock()
        change = {"value": setting.encoded(value), "updated_at": now, "updated_by": by}
        await self._connection.execute(
            insert(table)
            .values(key=setting.key, **change)
            .on_conflict_do_update(index_elements=[table.c.key], set_=change)
        )
        if setting.key in self._effects:
            await self._effects[setting.key](self._connection, value, now)


class PostgresSettingsTransaction(Transaction, SettingsTransaction):
    """The unit of work of settings.

    Args:
        database: open.
        clock: says when a setting was changed.
        effects: what follows a setting in the same transaction, by its key.
    """

    settings: SettingStore

    def __init__(self, database: Database, clock: Clock, effects: Mapping[str, Effect]) -> None:
        super().__init__(database, clock)
        self._effects = effects

    def bind(self, connection: AsyncConnection) -> None:
        """Add the settings."""
        super().bind(connection)
        self.settings = PostgresSettings(connection, self._clock, self._effects)
