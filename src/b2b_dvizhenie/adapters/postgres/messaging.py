"""Messages that wait, in PostgreSQL: what fills a text is sealed, and erased when the message is done."""

from uuid import UUID

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.tables.operations import message as table
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.messaging import (
    SEND_JOB,
    MessageBox,
    MessageOutbox,
    MessageState,
    MessagingTransaction,
    WaitingMessage,
)
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.jobs import Job, JobQueue
from b2b_dvizhenie.application.shared.sealing import Sealer
from b2b_dvizhenie.domain.messaging import Channel, Message
from b2b_dvizhenie.domain.shared.ids import new_id

_OPEN = (MessageState.WAITING.value, MessageState.SENDING.value)
_URGENT = 10
_ERROR = 200


def _about(message_id: UUID) -> str:
    return f"message:{message_id}"


class PostgresOutbox(MessageOutbox):
    """Writes a message and its job in the caller's transaction."""

    def __init__(self, connection: AsyncConnection, clock: Clock, sealer: Sealer, jobs: JobQueue) -> None:
        self._connection = connection
        self._clock = clock
        self._sealer = sealer
        self._jobs = jobs

    async def put(self, message: Message, *, request_id: str = "") -> UUID:
        """Keep the message, its params sealed, and ask the workers to send it."""
        message_id = new_id()
        await self._connection.execute(
            insert(table).values(
                message_id=message_id,
                channel=message.channel.value,
                recipient=message.to,
                template=message.template,
                language=message.language,
                sealed=self._sealer.seal(msgspec.json.encode(message.params), _about(message_id)),
                created_at=self._clock(),
                expires_at=message.expires_at,
            )
        )
        payload = {"message_id": str(message_id)}
        await self._jobs.enqueue(Job(name=SEND_JOB, payload=payload, priority=_URGENT, request_id=request_id))
        return message_id


class TellingTransaction(Transaction):
    """A unit of work that also tells people something: a message leaves only if it commits."""

    outbox: MessageOutbox

    def __init__(self, database: Database, clock: Clock, sealer: Sealer) -> None:
        super().__init__(database, clock)
        self._sealer = sealer

    def bind(self, connection: AsyncConnection) -> None:
        """Add the outbox."""
        super().bind(connection)
        self.outbox = PostgresOutbox(connection, self._clock, self._sealer, self.jobs)


class PostgresMessages(MessageBox):
    """The box as a worker sees it."""

    def __init__(self, connection: AsyncConnection, clock: Clock, sealer: Sealer) -> None:
        self._connection = connection
        self._clock = clock
        self._sealer = sealer

    async def take(self, message_id: UUID) -> WaitingMessage | None:
        """The message, locked and marked as being sent."""
        columns = table.c
        query = (
            select(
                columns.channel,
                columns.recipient,
                columns.template,
                columns.language,
                columns.sealed,
                columns.state,
                columns.expires_at,
            )
            .where(columns.message_id == message_id, columns.state.in_(_OPEN))
            .with_for_update()
        )
        row = (await self._connection.execute(query)).first()
        if row is None or row[4] is None:
            return None
        await self._connection.execute(
            update(table).where(columns.message_id == message_id).values(state=MessageState.SENDING.value)
        )
        params = msgspec.json.decode(self._sealer.opened(row[4], _about(message_id)), type=dict[str, str])
        message = Message(
            channel=Channel(row[0]), to=row[1], template=row[2], params=params, language=row[3], expires_at=row[6]
        )
        return WaitingMessage(message, MessageState(row[5]))

    async def settle(self, message_id: UUID, state: MessageState, *, reference: str = "", error: str = "") -> None:
        """Record what came of it; a message that is done keeps nothing that was sealed."""
        values: dict[str, object] = {"state": state.value, "reference": reference, "error": error[:_ERROR]}
        if state.value not in _OPEN:
            values |= {"sealed": None, "settled_at": self._clock()}
        await self._connection.execute(update(table).where(table.c.message_id == message_id).values(**values))


class PostgresMessagingTransaction(Transaction, MessagingTransaction):
    """The unit of work of messaging."""

    messages: MessageBox

    def __init__(self, database: Database, clock: Clock, sealer: Sealer) -> None:
        super().__init__(database, clock)
        self._sealer = sealer

    def bind(self, connection: AsyncConnection) -> None:
        """Add the box."""
        super().bind(connection)
        self.messages = PostgresMessages(connection, self._clock, self._sealer)
