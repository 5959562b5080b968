"""Orders as pages show them: rows, the way of an order, its lines beside the ERP's, its history in words."""

from datetime import date
from decimal import Decimal
from gettext import GNUTranslations
from typing import Any, Literal

from b2b_dvizhenie.application.ordering import ErpLine, OrderDetails, OrderEvent, OrderSummary
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.ordering import OrderStatus
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.entrypoints.http.labels import label_of
from b2b_dvizhenie.entrypoints.http.pages import orders as pages
from b2b_dvizhenie.entrypoints.http.portal.displaying import money_in, notes_of
from b2b_dvizhenie.entrypoints.http.portal.rows import percent_off

_WAY = (
    OrderStatus.NEW,
    OrderStatus.SENT,
    OrderStatus.CONFIRMED,
    OrderStatus.PICKING,
    OrderStatus.SHIPPED,
    OrderStatus.CLOSED,
)
_ERP = "system:exchange"


def _sum(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def sees_shown(actor: Actor, currency: str) -> bool:
    """Whether this person sees money in another currency than that of an order, so a second sum beside it."""
    return actor.currency not in ("", currency)


def row_of(order: OrderSummary, *, repeatable: bool, second: bool = False, documents: int = 0) -> pages.OrderRow:
    """An order in the list; with a `second` sum where it has been shown in another currency."""
    return pages.OrderRow(
        url=f"/orders/{order.order_id}",
        number=order.number,
        placed_at=order.placed_at,
        status=order.status.value,
        company=order.company_name,
        positions=order.positions,
        total=_sum(order.total, order.currency),
        shown=order.shown if second else None,
        erp_number=order.erp_number,
        payment="paid" if order.is_paid else "",
        author=order.author,
        documents=documents,
        repeat_url=f"/orders/{order.order_id}/repeat" if repeatable else None,
    )


def steps_of(order: OrderDetails) -> tuple[pages.OrderStep, ...]:
    """The way of the order: what is behind it, where it is, what lies ahead; a cancelled one ends where it stood."""
    reached = {OrderStatus.NEW: order.summary.placed_at}
    for event in order.events:
        if event.kind == "status":
            reached[OrderStatus(event.params["after"])] = event.at
    status = order.summary.status
    if status is OrderStatus.CANCELLED:
        done = tuple(
            pages.OrderStep(status=step.value, state="done", at=reached[step]) for step in _WAY if step in reached
        )
        return (*done, pages.OrderStep(status=status.value, state="failed", at=reached.get(status)))
    place = _WAY.index(status)

    def state(index: int) -> Literal["done", "current", "todo"]:
        return "done" if index < place else "current" if index == place else "todo"

    return tuple(
        pages.OrderStep(status=step.value, state=state(index), at=reached.get(step) if index <= place else None)
        for index, step in enumerate(_WAY)
    )


def lines_of(order: OrderDetails, *, second: bool = False) -> tuple[pages.OrderLine, ...]:
    """The lines as ordered, with what the ERP confirmed where it holds other lines.

    With `second` prices and sums stand in the currency of the order's second sum too, by the rates it was made by.
    """
    confirmed: dict[int, Decimal] = {}
    for line in order.erp_lines or ():
        if line.position is not None:
            confirmed[line.position] = confirmed.get(line.position, Decimal(0)) + line.quantity
    currency = order.summary.currency
    display = order.shown.display(currency) if second and order.shown else None
    return tuple(
        pages.OrderLine(
            title=line.name,
            article=line.article,
            quantity=line.quantity,
            unit=line.unit,
            price=_sum(line.price, currency),
            base=_sum(line.base_price, currency),
            percent=percent_off(line.base_price, line.price) if line.base_price and line.price is not None else None,
            total=_sum(line.amount, currency),
            price_shown=money_in(_sum(line.price, currency), display) if display else None,
            total_shown=money_in(_sum(line.amount, currency), display) if display else None,
            reason_url=None
            if line.base_price is None or line.price is None
            else f"/orders/{order.summary.order_id}/lines/{line.position}/price",
            url=f"/products/{line.product_id}",
            confirmed=None if order.erp_lines is None else confirmed.get(line.position, Decimal(0)),
            comment=line.comment,
        )
        for line in order.lines
    )


def changes_of(order: OrderDetails, texts: GNUTranslations) -> tuple[str, ...]:
    """What the ERP changed against the order as placed, in words."""
    if order.erp_lines is None:
        return ()
    ours = {line.position: line for line in order.lines}
    theirs: dict[int, list[ErpLine]] = {}
    told = []
    for line in order.erp_lines:
        if line.position is None:
            said = texts.gettext("{name} was added: {quantity}.")
            told.append(said.format(name=line.name, quantity=plain(line.quantity)))
        else:
            theirs.setdefault(line.position, []).append(line)
    for position, own in ours.items():
        held = theirs.get(position, [])
        quantity = sum((line.quantity for line in held), Decimal(0))
        amount = sum((line.amount for line in held if line.amount is not None), Decimal(0))
        if not held:
            told.append(texts.gettext("{name} was taken out.").format(name=own.name))
        elif quantity != own.quantity:
            said = texts.gettext("{name}: {quantity} instead of {ordered}.")
            told.append(said.format(name=own.name, quantity=plain(quantity), ordered=plain(own.quantity)))
        elif own.amount is not None and amount != own.amount:
            said = texts.gettext("{name}: the sum is {amount} instead of {ordered}.")
            told.append(said.format(name=own.name, amount=plain(amount), ordered=plain(own.amount)))
    return tuple(told)


def _status_text(params: dict[str, Any], texts: GNUTranslations) -> tuple[str, str]:
    label = texts.gettext(label_of("order", params["after"]).text)
    return texts.gettext("Status: {status}").format(status=label), params.get("reason") or params.get("erp_status", "")


def _number_text(params: dict[str, Any], texts: GNUTranslations) -> tuple[str, str]:
    if params.get("day"):
        said = texts.gettext("Number in 1C: {number} of {day}")
        return said.format(number=params["number"], day=date.fromisoformat(params["day"]).strftime("%d.%m.%Y")), ""
    return texts.gettext("Number in 1C: {number}").format(number=params["number"]), ""


def _document_text(kind: str, params: dict[str, Any], texts: GNUTranslations) -> tuple[str, str]:
    titles = {
        "payment": texts.gettext("Payment in 1C"),
        "shipment": texts.gettext("Shipment in 1C"),
        "return": texts.gettext("Return in 1C"),
    }
    note = " · ".join(filter(None, (params.get("number"), params.get("day"), params.get("amount"))))
    return titles[kind], note


def text_of(event: OrderEvent, texts: GNUTranslations) -> tuple[str, str]:
    """What happened, in words, and a note to it."""
    params = event.params
    match event.kind:
        case "placed":
            return texts.gettext("Order placed"), ""
        case "status":
            return _status_text(params, texts)
        case "erp_number":
            return _number_text(params, texts)
        case "paid":
            return texts.gettext("Paid") if params["value"] else texts.gettext("Payment mark taken off"), ""
        case "shipped":
            return texts.gettext("Shipped") if params["value"] else texts.gettext("Shipment mark taken off"), ""
        case "erp_lines" if params["lines"] is None:
            return texts.gettext("The lines are as ordered again"), ""
        case "erp_lines":
            return texts.gettext("The seller changed the lines"), ""
        case "payment" | "shipment" | "return":
            return _document_text(event.kind, params, texts)
        case other:
            return other, ""


def events_of(order: OrderDetails, texts: GNUTranslations) -> tuple[pages.OrderEvent, ...]:
    """The history, newest first."""
    told = []
    for event in reversed(order.events):
        text, note = text_of(event, texts)
        who = texts.gettext("1C") if event.actor == _ERP else event.actor
        told.append(pages.OrderEvent(at=event.at, text=text, who=who, note=note))
    return tuple(told)


def order_view(
    order: OrderDetails, texts: GNUTranslations, *, repeatable: bool, second: bool = False
) -> pages.OrderView:
    """The page of one order."""
    summary = order.summary
    url = f"/orders/{summary.order_id}"
    return pages.OrderView(
        number=summary.number,
        placed_at=summary.placed_at,
        status=summary.status.value,
        company=summary.company_name,
        lines=lines_of(order, second=second),
        total=_sum(summary.total, summary.currency),
        steps=steps_of(order),
        erp_number=summary.erp_number,
        client_number=summary.client_number,
        author=summary.author,
        manager=summary.manager,
        delivery=order.delivery_address,
        payment="paid" if summary.is_paid else "",
        pay_by=order.payment.name if order.payment else "",
        pay_kind=order.payment.kind.value if order.payment else "",
        shown=Money(order.shown.total, order.shown.currency) if order.shown else None,
        rates=notes_of(order.shown.rates) if order.shown else (),
        vat=_sum(summary.vat_amount, summary.currency) if summary.vat_amount else None,
        vat_included=order.vat_included,
        comment=order.comment,
        events=events_of(order, texts),
        changed_by_erp=changes_of(order, texts),
        repeat_url=f"{url}/repeat" if repeatable else None,
        cancel_url=f"{url}/cancel" if order.can_cancel else None,
    )
