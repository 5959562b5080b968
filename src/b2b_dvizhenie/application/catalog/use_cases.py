"""Browse sections and goods, search, look at a card, count what a selection can be narrowed by."""

from asyncio import to_thread
from collections.abc import Sequence
from pathlib import Path

from msgspec import UNSET
from msgspec.structs import replace

from b2b_dvizhenie.application.catalog.by_price import page_by_price
from b2b_dvizhenie.application.catalog.cursors import from_cursor, to_cursor
from b2b_dvizhenie.application.catalog.goods import explained, shown, variants_of
from b2b_dvizhenie.application.catalog.ports import (
    CatalogReader,
    LinePricer,
    Listed,
    ListRequest,
    Pricer,
    Pricing,
    Search,
    Sight,
)
from b2b_dvizhenie.application.catalog.views import (
    PICTURES,
    Branch,
    Card,
    Characteristic,
    Facets,
    Page,
    Section,
    ShownFor,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.files import FileStore
from b2b_dvizhenie.domain.catalog import (
    BY_PRICE,
    Position,
    Selection,
    Sort,
    Term,
    check_limit,
    meant_terms,
    read_text,
    words_to_look_up,
)
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import ProductId, SectionId
from b2b_dvizhenie.domain.visibility import ClosedGoods

DEFAULT_LIMIT = 50


class ShowSections:
    """The tree of sections."""

    def __init__(self, reader: CatalogReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor) -> tuple[Section, ...]:
        """All sections, parents before children; raises Forbidden without the right to see the catalogue."""
        actor.require(Permission.CATALOG_VIEW)
        return await self._reader.sections(actor.closed)


class ShowBranch:
    """The sections around a place of the catalogue."""

    def __init__(self, reader: CatalogReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, section_id: SectionId | None) -> Branch:
        """The path to the section (None: the root) and what lies beside it; raises NotFound where it is closed."""
        actor.require(Permission.CATALOG_VIEW)
        found = await self._reader.branch(section_id, actor.closed)
        if found is None:
            raise NotFound("section")
        return found


def _spelled(terms: Sequence[Term]) -> str:
    return " ".join("-".join(term.parts) for term in terms)


class _Finder:
    """Runs a list request; where a text finds nothing as typed, reads it otherwise."""

    def __init__(self, reader: CatalogReader) -> None:
        self._reader = reader

    def _attempt(self, selection: Selection) -> Search | None:
        if not selection.searches:
            return None
        text = read_text(selection.text)
        return Search(text.terms, text)

    async def meanings(self, first: Search, closed: ClosedGoods) -> list[Search]:
        """Other readings of the text, the most probable first."""
        if not first.text.pieces:
            return []
        known = await self._reader.known(words_to_look_up(first.text), closed)
        meant = meant_terms(first.text, known)
        readings = [Search(meant, first.text)] if meant != first.terms else []
        if len(meant) > 1:
            readings.append(Search(meant, first.text, any_term=True))
        return readings

    async def find(
        self, request: ListRequest, sight: Sight, pricing: Pricing | None
    ) -> tuple[Sequence[Listed], Search | None]:
        """The goods, and the search that found them."""
        first = self._attempt(request.selection)
        if first is None:
            return await self._read(request, sight, pricing), None
        rows = await self._page(request, first, sight, pricing)
        if rows or request.selection.literal:
            return rows, first
        for search in await self.meanings(first, sight.closed):
            rows = await self._page(request, search, sight, pricing)
            if rows:
                return rows, search
        return [], first

    async def _page(
        self, request: ListRequest, search: Search, sight: Sight, pricing: Pricing | None
    ) -> Sequence[Listed]:
        asked = ListRequest(request.selection, request.sort, request.limit, request.after, search)
        return await self._read(asked, sight, pricing)

    async def _read(self, request: ListRequest, sight: Sight, pricing: Pricing | None) -> Sequence[Listed]:
        if request.sort in BY_PRICE:
            return await page_by_price(self._reader, request, sight, pricing)
        return await self._reader.page(request, sight)

    async def counts(self, selection: Selection, closed: ClosedGoods) -> Facets:
        """Facets over what `find` would find."""
        first = self._attempt(selection)
        facets = await self._reader.facets(selection, first, closed)
        if first is None or facets.brands or facets.total or selection.literal:
            return facets
        for search in await self.meanings(first, closed):
            other = await self._reader.facets(selection, search, closed)
            if other.brands or other.total:
                return other
        return facets


class BrowseCatalog:
    """A page of goods: of a section, of a search, of brands, in any of the orders."""

    def __init__(self, reader: CatalogReader, pricer: Pricer) -> None:
        self._finder = _Finder(reader)
        self._pricer = pricer

    async def __call__(
        self,
        actor: Actor,
        selection: Selection,
        *,
        sort: Sort | None = None,
        limit: int = DEFAULT_LIMIT,
        cursor: str | None = None,
    ) -> Page:
        """One page, with the actor's prices and stock.

        Args:
            actor: who looks.
            selection: which goods.
            sort: by name, or by relevance where a text is searched for, when omitted.
            limit: goods on the page.
            cursor: `next` or `previous` of another page of the same list.

        Raises:
            LimitInvalid, CursorInvalid, SortNeedsQuery, PricesHidden: the field is named.
            NotFound: the section does not exist or cannot be entered.
            Forbidden: no right to the catalogue, or a filter by stock without the right to see stock.
        """
        sight = Sight.of(actor)
        if selection.in_stock:
            actor.require(Permission.STOCK_VIEW)
        order = selection.order(sort)
        check_limit(limit)
        after = from_cursor(cursor, selection, order) if cursor else None
        pricing = self._pricer.begin(actor, sight.terms) if sight.terms else None
        request = ListRequest(selection, order, limit + 1, after)
        rows, search = await self._finder.find(request, sight, pricing)
        pricer = await pricing.known(variants_of(rows)) if pricing else None
        return self._page(rows, limit, after, selection, order, sight, search, pricer)

    def _page(
        self,
        rows: Sequence[Listed],
        limit: int,
        after: Position | None,
        selection: Selection,
        order: Sort,
        sight: Sight,
        search: Search | None,
        pricer: LinePricer | None,
    ) -> Page:
        backward = after is not None and after.backward
        more = len(rows) > limit
        rows = rows[-limit:] if backward else rows[:limit]
        place = after.ordinal if after else 0
        start = max(place - len(rows), 0) if backward else place

        def cursor(row: Listed, ordinal: int, *, back: bool) -> str:
            return to_cursor(Position(row.key, row.product_id, row.score, ordinal, back), selection, order)

        following = previous = None
        if rows and (more or backward):
            following = cursor(rows[-1], start + len(rows), back=False)
        if rows and (more if backward else after is not None):
            previous = cursor(rows[0], start, back=True)
        note = None
        if search is not None and rows and (search.any_term or search.terms != search.text.terms):
            note = ShownFor(_spelled(search.terms), search.any_term)
        return Page(tuple(shown(row, sight, pricer) for row in rows), start + 1, following, previous, note)


class CountFacets:
    """What a selection can be narrowed by, and how many goods it has."""

    def __init__(self, reader: CatalogReader) -> None:
        self._finder = _Finder(reader)

    async def __call__(self, actor: Actor, selection: Selection) -> Facets:
        """Counts over the same goods that `BrowseCatalog` lists; raises as it does."""
        actor.require(Permission.CATALOG_VIEW)
        if selection.in_stock:
            actor.require(Permission.STOCK_VIEW)
        if selection.prices is None:
            return await self._finder.counts(selection, actor.closed)
        # Own prices are not counted, only listed: the counts are those without the range, and there is no total.
        counted = await self._finder.counts(replace(selection, prices=None), actor.closed)
        return replace(counted, total=None)


class ShowPicture:
    """A picture of a good."""

    def __init__(self, reader: CatalogReader, files: FileStore) -> None:
        self._reader = reader
        self._files = files

    async def __call__(self, actor: Actor, picture: str) -> tuple[Path, str]:
        """The file and its media type.

        Pictures are named by their content, so whoever can name one has been shown it; where segments close goods that
        is not enough, since what was closed later is not to be seen any more.

        Raises:
            Forbidden: no right to see the catalogue.
            NotFound: there is no such picture, or it is only of goods that are closed to the actor.
        """
        actor.require(Permission.CATALOG_VIEW)
        found = await to_thread(self._files.picture, picture)
        if found is None or (actor.closed and not await self._reader.shows_picture(picture, actor.closed)):
            raise NotFound("sha256")
        return found


class ShowProduct:
    """The card of a product."""

    def __init__(self, reader: CatalogReader, pricer: Pricer) -> None:
        self._reader = reader
        self._pricer = pricer

    async def __call__(self, actor: Actor, product_id: ProductId) -> Card:
        """The card with the actor's prices, where they come from, and stock; raises NotFound where there is none."""
        sight = Sight.of(actor)
        found = await self._reader.card(product_id, sight)
        if found is None:
            raise NotFound("product")
        pricer = None
        if sight.terms is not None:
            pricer = await self._pricer.begin(actor, sight.terms).known(variants_of([found.listed]))
        characteristics = tuple(
            Characteristic(str(one.get("name", "")), tuple(map(str, one.get("values", ()))))
            for one in found.properties
            if one.get("values")
        )
        barcodes = dict.fromkeys([*found.barcodes, *(code for one in found.listed.offers for code in one.barcodes)])
        return Card(
            shown(found.listed, sight, pricer),
            found.full_name,
            found.code,
            found.description,
            found.country,
            found.weight,
            found.is_service,
            tuple(barcodes),
            characteristics,
            tuple(PICTURES + name for name in found.pictures),
            found.path,
            explained(found.listed, pricer) if pricer is not None else UNSET,
        )
