"""Documents as people see them: one predicate for page, count and details; a constant number of queries."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, literal_column, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.documents_scope import belongs, visible_documents
from b2b_dvizhenie.adapters.postgres.ordering_scope import visible_orders
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.documents import document, document_event, document_file
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.application.documents import (
    COUNTED,
    DocumentDetails,
    DocumentEvent,
    DocumentFileView,
    DocumentPage,
    DocumentQuery,
    DocumentReader,
    DocumentSummary,
    LinkedOrder,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.documents import DocumentKind, DocumentState, FileFormat, FileKind
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import CompanyId, DocumentId, OrderId

_DOCUMENTS = document.c
_LATEST = (_DOCUMENTS.day.desc(), _DOCUMENTS.document_id.desc())
_SUMMARY = (
    select(
        _DOCUMENTS.document_id,
        _DOCUMENTS.kind,
        _DOCUMENTS.number,
        _DOCUMENTS.day,
        _DOCUMENTS.company_id,
        company.c.name,
        _DOCUMENTS.currency,
        _DOCUMENTS.amount,
        _DOCUMENTS.vat_amount,
        _DOCUMENTS.state,
        _DOCUMENTS.erp_status,
        _DOCUMENTS.due_on,
    )
    .select_from(document)
    .join(company, company.c.company_id == _DOCUMENTS.company_id)
)
_Linked = Mapping[DocumentId, list[LinkedOrder]]
_Files = Mapping[DocumentId, list[DocumentFileView]]


def _summary(row: Any, orders: _Linked, files: _Files) -> DocumentSummary:
    document_id = DocumentId(row[0])
    return DocumentSummary(
        document_id=document_id,
        kind=DocumentKind(row[1]),
        number=row[2],
        day=row[3],
        company_id=CompanyId(row[4]),
        company_name=row[5],
        currency=row[6],
        amount=row[7],
        vat_amount=row[8],
        state=DocumentState(row[9]),
        erp_status=row[10],
        due_on=row[11],
        orders=tuple(orders.get(document_id, ())),
        files=tuple(files.get(document_id, ())),
    )


class PostgresDocumentReader(DocumentReader):
    """Reads documents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, actor: Actor, scope: Scope, orders: Scope | None, query: DocumentQuery) -> DocumentPage:
        """The latest first; four queries, three where the viewer sees no orders."""
        where = [visible_documents(actor, scope), *_filters(actor, orders, query)]
        rows = _SUMMARY.where(*where).order_by(*_LATEST).offset(query.offset).limit(query.limit + 1)
        if query.after is not None:
            rows = rows.where(tuple_(_DOCUMENTS.day, _DOCUMENTS.document_id) < tuple_(*query.after))
        matching = select(literal_column("1")).select_from(document).where(*where).limit(COUNTED + 1).subquery()
        async with self._database.engine.connect() as connection:
            found = (await connection.execute(rows)).all()
            total = (await connection.execute(select(func.count()).select_from(matching))).scalar_one()
            shown = await _whole(connection, found[: query.limit], actor, orders)
        return DocumentPage(shown, min(total, COUNTED), len(found) > query.limit, exact=total <= COUNTED)

    async def details(
        self, actor: Actor, scope: Scope, orders: Scope | None, document_id: DocumentId
    ) -> DocumentDetails | None:
        """One document with its history; four queries."""
        query = _SUMMARY.where(_DOCUMENTS.document_id == document_id, visible_documents(actor, scope))
        event = document_event.c
        events = (
            select(event.at, event.kind, event.params).where(event.document_id == document_id).order_by(event.event_id)
        )
        async with self._database.engine.connect() as connection:
            rows = (await connection.execute(query)).all()
            if not rows:
                return None
            (summary,) = await _whole(connection, rows, actor, orders)
            told = tuple(DocumentEvent(*row) for row in await connection.execute(events))
        return DocumentDetails(summary=summary, events=told)

    async def of_order(
        self, actor: Actor, scope: Scope, orders: Scope, order_id: OrderId
    ) -> tuple[DocumentSummary, ...]:
        """Documents of an order; three queries."""
        query = (
            _SUMMARY.join(customer_order, belongs())
            .where(customer_order.c.order_id == order_id)
            .where(visible_orders(actor, orders), visible_documents(actor, scope))
            .order_by(*_LATEST)
        )
        async with self._database.engine.connect() as connection:
            return await _whole(connection, (await connection.execute(query)).all(), actor, orders)

    async def counts(
        self, actor: Actor, scope: Scope, orders: Scope, order_ids: Collection[OrderId]
    ) -> Mapping[OrderId, int]:
        """Documents of each of these orders."""
        own = customer_order.c
        query = (
            select(own.order_id, func.count())
            .join(document, belongs())
            .where(own.order_id.in_(sorted(order_ids)), visible_orders(actor, orders), visible_documents(actor, scope))
            .group_by(own.order_id)
        )
        async with self._database.engine.connect() as connection:
            return {OrderId(row[0]): row[1] for row in await connection.execute(query)}


