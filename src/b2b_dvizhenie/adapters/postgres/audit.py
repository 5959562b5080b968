"""The audit log in PostgreSQL: an insert in the caller's transaction."""

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog, Change
from b2b_dvizhenie.application.shared.clock import Clock


class PostgresAuditLog(AuditLog):
    """Appends to the `audit` table; a trigger there refuses updates and deletes."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def record(self, actor: Actor, change: Change) -> None:
        """Append the change in the name of the actor."""
        await self._connection.execute(
            insert(audit).values(
                at=self._clock(),
                user_id=actor.user_id,
                actor=actor.name,
                action=change.action,
                subject_type=change.subject_type,
                subject_id=change.subject_id,
                before=change.before,
                after=change.after,
                request_id=actor.request_id,
            )
        )
