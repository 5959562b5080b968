"""The card of a product: pictures, the viewer's price and why, stock, characteristics, variants, documents."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages.catalogue import CatalogueRow
from b2b_dvizhenie.entrypoints.http.pages.parts import Link, LiveFeed, Price, Quantity, Stock
from b2b_dvizhenie.entrypoints.http.pages.shell import RateNote


class Picture(Struct, frozen=True):
    """A picture in two sizes; `alt` says what it shows."""

    url: str
    thumb_url: str
    alt: str


class CharacteristicGroup(Struct, frozen=True):
    """Characteristics under one heading, in the seller's order."""

    title: str
    items: tuple[tuple[str, str], ...]


class ReasonStep(Struct, frozen=True, kw_only=True):
    """One candidate of the price explanation.

    `outcome` `won` changed the price by `change`; `lost` names the winner in `note`; `unmatched` names the condition.
    Which of them a viewer may see is decided before (buyer, manager, auditor).
    """

    title: str
    outcome: Literal["base", "won", "lost", "unmatched", "limit", "rounding"]
    percent: Decimal | None = None
    change: Money | None = None
    result: Money | None = None
    note: str = ""


class PriceReason(Struct, frozen=True, kw_only=True):
    """Why the price is what it is: from the base to the result, recomputable."""

    title: str
    article: str
    price: Price
    steps: tuple[ReasonStep, ...]
    valid_note: str = ""  # until when, for which quantity, what more would bring
    total: Money | None = None  # of the line, where it is not the price of a unit
    buyer: bool = True  # the reader is who pays the price
    live_at: datetime | None = None  # when the ERP told the price itself
    shown: Money | None = None  # the price in the currency the viewer chose, by `rates`
    rates: tuple[RateNote, ...] = ()
    shown_total: Money | None = None
    is_placed: bool = False  # of an order: what is shown is what was shown then


class Break(Struct, frozen=True):
    """From this quantity on, a unit costs this much."""

    quantity: Decimal
    price: Money


class ProductFile(Struct, frozen=True):
    """A certificate, passport or drawing."""

    title: str
    url: str
    kind: str
    size: str


class ProductView(Struct, frozen=True, kw_only=True):
    """The card. `description_html` is sanitised before it comes here."""

    id: str
    title: str
    article: str
    price: Price
    stock: Stock
    quantity: Quantity
    crumbs: tuple[Link, ...] = ()
    brand: Link | None = None
    barcode: str = ""
    code: str = ""  # in the ERP
    pack: str = ""
    vat: str = ""
    pictures: tuple[Picture, ...] = ()
    characteristics: tuple[CharacteristicGroup, ...] = ()
    description_html: str = ""
    reason: PriceReason | None = None
    total: Money | None = None
    variants: tuple[CatalogueRow, ...] = ()
    related: tuple[CatalogueRow, ...] = ()
    files: tuple[ProductFile, ...] = ()
    favourite: bool = False
    can_order: bool = True
    prices: bool = True  # the viewer may see prices
    show_stock: bool = True  # the viewer may see stock
    breaks: tuple[Break, ...] = ()
    discontinued: bool = False
    live: LiveFeed | None = None  # where the card asks for live prices
