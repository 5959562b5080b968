"""Documents that the emulated 1C makes: an invoice when it accepts an order, a transfer document when it ships it.

Of every buyer it has a contract and a reconciliation act besides. The same base makes the same documents.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from b2b_dvizhenie.testing.emulator.base import Base1C, Order, Status
from b2b_dvizhenie.testing.emulator.printing import printed
from b2b_dvizhenie.testing.wholesaler import BUYERS, FIRM
from b2b_dvizhenie.testing.wholesaler.assortment import guid

_DAYS_TO_PAY = 14
_CONTRACT_DAY, _ACT_DAY = date(2026, 1, 12), date(2026, 3, 31)


class Paper(Struct, frozen=True):
    """A document: its row of the table `documents`, and the file that is its printed form."""

    row: Mapping[str, Any]
    name: str
    content: bytes

    @property
    def ref(self) -> str:
        """GUID of the document."""
        return str(self.row["id"])

    @property
    def file_ref(self) -> str:
        """GUID of the file."""
        return guid("file", self.ref)

    @property
    def digest(self) -> str:
        """Changes whenever anything that is sent does."""
        return hashlib.sha256(msgspec.json.encode(self.row) + self.content).hexdigest()

    @property
    def file_row(self) -> Mapping[str, Any]:
        """Its row of the table `document_files`, without the bytes."""
        digest = hashlib.sha256(self.content).hexdigest()
        known = {"file_id": self.file_ref, "document_id": self.ref, "name": self.name}
        return known | {"mime": "pdf", "kind": "print", "sha256": digest, "size": len(self.content)}


def untold_papers(base: Base1C) -> list[Paper]:
    """Documents that the site has not been told of, or not as they are now."""
    return [paper for paper in _all(base) if base.state.papers.get(paper.ref) != paper.digest]


def _all(base: Base1C) -> Iterator[Paper]:
    if base.state.goods:  # a base that has sent its buyers
        for number, buyer in enumerate(BUYERS, 1):
            contract, act = guid("contract", buyer.ref), guid("reconciliation", buyer.ref)
            yield _paper("contract", contract, f"Д-{number:03}", _CONTRACT_DAY, buyer.ref, buyer.name)
            yield _paper("reconciliation", act, f"АС-{number:03}", _ACT_DAY, buyer.ref, buyer.name)
    for order in base.state.orders.values():
        if order.status is not Status.LOADED:
            yield _invoice(order)
        if order.shipment is not None:
            yield _transfer(order)


def _invoice(order: Order) -> Paper:
    paid = order.payment is not None
    return _of_order(
        order,
        "invoice",
        order.number,
        order.day,
        status="paid" if paid else "Ожидается оплата",
        due_date=(order.day + timedelta(days=_DAYS_TO_PAY)).isoformat(),
        is_cancelled=order.status is Status.CANCELLED,
    )


def _transfer(order: Order) -> Paper:
    assert order.shipment is not None  # noqa: S101 - the caller asked
    signed = order.status is Status.PAID
    return _of_order(order, "upd", order.shipment.number, order.shipment.day, is_signed_edo=signed)


def _of_order(order: Order, kind: str, number: str, day: date, **more: Any) -> Paper:
    vat = sum((line.vat for line in order.lines), Decimal(0))
    facts = {
        "order_numbers": [order.site.number],
        "erp_order_ids": [order.ref],
        "sum": str(order.amount),
        "vat_sum": str(vat),
        "currency": order.site.currency,
    }
    lines = [f"{line.name}: {line.quantity} {line.unit} x {line.price} = {line.amount}" for line in order.lines]
    lines += ["", f"Итого: {order.amount} {order.site.currency}, в том числе НДС {vat}", f"Заказ № {order.site.number}"]
    ref = guid(kind, order.ref)
    return _paper(kind, ref, number, day, order.site.buyer_ref, order.site.buyer_name, lines, facts | more)


_TITLES = {"invoice": "Счёт", "upd": "УПД", "contract": "Договор поставки", "reconciliation": "Акт сверки"}


def _paper(
    kind: str,
    ref: str,
    number: str,
    day: date,
    company: str,
    company_name: str,
    lines: list[str] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Paper:
    row = {"id": ref, "type": kind, "number": number, "date": day.isoformat(), "company_id": company}
    heading = f"{_TITLES[kind]} № {number} от {day:%d.%m.%Y}"
    head = [f"Поставщик: {FIRM.full_name}, ИНН {FIRM.inn}", f"Покупатель: {company_name}", ""]
    return Paper(row | dict(facts or {}), f"{heading}.pdf", printed(heading, head + (lines or [])))
