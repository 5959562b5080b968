"""Look at the cart and change it. Every answer is the whole cart at today's prices: what is answered was shown."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace as struct_replace

from b2b_dvizhenie.application.ordering.line_edits import SET_EXACTLY, LinesEdit, WantedLine, edited, entries_of
from b2b_dvizhenie.application.ordering.ports import CartReader, OrderingTransaction, OrderingWork
from b2b_dvizhenie.application.ordering.pricing import (
    CartLines,
    Freshness,
    Prices,
    as_shown,
    buyer,
    draft_now,
    draft_of_cart,
    empty,
    remembered,
    shown,
)
from b2b_dvizhenie.application.ordering.requests import RequestedLine, check_lines, resolve
from b2b_dvizhenie.application.ordering.views import PricedCart
from b2b_dvizhenie.application.pricing import NO_LOCK, LineRequest, LivePrices, PriceLines, PriceLocks
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import (
    CartLine,
    PutMode,
    Seen,
    price_version,
)
from b2b_dvizhenie.domain.pricing import LineQuote
from b2b_dvizhenie.domain.shared.ids import VariantId


class ShowCart:
    """The cart of the actor under the terms of the selected company (CART, MUL-1, LIV-4)."""

    def __init__(
        self, reader: CartReader, work: OrderingWork, price_lines: PriceLines, live: LivePrices, locks: PriceLocks
    ) -> None:
        self._reader = reader
        self._work = work
        self._price_lines = price_lines
        self._live = live
        self._locks = locks

    async def __call__(self, actor: Actor, *, live: Freshness = "known") -> PricedCart:
        """Every line with today's price, and marks where it differs from what was shown.

        Args:
            actor: whose cart.
            live: how fresh prices have to be; what the ERP told when it was `asked` is promised.

        Raises:
            Forbidden: the actor has no cart.
            CompanyRequired: no company is selected.
        """
        actor.require(Permission.CART_EDIT)
        user_id = buyer(actor)
        lines = await self._reader.lines(user_id, actor.closed)
        if not lines:
            return empty(actor)
        draft, ages = await draft_now(actor, lines, self._price_lines, self._live, live)
        draft, record = remembered(draft)
        if actor.is_concealed:
            record = {}  # nothing is shown
        lock = NO_LOCK
        if live == "asked":
            quotes = (line.quote for line in draft.lines)
            lock = await self._locks.give(draft.terms, quotes, price_version(draft))
        async with self._work() as work:
            seller = await work.orders.seller(draft.terms)
            if record:
                await work.carts.hold(user_id)
                await work.carts.record_seen(user_id, with_seen(lines, record))
                await work.commit()
        return shown(actor, draft, record, seller.policy, lock=lock, ages=ages)


class PutLines:
    """Put lines into the cart: one or many, all or none (QTY, QO)."""

    def __init__(self, work: OrderingWork, price_lines: PriceLines, clock: Clock) -> None:
        self._work = work
        self._price_lines = price_lines
        self._clock = clock

    async def __call__(
        self,
        actor: Actor,
        lines: Sequence[RequestedLine],
        *,
        mode: PutMode = PutMode.SET,
        replace: bool = False,
        round_up: bool = False,
        without: Collection[VariantId] = (),
    ) -> PricedCart:
        """The cart after the change. On an error nothing has changed.

        Args:
            actor: whose cart it is.
            lines: what to put; quantities of goods named twice are added up.
            mode: how a quantity meets the one in the cart.
            replace: remove every other line.
            round_up: take the next quantity the seller ships instead of refusing, as the storefront does.
            without: lines to be removed at the same time; what is not in the cart is no error.

        Raises:
            TooManyLines: the request or the cart would have too many lines.
            Invalid: every wrong line by its field: impossible quantity, unknown goods, no multiple.
            CompanyRequired: no company is selected.
        """
        actor.require(Permission.CART_EDIT)
        buyer(actor)
        check_lines(lines)
        async with self._work() as work:
            found = await resolve(work.goods, lines, actor.closed)
            edit = LinesEdit(mode=mode, replace=replace, round_up=round_up, without=without)
            return await change(work, actor, self._price_lines, self._clock(), entries_of(found), edit)


async def change(
    work: OrderingTransaction,
    actor: Actor,
    price_lines: PriceLines,
    now: datetime,
    wanted: Sequence[WantedLine],
    edit: LinesEdit = SET_EXACTLY,
) -> PricedCart:
    """Write entries (with their goods and the field that asked for the quantity) into the cart, show it, commit.

    Raises:
        TooManyLines: the cart would have too many lines.
        Invalid: a resulting quantity is none the seller ships.
    """
    user_id = buyer(actor)
    await work.carts.hold(user_id)
    held = {line.variant_id: (line, goods) for line, goods in await work.carts.lines(user_id, actor.closed)}
    found = edited(held, wanted, now, edit)
    changed = found.changed
    if found.gone:
        await work.carts.remove(user_id, found.gone)
    lines = [line for variant_id, line in (held | changed).items() if variant_id not in found.gone]
    # Today's quotes of the quantities that were there before tell a risen price from another quantity break.
    old = [LineRequest(variant_id, held[variant_id][0].quantity) for variant_id in changed if variant_id in held]
    draft, quotes = await draft_of_cart(actor, lines, price_lines, old)
    touched: dict[VariantId, LineQuote | None] = dict.fromkeys(changed)
    touched.update((quoted.variant_id, quoted) for quoted in quotes)
    draft, record = remembered(draft, touched)
    if actor.is_concealed:
        record = {}  # nothing is shown
    seller = await work.orders.seller(draft.terms)
    rows = with_seen(lines, record) + [line for variant_id, (line, _) in changed.items() if variant_id not in record]
    await work.carts.put(user_id, rows)
    await work.commit()
    return shown(actor, draft, record, seller.policy)


def with_seen(lines: CartLines, record: Mapping[VariantId, Seen]) -> list[CartLine]:
    """The lines for which something is to be recorded, with it."""
    return [struct_replace(line, seen=record[line.variant_id]) for line, _ in lines if line.variant_id in record]


class RemoveLine:
    """Take a line out of the cart."""

    def __init__(self, work: OrderingWork, price_lines: PriceLines, clock: Clock) -> None:
        self._work = work
        self._price_lines = price_lines
        self._clock = clock

    async def __call__(self, actor: Actor, variant_id: VariantId) -> PricedCart:
        """The cart without the line; removing what is not there changes nothing."""
        actor.require(Permission.CART_EDIT)
        buyer(actor)
        async with self._work() as work:
            return await change(work, actor, self._price_lines, self._clock(), [], LinesEdit(without=[variant_id]))


class ClearCart:
    """Empty the cart."""

    def __init__(self, work: OrderingWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor) -> int:
        """Remove every line; returns how many there were."""
        actor.require(Permission.CART_EDIT)
        user_id = buyer(actor)
        async with self._work() as work:
            await work.carts.hold(user_id)
            removed = await work.carts.remove(user_id)
            await work.commit()
        return removed


class AcceptPrices:
    """Agree to prices that rose since they were shown, before ordering (DESIGN §6.6)."""

    def __init__(self, work: OrderingWork, price_lines: PriceLines, locks: PriceLocks) -> None:
        self._work = work
        self._price_lines = price_lines
        self._locks = locks

    async def __call__(self, actor: Actor, version: str, price_lock: str = "") -> bool:
        """Agree to exactly the prices of this version; False when they have moved on, and nothing is agreed to.

        Args:
            actor: whose cart.
            version: of the cart that was shown.
            price_lock: what was promised with it: prices the ERP told then are agreed to as they were told.
        """
        actor.require(Permission.CART_EDIT)
        actor.require(Permission.PRICES_VIEW)
        user_id = buyer(actor)
        async with self._work() as work:
            await work.carts.hold(user_id)
            lines = await work.carts.lines(user_id, actor.closed)
            promise = self._locks.kept(price_lock, actor.buyer_terms()) if price_lock else None
            # With a promise the prices are those that were shown with it, not what the ERP has told since.
            told: Prices | None = {} if promise else None
            locked = promise.prices() if promise else None
            draft, _ = await draft_of_cart(actor, lines, self._price_lines, live=told, locked=locked)
            if price_version(draft) != version:
                return False
            await work.carts.put(user_id, with_seen(lines, as_shown(draft)))
            await work.commit()
        return True
