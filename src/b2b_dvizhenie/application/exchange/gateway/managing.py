"""What people and the schedule do with staged rows: put back, skip, end full exports, try again (GTW-2)."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from b2b_dvizhenie.application.exchange.gateway.applying import end_full
from b2b_dvizhenie.application.exchange.gateway.ports import ApplyWork
from b2b_dvizhenie.application.exchange.gateway.receiving import GatewayTables, apply_job, lane_of
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog, Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.jobs import JobQueue
from b2b_dvizhenie.domain.exchange.gateway import RowState
from b2b_dvizhenie.domain.exchange.generations import GenerationState
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import NodeId

HEAL_JOB = "exchange.heal_rows"
"""Job: try rows again that were refused because what they refer to had not come."""
MAX_REASON = 500


class RowNotFailed(DomainError):
    """The row is not in error any more: it was applied, or a newer one took its place."""

    code = "exchange.gateway_row_not_failed"
    kind = Kind.CONFLICT


class ReasonMissing(DomainError):
    """A row is skipped for a reason of at most `limit` letters, which others will read."""

    code = "exchange.gateway_reason_missing"


class ManagedRow(Struct, frozen=True):
    """A row, locked, with what a change of its state is told by."""

    row_id: int
    node_id: NodeId
    table: str
    key: str
    state: RowState
    error_code: str


class ManagedRows(Protocol):
    """Port: staged rows whose state a person or the schedule changes, within a transaction."""

    @abstractmethod
    async def one(self, row_id: int) -> ManagedRow | None:
        """A row, locked until the transaction ends."""
        ...

    @abstractmethod
    async def put_back(self, row_id: int) -> None:
        """Let a refused row wait again."""
        ...

    @abstractmethod
    async def put_back_all(self, node_id: NodeId, table: str) -> int:
        """Let every refused row of a table wait again; returns how many there were."""
        ...

    @abstractmethod
    async def skip(self, row_id: int, reason: str) -> None:
        """Never apply a refused row."""
        ...

    @abstractmethod
    async def heal(self, now: datetime) -> Sequence[tuple[NodeId, str]]:
        """Put rows back that may heal and are due, after ever longer pauses; returns their nodes and tables."""
        ...


class ManageTransaction(Protocol):
    """Port: one transaction; leaving without `commit` rolls back."""

    managed: ManagedRows
    jobs: JobQueue
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


ManageWork = Callable[[], AbstractAsyncContextManager[ManageTransaction]]


async def _failed(work: ManageTransaction, row_id: int) -> ManagedRow:
    row = await work.managed.one(row_id)
    if row is None:
        raise NotFound("row_id")
    if row.state is not RowState.ERROR:
        raise RowNotFailed(state=row.state.value)
    return row


class RequeueRows:
    """Let refused rows be applied once more."""

    def __init__(self, tables: GatewayTables, work: ManageWork) -> None:
        self._tables = tables
        self._work = work

    async def __call__(self, actor: Actor, row_id: int) -> None:
        """Put one row back; raises Forbidden, NotFound, RowNotFailed."""
        actor.require(Permission.EXCHANGE_MANAGE)
        async with self._work() as work:
            row = await _failed(work, row_id)
            await work.managed.put_back(row_id)
            lane = lane_of(self._tables, row.node_id, row.table)
            await work.jobs.enqueue(apply_job(lane, actor.request_id))
            told = {"table": row.table, "key": row.key, "code": row.error_code}
            await work.audit.record(actor, Change("exchange.gateway_row_requeued", "gw_in", str(row_id), before=told))
            await work.commit()

    async def all(self, actor: Actor, node_id: NodeId, table: str) -> int:
        """Put every refused row of a table at a node back; returns how many; raises Forbidden, TableUnknown."""
        actor.require(Permission.EXCHANGE_MANAGE)
        lane = lane_of(self._tables, node_id, table)
        async with self._work() as work:
            count = await work.managed.put_back_all(node_id, table)
            if count:
                await work.jobs.enqueue(apply_job(lane, actor.request_id))
                told = {"table": table, "count": count}
                change = Change("exchange.gateway_rows_requeued", "exchange_node", str(node_id), after=told)
                await work.audit.record(actor, change)
            await work.commit()
        return count


class SkipRow:
    """Give a refused row up, with a reason that others will read."""

    def __init__(self, work: ManageWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, row_id: int, reason: str) -> None:
        """Skip one row; raises Forbidden, NotFound, RowNotFailed, ReasonMissing."""
        actor.require(Permission.EXCHANGE_MANAGE)
        told = reason.strip()
        async with self._work() as work:
            row = await _failed(work, row_id)
            if not 0 < len(told) <= MAX_REASON or "\0" in told:
                raise ReasonMissing("reason", limit=MAX_REASON)
            await work.managed.skip(row_id, told)
            before = {"table": row.table, "key": row.key, "code": row.error_code}
            change = Change("exchange.gateway_row_skipped", "gw_in", str(row_id), before, {"reason": told})
            await work.audit.record(actor, change)
            await work.commit()


class DecideFull:
    """A person's word about a full export that did not name more rows than may go without asking."""

    def __init__(self, tables: GatewayTables, work: ApplyWork, clock: Clock) -> None:
        self._tables = tables
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, node_id: NodeId, table: str, full_id: int, *, remove: bool) -> None:
        """Remove what was not named (looked for anew), or leave it.

        Raises:
            Forbidden, TableUnknown, NotFound: no such export waits for a word.
        """
        actor.require(Permission.EXCHANGE_MANAGE)
        lane = lane_of(self._tables, node_id, table)
        async with self._work(actor, node_id) as work:
            await work.rows.hold(lane)
            full = await work.rows.one_full(lane, full_id)
            if full is None or full.state is not GenerationState.NEEDS_CONFIRMATION:
                raise NotFound("full_id")
            if remove:
                await end_full(work, lane, full, self._clock(), confirmed=True)
            else:
                keep = await work.rows.keys_since(lane, full.first_row_id)
                absence = await lane.table.absence(work, full.scope, keep)
                await work.rows.close_full(full, GenerationState.CLOSED, absence, self._clock())
                told = {"table": table, "scope": dict(full.scope), "kept": absence.absent}
                change = Change("exchange.gateway_absent_kept", "gw_full", str(full_id), after=told)
                await work.audit.record(actor, change)
            await work.commit()


class HealRows:
    """Try rows again by themselves: a debt of a company that has come since, stock of a good that has."""

    def __init__(self, tables: GatewayTables, work: ManageWork, clock: Clock) -> None:
        self._tables = tables
        self._work = work
        self._clock = clock

    async def __call__(self, request_id: str = "") -> int:
        """Put what is due back; returns of how many tables. Safe to repeat."""
        known = {table.name for table in self._tables}
        async with self._work() as work:
            lanes = [lane for lane in await work.managed.heal(self._clock()) if lane[1] in known]
            for node_id, table in lanes:
                await work.jobs.enqueue(apply_job(lane_of(self._tables, node_id, table), request_id))
            await work.commit()
        return len(lanes)
