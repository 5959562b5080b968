"""Orders in PostgreSQL: placing, holding, changing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace
from sqlalchemy import LargeBinary, Row, Select, Uuid, any_, bindparam, insert, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.balances import PostgresCreditBook
from b2b_dvizhenie.adapters.postgres.ordering_carts import PostgresCarts, PostgresGoods
from b2b_dvizhenie.adapters.postgres.ordering_scope import visible_orders
from b2b_dvizhenie.adapters.postgres.ordering_specifications import PostgresSpecifications
from b2b_dvizhenie.adapters.postgres.payment_methods import PAYMENT_BASIS, basis_of
from b2b_dvizhenie.adapters.postgres.tables.metadata import AMOUNT, MOMENT
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order, order_event, order_number
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.balances import CreditBook
from b2b_dvizhenie.application.ordering import (
    Carts,
    GoodsReader,
    HeldOrder,
    OrderingTransaction,
    Orders,
    PlacedOrder,
    Seller,
    Specifications,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import PaymentKind, Terms
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.ordering import Canceller, Order, OrderPayment, OrderPolicy, OrderStatus, Standing, Totals
from b2b_dvizhenie.domain.shared.ids import CompanyId, OrderId, PaymentMethodId, UserId
from b2b_dvizhenie.domain.visibility import known_information

_CLAIM = text("SELECT pg_advisory_xact_lock(hashtextextended('order:' || :user || ':' || :key, 0))")

_SELLER = text(f"""
SELECT c.manager_id, (SELECT s.value FROM setting s WHERE s.key = 'ordering.policy'), a.minimum_amount, {PAYMENT_BASIS}
  FROM company c
  LEFT JOIN agreement a ON a.agreement_id = :agreement
  LEFT JOIN app_user m ON m.user_id = c.manager_id
 WHERE c.company_id = :company
""").bindparams(  # noqa: S608 - parts of our own
    bindparam("company", type_=Uuid), bindparam("agreement", type_=Uuid)
)

# One statement for an order of any length: history, order and lines; the lines travel as one JSON value, because
# arrays of text are quoted element by element in Python.
_ADD = text("""
WITH placed AS (
    INSERT INTO customer_order (
        order_id, number, user_id, company_id, manager_id, firm_id, node_id, status, currency, amount, vat_amount,
        terms, shown, payment_method_id, payment_kind, payment_name, made_of, comment, delivery_address,
        client_number, idempotency_key, request_hash, revision, placed_at, updated_at)
    VALUES (
        :order_id, :number, :user_id, :company_id, :manager_id, :firm_id, :node_id, :status, :currency, :amount,
        :vat_amount, CAST(:terms AS jsonb), CAST(:shown AS jsonb), :payment_method_id, :payment_kind, :payment_name,
        CAST(:made_of AS varchar[]), :comment, :delivery_address, :client_number, :idempotency_key,
        :request_hash, :revision, :placed_at, :placed_at)),
told AS (
    INSERT INTO order_event (order_id, at, kind, actor) VALUES (:order_id, :placed_at, 'placed', :author))
INSERT INTO order_line (order_id, position, variant_id, article, name, unit_code, unit_name, quantity, unit_price,
                        amount, vat_rate, vat_amount, explanation, comment)
SELECT :order_id, line.*
  FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS line (
       position int, variant_id uuid, article text, name text, unit_code text, unit_name text, quantity numeric,
       unit_price numeric, amount numeric, vat_rate numeric, vat_amount numeric, explanation jsonb, comment text)
