"""What the catalogue shows. The same values go to the API as JSON and to the pages of the portal.

A field the actor may not see is UNSET: it is absent from the answer, not empty in it (DESIGN §6.10).
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from b2b_dvizhenie.domain.catalog import Availability
from b2b_dvizhenie.domain.pricing import BaseSource, Gap, NoPrice, Rate

PICTURES = "/files/pictures/"
"""Where pictures are served from; each is named by the hash of its content, so its address never means another."""


class Section(Struct, frozen=True):
    """A section. `product_count` counts the visible goods in it and below it."""

    id: UUID
    parent_id: UUID | None
    name: str
    product_count: int


class Brand(Struct, frozen=True, gc=False):
    """A brand."""

    id: UUID
    name: str


class BrandCount(Struct, frozen=True, gc=False):
    """A brand and how many of the selected goods are of it."""

    id: UUID
    name: str
    count: int


class Facets(Struct, frozen=True):
    """What the selected goods can be narrowed by.

    `total` counts the goods of the selection; each brand's count is what choosing it would give, whatever brands are
    chosen already. Within a range of own prices goods are not counted: `total` is None then.
    """

    total: int | None
    brands: tuple[BrandCount, ...]


class Price(Struct, frozen=True, omit_defaults=True):
    """The actor's price of one base unit when `quantity` of them are bought; without a price, `reason` says why.

    `base_amount` is the price before discounts, where they changed it: what is shown struck out. `shown_…` are the
    same in the currency that was asked for, each rounded once.
    """

    amount: Decimal | None
    currency: str
    quantity: Decimal
    vat_included: bool
    reason: NoPrice | None = None
    base_amount: Decimal | None = None
    shown_amount: Decimal | None = None
    shown_base_amount: Decimal | None = None


class ShownIn(Struct, frozen=True):
    """The currency that `shown_…` amounts are in, by `rates` with their days and sources; charged is the terms' one.

    Without a usable rate there is no such amount at all: `gap` says why, and `gap_currency` whose rate it is.
    """

    currency: str
    rates: tuple[Rate, ...] = ()
    gap: Gap | None = None
    gap_currency: str = ""


class WarehouseStock(Struct, frozen=True, gc=False):
    """Free stock in a warehouse, never negative. `is_own` marks the one the company is served from."""

    warehouse_id: UUID
    name: str
    quantity: Decimal
    updated_at: datetime
    is_own: bool


class Stock(Struct, frozen=True):
    """Free stock over all warehouses: in a word, and in quantities for whom they are open.

    `updated_at` is the age of the oldest figure in it.
    """

    level: Availability
    quantity: Decimal | UnsetType = UNSET
    updated_at: datetime | UnsetType | None = UNSET
    warehouses: tuple[WarehouseStock, ...] | UnsetType = UNSET


class Variant(Struct, frozen=True):
    """What is ordered: the product with one set of characteristics (`attributes` as name and value)."""

    id: UUID
    name: str
    article: str
    attributes: list[list[str]]
    price: Price | UnsetType = UNSET
    stock: Stock | UnsetType = UNSET


class Product(Struct, frozen=True):
    """A product of a list. `variants` holds the first twenty, `variant_count` counts all of them.

    `picture` is an address on this site.
    """

    id: UUID
    name: str
    article: str
    brand: Brand | None
    section_id: UUID | None
    picture: str | None
    unit: str
    order_multiple: Decimal
    vat_rate: Decimal | None
    variant_count: int
    variants: tuple[Variant, ...]


class ShownFor(Struct, frozen=True):
    """Nothing was found for the text as typed; the goods are those for `text`. `any_word`: not all words are there."""

    text: str
    any_word: bool = False


class Page(Struct, frozen=True):
    """A page of goods. `next` and `previous` are cursors; None where the list ends. `first` is its place, from 1."""

    items: tuple[Product, ...]
    first: int
    next: str | None
    previous: str | None
    shown_for: ShownFor | None
    shown: ShownIn | UnsetType = UNSET


class PriceBreak(Struct, frozen=True):
    """From this quantity on, one base unit costs this much."""

    min_quantity: Decimal
    amount: Decimal


class ExplainedPrice(Struct, frozen=True):
    """Price of a variant with what it is made of: from `base` alone the price recomputes."""

    variant_id: UUID
    base: BaseSource | None
    breaks: tuple[PriceBreak, ...]


class Characteristic(Struct, frozen=True):
    """A characteristic of a product and its values."""

    name: str
    values: tuple[str, ...]


class SectionStep(Struct, frozen=True):
    """A step of the path from the root of the catalogue."""

    id: UUID
    name: str


class Branch(Struct, frozen=True):
    """Sections around a place: the path to it, and what lies below every step of it (and below the root).

    Only sections with goods are there, and those of the path itself.
    """

    path: tuple[SectionStep, ...]
    sections: tuple[Section, ...]


class Card(Struct, frozen=True):
    """Everything about a product. `description` is as the ERP sent it: text or HTML, not yet sanitised."""

    product: Product
    full_name: str
    code: str
    description: str
    country: str
    weight: Decimal | None
    is_service: bool
    barcodes: tuple[str, ...]
    characteristics: tuple[Characteristic, ...]
    pictures: tuple[str, ...]
    path: tuple[SectionStep, ...]
    prices: tuple[ExplainedPrice, ...] | UnsetType = UNSET
    shown: ShownIn | UnsetType = UNSET
