"""Goods in the order of the buyer's own price, exactly, without pricing the whole catalogue (features.md §8.1, P12).

Stored prices have an index; own prices have none and need none. Goods are taken in the order of their stored prices,
priced by the one price function, and the scan ends as soon as the rule book's `Bound` proves that nothing behind it
can belong to the page. A product stands at the lowest own price of its variants; goods without a price come last.
"""

from collections.abc import Sequence
from decimal import Decimal
from heapq import nsmallest
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.catalog.goods import own_price, variants_of
from b2b_dvizhenie.application.catalog.ports import (
    BasePlace,
    CatalogReader,
    LinePricer,
    Listed,
    ListRequest,
    PricedGoods,
    Pricing,
    Sight,
)
from b2b_dvizhenie.domain.catalog import PriceRange, PricesHidden, Sort
from b2b_dvizhenie.domain.pricing import Bound

_FIRST = 4
"""Stored prices looked at in the first step, as a multiple of the page; every further step takes twice as many."""
_MOST_AT_ONCE = 5000
_GRID = Decimal("0.01")
_UNPRICED = ""


class _Place(Struct, frozen=True, order=True):
    """A product's place among the priced ones, in the order that is being read (dear first: the price is negated)."""

    price: Decimal
    product: UUID


class _Scan:
    """Reads priced goods in one direction from a place on.

    Upwards, a product not seen yet has no stored price below the scan's, so its own price is at least the bound's
    lowest for that. Downwards it has none above it, and its own price is at most that.
    """

    def __init__(
        self,
        reader: CatalogReader,
        request: ListRequest,
        sight: Sight,
        pricing: Pricing,
        bound: Bound,
        *,
        down: bool,
    ) -> None:
        self._reader = reader
        self._request = request
        self._sight = sight
        self._pricing = pricing
        self._bound = bound
        self._down = down
        self._range = request.selection.prices or PriceRange()
        self._seen: set[UUID] = set()
        self._found: list[_Place] = []

    def _place(self, price: Decimal, product: UUID) -> _Place:
        # Ids are mirrored too, so that reading backwards is exactly the reverse of reading forwards.
        return _Place(-price, UUID(int=(1 << 128) - 1 - product.int)) if self._down else _Place(price, product)

    def _start(self, after: tuple[Decimal, UUID] | None) -> BasePlace | None:
        """Where stored prices begin to matter for own prices beyond the place and within the range."""
        edge = self._range.high if self._down else self._range.low
        price = after[0] if after else edge
        if price is None:
            return None
        if not self._down:
            return BasePlace(price - _GRID, UUID(int=0))
        highest = self._bound.highest_base(price)
        return None if highest is None else BasePlace(highest, UUID(int=(1 << 128) - 1))

    def _is_over(self, amount: Decimal, wanted: int) -> bool:
        if self._down and self._range.low is not None and amount + _GRID < self._range.low:
            return True
        if not self._down and self._range.high is not None and self._bound.lowest(amount) > self._range.high:
            return True
        if len(self._found) < wanted:
            return False
        worst = self._found[wanted - 1].price
        return -(amount + _GRID) > worst if self._down else self._bound.lowest(amount) > worst

    async def read(self, after: tuple[Decimal, UUID] | None, wanted: int) -> list[tuple[Decimal, UUID]]:
        """At most `wanted` products strictly beyond the place, nearest first, with their own prices."""
        border = self._place(*after) if after else None
        start, size = self._start(after), _FIRST * wanted
        while True:
            rows = await self._reader.by_base(self._request, self._sight, start, size, descending=self._down)
            fresh = list(dict.fromkeys(row.product_id for row in rows if row.product_id not in self._seen))
            self._seen.update(fresh)
            if fresh:
                goods = await self._reader.priced(fresh, self._sight)
                self._take(goods, await self._pricing.known(variants_of(goods)), border, wanted)
            if len(rows) < size or self._is_over(rows[-1].amount, wanted):
                break
            start = BasePlace(rows[-1].amount, rows[-1].variant_id)
            size = min(2 * size, _MOST_AT_ONCE)
        return [self._back(place) for place in self._found]

    def _take(self, goods: Sequence[PricedGoods], pricer: LinePricer, border: _Place | None, wanted: int) -> None:
        for one in goods:
            price = own_price(one, pricer)
            if price is None or not self._is_within(price):
                continue
            place = self._place(price, one.product_id)
            if border is None or place > border:
                self._found.append(place)
        self._found = nsmallest(wanted, self._found)

    def _is_within(self, price: Decimal) -> bool:
        low, high = self._range.low, self._range.high
        return (low is None or price >= low) and (high is None or price <= high)

    def _back(self, place: _Place) -> tuple[Decimal, UUID]:
        if self._down:
            return -place.price, UUID(int=(1 << 128) - 1 - place.product.int)
        return place.price, place.product


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
        scan = _Scan(reader, request, sight, pricing, await pricing.bound(), down=down)
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
