"""The one predicate that says whose orders an actor sees: list, detail, count, cancellation, export (DESIGN §4)."""

from typing import Any

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from b2b_dvizhenie.adapters.postgres.people_scope import bought_for
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Scope


def visible_orders(actor: Actor, scope: Scope) -> ColumnElement[bool]:
    """Orders within the scope of a grant.

    * `own`: of the selected company; none where no company is selected.
    * `assigned`: of companies whose personal manager the actor is now, whoever it was when the order was placed.
    * `subtree`: the same for the actor and everybody below, at any depth.
    * `firm`: of the actor's seller firm; an actor without a firm sees orders without one.
    * `all`: every order.
    """
    orders = customer_order.c
    match scope:
        case Scope.ALL:
            return true()
        case Scope.FIRM:
            return orders.firm_id.is_(None) if actor.firm_id is None else orders.firm_id == actor.firm_id
        case Scope.OWN:
            return false() if actor.company_id is None else orders.company_id == actor.company_id
        case Scope.ASSIGNED | Scope.SUBTREE:
            if actor.user_id is None:
                return false()
            served = select(company.c.company_id)
            if scope is Scope.ASSIGNED:
                return orders.company_id.in_(served.where(company.c.manager_id == actor.user_id))
            below = select(app_user.c.user_id).where(app_user.c.user_id == actor.user_id).cte("below", recursive=True)
            below = below.union(select(app_user.c.user_id).join(below, app_user.c.head_id == below.c.user_id))
            return orders.company_id.in_(served.where(company.c.manager_id.in_(select(below.c.user_id))))


def orders_of(actor: Actor, scope: Scope) -> ColumnElement[bool]:
    """Orders within the scope whichever of his own companies the actor selects."""
    if scope is Scope.OWN and actor.user_id is not None:
        return customer_order.c.company_id.in_(bought_for(actor.user_id))
    return visible_orders(actor, scope)


def visible_order_ids(actor: Actor, scope: Scope) -> tuple[str, dict[str, Any]]:
    """The same predicate for reads over the bare connection: a subquery of ids, and its parameters."""
    ids = select(customer_order.c.order_id).where(visible_orders(actor, scope))
    compiled = ids.compile(dialect=PGDialect_psycopg())  # type: ignore[no-untyped-call]  # SQLAlchemy
    return compiled.string, dict(compiled.params)
