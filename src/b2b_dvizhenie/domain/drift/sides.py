"""The sides that are compared: a line as it was sold with its price in steps, and as the ERP holds it.

Sums of both are in the order's currency and as its price type means them: with VAT inside or without.
"""

from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.domain.pricing import Explanation
from b2b_dvizhenie.domain.shared.ids import OrderId


class SoldLine(Struct, frozen=True, kw_only=True):
    """A line as it was sold. `told` is the stored explanation; None where an old order has none that can be read."""

    position: int
    ref: str
    variant_ref: str = ""
    article: str = ""
    name: str = ""
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    vat_rate: Decimal | None = None
    vat_amount: Decimal = Decimal(0)
    told: Explanation | None = None


class SoldOrder(Struct, frozen=True):
    """An order as it was sold. `total` is what the buyer pays."""

    order_id: OrderId
    currency: str
    vat_included: bool
    total: Decimal
    lines: tuple[SoldLine, ...]


class ErpDiscount(Struct, frozen=True):
    """A discount that the ERP's document names (CommerceML `Скидка`). `amount` is for the line, positive; a markup is
    negative. One of the two is always known.
    """

    title: str = ""
    percent: Decimal | None = None
    amount: Decimal | None = None


class ErpLine(Struct, frozen=True, kw_only=True):
    """A line as the ERP holds it. `price` may be that before or after the discounts it names; None is "not said".

    `vat_included` tells whether its sums hold the VAT, where that may differ from the order's prices.
    """

    ref: str
    variant_ref: str = ""
    article: str = ""
    name: str = ""
    quantity: Decimal
    price: Decimal
    amount: Decimal
    discounts: tuple[ErpDiscount, ...] = ()
    vat_rate: Decimal | None = None
    vat_amount: Decimal | None = None
    vat_included: bool | None = None


class ErpDocument(Struct, frozen=True):
    """An order as the ERP holds it; `total` is what the buyer pays there, where the document says it."""

    lines: tuple[ErpLine, ...]
    total: Decimal | None = None
