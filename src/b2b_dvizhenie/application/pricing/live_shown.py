"""Live prices beside the stored ones on pages of goods: what is known at once, and what the ERP tells when asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from b2b_dvizhenie.application.catalog import Item, ItemFinder, first_quantity
from b2b_dvizhenie.application.pricing.live import LivePrices
from b2b_dvizhenie.application.pricing.requests import LineRequest
from b2b_dvizhenie.application.pricing.use_cases import PriceLines
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import LineQuote, LiveKey, LivePrice
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import VariantId

MAX_ROWS = 1000
"""Variants of one page at most."""


class TooManyRows(DomainError):
    """More goods than a page shows; params hold the `maximum`."""

    code = "pricing.too_many_rows"


def check_rows(variants: Sequence[VariantId]) -> None:
    """Raises TooManyRows."""
    if len(variants) > MAX_ROWS:
        raise TooManyRows("variants", maximum=MAX_ROWS)


class LiveRow(Struct, frozen=True):
    """Goods of a page: the stored quote of the first quantity, and beside it what the ERP told.

    Where it told nothing, `since` is the moment from which the stored price is known.
    """

    item: Item
    stored: LineQuote
    live: LivePrice | None
    since: datetime | None


class LiveRows(Struct, frozen=True):
    """What is known of a page's prices. `is_told`: the ERP answered for at least one of them."""

    rows: tuple[LiveRow, ...]
    is_told: bool


class Known(Struct, frozen=True):
    """What can be said of a page's prices without asking: those told a moment ago, the ages of the stored ones."""

    live: Mapping[LiveKey, LivePrice] = {}
    ages: Mapping[VariantId, datetime] = {}


class ShowLivePrices:
    """Live prices for open pages (LIV-1, LIV-3)."""

    def __init__(self, items: ItemFinder, price_lines: PriceLines, live: LivePrices) -> None:
        self._items = items
        self._price_lines = price_lines
        self._live = live

    async def is_on(self, actor: Actor) -> bool:
        """Whether this actor's pages ask at all."""
        return await self._live.is_on(actor)

    async def known(self, actor: Actor, lines: Sequence[LineRequest]) -> Known:
        """What a page is first shown with; one round trip for the ages, none where live prices are off."""
        if not lines or not await self._live.is_on(actor):
            return Known()
        live = self._live.fresh(actor, lines)
        untold = [line.variant_id for line in lines if (line.variant_id, line.quantity) not in live]
        return Known(live, await self._live.ages(actor, untold))

    async def __call__(self, actor: Actor, variants: Sequence[VariantId]) -> LiveRows:
        """Ask for the variants, each in the quantity its page shows the price for.

        Goods that this actor does not see are left out, like unknown ones.

        Raises:
            Forbidden: no right to the catalogue or to prices.
            TooManyRows: more than a page shows.
        """
        actor.require(Permission.CATALOG_VIEW)
        actor.require(Permission.PRICES_VIEW)
        check_rows(variants)
        if not variants or not await self._live.is_on(actor):
            return LiveRows((), is_told=False)
        items = await self._items.by_id(set(variants), actor.closed)
        shown = [items[one] for one in dict.fromkeys(variants) if one in items]
        lines = [LineRequest(item.variant_id, first_quantity(item.order_multiple)) for item in shown]
        told = (await self._live(actor, lines)).prices
        stored = await self._price_lines(actor, lines, live={})
        keys = [(line.variant_id, line.quantity) for line in lines]
        ages = await self._live.ages(actor, [key[0] for key in keys if key not in told])
        return LiveRows(
            tuple(
                LiveRow(item, quoted, told.get(key), ages.get(item.variant_id))
                for item, quoted, key in zip(shown, stored.lines, keys, strict=True)
            ),
            is_told=bool(told),
        )
