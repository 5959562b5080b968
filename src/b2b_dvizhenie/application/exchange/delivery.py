"""Orders to the ERP: `sale` query and success (onec.md §2.6, §4.5).

An order is pending for a node while no confirmed delivery has its revision. `query` gives pending orders out and
writes down which revision went where; only `success` confirms, and only what the last query of the session gave.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.exchange.records import OutgoingOrder
from b2b_dvizhenie.application.exchange.sessions import ExchangeSession
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.exchange.deliveries import Pending, next_batch
from b2b_dvizhenie.domain.shared.ids import NodeId, OrderId


class OrdersToSend(Protocol):
    """Port to ordering: orders in the words of the exchange."""

    @abstractmethod
    async def __call__(
        self, actor: Actor, node_id: NodeId, order_ids: Sequence[OrderId]
    ) -> Mapping[OrderId, OutgoingOrder]:
        """The orders as the node shall take them, goods and companies under the refs of this node.

        Contract: an order that cannot be expressed (a good the node does not know) is left out; it must not keep the
        others back. Reads what is committed now, which may be newer than what the caller saw, never older.
        """
        ...


class OrderCheck(Protocol):
    """Port to the format: whether an order can be written down for the ERP."""

    @abstractmethod
    def __call__(self, order: OutgoingOrder) -> str | None:
        """None if it can, else the reason why not, for the log."""
        ...


class GivenOrders(Struct, frozen=True):
    """What a query gives out. `withheld` are orders that cannot be given to this node: (number or id, reason)."""

    orders: tuple[OutgoingOrder, ...]
    withheld: tuple[tuple[str, str], ...] = ()


class ConfirmDelivery(Protocol):
    """Port to ordering: the ERP has taken these orders over."""

    @abstractmethod
    async def __call__(self, actor: Actor, order_ids: Sequence[OrderId]) -> None:
        """Move new orders on; idempotent, and no reason to give the orders out again (onec.md §4.5)."""
        ...


class Deliveries(Protocol):
    """Port: what was given to which node, within a transaction."""

    @abstractmethod
    async def pending(self, node_id: NodeId) -> Sequence[Pending]:
        """Orders with a revision the node has not confirmed, oldest first, a bounded number.

        Orders cancelled before they were ever given out are not among them. Waits for another query of the node.
        """
        ...

    @abstractmethod
    async def last_given_at(self, node_id: NodeId) -> datetime | None:
        """When the node was last given an order."""
        ...

    @abstractmethod
    async def give(self, session_id: UUID, node_id: NodeId, orders: Sequence[Pending], now: datetime) -> None:
        """Write down that these revisions were given out in this session."""
        ...

    @abstractmethod
    async def given_last(self, session_id: UUID) -> Sequence[OrderId]:
        """Orders of the last query of the session that are not confirmed."""
        ...

    @abstractmethod
    async def confirm_last(self, session_id: UUID, now: datetime) -> None:
        """Confirm the revisions that the last query of the session gave out."""
        ...


class DeliveryTransaction(Protocol):
    """Port: one transaction over deliveries; leaving without `commit` rolls back."""

    deliveries: Deliveries

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


DeliveryWork = Callable[[], AbstractAsyncContextManager[DeliveryTransaction]]


class QueryOrders:
    """`sale` query: the next batch of orders for a node."""

    def __init__(self, work: DeliveryWork, orders_to_send: OrdersToSend, check: OrderCheck, clock: Clock) -> None:
        self._work = work
        self._orders_to_send = orders_to_send
        self._check = check
        self._clock = clock

    async def __call__(self, session: ExchangeSession, request_id: str = "") -> GivenOrders:
        """The orders, oldest first; none when there is nothing to send.

        An order that cannot be written down is withheld: it would roll back all the others in 1C (onec.md §4.1).
        """
        node_id = session.node.node_id
        actor = system_actor("exchange", request_id)
        given: list[OutgoingOrder] = []
        withheld: list[tuple[str, str]] = []
        async with self._work() as work:
            pending = await work.deliveries.pending(node_id)
            batch = next_batch(pending, await work.deliveries.last_given_at(node_id))
            # The revisions were read first: what is written out is these or newer ones, so that an order which
            # changes meanwhile is given again instead of being lost.
            found = await self._orders_to_send(actor, node_id, [one.order_id for one in batch]) if batch else {}
            sent = []
            for one in batch:
                order = found.get(one.order_id)
                reason = "not expressible for this node" if order is None else self._check(order)
                if order is None or reason is not None:
                    withheld.append((str(one.order_id) if order is None else order.number, reason or ""))
                    continue
                given.append(order)
                sent.append(one)
            if sent:
                await work.deliveries.give(session.session_id, node_id, sent, self._clock())
                await work.commit()
        return GivenOrders(tuple(given), tuple(withheld))


class ConfirmOrders:
    """`sale` success: the last query of the session has arrived."""

    def __init__(self, work: DeliveryWork, confirm_delivery: ConfirmDelivery, clock: Clock) -> None:
        self._work = work
        self._confirm_delivery = confirm_delivery
        self._clock = clock

    async def __call__(self, session: ExchangeSession, request_id: str = "") -> int:
        """Confirm; returns how many orders. Saying it twice confirms nothing more."""
        async with self._work() as work:
            order_ids = await work.deliveries.given_last(session.session_id)
            if not order_ids:
                return 0
            # First the orders, then the deliveries: after a crash in between the orders go out once more, and no
            # order is held to be delivered that is still shown as new.
            await self._confirm_delivery(system_actor("exchange", request_id), order_ids)
            await work.deliveries.confirm_last(session.session_id, self._clock())
            await work.commit()
        return len(order_ids)
