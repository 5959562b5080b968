"""What the ERP says about our orders: numbers, statuses, marks, changed lines, payments and shipments (onec.md §4.3).

Nothing here raises our revision: what came from the ERP must not be given back to it (§4.5).
"""

from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.drift import DriftStore
from b2b_dvizhenie.application.exchange.order_drift import CompareOrder
from b2b_dvizhenie.application.exchange.records import LinkedDocument, OrderLineRecord, OrderStateRecord, RowProblem
from b2b_dvizhenie.application.ordering import OrderMoved, job_of
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.application.shared.audit import AuditLog, Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.jobs import JobQueue
from b2b_dvizhenie.domain.drift import SoldOrder
from b2b_dvizhenie.domain.exchange.order_states import same_company, same_lines, status_key
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import ErpMarks, OrderStatus, Standing, hear
from b2b_dvizhenie.domain.shared.ids import NodeId, OrderId


class ErpSide(Struct, frozen=True):
    """What is known of an order from the ERP. `lines` is None while it holds the lines that were placed."""

    ref: str = ""
    number: str = ""
    day: date | None = None
    status: str = ""
    version: str = ""
    lines: tuple[OrderLineRecord, ...] | None = None
    amount: Decimal | None = None


class KnownOrder(Struct, frozen=True):
    """An order of a node whose row this transaction holds.

    `company_refs` are the refs under which the ERP may name the company; `lines` what was placed, as (product ref,
    variant ref, quantity, amount), and `sold` the same with its prices in steps; `told` the payments and shipments
    that are in the history already.
    """

    order_id: OrderId
    number: str
    company_refs: tuple[str, ...]
    company_inn: str
    currency: str
    total: Decimal
    standing: Standing
    erp: ErpSide
    lines: tuple[tuple[str, str, Decimal, Decimal], ...]
    sold: SoldOrder
    told: tuple[tuple[str, dict[str, Any]], ...] = ()


class KnownOrders(Protocol):
    """Port: orders of a node within a transaction."""

    @abstractmethod
    async def find(self, node_id: NodeId, number: str) -> KnownOrder | None:
        """The order with our number that is for this node, locked until the end of the transaction."""
        ...

    @abstractmethod
    async def statuses(self, node_id: NodeId) -> Mapping[str, OrderStatus]:
        """Our status by `status_key` of the ERP's: the node's table over the defaults of its kind of ERP."""
        ...

    @abstractmethod
    async def write(self, order_id: OrderId, standing: Standing, erp: ErpSide, now: datetime) -> None:
        """Write what the ERP said; the revision stays."""
        ...

    @abstractmethod
    async def tell(
        self, order_ids: Sequence[OrderId], kind: str, params: Mapping[str, Any], actor: str, now: datetime
    ) -> None:
        """Add one event to the history of each order."""
        ...


class OrderStateTransaction(Protocol):
    """Port: one transaction over one order; leaving without `commit` rolls back."""

    orders: KnownOrders
    drifts: DriftStore
    jobs: JobQueue
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


OrderStateWork = Callable[[], AbstractAsyncContextManager[OrderStateTransaction]]


class Applied(Struct, frozen=True):
    """What became of a record: `changed`, `same` (nothing new), or `refused`; and what had to be said about it."""

    outcome: str
    problems: tuple[RowProblem, ...] = ()


class ApplyOrderState:
    """Take what the ERP says about one order. Idempotent; one transaction."""

    def __init__(self, work: OrderStateWork, clock: Clock, compare_order: CompareOrder) -> None:
        self._work = work
        self._clock = clock
        self._compare = compare_order

    async def __call__(self, actor: Actor, node_id: NodeId, record: OrderStateRecord) -> Applied:
        """Apply the record.

        An unknown number and a document of another company are refused as problems of the row, never of the file. A
        version that was applied already is skipped. An unknown status word is a warning: the marks are taken, and
        the record may come again after the word was added to the node's table. Lines that the ERP counts otherwise
        than they were sold are a warning too, and are in the drift report.
        """
        actor.require(Permission.EXCHANGE_MANAGE)
        tolerance = await self._compare.tolerance()
        async with self._work() as work:
            order = await work.orders.find(node_id, record.number.strip())
            if order is None:
                return _refused(record, "exchange.order_unknown")
            if not same_company(order.company_refs, order.company_inn, record.partner_ref, record.partner_inn):
                return _refused(record, "exchange.order_of_other_company", record.partner_inn or record.partner_ref)
            version = record.version.strip() or _fingerprint(record)
            if version == order.erp.version:
                return Applied("same")
            status, problems = await self._status(work, node_id, record)
            marks = ErpMarks(status, record.posted, record.paid, record.shipped, record.cancelled)
            standing = hear(order.standing, marks)
            if standing.cancelled_by is not None and standing.is_shipped:
                problems += _warned(record, "exchange.order_shipped_although_cancelled")
            lines, amount, warned = _erp_lines(order, record)
            problems += warned
            erp = ErpSide(
                record.erp_ref or order.erp.ref,
                record.erp_number or order.erp.number,
                record.erp_date or order.erp.day,
                record.status or order.erp.status,
                # With a word that is not understood the same version must be taken again once it is.
                order.erp.version if status is None and record.status else version,
                lines,
                amount,
            )
            problems += await self._compare(work.drifts, order.sold, record, version, tolerance)
            changed = await self._write(work, actor, order, standing, erp, record.linked)
            await work.commit()
        return Applied("changed" if changed else "same", tuple(problems))

    async def _status(
        self, work: OrderStateTransaction, node_id: NodeId, record: OrderStateRecord
    ) -> tuple[OrderStatus | None, list[RowProblem]]:
        if not record.status:
            return None, []
        known = await work.orders.statuses(node_id)
        status = known.get(status_key(record.status))
        return status, [] if status else _warned(record, "exchange.order_status_unknown", record.status)

    async def _write(
        self,
        work: OrderStateTransaction,
        actor: Actor,
        order: KnownOrder,
        standing: Standing,
        erp: ErpSide,
        linked: Sequence[LinkedDocument],
    ) -> bool:
        """Write order, history, audit and the job that tells of it; whether anything people see has changed."""
        now = self._clock()
        events = [*_events(order, standing, erp), *_linked_events(order, linked)]
        if (standing, erp) != (order.standing, order.erp):
            await work.orders.write(order.order_id, standing, erp, now)
        for kind, params in events:
            await work.orders.tell([order.order_id], kind, params, actor.name, now)
        if not events:
            return False
        lines_changed = erp.lines != order.erp.lines
        if lines_changed or standing != order.standing:
            await work.audit.record(
                actor,
                Change(
                    "ordering.erp_applied",
                    "order",
                    str(order.order_id),
                    before={"standing": msgspec.to_builtins(order.standing)},
                    after={"standing": msgspec.to_builtins(standing), "lines_changed": lines_changed},
                ),
            )
        before, after = order.standing.status, standing.status
        moved = OrderMoved(order.order_id, order.number, before.value, after.value, lines_changed, erp.version)
        await work.jobs.enqueue(job_of(moved, actor))
        return True


