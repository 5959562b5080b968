"""Whether the ERP counts a returned order as we did; found and kept with the order's state, and never in its way."""

from decimal import Decimal

from b2b_dvizhenie.application.drift import DriftStore, DriftWatch, Kept
from b2b_dvizhenie.application.exchange.records import OrderLineRecord, OrderStateRecord, RowProblem
from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.drift import (
    DOCUMENT_PENNIES,
    LINE_PENNIES,
    Comparison,
    ErpDocument,
    ErpLine,
    SoldOrder,
    Tolerance,
    compare,
)
from b2b_dvizhenie.domain.shared.quantity import plain

_DETAILED = 3
"""Lines that the log names; the report has them all."""


class CompareOrder:
    """Compare an order with the document that came back."""

    def __init__(self, current: CurrentSettings, clock: Clock, watch: DriftWatch) -> None:
        self._current = current
        self._clock = clock
        self._watch = watch

    async def tolerance(self) -> Tolerance:
        """The pennies that are forgiven now; to be asked before a transaction begins."""
        line: int = await self._current(LINE_PENNIES)
        whole: int = await self._current(DOCUMENT_PENNIES)
        return Tolerance(line, whole)

    async def __call__(
        self, store: DriftStore, order: SoldOrder, record: OrderStateRecord, version: str, tolerance: Tolerance
    ) -> list[RowProblem]:
        """What the log of the exchange is told: nothing where the sides agree or were compared before.

        A document without lines, or in another currency, is not compared. One whose numbers nobody can compute with
        is a warning: what the ERP says of the order is taken all the same.
        """
        if record.lines is None or (record.currency and record.currency != order.currency):
            return []
        document = ErpDocument(tuple(map(_line, record.lines)), record.amount)
        try:
            found = compare(order, document, tolerance)
        except ArithmeticError:
            return [_problem(record, "exchange.order_not_compared")]
        kept = await store.keep(order.order_id, version, found, self._clock())
        if kept is Kept.REFUSED:
            return [_problem(record, "exchange.order_not_compared")]
        if kept is Kept.KNOWN:
            return []
        self._watch.compared(found)
        if not found.kinds:
            return []
        return [_problem(record, "exchange.order_counted_otherwise", _told(found))]


def _line(line: OrderLineRecord) -> ErpLine:
    return ErpLine(
        ref=line.ref,
        variant_ref=line.variant_ref,
        article=line.article,
        name=line.name,
        quantity=line.quantity,
        price=line.price,
        amount=line.amount,
        discounts=line.discounts,
        vat_rate=line.vat_rate,
        vat_amount=line.vat_amount,
        vat_included=line.vat_included,
    )


def _problem(record: OrderStateRecord, code: str, detail: str = "") -> RowProblem:
    return RowProblem("order", code, record.number, record.line, "warning", detail)


def _told(found: Comparison) -> str:
    """By how much, and the first lines with their positions: what fits into a line of a log, in any language."""
    lines = [f"{one.position or '+'}: {_signed(one.difference)}" for one in found.lines[:_DETAILED]]
    if len(found.lines) > _DETAILED:
        lines.append("…")
    return f"{_signed(found.difference)} {found.currency} ({', '.join(lines) or '='})"


def _signed(amount: Decimal) -> str:
    return f"+{plain(amount)}" if amount > 0 else plain(amount)
