"""Goods in the order of the buyer's own price, exactly, without pricing the whole catalogue (features.md §8.1, P12).

Stored prices have an index; own prices have none and need none. Own prices are read in slices, one after another: the
rule book's `Shares` say from which few intervals of stored prices a slice can come, only goods of these are looked at,
and those that may belong to it are priced by the one price function. A slice is complete before the next one begins,
so the reading ends with the page. A product stands at the lowest own price of its variants; goods without a price come
last.
"""

from collections.abc import Sequence
from decimal import Decimal
from math import ceil
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.catalog.goods import own_price, variants_of
from b2b_dvizhenie.application.catalog.ports import (
    CatalogReader,
    Listed,
    ListRequest,
    PriceSlice,
    Pricing,
    Sight,
)
from b2b_dvizhenie.domain.catalog import PriceRange, PricesHidden, Sort
from b2b_dvizhenie.domain.pricing import Shares

SMALL = 20_000
"""A selection of at most so many goods is looked at as a whole: that costs less than looking for it among others."""
_BUDGET = 20_000
"""So many stored prices may be looked at for a page; when they are spent, the rest of the selection is, as a whole."""
_FIRST = 3000
"""Stored prices looked at for the first slice at most, over all levels; later slices take what the page still needs."""
_LEAST = 16
_GROWTH = 4
_CANDIDATES = 8
"""Candidates asked for at once, as a multiple of the page; they are priced a page at a time, as far as needed."""
_GRID = Decimal("0.01")
_HIGHEST = Decimal(10) ** 20
_UNPRICED = ""


class _Place(Struct, frozen=True, order=True):
    """A product's place among the priced ones, in the order that is being read (dear first: the price is negated)."""

    price: Decimal
    product: UUID