class OrderStates:
    """States of orders from an imported file, one transaction each: a bad one does not take the others with it."""

    def __init__(self, apply: ApplyOrderState) -> None:
        self._apply = apply

    async def take(
        self, node_id: NodeId, states: Sequence[OrderStateRecord]
    ) -> tuple[dict[str, int], Sequence[RowProblem]]:
        """Apply states in their order; returns counters and problems of rows."""
        counters: Counter[str] = Counter({"orders.read": len(states)})
        problems: list[RowProblem] = []
        actor = system_actor("exchange")
        for state in states:
            applied = await self._apply(actor, node_id, state)
            counters[f"orders.{applied.outcome}"] += 1
            problems += applied.problems
        return dict(counters), problems


def _fingerprint(record: OrderStateRecord) -> str:
    """A version for a record that brings none: its content, wherever in the file it stood."""
    return "sha256:" + sha256(msgspec.json.encode(replace(record, line=0))).hexdigest()[:40]


def _refused(record: OrderStateRecord, code: str, detail: str = "") -> Applied:
    return Applied("refused", (RowProblem("order", code, record.number, record.line, "error", detail),))


def _warned(record: OrderStateRecord, code: str, detail: str = "") -> list[RowProblem]:
    return [RowProblem("order", code, record.number, record.line, "warning", detail)]


def _erp_lines(
    order: KnownOrder, record: OrderStateRecord
) -> tuple[tuple[OrderLineRecord, ...] | None, Decimal | None, list[RowProblem]]:
    """The ERP's lines and sum, where they differ from what was placed (the ERP revision of the order)."""
    if record.lines is None:
        return order.erp.lines, order.erp.amount, []
    if record.currency and record.currency != order.currency:
        warned = _warned(record, "exchange.order_in_other_currency", record.currency)
        return order.erp.lines, order.erp.amount, warned
    theirs = [(line.ref, line.variant_ref, line.quantity, line.amount) for line in record.lines]
    if same_lines(order.lines, theirs):
        return None, None, []
    return record.lines, record.amount, []


def _events(order: KnownOrder, standing: Standing, erp: ErpSide) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    if (erp.number, erp.day) != (order.erp.number, order.erp.day):
        found.append(("erp_number", {"number": erp.number, "day": erp.day.isoformat() if erp.day else None}))
    if standing.status is not order.standing.status:
        told = {"before": order.standing.status.value, "after": standing.status.value, "by": "erp"}
        found.append(("status", told | ({"erp_status": erp.status} if erp.status else {})))
    if standing.is_paid != order.standing.is_paid:
        found.append(("paid", {"value": standing.is_paid}))
    if standing.is_shipped != order.standing.is_shipped:
        found.append(("shipped", {"value": standing.is_shipped}))
    if erp.lines != order.erp.lines:
        lines = None if erp.lines is None else len(erp.lines)
        found.append(("erp_lines", {"lines": lines, "amount": None if erp.amount is None else str(erp.amount)}))
    return found


def _linked_events(order: KnownOrder, linked: Sequence[LinkedDocument]) -> list[tuple[str, dict[str, Any]]]:
    """Payments and shipments that are not in the history yet."""
    told = list(order.told)
    found = []
    for document in linked:
        event = (
            document.kind,
            {
                "number": document.number,
                "day": document.day.isoformat() if document.day else None,
                "amount": None if document.amount is None else str(document.amount),
            },
        )
        if event not in told:
            told.append(event)
            found.append(event)
    return found
