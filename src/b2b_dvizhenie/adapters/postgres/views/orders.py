"""Orders as people see them: one predicate for page, count and details; a constant number of queries."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.ordering import PAYMENT, payment_of
from b2b_dvizhenie.adapters.postgres.ordering_scope import visible_orders
from b2b_dvizhenie.adapters.postgres.tables.catalog import product, variant
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.ordering import OPEN_STATUSES, customer_order, order_event, order_line
from b2b_dvizhenie.adapters.postgres.views.order_list import Asked, counted, page_ids
from b2b_dvizhenie.application.ordering import (
    COUNTED,
    ErpLine,
    ExplainedLine,
    OrderDetails,
    OrderEvent,
    OrderLineView,
    OrderPage,
    OrderQuery,
    OrderReader,
    OrderSummary,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.ordering import OrderStatus, ShownSum, Totals, canonical
from b2b_dvizhenie.domain.pricing import Explanation
from b2b_dvizhenie.domain.shared.ids import CompanyId, OrderId, ProductId, VariantId
from b2b_dvizhenie.domain.shared.money import Money, round_money
from b2b_dvizhenie.domain.shared.quantity import trimmed
from b2b_dvizhenie.domain.visibility import known_information, sums_are_open

_author = app_user.alias("author")
_manager = app_user.alias("manager")
_positions = (
    select(func.count())
    .select_from(order_line)
    .where(order_line.c.order_id == customer_order.c.order_id)
    .correlate(customer_order)
    .scalar_subquery()
)
_SUMMARY = (
    customer_order.c.order_id,
    customer_order.c.number,
    customer_order.c.placed_at,
    customer_order.c.status,
    customer_order.c.company_id,
    company.c.name,
    customer_order.c.currency,
    customer_order.c.amount,
    customer_order.c.vat_amount,
    customer_order.c.terms["vat_included"].as_boolean(),
    _positions,
    customer_order.c.client_number,
    customer_order.c.erp_number,
    customer_order.c.erp_date,
    customer_order.c.is_paid,
    customer_order.c.is_shipped,
    _author.c.name,
    func.coalesce(_manager.c.name, ""),
    customer_order.c.made_of,
    customer_order.c.user_id,
    customer_order.c.shown,
)
_DETAILS = (
    customer_order.c.comment,
    customer_order.c.delivery_address,
    customer_order.c.revision,
    customer_order.c.erp_status,
    customer_order.c.erp_lines,
    customer_order.c.erp_amount,
    *PAYMENT,
)


def _opened(made_of: list[str], author: UUID, actor: Actor, scope: Scope) -> bool:
    """Whether the actor sees the sums of the order: staff always, buyers by what is open to them."""
    if scope is not Scope.OWN:
        return True
    return sums_are_open(actor.opened, known_information(made_of), is_own=author == actor.user_id)


def _summary(row: Any, *, opened: bool) -> OrderSummary:
    status = OrderStatus(row[3])
    totals = Totals(row[6], row[7], row[8], row[9])
    return OrderSummary(
        order_id=OrderId(row[0]),
        number=row[1],
        placed_at=row[2],
        status=status,
        canonical=canonical(status),
        company_id=CompanyId(row[4]),
        company_name=row[5],
        currency=totals.currency,
        amount=totals.amount if opened else None,
        vat_amount=totals.vat_amount if opened else None,
        total=totals.total if opened else None,
        positions=row[10],
        client_number=row[11],
        erp_number=row[12],
        erp_date=row[13],
        is_paid=row[14],
        is_shipped=row[15],
        author=row[16],
        manager=row[17],
        shown=Money(Decimal(row[20]["total"]), row[20]["currency"]) if opened and row[20] is not None else None,
    )


def _shown(stored: dict[str, Any] | None) -> ShownSum | None:
    return None if stored is None else msgspec.convert(stored, ShownSum, strict=False)


def _joined(*columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(customer_order)
        .join(company, company.c.company_id == customer_order.c.company_id)
        .join(_author, _author.c.user_id == customer_order.c.user_id)
        .outerjoin(_manager, _manager.c.user_id == customer_order.c.manager_id)
    )


def _before_discounts(base: str | None, price: Decimal) -> Decimal | None:
    return None if base is None or Decimal(base) == price else Decimal(base)


def _concealed(line: OrderLineView) -> OrderLineView:
    return replace(line, base_price=None, price=None, amount=None, vat_amount=None)


def _concealed_event(event: OrderEvent) -> OrderEvent:
    return replace(event, params={name: value for name, value in event.params.items() if name != "amount"})


def _erp_lines(
    stored: list[dict[str, Any]], refs: Mapping[tuple[str, str], int], *, opened: bool
) -> tuple[ErpLine, ...]:
    lines = msgspec.convert(stored, list[ErpLine])
    if not opened:
        lines = [replace(line, price=None, amount=None) for line in lines]
    places = [refs.get((one["ref"], one["variant_ref"])) for one in stored]
    return tuple(replace(line, position=place) for line, place in zip(lines, places, strict=True))


class PostgresOrderReader(OrderReader):
    """Reads orders.

    Args:
        database: where they are.
        zone: the seller's time zone, in which a day begins and ends.
    """

    def __init__(self, database: Database, zone: str) -> None:
        self._database = database
        self._zone = ZoneInfo(zone)

    async def page(self, actor: Actor, scope: Scope, query: OrderQuery) -> OrderPage:
        """Newest orders first; two queries."""
        asked = self._asked(query)
        ids, visible = page_ids(actor, scope, asked)
        orders = customer_order.c
        rows = _joined(*_SUMMARY).where(orders.order_id.in_(ids), visible)
        rows = rows.order_by(orders.placed_at.desc(), orders.order_id.desc())
        async with self._database.engine.connect() as connection:
            found = [
                _summary(row, opened=_opened(row[18], row[19], actor, scope)) for row in await connection.execute(rows)
            ]
            total, whole = (await connection.execute(counted(actor, scope, asked))).one()
        more = len(found) > query.limit
        return OrderPage(tuple(found[: query.limit]), min(total, COUNTED), more, exact=whole and total <= COUNTED)

    def _asked(self, query: OrderQuery) -> Asked:
        orders = customer_order.c
        within: list[ColumnElement[bool]] = []
        if query.company_id is not None:
            within.append(orders.company_id == query.company_id)
        if query.since is not None:
            within.append(orders.placed_at >= datetime.combine(query.since, time(), self._zone))
        if query.until is not None and query.until < date.max:  # no order is younger than the last of all days
            within.append(orders.placed_at < datetime.combine(query.until + timedelta(days=1), time(), self._zone))
        statuses = [status.value for status in query.statuses]
        if statuses and set(statuses) <= set(OPEN_STATUSES):
            # In the text of the statement: only so does the planner see that the index of open orders has them all.
            within.append(orders.status.in_([literal_column(f"'{status}'") for status in statuses]))
            statuses = []
        text = query.text.strip()
        return Asked(within, query.company_id, statuses, text, query.after, query.offset, query.limit)

    async def details(self, actor: Actor, scope: Scope, order_id: OrderId) -> OrderDetails | None:
        """One order with lines and history; three queries."""
        query = _joined(*_SUMMARY, *_DETAILS).where(customer_order.c.order_id == order_id, visible_orders(actor, scope))
        async with self._database.engine.connect() as connection:
            row = (await connection.execute(query)).first()
            if row is None:
                return None
            lines, refs = await self._lines(connection, order_id, row[6])
            events = await self._events(connection, order_id)
        opened = _opened(row[18], row[19], actor, scope)
        comment, address, revision, erp_status, erp_lines, erp_amount, *payment = row[len(_SUMMARY) :]
        return OrderDetails(
            summary=_summary(row, opened=opened),
            lines=lines if opened else tuple(map(_concealed, lines)),
            events=events if opened else tuple(map(_concealed_event, events)),
            comment=comment,
            delivery_address=address,
            vat_included=row[9],
            revision=revision,
            erp_status=erp_status,
            erp_lines=None if erp_lines is None else _erp_lines(erp_lines, refs, opened=opened),
            erp_amount=erp_amount if opened else None,
            shown=_shown(row[20]) if opened else None,
            payment=payment_of(*payment),
        )

    async def explained(self, actor: Actor, scope: Scope, order_id: OrderId, position: int) -> ExplainedLine | None:
        """Why a line cost what it cost; for who sees the order and its sums."""
        orders, line = customer_order.c, order_line.c
        query = (
            select(
                line.article,
                line.name,
                line.unit_name,
                line.explanation,
                orders.made_of,
                orders.user_id,
                orders.shown,
            )
            .join(order_line, line.order_id == orders.order_id)
            .where(orders.order_id == order_id, line.position == position, visible_orders(actor, scope))
        )
        async with self._database.engine.connect() as connection:
            row = (await connection.execute(query)).first()
        if row is None or not _opened(row[4], row[5], actor, scope):
            return None
        try:
            told = msgspec.convert(row[3], Explanation, strict=False)
        except msgspec.ValidationError:  # of an order that was placed before explanations were kept in this form
            return None
        return ExplainedLine(row[0], row[1], row[2], told, _shown(row[6]))

    async def _lines(
        self, connection: AsyncConnection, order_id: OrderId, currency: str
    ) -> tuple[tuple[OrderLineView, ...], dict[tuple[str, str], int]]:
        """The lines, and the position of each by the refs under which the ERP knows its goods."""
        line = order_line.c
        query = (
            select(
                line.position,
                line.variant_id,
                variant.c.product_id,
                line.article,
                line.name,
                line.unit_name,
                line.quantity,
                line.unit_price,
                line.amount,
                line.vat_rate,
                line.vat_amount,
                line.comment,
                line.explanation["base_unit_price"].as_string().label("base_price"),
                product.c.external_ref,
                variant.c.variant_ref,
            )
            .join(variant, variant.c.variant_id == line.variant_id)
            .join(product, product.c.product_id == variant.c.product_id)
            .where(line.order_id == order_id)
            .order_by(line.position)
        )
        rows = (await connection.execute(query)).all()
        refs = {(row.external_ref, row.variant_ref): row.position for row in reversed(rows)}
        views = tuple(
            OrderLineView(
                row.position,
                VariantId(row.variant_id),
                ProductId(row.product_id),
                row.article,
                row.name,
                row.unit_name,
                trimmed(row.quantity),
                _before_discounts(row.base_price, row.unit_price),
                round_money(row.unit_price, currency),
                row.amount,
                row.vat_rate,
                row.vat_amount,
                row.comment,
            )
            for row in rows
        )
        return views, refs

    async def _events(self, connection: AsyncConnection, order_id: OrderId) -> tuple[OrderEvent, ...]:
        event = order_event.c
        query = (
            select(event.at, event.kind, event.params, event.actor)
            .where(event.order_id == order_id)
            .order_by(event.event_id)
        )
        return tuple(OrderEvent(*row) for row in await connection.execute(query))