""").bindparams(
    bindparam("order_id", type_=Uuid),
    bindparam("user_id", type_=Uuid),
    bindparam("company_id", type_=Uuid),
    bindparam("manager_id", type_=Uuid),
    bindparam("firm_id", type_=Uuid),
    bindparam("node_id", type_=Uuid),
    bindparam("payment_method_id", type_=Uuid),
    bindparam("amount", type_=AMOUNT),
    bindparam("vat_amount", type_=AMOUNT),
    bindparam("request_hash", type_=LargeBinary),
    bindparam("placed_at", type_=MOMENT),
)


_HELD: Select[*tuple[Any, ...]] = select(
    customer_order.c.order_id,
    customer_order.c.number,
    customer_order.c.company_id,
    customer_order.c.status,
    customer_order.c.cancelled_by,
    customer_order.c.is_paid,
    customer_order.c.is_shipped,
    customer_order.c.revision,
)


def _held(row: Row[*tuple[Any, ...]]) -> HeldOrder:
    standing = standing_of(row[3], row[4], is_paid=row[5], is_shipped=row[6])
    return HeldOrder(OrderId(row[0]), row[1], CompanyId(row[2]), standing, row[7])


PAYMENT = (
    customer_order.c.payment_method_id,
    customer_order.c.payment_kind,
    customer_order.c.payment_name,
)
"""The columns that `payment_of` reads."""


def payment_of(method_id: UUID | None, kind: str | None, name: str) -> OrderPayment | None:
    """The way to pay as the columns of an order hold it."""
    if method_id is None or kind is None:
        return None
    return OrderPayment(PaymentMethodId(method_id), PaymentKind(kind), name)


def standing_of(status: str, cancelled_by: str | None, *, is_paid: bool, is_shipped: bool) -> Standing:
    """The standing as the columns of an order hold it."""
    return Standing(OrderStatus(status), is_paid, is_shipped, Canceller(cancelled_by) if cancelled_by else None)


def columns_of(standing: Standing) -> dict[str, Any]:
    """The columns of an order that hold its standing."""
    return {
        "status": standing.status.value,
        "cancelled_by": standing.cancelled_by.value if standing.cancelled_by else None,
        "is_paid": standing.is_paid,
        "is_shipped": standing.is_shipped,
    }


class PostgresOrders(Orders):
    """The `customer_order`, `order_line` and `order_event` tables."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim_key(self, user_id: UserId, key: str) -> PlacedOrder | None:
        """The order this user already placed with the key; nobody else gets here until the transaction ends."""
        # The lock comes in a statement of its own: the next one must see what the former holder committed.
        await self._connection.execute(_CLAIM, {"user": str(user_id), "key": key})
        orders = customer_order.c
        query = select(
            orders.order_id,
            orders.number,
            orders.status,
            orders.company_id,
            orders.currency,
            orders.amount,
            orders.vat_amount,
            orders.terms,
            orders.placed_at,
            orders.request_hash,
            orders.made_of,
            *PAYMENT,
        ).where(orders.user_id == user_id, orders.idempotency_key == key)
        row = (await self._connection.execute(query)).first()
        if row is None:
            return None
        return PlacedOrder(
            OrderId(row[0]),
            row[1],
            OrderStatus(row[2]),
            CompanyId(row[3]),
            Totals(row[4], row[5], row[6], bool(row[7]["vat_included"])),
            row[8],
            row[9],
            known_information(row[10]),
            payment_of(*row[11:]),
        )

    async def seller(self, terms: Terms) -> Seller:
        """Who serves the company under the terms, and the seller's conditions; the agreement's own go before them."""
        known = {"company": terms.company_id, "agreement": terms.agreement_id}
        row = (await self._connection.execute(_SELLER, known)).one()
        policy = OrderPolicy() if row[1] is None else msgspec.convert(row[1], OrderPolicy, strict=False)
        if row[2] is not None:
            policy = replace(policy, minimum_amount=row[2])
        payment = basis_of(*row[3:])
        return Seller(UserId(row[0]) if row[0] else None, payment.firm_id, policy, payment)

    async def next_number(self) -> int:
        """The next value of the sequence of order numbers."""
        return int((await self._connection.execute(select(order_number.next_value()))).scalar_one())

    async def add(self, order: Order, author: str) -> None:
        """Write a new order with its lines and the beginning of its history: one round trip."""
        await self._connection.execute(
            _ADD,
            {
                "order_id": order.order_id,
                "number": order.number,
                "user_id": order.user_id,
                "company_id": order.company_id,
                "manager_id": order.manager_id,
                "firm_id": order.firm_id,
                "node_id": order.source_id,
                "status": order.status.value,
                "currency": order.totals.currency,
                "amount": order.totals.amount,
                "vat_amount": order.totals.vat_amount,
                "terms": msgspec.json.encode(order.terms).decode(),
                "shown": None if order.shown is None else msgspec.json.encode(order.shown).decode(),
                "payment_method_id": order.payment.method_id if order.payment else None,
                "payment_kind": order.payment.kind.value if order.payment else None,
                "payment_name": order.payment.name if order.payment else "",
                "made_of": sorted(order.made_of),
                "comment": order.wishes.comment,
                "delivery_address": order.wishes.delivery_address,
                "client_number": order.wishes.client_number,
                "idempotency_key": order.idempotency_key,
                "request_hash": order.request_hash,
                "revision": order.revision,
                "placed_at": order.placed_at,
                "author": author,
                "lines": msgspec.json.encode(order.lines).decode(),
            },
        )

    async def hold(self, actor: Actor, scope: Scope, order_id: OrderId) -> HeldOrder | None:
        """An order the actor may touch in this scope, locked until the end of the transaction."""
        query = _HELD.where(customer_order.c.order_id == order_id, visible_orders(actor, scope)).with_for_update()
        row = (await self._connection.execute(query)).first()
        return None if row is None else _held(row)

    async def hold_all(self, order_ids: Sequence[OrderId]) -> list[HeldOrder]:
        """Orders locked in the order of their ids."""
        wanted = customer_order.c.order_id == any_(literal(list(order_ids), ARRAY(Uuid)))
        query = _HELD.where(wanted).order_by(customer_order.c.order_id).with_for_update()
        return [_held(row) for row in await self._connection.execute(query)]

    async def change(self, order_id: OrderId, standing: Standing, revision: int, now: datetime) -> None:
        """Write the standing and the revision of a held order."""
        await self._connection.execute(
            update(customer_order)
            .where(customer_order.c.order_id == order_id)
            .values(**columns_of(standing), revision=revision, updated_at=now)
        )

    async def move(self, order_ids: Sequence[OrderId], status: OrderStatus, now: datetime) -> None:
        """Write one status to held orders."""
        wanted = customer_order.c.order_id == any_(literal(list(order_ids), ARRAY(Uuid)))
        await self._connection.execute(update(customer_order).where(wanted).values(status=status.value, updated_at=now))

    async def tell(
        self, order_ids: Sequence[OrderId], kind: str, params: Mapping[str, Any], actor: str, now: datetime
    ) -> None:
        """Add one event to the history of each order."""
        event = {"at": now, "kind": kind, "params": dict(params), "actor": actor}
        rows = [{"order_id": order_id, **event} for order_id in order_ids]
        if rows:
            await self._connection.execute(insert(order_event), rows)


class PostgresOrderingTransaction(Transaction, OrderingTransaction):
    """The unit of work of ordering."""

    carts: Carts
    goods: GoodsReader
    orders: Orders
    credit: CreditBook
    specifications: Specifications

    def bind(self, connection: AsyncConnection) -> None:
        """Add carts, goods, orders, credit and specifications."""
        super().bind(connection)
        self.carts = PostgresCarts(connection)
        self.goods = PostgresGoods(connection)
        self.orders = PostgresOrders(connection)
        self.credit = PostgresCreditBook(connection)
        self.specifications = PostgresSpecifications(connection)
