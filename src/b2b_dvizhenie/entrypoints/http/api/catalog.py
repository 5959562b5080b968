"""API: sections, goods, search, cards, facets. Prices and stock are the caller's own, or absent."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from b2b_dvizhenie.application.catalog import (
    DEFAULT_LIMIT,
    BrowseCatalog,
    Card,
    CountFacets,
    Facets,
    Page,
    Section,
    ShowProduct,
    ShowSections,
)
from b2b_dvizhenie.application.pricing import ShowDisplay
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.catalog import MAX_PAGE, PriceRange, Selection, Sort
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import BrandId, ProductId, SectionId
from b2b_dvizhenie.entrypoints.http.api.displaying import InCurrency, asked, card_in, page_in

Text = Annotated[
    str, QueryParameter(description="Words, an article in any spelling, or a barcode; typing errors are forgiven.")
]
InSection = Annotated[UUID | None, QueryParameter(description="Goods of this section and of all below it.")]
OfBrands = Annotated[list[UUID] | None, QueryParameter(description="Goods of any of these brands; repeat it.")]
InStock = Annotated[bool, QueryParameter(description="Only goods that are in stock somewhere.")]
Literal = Annotated[bool, QueryParameter(description="Search for the words exactly as typed.")]
Order = Annotated[
    Sort | None, QueryParameter(description="By name when omitted, by relevance where words are searched for.")
]
PriceFrom = Annotated[Decimal | None, QueryParameter(description="Goods at this price of your own or above it.")]
PriceTo = Annotated[Decimal | None, QueryParameter(description="Goods at this price of your own or below it.")]
Limit = Annotated[int, QueryParameter(description=f"Goods on the page, 1 to {MAX_PAGE}.", ge=1, le=MAX_PAGE)]
Cursor = Annotated[str | None, QueryParameter(description="`next` or `previous` of another page of the same list.")]


def price_range(low: Decimal | None, high: Decimal | None) -> PriceRange | None:
    """The range that two parameters name; None where neither is given."""
    return None if low is None and high is None else PriceRange(low, high)


def selected(
    section: UUID | None,
    q: str,
    brand: list[UUID] | None,
    *,
    in_stock: bool,
    literal: bool,
    prices: PriceRange | None = None,
) -> Selection:
    """The selection that query parameters name."""
    return Selection(
        section_id=SectionId(section) if section else None,
        text=q,
        brands=tuple(sorted({BrandId(one) for one in brand or ()})),
        in_stock=in_stock,
        literal=literal,
        prices=prices,
    )


@get("/api/v1/catalog/sections", permission=Permission.CATALOG_VIEW, tags=["catalog"])
async def sections(request: Request[Actor, Any, Any], show_sections: NamedDependency[ShowSections]) -> list[Section]:
    """All sections, parents before children, each with the number of goods in it and below it."""
    return list(await show_sections(request.user))


@get("/api/v1/catalog/products", permission=Permission.CATALOG_VIEW, tags=["catalog"])
async def products(
    request: Request[Actor, Any, Any],
    browse_catalog: NamedDependency[BrowseCatalog],
    show_display: NamedDependency[ShowDisplay],
    section: InSection = None,
    q: Text = "",
    brand: OfBrands = None,
    in_stock: InStock = False,
    literal: Literal = False,
    price_from: PriceFrom = None,
    price_to: PriceTo = None,
    sort: Order = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
    currency: InCurrency = None,
) -> Page:
    """A page of goods with your prices and stock.

    Follow `next` until it is null: pages neither overlap nor skip, also while goods are added.
    """
    prices = price_range(price_from, price_to)
    selection = selected(section, q, brand, in_stock=in_stock, literal=literal, prices=prices)
    display = None if currency is None else await show_display(request.user, currency)
    found = await browse_catalog(request.user, asked(selection, display), sort=sort, limit=limit, cursor=cursor)
    return page_in(found, display, currency)


@get("/api/v1/catalog/facets", permission=Permission.CATALOG_VIEW, tags=["catalog"])
async def facets(
    request: Request[Actor, Any, Any],
    count_facets: NamedDependency[CountFacets],
    show_display: NamedDependency[ShowDisplay],
    section: InSection = None,
    q: Text = "",
    brand: OfBrands = None,
    in_stock: InStock = False,
    literal: Literal = False,
    price_from: PriceFrom = None,
    price_to: PriceTo = None,
    currency: InCurrency = None,
) -> Facets:
    """How many goods a selection has, and of which brands; within a range of prices nothing is counted by it."""
    prices = price_range(price_from, price_to)
    selection = selected(section, q, brand, in_stock=in_stock, literal=literal, prices=prices)
    display = None if currency is None else await show_display(request.user, currency)
    return await count_facets(request.user, asked(selection, display))


@get("/api/v1/catalog/products/{product_id:uuid}", permission=Permission.CATALOG_VIEW, tags=["catalog"])
async def product(
    request: Request[Actor, Any, Any],
    product_id: FromPath[UUID],
    show_product: NamedDependency[ShowProduct],
    show_display: NamedDependency[ShowDisplay],
    currency: InCurrency = None,
) -> Card:
    """Everything about a product: variants, characteristics, pictures, your prices and where they come from, stock."""
    display = None if currency is None else await show_display(request.user, currency)
    return card_in(await show_product(request.user, ProductId(product_id)), display, currency)


ROUTES = [sections, products, facets, product]
