"""Counts of goods by brand. Those of larger sections are kept for a moment: they cost milliseconds per thousand goods.

A count depends on what segments close to the company, and on nothing else personal: goods are the same for everybody
to whom the same is closed (and, where only what is in stock is counted, stock: the use case has asked for the
permission before).
"""

import time
from asyncio import Lock
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from b2b_dvizhenie.application.catalog.ports import Search
from b2b_dvizhenie.application.catalog.views import BrandCount, Facets
from b2b_dvizhenie.domain.catalog import Selection
from b2b_dvizhenie.domain.shared.ids import BrandId
from b2b_dvizhenie.domain.visibility import ClosedGoods

SECONDS = 15
LARGE = 200
"""Goods from which on a count is kept; smaller ones are counted each time and are exact."""
KEPT = 500
SECTION_SECONDS = 300
_Key = tuple[Any, ...]


class Counted:
    """Goods of a selection by brand, whatever brands are chosen. Rows: brand or None, its name, goods."""

    def __init__(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self.total = sum(goods for _, _, goods in rows)
        self._goods = {brand_id: goods for brand_id, _, goods in rows}
        brands = [BrandCount(brand_id, name, goods) for brand_id, name, goods in rows if brand_id is not None]
        self._brands = tuple(sorted(brands, key=lambda one: (-one.count, one.name, one.id)))

    def knows(self, brands: Sequence[BrandId]) -> bool:
        """Whether all of the brands are among the counted ones."""
        return all(brand in self._goods for brand in brands)

    def facets(self, chosen: Sequence[BrandId]) -> Facets:
        """The facets with these brands chosen."""
        total = sum(self._goods.get(brand, 0) for brand in chosen) if chosen else self.total
        return Facets(total, self._brands)


class CountCache:
    """Counts of larger selections without a text, for a quarter of a minute."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._kept: dict[_Key, tuple[float, Counted]] = {}

    def get(self, selection: Selection, search: Search | None, closed: ClosedGoods) -> Counted | None:
        """A count that is fresh enough, or None."""
        found = self._kept.get(self._key(selection, closed)) if search is None else None
        if found is None or found[0] < self._now() or not found[1].knows(selection.brands):
            return None
        return found[1]

    def keep(self, selection: Selection, search: Search | None, closed: ClosedGoods, counted: Counted) -> None:
        """Keep a count, if it is worth it."""
        if search is not None or counted.total < LARGE:
            return
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[self._key(selection, closed)] = (self._now() + SECONDS, counted)

    def _key(self, selection: Selection, closed: ClosedGoods) -> _Key:
        return (selection.section_id, selection.in_stock, closed)


class SectionCounts:
    """How many goods of each section are open to those to whom the same is closed.

    Counting them reads every closed good, a third of a second where many of a hundred thousand are, so a count holds
    until the sections' own counters move, which an exchange does, and for some minutes at most: a good that changes
    its brand or goes from one section to another moves none in the end. `counting` lets one request count at a time.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._kept: dict[ClosedGoods, tuple[float, object, Mapping[UUID, int]]] = {}
        self.counting = Lock()

    def get(self, closed: ClosedGoods, counters: object) -> Mapping[UUID, int] | None:
        """The counts made when the counters stood like this, or None."""
        found = self._kept.get(closed)
        return None if found is None or found[0] < self._now() or found[1] != counters else found[2]

    def keep(self, closed: ClosedGoods, counters: object, counts: Mapping[UUID, int]) -> None:
        """Keep counts."""
        if len(self._kept) >= KEPT:
            self._kept.clear()
        self._kept[closed] = (self._now() + SECTION_SECONDS, counters, counts)
