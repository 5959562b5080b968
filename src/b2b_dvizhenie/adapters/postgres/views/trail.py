"""The audit trail as staff read it: one statement per page, by the primary key downwards."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, case, cast, func, select, true, union_all

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.ordering_scope import visible_orders
from b2b_dvizhenie.adapters.postgres.people_scope import visible_users
from b2b_dvizhenie.adapters.postgres.tables.catalog import warehouse
from b2b_dvizhenie.adapters.postgres.tables.companies import company, seller_firm
from b2b_dvizhenie.adapters.postgres.tables.documents import document
from b2b_dvizhenie.adapters.postgres.tables.exchange import exchange_node
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user, role
from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.adapters.postgres.tables.pricing import price_type
from b2b_dvizhenie.adapters.postgres.tables.visibility import segment
from b2b_dvizhenie.application.operations import AuditLine, AuditQuery, AuditReader
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Scope

_named = app_user.alias("named")


def _name(kind: str, name: ColumnElement[str], key: ColumnElement[Any], subject: ColumnElement[Any]) -> Any:
    return audit.c.subject_type == kind, select(name).where(key == subject).correlate(audit).scalar_subquery()


# Within CASE, so that only an id that is one is read as one. A membership's id is `user:company`.
_id = cast(audit.c.subject_id, Uuid)
_first, _second = (cast(func.split_part(audit.c.subject_id, ":", place), Uuid) for place in (1, 2))
_member = select(_named.c.name).where(_named.c.user_id == _first).correlate(audit).scalar_subquery()
_joined = select(company.c.name).where(company.c.company_id == _second).correlate(audit).scalar_subquery()
_role_name = func.coalesce(func.nullif(role.c.name, ""), role.c.code)
_role = func.coalesce(
    select(_role_name).where(role.c.role_id == _id).correlate(audit).scalar_subquery(),
    audit.c.before["name"].as_string(),  # deleted
)
_specification = func.coalesce(audit.c.after["name"].as_string(), audit.c.before["name"].as_string())
_SUBJECT = func.coalesce(
    case(
        _name("user", _named.c.name, _named.c.user_id, _id),
        _name("company", company.c.name, company.c.company_id, _id),
        _name("segment", segment.c.name, segment.c.segment_id, _id),
        _name("firm", seller_firm.c.name, seller_firm.c.firm_id, _id),
        _name("order", customer_order.c.number, customer_order.c.order_id, _id),
        _name("document", document.c.number, document.c.document_id, _id),
        _name("exchange_node", exchange_node.c.name, exchange_node.c.node_id, _id),
        (audit.c.subject_type == "membership", _member + " · " + _joined),
        (audit.c.subject_type == "role", _role),
        (audit.c.subject_type == "specification", _specification),
        (audit.c.subject_type == "schedule", audit.c.subject_id),
        (audit.c.subject_type == "job", audit.c.before["name"].as_string()),
        else_="",
    ),
    "",
)


def visible_changes(actor: Actor, scope: Scope) -> ColumnElement[bool]:
    """Changes within the scope of a grant: of orders and documents as these are seen, others as their authors are."""
    if scope is Scope.ALL:
        return true()
    of_order = select(customer_order.c.order_id).where(
        customer_order.c.order_id == cast(audit.c.subject_id, Uuid), visible_orders(actor, scope)
    )
    of_document = select(document.c.document_id).where(
        document.c.document_id == cast(audit.c.subject_id, Uuid), visible_orders(actor, scope, orders=document.c)
    )
    authors = select(app_user.c.user_id).where(visible_users(actor, scope))
    return case(
        (audit.c.subject_type == "order", of_order.correlate(audit).exists()),
        (audit.c.subject_type == "document", of_document.correlate(audit).exists()),
        else_=func.coalesce(audit.c.user_id.in_(authors), False),
    )


def _of_company(company_id: str) -> ColumnElement[bool]:
    of_itself = (audit.c.subject_type == "company") & (audit.c.subject_id == company_id)
    of_members = (audit.c.subject_type == "membership") & audit.c.subject_id.endswith(f":{company_id}", autoescape=True)
    return of_itself | of_members


def _of_person(user_id: UUID) -> ColumnElement[bool]:
    of_himself = (audit.c.subject_type == "user") & (audit.c.subject_id == str(user_id))
    of_buying = (audit.c.subject_type == "membership") & audit.c.subject_id.startswith(f"{user_id}:", autoescape=True)
    return of_himself | of_buying | (audit.c.user_id == user_id)


class PostgresAuditReader(AuditReader):
    """Reads the trail."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def changes(self, actor: Actor, scope: Scope, query: AuditQuery) -> Sequence[AuditLine]:
        """The lines."""
        columns = audit.c
        rows = (
            select(
                columns.audit_id,
                columns.at,
                columns.user_id,
                columns.actor,
                columns.action,
                columns.subject_type,
                columns.subject_id,
                _SUBJECT,
                columns.before,
                columns.after,
                columns.request_id,
            )
            .where(visible_changes(actor, scope))
            .order_by(columns.audit_id.desc())
            .limit(query.limit)
        )
        if query.action:
            rows = rows.where(columns.action == query.action)
        if query.company_id is not None:
            rows = rows.where(_of_company(str(query.company_id)))
        if query.person_id is not None:
            rows = rows.where(_of_person(query.person_id))
        if query.segment_id is not None:
            rows = rows.where(columns.subject_type == "segment", columns.subject_id == str(query.segment_id))
        if query.actor:
            rows = rows.where(columns.actor.icontains(query.actor, autoescape=True))
        if query.cursor is not None:
            rows = rows.where(columns.audit_id < query.cursor)
        async with self._database.engine.connect() as connection:
            return [AuditLine(*row) for row in await connection.execute(rows)]

    async def names(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Names of companies, price types, people, firms and warehouses among the ids; one statement."""
        wanted = [UUID(one) for one in ids]
        named = union_all(
            *(
                select(cast(key, Text), name).where(key.in_(wanted))
                for key, name in (
                    (company.c.company_id, company.c.name),
                    (price_type.c.price_type_id, price_type.c.name),
                    (app_user.c.user_id, app_user.c.name),
                    (seller_firm.c.firm_id, seller_firm.c.name),
                    (warehouse.c.warehouse_id, warehouse.c.name),
                )
            )
        )
        async with self._database.engine.connect() as connection:
            return {row[0]: row[1] for row in await connection.execute(named)}
