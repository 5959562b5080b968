"""Taking a message: it is staged and answered; a job applies it right after (onec.md §5.2)."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.exchange.gateway.messages import (
    Answer,
    Envelope,
    ReadRow,
    TableUnknown,
    answer_of,
    read_envelope,
    read_row,
    scope_of,
)
from b2b_dvizhenie.application.exchange.gateway.ports import (
    GatewayBusy,
    Lane,
    NewBatch,
    StageTransaction,
    StageWork,
)
from b2b_dvizhenie.application.exchange.gateway.tables import AnyTable
from b2b_dvizhenie.application.exchange.requesting import node_lane
from b2b_dvizhenie.application.exchange.sessions import NodeAccess
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.jobs import Job
from b2b_dvizhenie.domain.exchange.access import GatewayTableRefused
from b2b_dvizhenie.domain.exchange.gateway import Full, RowState, place, take_part
from b2b_dvizhenie.domain.exchange.settings import node_settings
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id

APPLY_JOB = "exchange.apply_rows"
"""Job {node_id, table}: apply what waits."""
BACKLOG = 200_000
"""Rows of a table that may wait at a node: more would only make everything late."""
RETRY_AFTER = 30
_TAKEN, _NOTHING_VALID = 200, 422


class MessageChanged(DomainError):
    """A message of this id was taken before, with another body."""

    code = "exchange.gateway_message_changed"
    kind = Kind.CONFLICT


class Taken(Struct, frozen=True):
    """The answer to a message: 200, or 422 when none of its rows was valid."""

    status: int
    answer: Answer


class GatewayTables:
    """The tables of the gateway by name."""

    def __init__(self, tables: Iterable[AnyTable]) -> None:
        self._tables = {table.name: table for table in tables}

    def __iter__(self) -> Iterator[AnyTable]:
        return iter(self._tables.values())

    def find(self, name: str) -> AnyTable:
        """The table; raises TableUnknown."""
        table = self._tables.get(name)
        if table is None:
            raise TableUnknown("table", table=name[:100])
        return table

    def allowed(self, node: NodeAccess) -> list[AnyTable]:
        """What a node may send."""
        return [table for table in self._tables.values() if _may_send(node, table)]


def _may_send(node: NodeAccess, table: AnyTable) -> bool:
    limited = node_settings(node.settings).gateway_tables
    return table.right in node.rights and (limited is None or table.name in limited)


def apply_job(lane: Lane, request_id: str = "") -> Job:
    """The job that applies what waits in a lane; it stands behind the files of the node where the table says so."""
    node_id, table = lane.node_id, lane.table
    name = f"{APPLY_JOB}:{node_id}:{table.name}"
    return Job(
        name=APPLY_JOB,
        payload={"node_id": str(node_id), "table": table.name},
        dedupe_key=name,
        lane=node_lane(node_id) if table.in_line else name,
        request_id=request_id,
    )


class ReceiveMessage:
    """Take one message of a node."""

    def __init__(self, tables: GatewayTables, work: StageWork, clock: Clock) -> None:
        self._tables = tables
        self._work = work
        self._clock = clock

    def table(self, node: NodeAccess, name: str) -> AnyTable:
        """The table a node wants to send.

        Raises:
            TableUnknown, GatewayTableRefused.
        """
        table = self._tables.find(name)
        if not _may_send(node, table):
            raise GatewayTableRefused("table", table=name)
        return table

    async def __call__(self, node: NodeAccess, name: str, body: bytes, request_id: str = "") -> Taken:
        """Stage the rows and answer; the same message again gets the same answer and changes nothing.

        Raises:
            TableUnknown, GatewayTableRefused, MessageUnreadable, MessageTooLarge, FullNotTaken, ScopeInvalid,
            MessageChanged, FullOver, FullScopeChanged, FullPartInvalid, GatewayBusy.
        """
        table = self.table(node, name)
        envelope = read_envelope(body)
        scope = scope_of(envelope, table) if envelope.mode == "full" else {}
        rows = [read_row(raw, table, scope) for raw in envelope.rows]
        digest = sha256(table.name.encode() + b"\n" + body).digest()
        lane = Lane(node.node_id, table)
        async with self._work() as work:
            await work.staging.hold(lane)
            known = await work.staging.known(node.node_id, envelope.message_id)
            if known is not None:
                if known.body_sha256 != digest:
                    raise MessageChanged("message_id", message_id=envelope.message_id)
                return Taken(known.status, msgspec.json.decode(known.answer, type=Answer))
            if await work.staging.waiting(lane, BACKLOG) >= BACKLOG:
                raise GatewayBusy(retry_after=RETRY_AFTER)
            full = await self._full(work, lane, envelope, scope, rows)
            batch = NewBatch(
                message_id=envelope.message_id,
                body_sha256=digest,
                full_id=full.full_id if full else None,
                import_id=new_id(),
                bytes=len(body),
                request_id=request_id,
            )
            taken = await self._stage(work, lane, batch, envelope, rows)
            await work.jobs.enqueue(apply_job(lane, request_id))
            await work.commit()
        return taken

    async def _full(
        self,
        work: StageTransaction,
        lane: Lane,
        envelope: Envelope,
        scope: dict[str, str],
        rows: Sequence[ReadRow],
    ) -> Full | None:
        if envelope.full_id is None or envelope.mode != "full":
            return None
        now = self._clock()
        full = await work.staging.full(lane, envelope.full_id)
        if full is None:
            full = await work.staging.open_full(lane, envelope.full_id, scope, now)
        full = take_part(full, part=envelope.part, is_last=envelope.last_part, scope=scope, now=now)
        unreadable = sum(1 for row in rows if not row.key)
        full = replace(full, rejected=full.rejected + unreadable)
        await work.staging.save_full(full)
        return full

    async def _stage(
        self, work: StageTransaction, lane: Lane, batch: NewBatch, envelope: Envelope, rows: Sequence[ReadRow]
    ) -> Taken:
        valid = [row for row in rows if not row.code]
        standing = await work.staging.standing(lane, [row.key for row in valid])
        placed = iter(place([(row.key, row.version) for row in valid], standing))
        states = [RowState.ERROR if row.code else next(placed) for row in rows]
        batch_id = await work.staging.add(lane, batch, rows, states, self._clock())
        answer = answer_of(envelope, rows, batch_id)
        status = _NOTHING_VALID if rows and not valid else _TAKEN
        await work.staging.answer(batch_id, status, msgspec.json.encode(answer))
        return Taken(status, answer)


def lane_of(tables: GatewayTables, node_id: NodeId, name: str) -> Lane:
    """A table at a node; raises TableUnknown."""
    return Lane(node_id, tables.find(name))
