"""Orders in the words of the exchange, out of and into PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Row, Select, Uuid, and_, any_, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.drift import PostgresDrifts
from b2b_dvizhenie.adapters.postgres.ordering import PostgresOrders, columns_of, standing_of
from b2b_dvizhenie.adapters.postgres.tables.catalog import product, variant
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.exchange import order_status_map
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order, order_event, order_line
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.drift import DriftStore
from b2b_dvizhenie.application.exchange.delivery import OrdersToSend
from b2b_dvizhenie.application.exchange.order_states import (
    ErpSide,
    KnownOrder,
    KnownOrders,
    OrderStateTransaction,
)
from b2b_dvizhenie.application.exchange.records import OrderLineRecord, OutgoingLine, OutgoingOrder, Unit
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.companies import PaymentKind
from b2b_dvizhenie.domain.drift import SoldLine, SoldOrder
from b2b_dvizhenie.domain.exchange.order_states import status_key
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import OrderStatus, Standing, Totals
from b2b_dvizhenie.domain.pricing import Explanation
from b2b_dvizhenie.domain.shared.ids import NodeId, OrderId
from b2b_dvizhenie.domain.shared.money import round_money

_LINKED = ("payment", "shipment", "return")
_PRICE_GRID = Decimal("0.0001")

_LINES: Select[*tuple[Any, ...]] = (
    select(
        order_line.c.order_id,
        product.c.node_id,
        product.c.external_ref,
        variant.c.variant_ref,
        order_line.c.article,
        order_line.c.name,
        order_line.c.unit_code,
        order_line.c.unit_name,
        order_line.c.quantity,
        order_line.c.unit_price,
        order_line.c.amount,
        order_line.c.vat_rate,
        order_line.c.vat_amount,
        product.c.is_service,
    )
    .join(variant, variant.c.variant_id == order_line.c.variant_id)
    .join(product, product.c.product_id == variant.c.product_id)
    .order_by(order_line.c.order_id, order_line.c.position)
)
_EXPLAINED = _LINES.add_columns(order_line.c.position, order_line.c.explanation)
_ORDERS: Select[*tuple[Any, ...]] = (
    select(
        customer_order,
        company.c.node_id.label("company_node"),
        company.c.external_ref.label("company_ref"),
        company.c.kind.label("company_kind"),
        company.c.name.label("company_name"),
        company.c.full_name.label("company_full_name"),
        company.c.inn,
        company.c.kpp,
        company.c.details,
        app_user.c.name.label("contact_name"),
        app_user.c.phone.label("contact_phone"),
        app_user.c.email.label("contact_email"),
    )
    .join(company, company.c.company_id == customer_order.c.company_id)
    .join(app_user, app_user.c.user_id == customer_order.c.user_id)
)


def sent_price(unit_price: Decimal, quantity: Decimal, amount: Decimal, currency: str) -> tuple[Decimal, Decimal]:
    """The price and the discount with which price × quantity − discount is the sum of the line, to a kopeck.

    That is the price people see, wherever it gives the sum. Where the sum was rounded from more digits, it is the
    price of four digits that gives it; and for long lines, where even that does not, the next higher one with the
    difference as discount (onec.md §4.2). The discount is never negative.
    """
    for price in (unit_price, (amount / quantity).quantize(_PRICE_GRID)):
        if round_money(price * quantity, currency) == amount:
            return price, Decimal(0)
    price = (amount / quantity).quantize(_PRICE_GRID, ROUND_CEILING)
    return price, round_money(price * quantity, currency) - amount


class PostgresOrdersToSend(OrdersToSend):
    """Reads orders as `OutgoingOrder`; two queries whatever their number.

    Args:
        database: where they are.
        zone: the seller's time zone: times in exchange files have none of their own.
    """

    def __init__(self, database: Database, zone: str) -> None:
        self._database = database
        self._zone = ZoneInfo(zone)

    async def __call__(
        self, actor: Actor, node_id: NodeId, order_ids: Sequence[OrderId]
    ) -> Mapping[OrderId, OutgoingOrder]:
        """The orders whose goods all come from this node."""
        actor.require(Permission.EXCHANGE_MANAGE)
        wanted = any_(literal(list(order_ids), ARRAY(Uuid)))
        async with self._database.engine.connect() as connection:
            lines: dict[OrderId, list[Row[*tuple[Any, ...]]]] = {}
            for line in await connection.execute(_LINES.where(order_line.c.order_id == wanted)):
                lines.setdefault(OrderId(line.order_id), []).append(line)
            orders = (await connection.execute(_ORDERS.where(customer_order.c.order_id == wanted))).all()
        found = ((order, lines.get(OrderId(order.order_id), [])) for order in orders)
        return {
            OrderId(order.order_id): self._outgoing(order, own, node_id)
            for order, own in found
            if own and all(line.node_id == node_id for line in own)
        }

    def _outgoing(
        self, order: Row[*tuple[Any, ...]], lines: Sequence[Row[*tuple[Any, ...]]], node_id: NodeId
    ) -> OutgoingOrder:
        vat_included = bool(order.terms["vat_included"])
        totals = Totals(order.currency, order.amount, order.vat_amount, vat_included)
        known = order.company_node == node_id and order.company_ref
        return OutgoingOrder(
            number=order.number,
            placed_at=order.placed_at.astimezone(self._zone).replace(tzinfo=None, microsecond=0),
            currency=order.currency,
            amount=totals.total,
            buyer_ref=order.company_ref if known else str(order.company_id),
            buyer_name=order.company_name,
            buyer_full_name=order.company_full_name,
            buyer_kind=order.company_kind,
            buyer_inn=order.inn,
            buyer_kpp=order.kpp,
            buyer_address=order.details.get("address", ""),
            contact_name=order.contact_name,
            contact_phone=order.contact_phone or "",
            contact_email=order.contact_email or "",
            lines=tuple(_line(line, order.currency) for line in lines),
            vat_included=vat_included,
            vat_amount=order.vat_amount,
            comment=order.comment,
            delivery_address=order.delivery_address,
            status=order.status,
            payment_method=order.payment_name,
            payment_method_ref="" if order.payment_method_id is None else str(order.payment_method_id),
            payment_kind=None if order.payment_kind is None else PaymentKind(order.payment_kind),
            paid=order.is_paid,
            cancelled=order.status == OrderStatus.CANCELLED,
            version=str(order.revision),
        )


def _line(line: Row[*tuple[Any, ...]], currency: str) -> OutgoingLine:
    price, discount = sent_price(line.unit_price, line.quantity, line.amount, currency)
    return OutgoingLine(
        ref=line.external_ref,
        variant_ref=line.variant_ref,
        name=line.name,
        article=line.article,
        unit=Unit(line.unit_code, line.unit_name),
        quantity=line.quantity,
        price=price,
        discount=discount,
        amount=line.amount,
        vat_rate=line.vat_rate,
        vat_amount=line.vat_amount,
        is_service=line.is_service,
    )


def _sold(line: Row[*tuple[Any, ...]]) -> SoldLine:
    try:
        told = msgspec.convert(line.explanation, Explanation, strict=False)
    except msgspec.ValidationError:  # of an order that was placed before explanations were kept in this form
        told = None
    return SoldLine(
        position=line.position,
        ref=line.external_ref,
        variant_ref=line.variant_ref,
        article=line.article,
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.amount,
        vat_rate=line.vat_rate,
        vat_amount=line.vat_amount,
        told=told,
    )


class PostgresKnownOrders(KnownOrders):
    """Orders as the ERP speaks of them.

    Args:
        connection: of the transaction.
        defaults: statuses by `status_key` for nodes whose table says nothing.
    """

    def __init__(self, connection: AsyncConnection, defaults: Mapping[str, OrderStatus]) -> None:
        self._connection = connection
        self._defaults = defaults
        self._history = PostgresOrders(connection)

    async def find(self, node_id: NodeId, number: str) -> KnownOrder | None:
        """The order with our number that is for this node, locked."""
        order = customer_order.c
        query = (
            select(customer_order, company.c.node_id.label("company_node"), company.c.external_ref, company.c.inn)
            .join(company, company.c.company_id == order.company_id)
            .where(order.number == number, or_(order.node_id == node_id, order.node_id.is_(None)))
            .with_for_update(of=customer_order)
        )
        row: Row[*tuple[Any, ...]] | None = (await self._connection.execute(query)).first()
        if row is None:
            return None
        lines = (await self._connection.execute(_EXPLAINED.where(order_line.c.order_id == row.order_id))).all()
        event = order_event.c
        told = await self._connection.execute(
            select(event.kind, event.params).where(event.order_id == row.order_id, event.kind.in_(_LINKED))
        )
        # A company that is not this ERP's own may get any ref there.
        is_known = row.company_node == node_id and row.external_ref
        refs = [str(row.company_id), row.external_ref] if is_known else []
        totals = Totals(row.currency, row.amount, row.vat_amount, bool(row.terms["vat_included"]))
        return KnownOrder(
            OrderId(row.order_id),
            row.number,
            tuple(refs),
            row.inn,
            row.currency,
            totals.total,
            standing_of(row.status, row.cancelled_by, is_paid=row.is_paid, is_shipped=row.is_shipped),
            ErpSide(
                row.erp_ref,
                row.erp_number,
                row.erp_date,
                row.erp_status,
                row.erp_version,
                None if row.erp_lines is None else msgspec.convert(row.erp_lines, tuple[OrderLineRecord, ...]),
                row.erp_amount,
            ),
            tuple((line.external_ref, line.variant_ref, line.quantity, line.amount) for line in lines),
            SoldOrder(
                OrderId(row.order_id),
                row.currency,
                totals.vat_included,
                totals.total,
                tuple(map(_sold, lines)),
            ),
            tuple((kind, params) for kind, params in told),
        )

    async def statuses(self, node_id: NodeId) -> Mapping[str, OrderStatus]:
        """The node's table over the defaults; rows with a status that does not exist count for nothing."""
        table = order_status_map.c
        rows = await self._connection.execute(
            select(table.erp_status, table.status).where(
                and_(table.node_id == node_id, table.status.in_([status.value for status in OrderStatus]))
            )
        )
        return {**self._defaults, **{status_key(word): OrderStatus(status) for word, status in rows}}

    async def write(self, order_id: OrderId, standing: Standing, erp: ErpSide, now: datetime) -> None:
        """Write what the ERP said."""
        await self._connection.execute(
            update(customer_order)
            .where(customer_order.c.order_id == order_id)
            .values(
                **columns_of(standing),
                erp_ref=erp.ref,
                erp_number=erp.number,
                erp_date=erp.day,
                erp_status=erp.status,
                erp_version=erp.version,
                erp_lines=None if erp.lines is None else msgspec.to_builtins(erp.lines),
                erp_amount=erp.amount,
                updated_at=now,
            )
        )

    async def tell(
        self, order_ids: Sequence[OrderId], kind: str, params: Mapping[str, Any], actor: str, now: datetime
    ) -> None:
        """Add one event to the history of each order."""
        await self._history.tell(order_ids, kind, params, actor, now)


class PostgresOrderStateTransaction(Transaction, OrderStateTransaction):
    """The unit of work of order states."""

    orders: KnownOrders
    drifts: DriftStore

    def __init__(self, database: Database, clock: Clock, defaults: Mapping[str, OrderStatus]) -> None:
        super().__init__(database, clock)
        self._defaults = defaults

    def bind(self, connection: AsyncConnection) -> None:
        """Add the orders, and the place of what differs."""
        super().bind(connection)
        self.orders = PostgresKnownOrders(connection, self._defaults)
        self.drifts = PostgresDrifts(connection)
