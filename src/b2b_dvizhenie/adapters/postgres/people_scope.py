"""The predicates that say which people and companies an actor sees: rows, counts, search, the audit trail (DESIGN §4).

* `own`: oneself, and the selected company.
* `assigned`: oneself, companies whose personal manager one is, and who buys for them.
* `subtree`: everybody below oneself at any depth, the companies these look after, and who buys for them.
* `firm`: people of the actor's seller firm, companies with an agreement with it, and who buys for these. For an actor
  without a firm: people without one and companies without an agreement with any.
* `all`: everybody.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select, true

from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, company, membership
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user, role_grant
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission, Scope

LOOKS_AFTER = app_user.c.role_id.in_(
    select(role_grant.c.role_id).where(role_grant.c.permission == Permission.ORDERS_PROCESS.value)
)
"""People whose role processes orders: they can be personal managers."""


def visible_companies(actor: Actor, scope: Scope) -> ColumnElement[bool]:
    """Companies within the scope of a grant."""
    match scope:
        case Scope.ALL:
            return true()
        case Scope.FIRM:
            trades = select(agreement.c.company_id).where(agreement.c.is_active)
            if actor.firm_id is None:
                return company.c.company_id.not_in(trades.where(agreement.c.firm_id.is_not(None)))
            return company.c.company_id.in_(trades.where(agreement.c.firm_id == actor.firm_id))
        case Scope.OWN:
            return false() if actor.company_id is None else company.c.company_id == actor.company_id
        case Scope.ASSIGNED | Scope.SUBTREE:
            if actor.user_id is None:
                return false()
            if scope is Scope.ASSIGNED:
                return company.c.manager_id == actor.user_id
            return company.c.manager_id.in_(people_below(actor.user_id))


def companies_of(actor: Actor, scope: Scope) -> ColumnElement[bool]:
    """Companies within the scope whichever of his own the actor selects."""
    if scope is Scope.OWN and actor.user_id is not None:
        return company.c.company_id.in_(bought_for(actor.user_id))
    return visible_companies(actor, scope)


def bought_for(user_id: UUID) -> Select[UUID]:
    """Companies that somebody buys for."""
    return select(membership.c.company_id).where(membership.c.user_id == user_id)


def visible_users(actor: Actor, scope: Scope) -> ColumnElement[bool]:
    """People within the scope of a grant."""
    people = app_user.c
    if scope is Scope.ALL:
        return true()
    oneself = false() if actor.user_id is None else people.user_id == actor.user_id
    if scope is Scope.OWN:
        return oneself
    members = select(membership.c.user_id).join(company, company.c.company_id == membership.c.company_id)
    buyers = people.user_id.in_(members.where(visible_companies(actor, scope)))
    if scope is Scope.SUBTREE and actor.user_id is not None:
        return or_(people.user_id.in_(people_below(actor.user_id)), buyers)
    if scope is Scope.FIRM and actor.firm_id is not None:
        return or_(people.firm_id == actor.firm_id, buyers)
    if scope is Scope.FIRM:
        return people.firm_id.is_(None) & or_(people.user_id.not_in(select(membership.c.user_id)), buyers)
    return or_(oneself, buyers)


def people_below(user_id: UUID) -> Select[UUID]:
    """The user and everybody below, at any depth; a ring of heads ends."""
    below = select(app_user.c.user_id).where(app_user.c.user_id == user_id).cte(recursive=True)
    below = below.union(select(app_user.c.user_id).join(below, app_user.c.head_id == below.c.user_id))
    return select(below.c.user_id)
