"""The ERP has taken orders over (onec.md §2.6): new orders become sent ones."""

from collections.abc import Sequence

from b2b_dvizhenie.application.ordering.ports import OrderingWork
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import OrderStatus, hand_over
from b2b_dvizhenie.domain.shared.ids import OrderId


class HandOverOrders:
    """Move orders on after a confirmed delivery."""

    def __init__(self, work: OrderingWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, order_ids: Sequence[OrderId]) -> None:
        """New orders are sent ones now; all others stay as they are, so repeating changes nothing.

        Revisions stay, or the order would be given out again for having arrived (onec.md §4.5).
        """
        actor.require(Permission.EXCHANGE_MANAGE)
        now = self._clock()
        async with self._work() as work:
            held = await work.orders.hold_all(order_ids)
            moved = [order.order_id for order in held if hand_over(order.standing) != order.standing]
            if not moved:
                return
            await work.orders.move(moved, OrderStatus.SENT, now)
            told = {"before": OrderStatus.NEW.value, "after": OrderStatus.SENT.value, "by": "exchange"}
            await work.orders.tell(moved, "status", told, actor.name, now)
            await work.commit()
