"""Applying staged rows: the one way of a row from the gateway into the domain (onec.md §5.2)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from b2b_dvizhenie.application.exchange.gateway.messages import ROW_INVALID, decode_payload
from b2b_dvizhenie.application.exchange.gateway.ports import (
    ApplyTransaction,
    ApplyWork,
    Lane,
    RowWarning,
    SettledRow,
    StagedRow,
)
from b2b_dvizhenie.application.exchange.gateway.receiving import GatewayTables, lane_of
from b2b_dvizhenie.application.exchange.gateway.tables import BATCH, AnyTable, Outcome, RowApplied, RowNote
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.exchange.gateway import Full, RowState, close_full, is_older
from b2b_dvizhenie.domain.exchange.generations import GenerationState
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import NodeId

ROW_BROKEN = "exchange.gateway_row_broken"
"""The database did not take the row; the detail is for whoever mends it."""
_DETAIL = 1000


def detail_of(note: RowNote) -> str:
    """The parameters of a note as one line: what its text calls `{detail}`."""
    return ", ".join(str(value) for value in note.params.values())[:_DETAIL]


class ApplyRows:
    """Apply what waits in a lane, batch by batch, then end the full exports that are complete.

    Each batch is one transaction with its new states: a killed applier leaves a batch undone or done, never half. A
    batch that fails is tried in halves, so that a row nobody can take stops none but itself.
    """

    def __init__(self, tables: GatewayTables, work: ApplyWork, clock: Clock) -> None:
        self._tables = tables
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, node_id: NodeId, name: str) -> int:
        """How many rows were settled; raises Forbidden, TableUnknown, and whatever the database fails with."""
        actor.require(Permission.EXCHANGE_MANAGE)
        lane = lane_of(self._tables, node_id, name)
        settled, size = 0, BATCH
        while True:
            try:
                done = await self._batch(actor, lane, size)
            except Exception as error:
                if isinstance(error, DomainError) and error.kind is Kind.UNAVAILABLE:
                    raise
                if size > 1:
                    size //= 2
                    continue
                done = await self._give_up(actor, lane, repr(error))
            if done == 0:
                break
            settled += done
            size = min(BATCH, size * 2)
        await self._close(actor, lane)
        return settled

    async def _batch(self, actor: Actor, lane: Lane, size: int) -> int:
        now = self._clock()
        async with self._work(actor, lane.node_id) as work:
            await work.rows.hold(lane)
            staged = await work.rows.first(lane, size)
            if not staged:
                return 0
            settled, warnings = await _settle(work, lane.table, staged, now)
            await work.rows.settle(lane, settled, warnings, now)
            await work.commit()
        return len(staged)

    async def _give_up(self, actor: Actor, lane: Lane, reason: str) -> int:
        """Put the first row aside; with the database away this fails too, and the job is tried again."""
        async with self._work(actor, lane.node_id) as work:
            await work.rows.hold(lane)
            staged = await work.rows.first(lane, 1)
            settled = [SettledRow(row, RowState.ERROR, ROW_BROKEN, reason[:_DETAIL]) for row in staged]
            await work.rows.settle(lane, settled, (), self._clock())
            await work.commit()
        return len(staged)

    async def _close(self, actor: Actor, lane: Lane) -> None:
        async with self._work(actor, lane.node_id) as work:
            await work.rows.hold(lane)
            for full in await work.rows.complete_fulls(lane):
                await end_full(work, lane, full, self._clock())
            await work.commit()


async def end_full(
    work: ApplyTransaction, lane: Lane, full: Full, now: datetime, *, confirmed: bool = False
) -> GenerationState:
    """End a full export: look for what it did not name, and remove that, or leave it to a person.

    Args:
        work: the applier's transaction; the caller commits.
        lane: whose export it is.
        full: the export, complete.
        now: this moment.
        confirmed: a person said that what is absent shall go, however much it is.
    """
    keep = await work.rows.keys_since(lane, full.first_row_id)
    absence = await lane.table.absence(work, full.scope, keep)
    closing = close_full(full, named=len(keep), active=absence.active, absent=absence.absent)
    state, removes = (GenerationState.APPLIED, True) if confirmed else (closing.state, closing.hide)
    if removes:
        removed = await lane.table.tombstone(work, full.scope, keep, now)
        told = {"table": lane.table.name, "scope": dict(full.scope), "removed": removed}
        await work.audit.record(
            work.actor, Change("exchange.gateway_absent_removed", "gw_full", str(full.full_id), after=told)
        )
    await work.rows.close_full(full, state, absence, now)
    return state


async def _settle(
    work: ApplyTransaction, table: AnyTable, staged: Sequence[StagedRow], now: datetime
) -> tuple[list[SettledRow], list[RowWarning]]:
    newest = {row.key: row for row in staged if row.known is None or not is_older(row.version, row.known)}
    settled: list[SettledRow] = []
    warnings: list[RowWarning] = []
    read: dict[bool, list[tuple[StagedRow, Any]]] = {False: [], True: []}
    for row in staged:
        if row.known is not None and is_older(row.version, row.known):
            settled.append(SettledRow(row, RowState.SKIPPED))
        elif newest[row.key] is not row:
            settled.append(SettledRow(row, RowState.SUPERSEDED))
        else:
            try:
                read[row.deleted].append((row, decode_payload(row.payload, table, deleted=row.deleted)))
            except (msgspec.DecodeError, ValueError, ArithmeticError) as error:
                settled.append(SettledRow(row, RowState.ERROR, ROW_INVALID, str(error)[:_DETAIL]))
    for deleted, pairs in read.items():
        if not pairs:
            continue
        values = [value for _, value in pairs]
        outcomes = await (table.remove(work, values, now) if deleted else table.apply(work, values, now))
        for (row, _), outcome in zip(pairs, outcomes, strict=True):
            settled.append(_settled(row, outcome))
            if isinstance(outcome, RowApplied):
                warnings += [RowWarning(row, note.code, detail_of(note)) for note in outcome.warnings]
    return settled, warnings


def _settled(row: StagedRow, outcome: Outcome) -> SettledRow:
    if isinstance(outcome, RowApplied):
        return SettledRow(row, RowState.APPLIED)
    return SettledRow(row, RowState.ERROR, outcome.reason.code, detail_of(outcome.reason), outcome.may_heal)
