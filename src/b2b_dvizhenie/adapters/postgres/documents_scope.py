"""The one predicate that says whose documents an actor sees: list, detail, count, files (DESIGN §4)."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from b2b_dvizhenie.adapters.postgres.ordering_scope import visible_orders
from b2b_dvizhenie.adapters.postgres.tables.documents import document
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Scope


def visible_documents(actor: Actor, scope: Scope) -> ColumnElement[bool]:
    """Documents within the scope of a grant: whose company and whose firm is as that of orders within it.

    What an ERP withdrew is there for nobody. Whether the group is open to the actor is decided before (`scope_of`).
    """
    return and_(~document.c.is_withdrawn, visible_orders(actor, scope, orders=document.c))


def belongs(documents: Any = document.c, orders: Any = customer_order.c) -> ColumnElement[bool]:
    """`domain.documents.belongs_to` as a condition; an ERP's own ids of orders count within its node."""
    by_ref = and_(
        orders.erp_ref != "",
        orders.erp_ref == documents.order_refs.any_(),
        or_(orders.node_id == documents.node_id, orders.node_id.is_(None)),
    )
    return and_(orders.company_id == documents.company_id, or_(orders.number == documents.order_numbers.any_(), by_ref))
