"""A 1C that counts orders in a way of its own: its price list, its discounts, its rounding, its VAT.

The site sells at one sum and gets another back; the report of differences must name what was changed here.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from msgspec.structs import replace

from b2b_dvizhenie.testing.emulator.site_orders import SiteLine, SiteOrder

_KOPECK = Decimal("0.01")
_HUNDRED = Decimal(100)
DEARER = Decimal("1.05")
"""What the price list of `Counting.PRICE` has risen by."""
OWN_PERCENT = Decimal(3)
"""The discount of `Counting.EXTRA`."""
OWN_VAT = Decimal(10)
"""The rate of `Counting.VAT`."""

Prices = Callable[[str, Decimal], Decimal | None]
"""(ref of a good, price the site sold at) → the price of a unit before discounts in 1C's price list."""


class Counting(StrEnum):
    """How orders are counted."""

    SITE = "site"
    """As the site did."""
    PRICE = "price"
    """The price list has risen; the discounts are those of the site."""
    DISCOUNT = "discount"
    """At the price list, without the discounts of the site."""
    EXTRA = "extra"
    """With one more discount, named in the document."""
    ROUNDING = "rounding"
    """The price of a unit is rounded before it is multiplied."""
    VAT = "vat"
    """At another rate."""


def recount(order: SiteOrder, counting: Counting, prices: Prices) -> tuple[SiteLine, ...]:
    """The lines of the order as this 1C counts them."""
    return tuple(_recounted(line, counting, prices, vat_included=order.vat_included) for line in order.lines)


def _recounted(line: SiteLine, counting: Counting, prices: Prices, *, vat_included: bool) -> SiteLine:
    if counting is Counting.VAT:
        return _taxed(replace(line, vat_rate=str(OWN_VAT)), vat_included=vat_included)
    if counting is Counting.EXTRA:
        taken = _rounded(line.amount * OWN_PERCENT / _HUNDRED)
        named = ("Скидка 1С", OWN_PERCENT, taken)
        more = replace(line, named_discounts=(named,), discount=line.discount + taken, amount=line.amount - taken)
        return _taxed(more, vat_included=vat_included)
    price = line.price
    if counting is Counting.PRICE:
        price = _rounded(line.price * DEARER)
    elif counting is Counting.DISCOUNT:
        price = prices(line.ref, line.price) or line.price
    elif counting is Counting.ROUNDING:
        price = _rounded(line.price)
    if price == line.price:
        return line
    changed = replace(line, price=price, amount=_rounded(price * line.quantity), discount=Decimal(0))
    return _taxed(changed, vat_included=vat_included)


def _taxed(line: SiteLine, *, vat_included: bool) -> SiteLine:
    """The line with the VAT that its sum comes to at its rate; one without a rate stays without."""
    if not line.vat_rate[:1].isdigit():
        return line
    rate = Decimal(line.vat_rate)
    return replace(line, vat=_rounded(line.amount * rate / (_HUNDRED + rate if vat_included else _HUNDRED)))


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(_KOPECK, ROUND_HALF_UP)
