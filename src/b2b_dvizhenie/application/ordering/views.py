"""What people see of carts and orders. Sums are in whole minor units of `currency`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct

from b2b_dvizhenie.domain.catalog import Availability
from b2b_dvizhenie.domain.ordering import CanonicalStatus, OrderPayment, OrderStatus, ShownSum
from b2b_dvizhenie.domain.pricing import Explanation
from b2b_dvizhenie.domain.shared.ids import CompanyId, OrderId, ProductId, VariantId
from b2b_dvizhenie.domain.shared.money import Money

MAX_PAGE = 200
COUNTED = 10_000
"""Orders are counted up to here; beyond, a list says that there are more."""


class LineProblem(Struct, frozen=True):
    """What is wrong with a line of a cart, by code; `blocks` means that the order cannot be placed with it."""

    code: str
    params: dict[str, Any] = {}
    blocks: bool = True


class PricedLine(Struct, frozen=True, kw_only=True):
    """A line of the cart at today's price.

    `base_price` is the price before discounts, where there are any; `previous_price` what was shown before, where that
    differs. `available` is None for whom quantities are closed; `availability` is stock in a word.
    """

    variant_id: VariantId
    product_id: ProductId
    article: str
    name: str
    unit: str
    quantity: Decimal
    multiple: Decimal
    minimum: Decimal
    price: Decimal | None
    amount: Decimal | None
    base_price: Decimal | None = None
    previous_price: Decimal | None = None
    change: Literal["", "up", "down"] = ""
    vat_rate: Decimal | None = None
    vat_amount: Decimal | None = None
    available: Decimal | None = None
    availability: Availability | None = None
    comment: str = ""
    problems: tuple[LineProblem, ...] = ()
    live_at: datetime | None = None
    stale_since: datetime | None = None


class PricedCart(Struct, frozen=True, kw_only=True):
    """The cart under the terms of the selected company.

    `price_version` names exactly these prices; sending it with the order is the consent to them. `risen` is by how
    much the sum rose since it was shown, where `needs_consent` says that it did. `units` is the sum of quantities,
    `discount` what discounts took off, `problems` are those of the cart as a whole. Sums are None where prices are
    concealed from the buyer: the order is then made at the prices of the agreement (A4). `price_lock` promises the live
    prices among the lines until `locked_until`; send it with the order.
    """

    company_id: CompanyId
    currency: str
    lines: tuple[PricedLine, ...]
    positions: int
    units: Decimal
    amount: Decimal | None
    vat_amount: Decimal | None
    vat_included: bool
    total: Decimal | None
    discount: Decimal | None
    price_version: str
    needs_consent: bool
    risen: Decimal
    can_order: bool
    problems: tuple[LineProblem, ...] = ()
    price_lock: str = ""
    locked_until: datetime | None = None


class OrderQuery(Struct, frozen=True, kw_only=True):
    """Which orders a list shows. `text` is looked for in our number, the buyer's, and the ERP's."""

    statuses: tuple[OrderStatus, ...] = ()
    text: str = ""
    since: date | None = None
    until: date | None = None
    company_id: CompanyId | None = None
    limit: int = 50
    offset: int = 0
    after: tuple[datetime, OrderId] | None = None
    """Continue behind this order, for lists that are read on and on."""


class OrderSummary(Struct, frozen=True, kw_only=True):
    """A row of the list of orders. Sums are None for colleagues to whom what they are made of is closed (LVL-3).

    `shown` is the sum in the currency in which the buyer saw prices, by the rates of that day; `total` is what binds.
    """

    order_id: OrderId
    number: str
    placed_at: datetime
    status: OrderStatus
    canonical: CanonicalStatus
    company_id: CompanyId
    company_name: str
    currency: str
    amount: Decimal | None
    vat_amount: Decimal | None
    total: Decimal | None
    positions: int
    client_number: str
    erp_number: str
    erp_date: date | None
    is_paid: bool
    is_shipped: bool
    author: str
    manager: str
    shown: Money | None = None


class OrderPage(Struct, frozen=True):
    """A page of orders; `more` tells whether a next page exists.

    `total` counts all that match where `exact` says so; otherwise there are at least so many, and nobody counted on.
    """

    orders: tuple[OrderSummary, ...]
    total: int
    more: bool
    exact: bool = True


class OrderLineView(Struct, frozen=True):
    """A line of an order as it was placed. `base_price` is the price of a unit before discounts, if there were any."""

    position: int
    variant_id: VariantId
    product_id: ProductId
    article: str
    name: str
    unit: str
    quantity: Decimal
    base_price: Decimal | None
    price: Decimal | None
    amount: Decimal | None
    vat_rate: Decimal | None
    vat_amount: Decimal | None
    comment: str


class ExplainedLine(Struct, frozen=True):
    """A line of an order with the explanation of its price that was stored with it.

    `shown` is what the order came to in another currency, whose rates are those the price was shown by.
    """

    article: str
    name: str
    unit: str
    explanation: Explanation
    shown: ShownSum | None = None


class ErpLine(Struct, frozen=True):
    """A line as the ERP holds it, where it differs from what was placed.

    `position` is that of the placed line of the same goods; None for goods that were not ordered.
    """

    name: str
    quantity: Decimal
    price: Decimal | None
    amount: Decimal | None
    article: str = ""
    position: int | None = None


class OrderEvent(Struct, frozen=True):
    """Something that happened to the order; texts are made from `kind` and `params`."""

    at: datetime
    kind: str
    params: dict[str, Any]
    actor: str


class OrderDetails(Struct, frozen=True, kw_only=True):
    """An order whole. `erp_lines` is None while the ERP holds the same lines.

    `shown` is the sum in the currency in which the buyer saw prices, by the rates of that day; `summary` is what binds.
    `payment` is the way to pay as it was chosen, None where there was none.
    """

    summary: OrderSummary
    lines: tuple[OrderLineView, ...]
    events: tuple[OrderEvent, ...]
    comment: str
    delivery_address: str
    vat_included: bool
    revision: int
    erp_status: str = ""
    erp_lines: tuple[ErpLine, ...] | None = None
    erp_amount: Decimal | None = None
    shown: ShownSum | None = None
    payment: OrderPayment | None = None
    can_cancel: bool = False