def _filters(actor: Actor, orders: Scope | None, query: DocumentQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.kinds:
        found.append(_DOCUMENTS.kind.in_([one.value for one in query.kinds]))
    if query.states:
        found.append(_DOCUMENTS.state.in_([one.value for one in query.states]))
    if query.text.strip():
        found.append(_DOCUMENTS.number.icontains(query.text.strip(), autoescape=True))
    if query.since is not None:
        found.append(_DOCUMENTS.day >= query.since)
    if query.until is not None:
        found.append(_DOCUMENTS.day <= query.until)
    if query.amount_from is not None:
        found.append(_DOCUMENTS.amount >= query.amount_from)
    if query.amount_to is not None:
        found.append(_DOCUMENTS.amount <= query.amount_to)
    if query.company_id is not None:
        found.append(_DOCUMENTS.company_id == query.company_id)
    if query.company.strip():
        text = query.company.strip()
        named = or_(company.c.name.icontains(text, autoescape=True), company.c.inn.startswith(text, autoescape=True))
        found.append(_DOCUMENTS.company_id.in_(select(company.c.company_id).where(named)))
    if query.order.strip():
        found.append(_of_order(actor, orders, query.order.strip()))
    return found


def _of_order(actor: Actor, orders: Scope | None, number: str) -> ColumnElement[bool]:
    """Documents of an order by any of its numbers; only orders that the viewer sees are looked at.

    The few orders of the number are found first, and then their documents among those of the order's company.
    """
    if orders is None:
        return false()
    own, named = customer_order.c, document.alias("named")
    has_number = or_(own.number == number, own.erp_number == number, own.client_number == number)
    query = select(named.c.document_id).join(customer_order, belongs(named.c))
    return _DOCUMENTS.document_id.in_(query.where(has_number, visible_orders(actor, orders)))


async def _whole(
    connection: AsyncConnection, rows: Collection[Any], actor: Actor, orders: Scope | None
) -> tuple[DocumentSummary, ...]:
    """The documents of these rows with the orders and files of them all."""
    ids = [row[0] for row in rows]
    linked: dict[DocumentId, list[LinkedOrder]] = {}
    if ids and orders is not None:
        for row in await connection.execute(_orders_of(ids, actor, orders)):
            linked.setdefault(DocumentId(row[0]), []).append(LinkedOrder(OrderId(row[1]), row[2]))
    files: dict[DocumentId, list[DocumentFileView]] = {}
    if ids:
        for row in await connection.execute(_files_of(ids)):
            files.setdefault(DocumentId(row.document_id), []).append(_file(row))
    return tuple(_summary(row, linked, files) for row in rows)


def _orders_of(ids: list[Any], actor: Actor, scope: Scope) -> Select[*tuple[Any, ...]]:
    own = customer_order.c
    return (
        select(_DOCUMENTS.document_id, own.order_id, own.number)
        .select_from(document)
        .join(customer_order, belongs())
        .where(_DOCUMENTS.document_id.in_(ids), visible_orders(actor, scope))
        .order_by(own.placed_at, own.order_id)
    )


def _files_of(ids: list[Any]) -> Select[*tuple[Any, ...]]:
    file = document_file.c
    return (
        select(document_file)
        .where(file.document_id.in_(ids), file.sha256.is_not(None))
        .order_by(file.kind, file.name, file.file_id)
    )


def _file(row: Any) -> DocumentFileView:
    return DocumentFileView(
        file_id=row.file_id,
        name=row.name,
        kind=FileKind(row.kind),
        format=FileFormat(row.format),
        size=row.size,
        sha256=row.sha256,
        received_at=row.received_at,
    )
