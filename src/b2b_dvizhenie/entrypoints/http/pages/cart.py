"""The cart: lines with current prices, what changed, what blocks the order, totals, limit."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages.parts import LiveFeed, Price, Quantity
from b2b_dvizhenie.entrypoints.http.pages.shell import Limit


class LineProblem(Struct, frozen=True):
    """What is wrong with a line, translated; `blocks` means the order cannot be placed with it."""

    text: str
    blocks: bool = False


class CartLine(Struct, frozen=True, kw_only=True):
    """A line of the cart."""

    id: str
    url: str
    title: str
    article: str
    price: Price
    quantity: Quantity
    total: Money | None
    brand: str = ""
    picture_url: str | None = None
    available: Decimal | None = None
    availability: Literal["", "none", "low", "enough"] = ""  # stock in a word, for whom the quantity is closed
    comment: str = ""
    problems: tuple[LineProblem, ...] = ()


class CartTotals(Struct, frozen=True, kw_only=True):
    """Sums of the cart; `discount` is what the viewer saves against base prices, where he may see it."""

    goods: Money
    total: Money
    discount: Money | None = None
    vat: Money | None = None
    vat_included: bool = True
    settled: Money | None = None  # what will be charged, where sums are shown in another currency
    weight: str = ""
    volume: str = ""


class CartView(Struct, frozen=True, kw_only=True):
    """The cart page. `totals` is None where prices are concealed from the buyer.

    `consent` asks to accept risen prices before the order may be placed.
    """

    lines: tuple[CartLine, ...]
    totals: CartTotals | None
    limit: Limit | None = None
    company: str = ""
    agreement: str = ""
    consent: Money | None = None  # by how much the sum rose since the viewer saw it
    price_version: str = ""  # names the prices on the page; sent with the consent
    price_lock: str = ""  # promises the live ones among them; sent along
    live: LiveFeed | None = None  # where the open page asks for live prices
    credit: tuple[LineProblem, ...] = ()  # what speaks against the order: limit, overdue payments, stop list
    blocked: Literal["", "lines", "credit", "permission"] = ""
    minimum: Money | None = None  # the least sum of an order, where it is not reached
    problems: tuple[str, ...] = ()  # of the cart as a whole, translated


class CartChange(Struct, frozen=True, kw_only=True):
    """The answer to saved quantities on catalogue pages: rows to refresh, messages for the person."""

    rows: tuple[CartLine, ...]
