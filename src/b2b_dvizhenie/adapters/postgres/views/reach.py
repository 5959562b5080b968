"""Where an order, a company or a person stands to somebody: his own predicates, scope by scope."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.ordering_scope import visible_orders
from b2b_dvizhenie.adapters.postgres.people_scope import visible_companies, visible_users
from b2b_dvizhenie.adapters.postgres.tables.companies import company, membership, seller_firm
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.ordering import customer_order
from b2b_dvizhenie.application.hierarchy import ReachReader, Relation, Subject
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import CompanyId

_manager = app_user.alias("looks_after")
_DEEPEST = 100
"""Steps upwards after which a chain is no chain any more but a ring."""


class PostgresReach(ReachReader):
    """Reads relations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def relation(self, actor: Actor, subject: Subject, object_id: UUID) -> Relation | None:
        """How the thing stands to the actor."""
        async with self._database.engine.connect() as connection:
            row: Any = (await connection.execute(_within(actor, subject, object_id))).first()
            if row is None:
                return None
            title, company_id, *within = row
            about: Any = None
            if company_id is not None:
                about = (await connection.execute(_about(company_id))).one()
            start = about[1] if about else object_id if subject is Subject.PERSON else None
            path: tuple[str, ...] = ()
            if start is not None and actor.user_id is not None:
                path = _up_to(actor.user_id, (await connection.execute(_upwards(start))).all())
            firm = None
            if actor.firm_id is not None:
                named = select(seller_firm.c.name).where(seller_firm.c.firm_id == actor.firm_id)
                firm = (await connection.execute(named)).scalar()
        return Relation(
            title=title,
            within=frozenset(scope for scope, seen in zip(Scope, within, strict=True) if seen),
            company_id=CompanyId(company_id) if company_id else None,
            company=about[0] if about else "",
            manager=(about[2] or "") if about else "",
            path=path,
            firm=firm or "",
        )

    async def company_of(self, subject: Subject, object_id: UUID) -> CompanyId | None:
        """The company a thing belongs to."""
        if subject is Subject.COMPANY:
            return CompanyId(object_id)
        if subject is Subject.PERSON:
            return None
        query = select(customer_order.c.company_id).where(customer_order.c.order_id == object_id)
        async with self._database.engine.connect() as connection:
            found = (await connection.execute(query)).scalar()
        return CompanyId(found) if found else None


def _within(actor: Actor, subject: Subject, object_id: UUID) -> Any:
    """The thing's title and company, and whether each of the scopes lets it through."""

    def asked(predicate: Callable[[Actor, Scope], ColumnElement[bool]]) -> list[ColumnElement[bool]]:
        # Of a company without a manager the predicate of a manager says neither yes nor no; in a filter that is no.
        return [func.coalesce(predicate(actor, scope), False) for scope in Scope]

    query: Any
    match subject:
        case Subject.ORDER:
            orders = customer_order.c
            query = select(orders.number, orders.company_id, *asked(visible_orders)).where(orders.order_id == object_id)
        case Subject.COMPANY:
            companies = company.c
            query = select(companies.name, companies.company_id, *asked(visible_companies))
            query = query.where(companies.company_id == object_id)
        case Subject.PERSON:
            seen = func.coalesce(visible_companies(actor, Scope.SUBTREE), False).desc()
            # Of a buyer of several companies one that the viewer looks after, if any.
            bought_for = select(membership.c.company_id).join(company, company.c.company_id == membership.c.company_id)
            bought_for = bought_for.where(membership.c.user_id == object_id).order_by(seen, company.c.name).limit(1)
            people = app_user.c
            query = select(people.name, bought_for.scalar_subquery(), *asked(visible_users))
            query = query.where(people.user_id == object_id)
    return query


def _about(company_id: UUID) -> Any:
    query = select(company.c.name, company.c.manager_id, _manager.c.name).where(company.c.company_id == company_id)
    return query.outerjoin_from(company, _manager, _manager.c.user_id == company.c.manager_id)


def _upwards(user_id: UUID) -> Select[Any]:
    """Names and ids from somebody up to the root, in that order; a ring of heads ends."""
    people = app_user.c
    depth = select(people.user_id, people.head_id, people.name, literal(0).label("depth"))
    up = depth.where(people.user_id == user_id).cte(recursive=True)
    more = select(people.user_id, people.head_id, people.name, up.c.depth + 1)
    up = up.union_all(more.join(up, people.user_id == up.c.head_id).where(up.c.depth < _DEEPEST))
    return select(up.c.user_id, up.c.name).order_by(up.c.depth)


def _up_to(viewer: UUID, rows: Any) -> tuple[str, ...]:
    names: list[str] = []
    for user_id, name in rows:
        names.append(name)
        if user_id == viewer:
            return tuple(names)
    return ()
