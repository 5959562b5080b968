"""Look at orders, cancel them, repeat them. Foreign orders do not exist (HIER-3)."""

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.ordering.carts import change
from b2b_dvizhenie.application.ordering.events import OrderCancelled, job_of
from b2b_dvizhenie.application.ordering.line_edits import TOP_UP, WantedLine
from b2b_dvizhenie.application.ordering.ports import GoodsReader, OrderingWork, OrderReader
from b2b_dvizhenie.application.ordering.pricing import buyer
from b2b_dvizhenie.application.ordering.views import MAX_PAGE, OrderDetails, OrderPage, OrderQuery, PricedCart
from b2b_dvizhenie.application.pricing import PriceLines
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import (
    Canceller,
    CartEntry,
    OrderStatus,
    Standing,
    TextTooLong,
    can_cancel,
    cancel,
)
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import OrderId, VariantId
from b2b_dvizhenie.domain.shared.quantity import trimmed
from b2b_dvizhenie.domain.visibility import ClosedGoods

MAX_OFFSET = 100_000
MAX_REASON = 200
_CANCELS = {Canceller.STAFF: Permission.ORDERS_PROCESS, Canceller.BUYER: Permission.ORDERS_PLACE}


def canceller(actor: Actor) -> Canceller:
    """In whose name this actor cancels: who processes orders is staff, everybody else a buyer."""
    return Canceller.STAFF if actor.may(Permission.ORDERS_PROCESS) else Canceller.BUYER


class ListOrders:
    """Orders in the actor's scope, newest first."""

    def __init__(self, reader: OrderReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, query: OrderQuery) -> OrderPage:
        """A page of orders; limit and offset beyond their bounds are brought within them."""
        scope = actor.require(Permission.ORDERS_VIEW)
        limit, offset = min(max(query.limit, 1), MAX_PAGE), min(max(query.offset, 0), MAX_OFFSET)
        page = await self._reader.page(actor, scope, replace(query, limit=limit, offset=offset))
        return replace(page, more=False) if offset == MAX_OFFSET else page  # nothing is behind the last offset


class ShowOrder:
    """One order with its lines and history (ORD)."""

    def __init__(self, reader: OrderReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, order_id: OrderId) -> OrderDetails:
        """The order as it was placed, and what the ERP says of it.

        Raises:
            NotFound: it does not exist or is not the actor's to see.
        """
        scope = actor.require(Permission.ORDERS_VIEW)
        found = await self._reader.details(actor, scope, order_id)
        if found is None:
            raise NotFound("order_id")
        by = canceller(actor)
        status = found.summary.status
        return replace(found, can_cancel=actor.may(_CANCELS[by]) and can_cancel(Standing(status), by))


class CancelOrder:
    """Cancel an order while that is still possible; the ERP learns of it with the next exchange (onec.md §4.5)."""

    def __init__(self, work: OrderingWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, order_id: OrderId, reason: str = "") -> OrderStatus:
        """Cancel; an order that is cancelled already stays as it is.

        Args:
            actor: who cancels.
            order_id: which order.
            reason: for the history, in the person's words.

        Raises:
            TextTooLong: the reason.
            NotFound: it does not exist or is not the actor's to touch.
            CannotCancel: it has gone too far.
            Forbidden: the actor may neither place nor process orders.
        """
        by = canceller(actor)
        scope = actor.require(_CANCELS[by])
        if len(reason) > MAX_REASON:
            raise TextTooLong("reason", maximum=MAX_REASON)
        now = self._clock()
        async with self._work() as work:
            held = await work.orders.hold(actor, scope, order_id)
            if held is None:
                raise NotFound("order_id")
            standing = cancel(held.standing, by)
            if standing == held.standing:
                return standing.status
            revision = held.revision + 1
            await work.orders.change(order_id, standing, revision, now)
            await work.orders.tell(
                [order_id],
                "status",
                {"before": held.standing.status.value, "after": standing.status.value, "by": by.value}
                | ({"reason": reason.strip()} if reason.strip() else {}),
                actor.name,
                now,
            )
            await work.audit.record(
                actor,
                Change(
                    "ordering.order_cancelled",
                    "order",
                    str(order_id),
                    before={"status": held.standing.status.value},
                    after={"status": standing.status.value, "by": by.value},
                ),
            )
            await work.jobs.enqueue(job_of(OrderCancelled(order_id, held.number, by.value, revision), actor))
            await work.commit()
        return standing.status


