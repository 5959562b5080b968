"""Deleting what has ended long ago, in PostgreSQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, delete, func, select

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.tables.identity import account_link, challenge, login_attempt, session
from b2b_dvizhenie.adapters.postgres.tables.operations import message
from b2b_dvizhenie.application.operations.retention import Remains, Retention

_ENDED: dict[Remains, tuple[Column[Any], ColumnElement[Any]]] = {
    Remains.CHALLENGES: (challenge.c.challenge_id, challenge.c.expires_at),
    Remains.LINKS: (account_link.c.link_id, account_link.c.expires_at),
    Remains.ATTEMPTS: (login_attempt.c.attempt_id, login_attempt.c.at),
    Remains.SESSIONS: (session.c.session_id, func.coalesce(session.c.revoked_at, session.c.expires_at)),
    Remains.MESSAGES: (message.c.message_id, message.c.settled_at),
}
"""Of each kind its key and the moment it ended; a message that waits has none."""


class PostgresRetention(Retention):
    """Each portion is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget(self, what: Remains, before: datetime, at_most: int) -> int:
        """Delete rows that ended before the moment, `at_most` of them; how many there were."""
        key, ended = _ENDED[what]
        portion = select(key).where(ended < before).order_by(ended).limit(at_most).with_for_update(skip_locked=True)
        async with self._database.engine.begin() as connection:
            return (await connection.execute(delete(key.table).where(key.in_(portion)))).rowcount
