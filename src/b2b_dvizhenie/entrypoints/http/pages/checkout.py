"""Placing the order: for whom, how delivered, how paid, what was agreed to. One page, no hidden steps."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages.cart import CartTotals, LineProblem
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.pages.shell import Limit


class CheckoutLine(Struct, frozen=True, kw_only=True):
    """A line in short: what is ordered for how much."""

    title: str
    article: str
    quantity: Decimal
    unit: str
    total: Money | None


class CheckoutView(Struct, frozen=True, kw_only=True):
    """The page before the order.

    `idempotency_key` travels with the form: pressing twice makes one order. `price_version` names the prices the buyer
    sees: the tick under risen prices agrees to these and no others. `company_id` is the company at the button.
    """

    idempotency_key: str
    price_version: str
    company_id: str
    company: str
    lines: tuple[CheckoutLine, ...]
    totals: CartTotals | None
    form: Form = Form()
    agreements: tuple[Choice, ...] = ()
    deliveries: tuple[Choice, ...] = ()
    addresses: tuple[Choice, ...] = ()
    warehouses: tuple[Choice, ...] = ()
    payments: tuple[Choice, ...] = ()
    credit: tuple[LineProblem, ...] = ()  # what is in the way of ordering on account, and what helps
    cannot_pay: bool = False  # there are ways to pay, none of them is for this company
    limit: Limit | None = None
    needs_approval: str = ""  # who approves, where the buyer's own rules ask for it
    shown: Money | None = None  # the sum in the currency the buyer sees prices in
    risen: Money | None = None  # prices rose since they were last shown: consent is a required tick
    offer_url: str | None = None  # the terms of sale
    price_lock: str = ""  # promises the live prices on the page; travels with the form
    locked_until: datetime | None = None