class _Scan:
    """Reads priced goods in one direction from a place on."""

    def __init__(
        self,
        reader: CatalogReader,
        request: ListRequest,
        sight: Sight,
        pricing: Pricing,
        shares: Shares,
        *,
        down: bool,
    ) -> None:
        self._reader = reader
        self._request = request
        self._sight = sight
        self._pricing = pricing
        self._shares = shares
        self._down = down
        self._range = request.selection.prices or PriceRange()
        self._prices: dict[UUID, Decimal | None] = {}
        self._found: list[_Place] = []
        self._spent = 0

    def _place(self, price: Decimal, product: UUID) -> _Place:
        # Ids are mirrored too, so that reading backwards is exactly the reverse of reading forwards.
        return _Place(-price, UUID(int=(1 << 128) - 1 - product.int)) if self._down else _Place(price, product)

    def _back(self, place: _Place) -> tuple[Decimal, UUID]:
        if self._down:
            return -place.price, UUID(int=(1 << 128) - 1 - place.product.int)
        return place.price, place.product

    async def read(self, after: tuple[Decimal, UUID] | None, wanted: int) -> list[tuple[Decimal, UUID]]:
        """At most `wanted` products strictly beyond the place, nearest first, with their own prices."""
        border = self._place(*after) if after else None
        last = self._range.low if self._down else self._range.high
        start = after[0] if after else self._range.high if self._down else self._range.low
        if await self._reader.is_larger(self._request, self._sight, SMALL):
            await self._slices(start, last, border, wanted)
        else:
            await self._slice(start, last, border, wanted, is_whole=True)
        return [self._back(place) for place in self._found]

    async def _slices(self, start: Decimal | None, last: Decimal | None, border: _Place | None, wanted: int) -> None:
        """Add goods slice by slice until the page has what it needs."""
        if start is None:
            end = await self._enough(wanted)
            is_last = end is None or self._is_beyond(end, last)
            until = last if is_last else end
            # How much a slice from the edge has to look at is not known before.
            is_whole = self._is_spent or (end is not None and await self._is_long(None, until))
            await self._slice(None, until, border, wanted, is_whole=is_whole)
            if end is None or is_last:
                return
            start = end
        levels = len(self._shares.levels)
        is_wide = any(level.least < level.most for level in self._shares.levels)
        count = max(_LEAST, min(2 * wanted, _FIRST // levels))
        while len(self._found) < wanted:
            self._spent += count * levels
            end = None if self._is_spent else await self._end(start, count)
            is_last = end is None or self._is_beyond(end, last)
            had = len(self._found)
            until = last if is_last else end
            is_whole = self._is_spent or (is_wide and await self._is_long(start, until))
            await self._slice(start, until, border, wanted, is_whole=is_whole)
            if end is None or is_last:
                return
            start = end
            fresh = len(self._found) - had
            needed = ceil(1.2 * count * (wanted - len(self._found)) / fresh) if fresh else _GROWTH * count
            count = min(max(count, needed), _GROWTH * count)

    @property
    def _is_spent(self) -> bool:
        return self._spent > _BUDGET

    def _is_beyond(self, end: Decimal, last: Decimal | None) -> bool:
        return last is not None and (end < last if self._down else end > last)

    async def _is_long(self, start: Decimal | None, end: Decimal | None) -> bool:
        low, high = (end, start) if self._down else (start, end)
        return await self._reader.has_more(self._sight, self._shares.spans(low, high), _BUDGET)

    async def _enough(self, wanted: int) -> Decimal | None:
        """The own price that the page does not go beyond when it begins at the edge of the catalogue; None: not known.

        It is that of the last good of the page among those with the outermost stored prices.
        """
        begin, count = (_HIGHEST if self._down else Decimal(0)), 3 * wanted // 2
        prices: list[Decimal] = []
        while True:
            self._spent += count
            if self._is_spent:
                return None
            (end,) = await self._reader.ahead(self._sight, [begin], count, descending=self._down)
            if end is None:
                return None
            span = (end, begin) if self._down else (begin, end)
            piece = PriceSlice(self._shares, None, None, (span,), _CANDIDATES * wanted, self._down)
            found = await self._reader.candidates(self._request, self._sight, piece)
            await self._price([one.product_id for one in found])
            prices = sorted((one for one in self._prices.values() if one is not None), reverse=self._down)
            if len(prices) >= wanted:
                return prices[wanted - 1]
            begin, count = end, _GROWTH * count

    async def _end(self, start: Decimal, count: int) -> Decimal | None:
        """An own price so far from the start that no level has more than `count` stored prices between; None: all."""
        shares, down = self._shares, self._down
        parts = [level.least if down else level.most for level in shares.levels]
        if not down and max(parts) == 1:
            return None
        parts = [part for part in parts if part < 1]
        slack = shares.tolerance if down else -shares.tolerance
        begins = [max(Decimal(0), (start + slack) / (1 - part)) for part in parts]
        amounts = await self._reader.ahead(self._sight, begins, count, descending=down)
        reached = zip(amounts, parts, strict=True)
        ends = [amount * (1 - part) + slack for amount, part in reached if amount is not None]
        if not ends:
            return None
        # A step at least, for there may be more goods of one price.
        return min(max(ends), start - _GRID) if down else max(min(ends), start + _GRID)

    async def _slice(
        self,
        start: Decimal | None,
        end: Decimal | None,
        border: _Place | None,
        wanted: int,
        *,
        is_whole: bool = False,
    ) -> None:
        """Add the goods from `start` to `end`, both included, as far as the page needs them.

        `is_whole` looks at all of the selection, and not for where its prices can lie.
        """
        low, high = (end, start) if self._down else (start, end)
        spans = None if is_whole else tuple(self._shares.spans(low, high))
        limit = _CANDIDATES * wanted
        before = list(self._found)
        while True:
            piece = PriceSlice(self._shares, low, high, spans, limit, self._down)
            candidates = await self._reader.candidates(self._request, self._sight, piece)
            is_cut = len(candidates) == limit
            for first in range(0, len(candidates), wanted):
                await self._price([one.product_id for one in candidates[first : first + wanted]])
                known = candidates[: first + wanted]
                is_all = len(known) == len(candidates) and not is_cut
                edge = None if is_all else candidates[min(first + wanted, len(candidates) - 1)].edge
                places = {
                    place
                    for product in dict.fromkeys(one.product_id for one in known)
                    if (place := self._within(product, low, high)) is not None
                    and (border is None or place > border)
                    and (edge is None or (-place.price > edge if self._down else place.price < edge))
                }
                self._found = sorted({*before, *places})[:wanted]
                if len(self._found) >= wanted:
                    return
            if not is_cut:
                return
            limit *= 4

    def _within(self, product: UUID, low: Decimal | None, high: Decimal | None) -> _Place | None:
        price = self._prices[product]
        if price is None or (low is not None and price < low) or (high is not None and price > high):
            return None
        return self._place(price, product)

    async def _price(self, products: Sequence[UUID]) -> None:
        fresh = [one for one in products if one not in self._prices]
        if not fresh:
            return
        goods = await self._reader.priced(fresh, self._sight)
        pricer = await self._pricing.known(variants_of(goods))
        self._prices |= dict.fromkeys(fresh) | {one.product_id: own_price(one, pricer) for one in goods}


async def page_by_price(
    reader: CatalogReader, request: ListRequest, sight: Sight, pricing: Pricing | None
) -> Sequence[Listed]:
    """The page of a request whose order is by own price; `key` of its rows is the price, "" for goods without one.

    Raises:
        PricesHidden: the sight has no prices to order by.
        NotFound: the section does not exist or cannot be entered.
    """
    ranged = request.selection.prices is not None
    if pricing is None:
        raise PricesHidden("price_from" if ranged else "sort")
    after = request.after
    backward = after is not None and after.backward
    down = (request.sort is Sort.PRICE_DESC) != backward
    place = None
    if after is not None and after.key != _UNPRICED:
        place = (Decimal(after.key), after.product_id)
    in_unpriced = after is not None and after.key == _UNPRICED
    found: list[tuple[str, UUID]] = []
    if in_unpriced and not ranged:
        found += await _unpriced(reader, request, sight, after.product_id if after else None, request.limit)
    if not in_unpriced or backward:
        scan = _Scan(reader, request, sight, pricing, await pricing.shares(reader.paths), down=down)
        priced = await scan.read(place, request.limit - len(found)) if len(found) < request.limit else []
        found += [(str(price), product) for price, product in priced]
    if not in_unpriced and not backward and not ranged and len(found) < request.limit:
        found += await _unpriced(reader, request, sight, None, request.limit - len(found))
    if backward:
        found.reverse()
    return await reader.listed(found, request, sight)


async def _unpriced(
    reader: CatalogReader, request: ListRequest, sight: Sight, after: UUID | None, limit: int
) -> list[tuple[str, UUID]]:
    backward = request.after is not None and request.after.backward
    products = await reader.unpriced(request, sight, after, limit, descending=backward)
    return [(_UNPRICED, product) for product in products]
