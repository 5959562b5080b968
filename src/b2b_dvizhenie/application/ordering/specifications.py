"""Look at specifications: lists of them, and one at today's prices (SPEC, MUL-1, HIER-3, LIV)."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.ordering.orders import MAX_OFFSET
from b2b_dvizhenie.application.ordering.ports import OrderingWork
from b2b_dvizhenie.application.ordering.pricing import CartLines, Freshness, bare, buyer, draft_now, shown
from b2b_dvizhenie.application.ordering.specification_ports import (
    ListedSpecification,
    SpecificationPage,
    SpecificationQuery,
    SpecificationReader,
    SpecificationViewer,
)
from b2b_dvizhenie.application.ordering.views import MAX_PAGE, PricedCart
from b2b_dvizhenie.application.pricing import LivePrices, PriceLines
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.reading import is_reading_only
from b2b_dvizhenie.domain.companies import CompanyRequired
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.ordering import (
    LINE_CHECKS,
    CartLine,
    Draft,
    Goods,
    Noted,
    OrderPolicy,
    compared_with,
    seen_now,
    to_note,
)
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import SpecificationId
from b2b_dvizhenie.domain.visibility import NOTHING_CLOSED


class SpecificationDetails(Struct, frozen=True):
    """A list with its lines, as a cart of them would cost now; without prices for who buys for nobody.

    `is_priced` says whether there are prices to see; `moved` how many of them differ from what the reader was shown.
    """

    listed: ListedSpecification
    goods: PricedCart
    is_priced: bool
    moved: int = 0


class ListSpecifications:
    """Lists in the actor's scope, those that were changed last first."""

    def __init__(self, reader: SpecificationReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, query: SpecificationQuery) -> SpecificationPage:
        """A page of lists; limit and offset beyond their bounds are brought within them."""
        scope = actor.require(Permission.SPECIFICATIONS_VIEW)
        limit, offset = min(max(query.limit, 1), MAX_PAGE), min(max(query.offset, 0), MAX_OFFSET)
        page = await self._reader.page(actor, scope, replace(query, limit=limit, offset=offset))
        return replace(page, more=False) if offset == MAX_OFFSET else page  # nothing is behind the last offset


def viewer_of(actor: Actor) -> SpecificationViewer:
    """Whose notes of prices are those of the actor.

    Raises:
        CompanyRequired: the actor buys for nobody.
    """
    return SpecificationViewer(buyer(actor), actor.buyer_terms().company_id, actor.priced_by)


class ShowSpecification:
    """One list with its lines: at the prices of the company the actor buys for, or as goods and quantities."""

    def __init__(
        self, reader: SpecificationReader, work: OrderingWork, price_lines: PriceLines, live: LivePrices, clock: Clock
    ) -> None:
        self._reader = reader
        self._work = work
        self._price_lines = price_lines
        self._live = live
        self._clock = clock

    async def __call__(
        self, actor: Actor, specification_id: SpecificationId, *, live: Freshness = "known"
    ) -> SpecificationDetails:
        """Every line with today's price, and marks where it differs from what this reader was shown.

        Lines that the company may not buy are there and flagged (MUL-5).

        Raises:
            NotFound: it does not exist or is not the actor's to see.
            CompanyRequired: the actor is a buyer and acts for no company.
        """
        listed, draft, goods = await self._read(actor, specification_id, live)
        if draft is None:
            return SpecificationDetails(listed, goods, is_priced=False)
        if not actor.is_concealed and not is_reading_only():
            await self._note(actor, specification_id, _to_note(draft, self._clock()))
        moved = sum(bool(line.change) for line in goods.lines)
        return SpecificationDetails(listed, goods, not actor.is_concealed, moved)

    async def agree(self, actor: Actor, specification_id: SpecificationId) -> None:
        """Take today's prices for seen: marks begin anew from them.

        Raises:
            NotFound: it does not exist or is not the actor's to see.
            CompanyRequired: the actor acts for no company.
        """
        _, draft, _ = await self._read(actor, specification_id, "known")
        if draft is None:
            raise CompanyRequired
        if actor.is_concealed:
            return
        await self._note(actor, specification_id, _to_note(draft, self._clock(), anew=True))

    async def _read(
        self, actor: Actor, specification_id: SpecificationId, live: Freshness
    ) -> tuple[ListedSpecification, Draft | None, PricedCart]:
        scope = actor.require(Permission.SPECIFICATIONS_VIEW)
        listed = await self._reader.listed(actor, scope, specification_id)
        if listed is None:
            raise NotFound("specification_id")
        if actor.terms is None and scope is not Scope.OWN:
            rows = await self._reader.lines(specification_id, NOTHING_CLOSED, None)
            return listed, None, bare(actor, listed.company_id, [(line, goods) for line, goods, _ in rows])
        viewer, currency = viewer_of(actor), actor.buyer_terms().currency
        rows = await self._reader.lines(specification_id, actor.closed, viewer)
        lines = _with_notes(rows, viewer, currency)
        draft, ages = await draft_now(actor, lines, self._price_lines, self._live, live)
        return listed, draft, shown(actor, draft, {}, OrderPolicy(), LINE_CHECKS, ages=ages)

    async def _note(self, actor: Actor, specification_id: SpecificationId, record: Sequence[CartLine]) -> None:
        if not record:
            return
        async with self._work() as work:
            await work.specifications.note(specification_id, viewer_of(actor), record, self._clock())
            await work.commit()


def _with_notes(
    rows: Sequence[tuple[CartLine, Goods, Noted | None]], viewer: SpecificationViewer, currency: str
) -> CartLines:
    return [
        (replace(line, seen=compared_with(noted, line, viewer.made_of, currency)), goods) for line, goods, noted in rows
    ]


def _to_note(draft: Draft, now: datetime, *, anew: bool = False) -> list[CartLine]:
    """What is to be written of prices that were shown: of those without a comparable one, or `anew` of all."""
    found = []
    for line in draft.lines:
        today = seen_now(line.quote.unit_price, line.quote.amount, draft.terms.currency)
        written = today if anew else to_note(line.seen, today)
        if written is not None:
            found.append(CartLine(line.goods.variant_id, line.quantity, now, seen=written))
    return found
