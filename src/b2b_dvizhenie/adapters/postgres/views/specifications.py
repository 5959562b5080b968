"""Specifications as people see them: one predicate for page, count and detail; a constant number of queries."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_

from b2b_dvizhenie.adapters.postgres.closings import Closing, values_of
from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.ordering_scope import are_colleagues, visible_specifications
from b2b_dvizhenie.adapters.postgres.ordering_specifications import HEAD, head_of, line_of, lines_of
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user
from b2b_dvizhenie.adapters.postgres.tables.specifications import specification, specification_line
from b2b_dvizhenie.application.ordering import (
    COUNTED,
    ListedSpecification,
    SpecificationPage,
    SpecificationQuery,
    SpecificationReader,
    SpecificationViewer,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.ordering import Access, CartLine, Goods, Noted, access_of
from b2b_dvizhenie.domain.shared.ids import SpecificationId
from b2b_dvizhenie.domain.visibility import ClosedGoods

_LISTS = specification.c
_positions = (
    select(func.count())
    .select_from(specification_line)
    .where(specification_line.c.specification_id == _LISTS.specification_id)
    .correlate(specification)
    .scalar_subquery()
)
_NEWEST = (_LISTS.updated_at.desc(), _LISTS.specification_id.desc())


def _of(actor: Actor, scope: Scope) -> Select[*tuple[Any, ...]]:
    colleagues = literal(value=False) if actor.user_id is None else are_colleagues(actor.user_id)
    columns = (company.c.name, app_user.c.name, _positions, _LISTS.created_at, _LISTS.updated_at, colleagues)
    return _joined(*HEAD, *columns).where(visible_specifications(actor, scope))


def _joined(*columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(specification)
        .join(company, company.c.company_id == _LISTS.company_id)
        .join(app_user, app_user.c.user_id == _LISTS.owner_id)
    )


def _listed(row: Any, actor: Actor) -> ListedSpecification:
    head = head_of(row)
    company_name, owner, positions, created_at, updated_at, colleagues = row[len(HEAD) :]
    access = Access.NONE
    if actor.user_id is not None:
        access = access_of(head, actor.user_id, are_colleagues=colleagues)
    return ListedSpecification(
        specification_id=head.specification_id,
        name=head.name,
        company_id=head.company_id,
        company_name=company_name,
        owner=owner,
        access=Access.READ if access is Access.NONE else access,  # seen by the scope of a grant
        sharing=head.sharing,
        positions=positions,
        version=head.version,
        created_at=created_at,
        updated_at=updated_at,
    )


def _filters(actor: Actor, query: SpecificationQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.company_id is not None:
        found.append(_LISTS.company_id == query.company_id)
    if query.whose == "mine":
        found.append(_LISTS.owner_id == actor.user_id)
    elif query.whose == "shared":
        found.append(_LISTS.owner_id != actor.user_id)
    text = query.text.strip()
    if text:
        places = (_LISTS.name, app_user.c.name, company.c.name)
        found.append(or_(*(place.icontains(text, autoescape=True) for place in places)))
    return found


class PostgresSpecificationReader(SpecificationReader):
    """Reads specifications."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, actor: Actor, scope: Scope, query: SpecificationQuery) -> SpecificationPage:
        """The lists that were changed last first; two queries."""
        filters = _filters(actor, query)
        rows = _of(actor, scope).where(*filters).order_by(*_NEWEST).offset(query.offset).limit(query.limit + 1)
        if query.after is not None:
            rows = rows.where(tuple_(_LISTS.updated_at, _LISTS.specification_id) < tuple_(*query.after))
        matching = _joined(_LISTS.specification_id).where(visible_specifications(actor, scope), *filters)
        counted = select(func.count()).select_from(matching.limit(COUNTED + 1).subquery())
        async with self._database.engine.connect() as connection:
            found = [_listed(row, actor) for row in await connection.execute(rows)]
            total = (await connection.execute(counted)).scalar_one()
        more = len(found) > query.limit
        return SpecificationPage(tuple(found[: query.limit]), min(total, COUNTED), more, exact=total <= COUNTED)

    async def listed(self, actor: Actor, scope: Scope, specification_id: SpecificationId) -> ListedSpecification | None:
        """One list; one query."""
        query = _of(actor, scope).where(_LISTS.specification_id == specification_id)
        async with self._database.engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _listed(row, actor)

    async def lines(
        self, specification_id: SpecificationId, closed: ClosedGoods, viewer: SpecificationViewer | None
    ) -> list[tuple[CartLine, Goods, Noted | None]]:
        """All lines of a list with their goods; one query."""
        parameters: dict[str, Any] = {"specification": specification_id} | values_of(closed)
        if viewer is not None:
            parameters |= {"user": viewer.user_id, "company": viewer.company_id}
        statement = lines_of(Closing.of(closed), seen=viewer is not None)
        async with self._database.engine.connect() as connection:
            return [line_of(row) for row in await connection.execute(statement, parameters)]
