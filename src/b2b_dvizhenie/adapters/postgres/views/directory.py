"""The directory of people: counts, a page of people, their companies; three statements whatever the page holds."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.people_scope import people_below, visible_companies, visible_users
from b2b_dvizhenie.adapters.postgres.tables.companies import company, membership
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user, role, session
from b2b_dvizhenie.application.identity import (
    BuysFor,
    DirectoryReader,
    UserCount,
    UserLine,
    UserPage,
    UserQuery,
    UserState,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import CompanyId, UserId

_manager = app_user.alias("manager")
_state = case((app_user.c.is_active, UserState.ACTIVE.value), else_=UserState.BLOCKED.value)
_seen = (
    select(func.max(session.c.last_seen_at))
    .where(session.c.user_id == app_user.c.user_id)
    .correlate(app_user)
    .scalar_subquery()
)


class PostgresDirectory(DirectoryReader):
    """Reads people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def users(self, actor: Actor, scope: Scope, query: UserQuery) -> UserPage:
        """One page."""
        where = [visible_users(actor, scope), *_found_by(actor, scope, query.text)]
        if query.under is not None:
            where.append(app_user.c.user_id.in_(people_below(query.under)))
        if query.user_id is not None:
            where.append(app_user.c.user_id == query.user_id)
        counting = (
            select(role.c.code, role.c.name, _state, func.count())
            .select_from(app_user)
            .join(role, role.c.role_id == app_user.c.role_id)
            .where(*where)
            .group_by(role.c.code, role.c.name, _state, role.c.position)
            .order_by(role.c.position, role.c.code, _state)
        )
        people = app_user.c
        rows = (
            select(people.user_id, people.name, people.email, people.phone, role.c.code, role.c.name, _state, _seen)
            .join(role, role.c.role_id == people.role_id)
            .where(*where)
            .order_by(people.name, people.user_id)
            .offset(query.offset)
            .limit(query.limit)
        )
        if query.role:
            rows = rows.where(role.c.code == query.role)
        if query.state is not None:
            rows = rows.where(_state == query.state.value)
        async with self._database.engine.connect() as connection:
            counts = [
                UserCount(code, name, UserState(state), n)
                for code, name, state, n in await connection.execute(counting)
            ]
            found = (await connection.execute(rows)).all()
            companies = await _companies(connection, actor, scope, [row[0] for row in found])
        total = sum(
            one.count
            for one in counts
            if query.role in ("", one.role) and (query.state is None or query.state is one.state)
        )
        lines = tuple(
            UserLine(
                user_id=UserId(row[0]),
                name=row[1],
                email=row[2],
                phone=row[3],
                role=row[4],
                role_name=row[5],
                state=UserState(row[6]),
                last_seen_at=row[7],
                companies=companies.get(row[0], ()),
            )
            for row in found
        )
        return UserPage(lines, total, tuple(counts))


def _found_by(actor: Actor, scope: Scope, text: str) -> list[ColumnElement[bool]]:
    """People by part of their name, logins, or of a company of theirs that the actor sees as well."""
    if not text:
        return []
    people = app_user.c
    digits = "".join(sign for sign in text if sign.isdecimal())
    by_company = (
        select(membership.c.user_id)
        .join(company, company.c.company_id == membership.c.company_id)
        .where(
            visible_companies(actor, scope),
            or_(company.c.name.icontains(text, autoescape=True), company.c.inn.startswith(text, autoescape=True)),
        )
    )
    ways: list[ColumnElement[bool]] = [
        people.name.icontains(text, autoescape=True),
        people.email.icontains(text, autoescape=True),
        people.user_id.in_(by_company),
    ]
    if len(digits) >= _ENOUGH_DIGITS:
        # A phone is stored as +79120000000 and typed in any spelling: 8 (912) 000-00-00, 912 000.
        ways.append(people.phone.contains(digits[1:] if digits[0] == "8" else digits))
    return [or_(*ways)]


_ENOUGH_DIGITS = 3


async def _companies(
    connection: AsyncConnection, actor: Actor, scope: Scope, people: Sequence[UUID]
) -> Mapping[UUID, tuple[BuysFor, ...]]:
    query = (
        select(
            membership.c.user_id,
            company.c.company_id,
            company.c.name,
            company.c.inn,
            membership.c.access_level,
            func.coalesce(_manager.c.name, ""),
        )
        .join(company, company.c.company_id == membership.c.company_id)
        .outerjoin(_manager, _manager.c.user_id == company.c.manager_id)
        .where(membership.c.user_id.in_(people), company.c.is_active, visible_companies(actor, scope))
        .order_by(company.c.name, company.c.company_id)
    )
    found: dict[UUID, tuple[BuysFor, ...]] = {}
    row: Any
    for row in await connection.execute(query):
        found[row[0]] = (*found.get(row[0], ()), BuysFor(CompanyId(row[1]), *row[2:]))
    return found
