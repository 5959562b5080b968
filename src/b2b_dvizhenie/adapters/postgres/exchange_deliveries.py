"""Deliveries of orders in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.exchange import exchange_delivery
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.exchange.delivery import Deliveries, DeliveryTransaction
from b2b_dvizhenie.domain.exchange.deliveries import Pending
from b2b_dvizhenie.domain.shared.ids import NodeId, OrderId

LOOKED_AT = 5000
"""Pending orders one query considers; the rest waits for the next."""

UNDELIVERED = """
SELECT n.node_id, n.name AS node, o.order_id, o.number, o.revision, o.placed_at,
       coalesce(t.times, 0) AS times, coalesce(t.batch, 0) AS batch, t.given_at
  FROM exchange_node n
  JOIN customer_order o ON o.node_id = n.node_id OR o.node_id IS NULL
  LEFT JOIN (
       SELECT u.node_id, u.order_id, u.revision, sum(u.times) AS times, max(u.given_at) AS given_at,
              (array_agg(u.batch ORDER BY u.given_at DESC))[1] AS batch
         FROM (SELECT d.node_id, d.order_id, d.revision, d.times, d.given_at,
                      count(*) OVER (PARTITION BY d.node_id, d.session_id, d.given_at) AS batch
                 FROM exchange_delivery d WHERE d.confirmed_at IS NULL) u
        GROUP BY u.node_id, u.order_id, u.revision
       ) t ON t.node_id = n.node_id AND t.order_id = o.order_id AND t.revision = o.revision
 WHERE NOT EXISTS (
       SELECT FROM exchange_delivery d
        WHERE d.order_id = o.order_id AND d.node_id = n.node_id AND d.revision >= o.revision
          AND d.confirmed_at IS NOT NULL)
   AND (o.status <> 'cancelled' OR EXISTS (
       SELECT FROM exchange_delivery d WHERE d.order_id = o.order_id AND d.node_id = n.node_id))
"""
"""Orders of every node that a confirmed delivery of their revision has not ended.

Unconfirmed deliveries of the revision are counted in `times`; `batch`, how many orders travelled in the last of them,
is the number of rows that were written with it. An order that was cancelled before it was ever given out is not here.
"""
_PENDING = text(
    f"SELECT order_id, revision, times, batch, given_at FROM ({UNDELIVERED}) u"  # noqa: S608 - a constant of this module
    " WHERE u.node_id = :node_id ORDER BY placed_at, order_id LIMIT :limit"
)


class PostgresDeliveries(Deliveries):
    """The `exchange_delivery` table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def pending(self, node_id: NodeId) -> Sequence[Pending]:
        """Orders with a revision the node has not confirmed, oldest first, a bounded number."""
        lock = select(func.pg_advisory_xact_lock(func.hashtextextended(f"exchange_delivery/{node_id}", 0)))
        await self._connection.execute(lock)
        rows = await self._connection.execute(_PENDING, {"node_id": node_id, "limit": LOOKED_AT})
        return [
            Pending(OrderId(order_id), revision, int(times), batch, given_at)
            for order_id, revision, times, batch, given_at in rows
        ]

    async def last_given_at(self, node_id: NodeId) -> datetime | None:
        """When the node was last given an order."""
        query = select(func.max(exchange_delivery.c.given_at)).where(exchange_delivery.c.node_id == node_id)
        return (await self._connection.execute(query)).scalar()

    async def give(self, session_id: UUID, node_id: NodeId, orders: Sequence[Pending], now: datetime) -> None:
        """Write down that these revisions were given out in this session."""
        rows = [
            {
                "session_id": session_id,
                "order_id": order.order_id,
                "revision": order.revision,
                "node_id": node_id,
                "given_at": now,
            }
            for order in orders
        ]
        statement = insert(exchange_delivery).values(rows)
        again = statement.on_conflict_do_update(
            index_elements=["session_id", "order_id", "revision"],
            set_={"given_at": statement.excluded.given_at, "times": exchange_delivery.c.times + 1},
        )
        await self._connection.execute(again)

    async def given_last(self, session_id: UUID) -> Sequence[OrderId]:
        """Orders of the last query of the session that are not confirmed."""
        query = select(exchange_delivery.c.order_id).where(*self._last(session_id))
        return [OrderId(order_id) for order_id in (await self._connection.execute(query)).scalars()]

    async def confirm_last(self, session_id: UUID, now: datetime) -> None:
        """Confirm the revisions that the last query of the session gave out."""
        await self._connection.execute(
            update(exchange_delivery).where(*self._last(session_id)).values(confirmed_at=now)
        )

    def _last(self, session_id: UUID) -> list[ColumnElement[bool]]:
        row = exchange_delivery.c
        newest = (
            select(func.max(exchange_delivery.c.given_at))
            .where(exchange_delivery.c.session_id == session_id)
            .scalar_subquery()
        )
        return [row.session_id == session_id, row.given_at == newest, row.confirmed_at.is_(None)]


class PostgresDeliveryTransaction(Transaction, DeliveryTransaction):
    """The unit of work of deliveries."""

    deliveries: Deliveries

    def bind(self, connection: AsyncConnection) -> None:
        """Add the deliveries."""
        super().bind(connection)
        self.deliveries = PostgresDeliveries(connection)