class RepeatedLine(Struct, frozen=True):
    """A line that could not be repeated as it was. `reason`: `gone` (not on sale) or `rounded` (another multiple)."""

    article: str
    name: str
    reason: str
    ordered: Decimal
    put: Decimal | None = None


class Repeated(Struct, frozen=True):
    """What became of repeating an order: the cart now, and the lines that differ from what was ordered."""

    cart: PricedCart
    put: int
    differences: tuple[RepeatedLine, ...]


class RepeatOrder:
    """Put the goods of an order into the cart again, at today's prices (REO)."""

    def __init__(self, reader: OrderReader, work: OrderingWork, price_lines: PriceLines, clock: Clock) -> None:
        self._reader = reader
        self._work = work
        self._price_lines = price_lines
        self._clock = clock

    async def __call__(self, actor: Actor, order_id: OrderId) -> Repeated:
        """The cart with the order's lines in it, at least in the quantities that were ordered.

        Repeating twice changes nothing: of the ordered quantity and the one in the cart the larger stands. Goods that
        are not on sale any more, or closed to the company, are named and left out.

        Raises:
            NotFound: the order is not the actor's to see.
            TooManyLines: the cart would have too many lines.
            CompanyRequired: no company is selected.
        """
        actor.require(Permission.CART_EDIT)
        buyer(actor)
        found = await ShowOrder(self._reader)(actor, order_id)
        async with self._work() as work:
            wanted, differences = await _compared(work.goods, found, actor.closed)
            cart = await change(work, actor, self._price_lines, self._clock(), wanted, TOP_UP)
        return Repeated(cart, len(wanted), differences)

    async def differences(self, actor: Actor, order_id: OrderId) -> tuple[RepeatedLine, ...]:
        """What could not be repeated as it was, without repeating.

        Raises:
            NotFound: the order is not the actor's to see.
        """
        found = await ShowOrder(self._reader)(actor, order_id)
        async with self._work() as work:
            return (await _compared(work.goods, found, actor.closed))[1]


async def _compared(
    goods: GoodsReader, found: OrderDetails, closed: ClosedGoods
) -> tuple[list[WantedLine], tuple[RepeatedLine, ...]]:
    ordered: dict[VariantId, Decimal] = {}
    for line in found.lines:
        ordered[line.variant_id] = ordered.get(line.variant_id, Decimal(0)) + line.quantity
    names = {line.variant_id: (line.article, line.name) for line in found.lines}
    return await as_sold_today(goods, ordered, names, closed)


async def as_sold_today(
    reader: GoodsReader,
    quantities: Mapping[VariantId, Decimal],
    names: Mapping[VariantId, tuple[str, str]],
    closed: ClosedGoods,
) -> tuple[list[WantedLine], tuple[RepeatedLine, ...]]:
    """What quantities that were kept some time ago are today, for the cart, and where that differs.

    Args:
        reader: of goods.
        quantities: by variant.
        names: article and name of each, for what is not sold any more.
        closed: what the company of the buyer does not get.
    """
    goods = await reader.by_ids(sorted(quantities), closed)
    wanted, differences = [], []
    for variant_id, quantity in quantities.items():
        article, name = names[variant_id]
        one = goods.get(variant_id)
        if one is None:
            differences.append(RepeatedLine(article, name, "gone", quantity))
            continue
        put = one.rule.round_up(quantity)
        if put != quantity:
            differences.append(RepeatedLine(article, name, "rounded", quantity, trimmed(put)))
        wanted.append((CartEntry(variant_id, put), one, "quantity"))
    return wanted, tuple(differences)
