"""Pages of the catalogue: sections, search, filters, paging. All state is in the address; htmx swaps only the list."""

from gettext import GNUTranslations
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from b2b_dvizhenie.application.catalog import (
    Branch,
    BrowseCatalog,
    CountFacets,
    Facets,
    Page,
    Section,
    ShowBranch,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.catalog import BY_PRICE, Selection, Sort
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.entrypoints.http.api.catalog import (
    Cursor,
    InStock,
    Literal,
    OfBrands,
    Order,
    Text,
    selected,
)
from b2b_dvizhenie.entrypoints.http.api.displaying import charged
from b2b_dvizhenie.entrypoints.http.pages import parts
from b2b_dvizhenie.entrypoints.http.pages.catalogue import CatalogueView, SearchNote
from b2b_dvizhenie.entrypoints.http.pages.parts import Facet, FacetOption, Link, Pager, SectionNode
from b2b_dvizhenie.entrypoints.http.portal import live
from b2b_dvizhenie.entrypoints.http.portal.carts import in_cart
from b2b_dvizhenie.entrypoints.http.portal.displaying import row_in
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.portal.price_ranges import TypedPrice, range_title, shown_ranges, typed_prices
from b2b_dvizhenie.entrypoints.http.portal.rows import rows_of
from b2b_dvizhenie.entrypoints.http.responses import language_of

ROWS = 50
BRANDS_SHOWN = 40
SUGGESTIONS = 8
_ORDERS = (Sort.NAME, Sort.ARTICLE, Sort.NEWEST)
_PRICE_ORDERS = (Sort.PRICE, Sort.PRICE_DESC)


class Address(Struct, frozen=True):
    """The address of a list: where it is and what it is narrowed by."""

    path: str
    selection: Selection
    sort: Sort | None = None

    def url(self, **changes: Any) -> str:
        """The address with some of its parameters changed; a falsy value leaves one out."""
        prices = self.selection.prices
        values: dict[str, Any] = {
            "q": self.selection.text,
            "brand": [str(brand) for brand in self.selection.brands],
            "in_stock": "true" if self.selection.in_stock else "",
            "literal": "true" if self.selection.literal else "",
            "price_from": plain(prices.low) if prices and prices.low is not None else "",
            "price_to": plain(prices.high) if prices and prices.high is not None else "",
            "sort": self.sort.value if self.sort else "",
        } | changes
        query = urlencode({name: value for name, value in values.items() if value}, doseq=True)
        return f"{self.path}?{query}" if query else self.path


def section_nodes(branch: Branch) -> tuple[SectionNode, ...]:
    """The tree beside a list: opened along the path."""
    below: dict[UUID | None, list[Section]] = {}
    for section in branch.sections:
        below.setdefault(section.parent_id, []).append(section)
    steps = {step.id for step in branch.path}
    current = branch.path[-1].id if branch.path else None

    def children(parent: UUID | None) -> tuple[SectionNode, ...]:
        return tuple(
            SectionNode(
                one.name,
                f"/catalog/{one.id}",
                one.product_count,
                current=one.id == current,
                open=one.id in steps,
                children=children(one.id) if one.id in steps else (),
            )
            for one in below.get(parent, ())
        )

    return children(None)


def shown_facets(facets: Facets, selection: Selection, actor: Actor, texts: GNUTranslations) -> tuple[Facet, ...]:
    """Filters with counts: availability where stock may be seen, and the most frequent brands."""
    chosen = set(selection.brands)
    shown = []
    if actor.may(Permission.STOCK_VIEW):
        only = FacetOption("true", texts.gettext("Only in stock"), None, selection.in_stock)
        shown.append(Facet("in_stock", texts.gettext("Availability"), (only,)))
    brands = [one for place, one in enumerate(facets.brands) if place < BRANDS_SHOWN or one.id in chosen]
    if brands:
        counted = selection.prices is None
        options = tuple(
            FacetOption(str(one.id), one.name, one.count if counted else None, one.id in chosen) for one in brands
        )
        shown.append(Facet("brand", texts.gettext("Brand"), options))
    return tuple(shown)


def applied_filters(facets: Facets, address: Address, texts: GNUTranslations) -> tuple[Link, ...]:
    """What narrows the list; each link takes it off."""
    selection = address.selection
    links = []
    if selection.in_stock:
        links.append(Link(texts.gettext("Only in stock"), address.url(in_stock="")))
    if selection.prices is not None:
        links.append(Link(range_title(selection.prices, texts), address.url(price_from="", price_to="")))
    names = {one.id: one.name for one in facets.brands}
    for brand in selection.brands:
        if brand in names:
            others = [str(other) for other in selection.brands if other != brand]
            links.append(Link(names[brand], address.url(brand=others)))
    return tuple(links)


def shown_pager(page: Page, total: int | None, address: Address) -> Pager:
    """Where the page stands, and ways to its neighbours."""
    last = page.first + len(page.items) - 1
    return Pager(
        first=page.first,
        last=last,
        total=None if total is None else max(total, last),
        previous_url=address.url(cursor=page.previous) if page.previous else None,
        next_url=address.url(cursor=page.next) if page.next else None,
    )


class Listing:
    """Builds the page of a list from its use cases. A Litestar dependency."""

    def __init__(
        self, frame: Frame, browse_catalog: BrowseCatalog, count_facets: CountFacets, show_branch: ShowBranch
    ) -> None:
        self._frame = frame
        self._browse = browse_catalog
        self._facets = count_facets
        self._branch = show_branch

    async def answer(
        self, request: Request[Actor, Any, Any], path: str, selection: Selection, sort: Sort | None, cursor: str | None
    ) -> Response[str]:
        """The page of this list, or the part of it that htmx asked for."""
        actor = request.user
        if selection.prices is not None and sort not in BY_PRICE:
            sort = None  # the form sends the order that was chosen before the range was typed
        texts = self._frame.site.texts(language_of(request))
        address = Address(path, selection, sort)
        branch = await self._branch(actor, selection.section_id)
        display = await self._frame.display(actor)
        asked = charged(selection, display)
        page = await self._browse(actor, asked, sort=sort, limit=ROWS, cursor=cursor)
        facets = await self._facets(actor, asked)
        cart = await self._frame.cart(actor)
        shell = await self._frame.shell(request, "catalogue", query=selection.text, cart=cart)
        rows = tuple(row for product in page.items for row in rows_of(product, in_cart(cart)))
        is_live = bool(rows) and await self._frame.live.is_on(actor)
        if is_live:
            rows = live.with_known(rows, await self._frame.live.known(actor, live.asked_for(rows)))
        rows = tuple(row_in(row, display) for row in rows)
        note = None
        if page.shown_for:
            note = SearchNote(page.shown_for.text, address.url(literal="true"))
        sees_prices = actor.terms is not None and actor.may(Permission.PRICES_VIEW)
        orders = (*_ORDERS, *(_PRICE_ORDERS if sees_prices else ()))
        orders = (Sort.RELEVANCE, *orders) if selection.searches else orders
        if selection.prices is not None:
            orders = _PRICE_ORDERS
        hidden = [("q", selection.text)] if selection.searches else []
        hidden += [("literal", "true")] if selection.literal else []
        view = CatalogueView(
            title=self._title(branch, selection, texts),
            rows=rows,
            live=live.feed_of(rows, shell.company_part) if is_live else None,
            pager=shown_pager(page, facets.total, address),
            sort=parts.Sort(selection.order(sort).value, tuple(order.value for order in orders)),
            url=address.url(),
            crumbs=self._crumbs(branch, texts),
            sections=section_nodes(branch),
            facets=shown_facets(facets, selection, actor, texts),
            ranges=shown_ranges(selection, texts) if sees_prices else (),
            applied=applied_filters(facets, address, texts),
            reset_url=address.url(brand="", in_stock="", price_from="", price_to=""),
            query=selection.text,
            hidden=tuple(hidden),
            note=note,
            can_order=self._frame.can_order(actor),
            prices=sees_prices,
            stock=actor.may(Permission.STOCK_VIEW),
        )
        context = {"shell": shell, "view": view}
        return self._frame.page(request, "pages/catalogue.html", context, fragment="pages/catalogue/fragment.html")

    def _title(self, branch: Branch, selection: Selection, texts: GNUTranslations) -> str:
        if selection.searches:
            return texts.gettext("Search: {query}").format(query=selection.text.strip())
        return branch.path[-1].name if branch.path else texts.gettext("Catalogue")

    def _crumbs(self, branch: Branch, texts: GNUTranslations) -> tuple[Link, ...]:
        above = [Link(step.name, f"/catalog/{step.id}") for step in branch.path[:-1]]
        return (Link(texts.gettext("Catalogue"), "/catalog"), *above) if branch.path else ()


@get("/", permission=Permission.CATALOG_VIEW, include_in_schema=False, sync_to_thread=False)
def home() -> Redirect:
    """Buyers come for goods."""
    return Redirect("/catalog")


@get("/catalog", permission=Permission.CATALOG_VIEW, include_in_schema=False)
async def catalogue(
    request: Request[Actor, Any, Any],
    listing: NamedDependency[Listing],
    brand: OfBrands = None,
    in_stock: InStock = False,
    price_from: TypedPrice = "",
    price_to: TypedPrice = "",
    sort: Order = None,
    cursor: Cursor = None,
) -> Response[str]:
    """All goods."""
    prices = typed_prices(price_from, price_to)
    selection = selected(None, "", brand, in_stock=in_stock, literal=False, prices=prices)
    return await listing.answer(request, "/catalog", selection, sort, cursor)


@get("/catalog/{section_id:uuid}", permission=Permission.CATALOG_VIEW, include_in_schema=False)
async def section(
    request: Request[Actor, Any, Any],
    section_id: FromPath[UUID],
    listing: NamedDependency[Listing],
    brand: OfBrands = None,
    in_stock: InStock = False,
    price_from: TypedPrice = "",
    price_to: TypedPrice = "",
    sort: Order = None,
    cursor: Cursor = None,
) -> Response[str]:
    """Goods of a section and of those below it."""
    prices = typed_prices(price_from, price_to)
    selection = selected(section_id, "", brand, in_stock=in_stock, literal=False, prices=prices)
    return await listing.answer(request, f"/catalog/{section_id}", selection, sort, cursor)


@get("/search", permission=Permission.CATALOG_VIEW, include_in_schema=False)
async def search(
    request: Request[Actor, Any, Any],
    listing: NamedDependency[Listing],
    q: Text = "",
    brand: OfBrands = None,
    in_stock: InStock = False,
    literal: Literal = False,
    price_from: TypedPrice = "",
    price_to: TypedPrice = "",
    sort: Order = None,
    cursor: Cursor = None,
) -> Response[str] | Redirect:
    """Goods found by words, an article or a barcode."""
    if not q.strip():
        return Redirect("/catalog")
    prices = typed_prices(price_from, price_to)
    selection = selected(None, q, brand, in_stock=in_stock, literal=literal, prices=prices)
    return await listing.answer(request, "/search", selection, sort, cursor)


@get("/search/suggest", permission=Permission.CATALOG_VIEW, include_in_schema=False)
async def suggest(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    browse_catalog: NamedDependency[BrowseCatalog],
    q: Text = "",
) -> Response[str]:
    """What the search box offers while one types: a few goods with price and stock."""
    rows: list[Any] = []
    if len(q.strip()) > 1:
        page = await browse_catalog(request.user, Selection(text=q), limit=SUGGESTIONS)
        cart = in_cart(await frame.cart(request.user))
        display = await frame.display(request.user)
        rows = [row_in(next(rows_of(product, cart)), display) for product in page.items if product.variants]
    context = {"query": q.strip(), "rows": rows, "sections": []}
    text = frame.site.renderer.render("fragments/suggestions.html", language_of(request), context)
    return Response(text, media_type=MediaType.HTML)


ROUTES = [home, catalogue, section, search, suggest]
