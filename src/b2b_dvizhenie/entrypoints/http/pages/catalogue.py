"""The catalogue: sections, filters, goods with the viewer's prices and stock, quantities in place."""

from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages.parts import (
    Facet,
    Link,
    LiveFeed,
    LiveStatus,
    Pager,
    Price,
    Quantity,
    RangeFacet,
    SectionNode,
    Sort,
    Stock,
)


class CatalogueRow(Struct, frozen=True, kw_only=True):
    """One line of goods. `attributes` is a short line of the main characteristics."""

    id: str  # of the variant; unique on the page
    url: str
    title: str
    article: str
    price: Price
    stock: Stock
    quantity: Quantity
    brand: str = ""
    attributes: str = ""
    picture_url: str | None = None
    total: Money | None = None  # of the quantity in the cart
    favourite: bool = False
    ordered_before: bool = False


class SearchNote(Struct, frozen=True):
    """What the search did with the query: shown for another one, with a way back to the literal one."""

    shown_for: str
    literal_url: str


class CatalogueView(Struct, frozen=True, kw_only=True):
    """A page of the catalogue or of search results."""

    title: str
    rows: tuple[CatalogueRow, ...]
    pager: Pager
    sort: Sort
    url: str  # of this list without page
    crumbs: tuple[Link, ...] = ()
    sections: tuple[SectionNode, ...] = ()
    facets: tuple[Facet, ...] = ()
    ranges: tuple[RangeFacet, ...] = ()
    applied: tuple[Link, ...] = ()
    reset_url: str = ""
    query: str = ""
    hidden: tuple[tuple[str, str], ...] = ()  # parameters the filter form must keep (section, view)
    note: SearchNote | None = None
    live: LiveFeed | None = None  # where the page asks for live prices
    status: LiveStatus | None = None
    export_url: str | None = None
    can_order: bool = True
    prices: bool = True  # the viewer may see prices
    stock: bool = True  # the viewer may see stock
    units_in_cart: Decimal = Decimal(0)
