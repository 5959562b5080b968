"""The predicates that say whose orders and specifications an actor sees: list, detail, count, export (DESIGN §4)."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from b2b_dvizhenie.adapters.postgres.people_scope import bought_for, people_below, visible_companies
from b2b_dvizhenie.adapters.postgres.tables.companies import company, membership
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.adapters.postgres.tables.specifications import specification
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.ordering import Sharing


def served_companies(actor: Actor, scope: Scope) -> Select[UUID] | None:
    """Companies whose orders the scope covers; None where it does not go by who looks after a company."""
    if scope not in {Scope.ASSIGNED, Scope.SUBTREE}:
        return None
    served = select(company.c.company_id)
    if actor.user_id is None:
        return served.where(false())
    if scope is Scope.ASSIGNED:
        return served.where(company.c.manager_id == actor.user_id)
    return served.where(company.c.manager_id.in_(people_below(actor.user_id)))


def visible_orders(
    actor: Actor, scope: Scope, *, served: Select[UUID] | None = None, orders: Any = customer_order.c
) -> ColumnElement[bool]:
    """Orders within the scope of a grant.

    * `own`: of the selected company; none where no company is selected.
    * `assigned`: of companies whose personal manager the actor is now, whoever it was when the order was placed.
    * `subtree`: the same for the actor and everybody below, at any depth.
    * `firm`: of the actor's seller firm; an actor without a firm sees orders without one.
    * `all`: every order.

    Args:
        actor: who looks.
        scope: of the permission he looks by.
        served: where a statement has `served_companies` at hand already, a way to read them.
        orders: columns that hold orders, where they are not those of the table.
    """
    company_id: ColumnElement[UUID | None] = orders.company_id
    firm_id: ColumnElement[UUID | None] = orders.firm_id
    match scope:
        case Scope.ALL:
            return true()
        case Scope.FIRM:
            return firm_id.is_(None) if actor.firm_id is None else firm_id == actor.firm_id
        case Scope.OWN:
            return false() if actor.company_id is None else company_id == actor.company_id
        case Scope.ASSIGNED | Scope.SUBTREE:
            found = served_companies(actor, scope) if served is None else served
            return false() if found is None else company_id.in_(found)


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


def are_colleagues(user_id: UUID) -> ColumnElement[bool]:
    """Whether this person and the owner of a specification both buy for the company it was made for."""
    columns = specification.c
    owners = select(membership.c.company_id).where(
        membership.c.user_id == columns.owner_id, membership.c.company_id == columns.company_id
    )
    return and_(columns.company_id.in_(bought_for(user_id)), owners.correlate(specification).exists())


def visible_specifications(actor: Actor, scope: Scope) -> ColumnElement[bool]:
    """Specifications within the scope of a grant.

    * `own`: one's own, for whichever company one acts, and what colleagues share (`access_of` is the rule).
    * wider: one's own, and those made for companies within the scope.
    """
    columns = specification.c
    if scope is Scope.ALL:
        return true()
    if actor.user_id is None:
        return false()
    mine = columns.owner_id == actor.user_id
    if scope is Scope.OWN:
        return or_(mine, and_(columns.sharing != Sharing.PRIVATE.value, are_colleagues(actor.user_id)))
    companies = select(company.c.company_id).where(visible_companies(actor, scope))
    return or_(mine, columns.company_id.in_(companies))
