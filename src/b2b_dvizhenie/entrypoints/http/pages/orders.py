"""Orders of a buyer: the list with filters, one order with its way, lines, documents and ERP numbers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages.documents import DocumentRow
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, Pager
from b2b_dvizhenie.entrypoints.http.pages.shell import RateNote


class OrderRow(Struct, frozen=True, kw_only=True):
    """An order in the list. `number` is the portal's, `erp_number` the ERP's once it is known."""

    url: str
    number: str
    placed_at: datetime
    status: str  # a key of labels["order"]
    company: str
    positions: int
    total: Money | None
    shown: Money | None = None  # the sum in the currency the buyer saw, for who sees prices in another one
    erp_number: str = ""
    payment: str = ""  # a key of labels["payment"]
    paid_percent: int | None = None
    shipped_percent: int | None = None
    author: str = ""
    documents: int = 0
    repeat_url: str | None = None


class OrdersView(Struct, frozen=True, kw_only=True):
    """The list of orders; `statuses` are filter chips, their titles keys of labels["order"] or "" for all."""

    rows: tuple[OrderRow, ...]
    pager: Pager
    url: str
    statuses: tuple[Link, ...] = ()
    query: str = ""
    since: date | None = None
    until: date | None = None
    companies: tuple[Choice, ...] = ()
    filtered: bool = False
    export_url: str | None = None
    total: Money | None = None  # of everything found, not only of this page


class OrderStep(Struct, frozen=True, kw_only=True):
    """A step on the way of an order; `state` says whether it is behind, now, ahead or went wrong."""

    status: str
    state: Literal["done", "current", "todo", "failed"]
    at: datetime | None = None
    note: str = ""


class OrderLine(Struct, frozen=True, kw_only=True):
    """A line as ordered; `confirmed` is what the ERP confirmed, `shipped` what has left."""

    title: str
    article: str
    quantity: Decimal
    unit: str
    price: Money | None
    total: Money | None
    price_shown: Money | None = None  # the same in the currency the buyer saw, by the rates of the order
    total_shown: Money | None = None
    url: str | None = None
    base: Money | None = None
    reason_url: str | None = None
    percent: Decimal | None = None
    confirmed: Decimal | None = None
    shipped: Decimal | None = None
    comment: str = ""


class OrderEvent(Struct, frozen=True, kw_only=True):
    """An entry of the order's history; `text` is translated, `who` a person or a system."""

    at: datetime
    text: str
    who: str = ""
    note: str = ""


class OrderView(Struct, frozen=True, kw_only=True):
    """The page of one order."""

    number: str
    placed_at: datetime
    status: str
    company: str
    lines: tuple[OrderLine, ...]
    total: Money | None
    steps: tuple[OrderStep, ...]
    why_url: str = ""  # who sees it and why, for staff
    drift_url: str = ""  # how 1C counts it, for staff
    erp_number: str = ""
    erp_synced_at: datetime | None = None
    client_number: str = ""  # the buyer's own number of the order
    agreement: str = ""
    author: str = ""
    manager: str = ""
    manager_phone: str = ""
    delivery: str = ""
    address: str = ""
    ship_on: date | None = None
    pay_until: date | None = None
    payment: str = ""
    pay_by: str = ""  # the way to pay, as it was called when the order was placed
    pay_kind: str = ""  # a key of labels["payment_kind"]
    shown: Money | None = None  # the sum in the currency the buyer saw, by `rates`
    rates: tuple[RateNote, ...] = ()
    paid: Money | None = None
    discount: Money | None = None
    vat: Money | None = None
    vat_included: bool = True
    comment: str = ""
    documents: tuple[DocumentRow, ...] = ()
    documents_url: str = ""  # of their list
    events: tuple[OrderEvent, ...] = ()
    changed_by_erp: tuple[str, ...] = ()  # what the ERP changed against the order as placed, translated
    problem: str = ""  # why the ERP has not accepted it, translated
    pay_url: str | None = None
    repeat_url: str | None = None
    cancel_url: str | None = None
    print_url: str | None = None
    export_url: str | None = None
