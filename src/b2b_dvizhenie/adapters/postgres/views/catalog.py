"""The catalogue over bare psycopg: the hottest read of the product, two statements per page on one connection."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.closings import Closing, values_of
from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.views import catalog_by_price_sql as by_price_sql
from b2b_dvizhenie.adapters.postgres.views import catalog_sql as sql
from b2b_dvizhenie.adapters.postgres.views.catalog_by_price import candidates_of, span_values
from b2b_dvizhenie.adapters.postgres.views.catalog_counts import CountCache, Counted, SectionCounts
from b2b_dvizhenie.application.catalog.ports import (
    Candidate,
    CatalogReader,
    Described,
    Item,
    ItemFinder,
    Listed,
    ListRequest,
    Offer,
    PricedGoods,
    PriceSlice,
    Search,
    Sight,
    StockPoint,
)
from b2b_dvizhenie.application.catalog.views import Branch, Facets, Section, SectionStep
from b2b_dvizhenie.domain.catalog import Known, Selection, Term
from b2b_dvizhenie.domain.pricing import PricePoint, Span
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import ProductId, VariantId
from b2b_dvizhenie.domain.visibility import ClosedGoods


def _term(term: Term) -> str:
    # Words are letters and digits only (folding.compounds), so nothing in them can be an operator.
    ending = ":*" if term.is_prefix else ""
    if len(term.parts) == 1:
        return f"{term.joined}{ending}"
    return f"({term.joined}{ending} | ({' & '.join(term.parts)}{ending}))"


def tsquery(search: Search) -> str:
    """The search as `to_tsquery` reads it."""
    return (" | " if search.any_term else " & ").join(map(_term, search.terms))


def _question(selection: Selection, search: Search | None, closed: ClosedGoods) -> tuple[sql.Shape, dict[str, Any]]:
    barcode = search.text.barcode if search else None
    shape = sql.Shape(
        section=selection.section_id is not None,
        search=search is not None,
        barcode=barcode is not None,
        brands=bool(selection.brands),
        in_stock=selection.in_stock,
        closing=Closing.of(closed),
    )
    values: dict[str, Any] = {"section": selection.section_id, "brands": list(selection.brands)} | values_of(closed)
    if search is not None:
        values |= {"words": tsquery(search), "keys": list(search.text.keys), "barcode": barcode}
    return shape, values


Offers = dict[UUID, tuple[list[Offer], int]]


def _offers(rows: Iterable[TupleRow], sight: Sight) -> Offers:
    price_type = sight.price_type_id
    products: Offers = {}
    last = None
    for row in rows:
        product, variant, name, article, attributes, barcodes, count, amount, currency, least, ids, *stock = row
        prices: tuple[PricePoint, ...] = ()
        if price_type is not None and amount is not None:
            prices = (PricePoint(price_type, amount, currency, least),)
        offers = products.setdefault(product, ([], count))[0]
        if variant == last:  # a further quantity break of the variant before
            before = offers.pop()
            offers.append(replace(before, prices=before.prices + prices))
            continue
        last = variant
        stocks = tuple(map(StockPoint, ids, *stock)) if ids else ()
        offers.append(Offer(variant, name, article, attributes, barcodes, prices, stocks))
    return products


async def _read_offers(
    connection: AsyncConnection[TupleRow], products: list[UUID], sight: Sight, *, limited: bool
) -> Offers:
    price_type = sight.price_type_id
    statement = sql.offers(prices=price_type is not None, stock=sight.stock, limited=limited)
    cursor = connection.cursor(binary=True)
    await cursor.execute(statement, {"products": products, "price_type": price_type})
    return _offers(await cursor.fetchall(), sight)


def _listed(row: Sequence[Any], offers: Offers) -> Listed:
    found, count = offers.get(row[0], ([], 0))
    return Listed(*(*row[:12], tuple(found), count))


class PostgresCatalogReader(CatalogReader):
    """Reads over the bare pool."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts = CountCache()
        self._section_counts = SectionCounts()

    async def sections(self, closed: ClosedGoods) -> tuple[Section, ...]:
        """All sections that people can enter, parents before children."""
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(sql.sections(Closing.of(closed)), values_of(closed))
            found = [Section(*row) for row in await cursor.fetchall()]
            return tuple(await self._counted(connection, found, closed))

    async def branch(self, section_id: UUID | None, closed: ClosedGoods) -> Branch | None:
        """The sections around a section (or the root), or None where it cannot be entered."""
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(sql.branch(Closing.of(closed)), {"section": section_id} | values_of(closed))
            rows = await cursor.fetchall()
            found = await self._counted(connection, [Section(*row[:4]) for row in rows], closed)
        steps = sorted((row for row in rows if row[5] is not None), key=lambda row: row[5])
        if section_id is not None and not (steps and steps[-1][0] == section_id and all(row[4] for row in steps)):
            return None
        path = tuple(SectionStep(row[0], row[2]) for row in steps)
        on_path = {step.id for step in path}
        return Branch(path, tuple(one for one in found if one.product_count > 0 or one.id in on_path))

    async def _counted(
        self, connection: AsyncConnection[TupleRow], sections: list[Section], closed: ClosedGoods
    ) -> list[Section]:
        """The sections, counting only what is open; where something is closed, maybe as it was some minutes ago."""
        if not closed:
            return sections
        cursor = connection.cursor(binary=True)
        await cursor.execute(sql.COUNTERS)
        counters = await cursor.fetchone()
        counts = self._section_counts.get(closed, counters)
        if counts is None:
            async with self._section_counts.counting:
                counts = self._section_counts.get(closed, counters)
                if counts is None:
                    await cursor.execute(sql.open_counts(Closing.of(closed)), values_of(closed))
                    counts = dict(await cursor.fetchall())
                    self._section_counts.keep(closed, counters, counts)
        return [replace(one, product_count=counts.get(one.id, 0)) for one in sections]

    async def _path(
        self, connection: AsyncConnection[TupleRow], section_id: UUID, closed: ClosedGoods
    ) -> list[TupleRow]:
        cursor = connection.cursor(binary=True)
        await cursor.execute(sql.path(Closing.of(closed)), {"section": section_id} | values_of(closed))
        rows = await cursor.fetchall()
        return rows if all(row[2] for row in rows) else []

    async def page(self, request: ListRequest, sight: Sight) -> Sequence[Listed]:
        """Goods in the order of the request, with their first twenty variants."""
        after = request.after
        backward = after is not None and after.backward
        shape, values = _question(request.selection, request.search, sight.closed)
        values["limit"] = request.limit
        if after is not None:
            values |= {"key": after.key, "id": after.product_id, "score": after.score}
        statement = sql.page(shape, request.sort, after=after is not None, backward=backward)
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(statement, values)
            rows = await cursor.fetchall()
            if not rows:
                section = request.selection.section_id
                if section is not None and not await self._path(connection, section, sight.closed):
                    raise NotFound("section")
                return []
            offers = await _read_offers(connection, [row[0] for row in rows], sight, limited=True)
        if backward:
            rows.reverse()
        return [_listed(row, offers) for row in rows]

    def _priced_question(self, request: ListRequest, sight: Sight) -> tuple[sql.Shape, dict[str, Any]]:
        shape, values = _question(request.selection, request.search, sight.closed)
        currency = sight.terms.currency if sight.terms else ""
        return shape, values | {"price_type": sight.price_type_id, "currency": currency}

    async def paths(self, sections: Collection[UUID]) -> Mapping[UUID, Sequence[UUID]]:
        """The way from the root to each section that is, or lies below, one of these."""
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(by_price_sql.PATHS, {"sections": list(sections)})
            return dict(await cursor.fetchall())

    async def is_larger(self, request: ListRequest, sight: Sight, count: int) -> bool:
        """Whether the selection may hold more goods than that."""
        shape, values = self._priced_question(request, sight)
        if not (shape.section or shape.search or shape.brands):
            return True
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(by_price_sql.count(shape), values | {"limit": count + 1})
            row = await cursor.fetchone()
        return row is None or row[0] > count

    async def ahead(
        self, sight: Sight, starts: Sequence[Decimal], count: int, *, descending: bool
    ) -> Sequence[Decimal | None]:
        """The amounts so many stored prices ahead."""
        values = {"price_type": sight.price_type_id, "starts": list(starts), "count": count}
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(by_price_sql.ahead(descending=descending), values)
            return [row[0] for row in await cursor.fetchall()]

    async def has_more(self, sight: Sight, spans: Sequence[Span], count: int) -> bool:
        """Whether more stored prices than that lie in the spans."""
        values = {"price_type": sight.price_type_id, "count": count} | span_values(spans)
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(by_price_sql.HAS_MORE, values)
            return await cursor.fetchone() is not None

    async def candidates(self, request: ListRequest, sight: Sight, piece: PriceSlice) -> Sequence[Candidate]:
        """Goods that may belong to a slice of own prices."""
        statement, values = candidates_of(*self._priced_question(request, sight), piece)
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            # The best way through a whole selection depends on what it is: it is planned each time.
            await cursor.execute(statement, values, prepare=None if piece.spans is not None else False)
            return [Candidate(*row) for row in await cursor.fetchall()]

    async def priced(self, products: Sequence[UUID], sight: Sight) -> Sequence[PricedGoods]:
        """What the own prices of these products depend on."""
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(sql.MULTIPLES, {"products": list(products)})
            multiples = await cursor.fetchall()
            offers = await _read_offers(connection, list(products), replace(sight, stock=False), limited=False)
        nothing: tuple[list[Offer], int] = ([], 0)
        return [
            PricedGoods(product, multiple, tuple(offers.get(product, nothing)[0])) for product, multiple in multiples
        ]

    async def unpriced(
        self, request: ListRequest, sight: Sight, after: UUID | None, limit: int, *, descending: bool
    ) -> Sequence[ProductId]:
        """Selected goods without a price, by id, beyond a place."""
        shape, values = self._priced_question(request, sight)
        values |= {"limit": limit, "id": after}
        statement = sql.unpriced(shape, after=after is not None, descending=descending)
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(statement, values)
            return [row[0] for row in await cursor.fetchall()]

    async def listed(self, places: Sequence[tuple[str, UUID]], request: ListRequest, sight: Sight) -> Sequence[Listed]:
        """The products of these places in their order."""
        products = [product for _, product in places]
        async with self._database.reading() as connection:
            if not places:
                section = request.selection.section_id
                if section is not None and not await self._path(connection, section, sight.closed):
                    raise NotFound("section")
                return []
            cursor = connection.cursor(binary=True)
            keys = [key for key, _ in places]
            values = {"products": products, "keys": keys} | values_of(sight.closed)
            await cursor.execute(sql.listed(Closing.of(sight.closed)), values)
            rows = await cursor.fetchall()
            offers = await _read_offers(connection, products, sight, limited=True)
        return [_listed(row, offers) for row in rows]

    async def card(self, product_id: ProductId, sight: Sight) -> Described | None:
        """A product with all its variants, or None where there is none to see."""
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(sql.card(Closing.of(sight.closed)), {"product": product_id} | values_of(sight.closed))
            row = await cursor.fetchone()
            if row is None:
                return None
            offers = await _read_offers(connection, [product_id], sight, limited=False)
        steps = tuple(map(SectionStep, row[21] or (), row[22] or ()))
        return Described(*(_listed(row, offers), *row[12:21], steps))

    async def facets(self, selection: Selection, search: Search | None, closed: ClosedGoods) -> Facets:
        """Counts over the selection; those of larger sections may be some seconds old."""
        counted = self._counts.get(selection, search, closed)
        if counted is None:
            counted = await self._count(selection, search, closed)
            self._counts.keep(selection, search, closed, counted)
        return counted.facets(selection.brands)

    async def _count(self, selection: Selection, search: Search | None, closed: ClosedGoods) -> Counted:
        shape, values = _question(selection, search, closed)
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(sql.facets(shape._replace(brands=False)), values)
            rows = await cursor.fetchall()
            section = selection.section_id
            if not rows and section is not None and not await self._path(connection, section, closed):
                raise NotFound("section")
            missing = set(selection.brands) - {row[0] for row in rows}
            if missing:
                await cursor.execute(sql.brands(shape.closing), {"brands": list(missing)} | values_of(closed))
                rows += await cursor.fetchall()
        return Counted(rows)

    async def known(self, words: Sequence[str], closed: ClosedGoods) -> Mapping[str, Known]:
        """What is known of each of the words."""
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(sql.known(Closing.of(closed)), {"words": list(words)} | values_of(closed))
            rows = await cursor.fetchall()
        return {word: Known(is_word, is_beginning, tuple(similar)) for word, is_word, is_beginning, similar in rows}

    async def shows_picture(self, picture: str, closed: ClosedGoods) -> bool:
        """Whether the picture is of a good that is shown; asked only where something is closed."""
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(sql.pictured(Closing.of(closed)), {"picture": picture} | values_of(closed))
            row = await cursor.fetchone()
        return bool(row and row[0])


def _item(row: Sequence[Any]) -> Item:
    variant_id, product_id, name, variant_name, article, variant_article, unit, multiple, _ = row
    title = variant_name if variant_name and variant_name.startswith(name) else f"{name} {variant_name}".strip()
    return Item(variant_id, product_id, title, variant_article or article, unit, multiple)


class PostgresItemFinder(ItemFinder):
    """Finds variants by primary key and by the article index."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_id(self, variants: Iterable[VariantId], closed: ClosedGoods) -> Mapping[VariantId, Item]:
        """The variants that exist."""
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            values = {"variants": list(variants)} | values_of(closed)
            await cursor.execute(sql.items_by_id(Closing.of(closed)), values)
            return {row[0]: _item(row) for row in await cursor.fetchall()}

    async def by_article(self, keys: Iterable[str], closed: ClosedGoods) -> Mapping[str, tuple[Item, ...]]:
        """Every variant of every product with one of the article keys."""
        found: dict[str, list[Item]] = defaultdict(list)
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            values = {"keys": list(keys)} | values_of(closed)
            await cursor.execute(sql.items_by_article(Closing.of(closed)), values)
            for row in await cursor.fetchall():
                found[row[8]].append(_item(row))
        return {key: tuple(items) for key, items in found.items()}
