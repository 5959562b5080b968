"""Segments in PostgreSQL."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.people_scope import visible_companies
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.adapters.postgres.tables.pricing_rules import discount_rule
from b2b_dvizhenie.adapters.postgres.tables.vip import vip_company
from b2b_dvizhenie.adapters.postgres.tables.visibility import segment, segment_member
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.visibility import SegmentBook
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import CompanyId, SegmentId
from b2b_dvizhenie.domain.visibility import Segment, SegmentCompany

_segment, _member, _company = segment.c, segment_member.c, company.c
_COMPANIES = (
    select(func.count())
    .select_from(segment_member)
    .where(_member.segment_id == _segment.segment_id)
    .correlate(segment)
    .scalar_subquery()
)


_VIP = (
    select(func.count())
    .select_from(vip_company)
    .where(vip_company.c.segment_id == _segment.segment_id)
    .correlate(segment)
    .scalar_subquery()
)


def _query() -> Select[Any]:
    return select(_segment.segment_id, _segment.name, _COMPANIES, _segment.weight, _VIP, _segment.for_all)


def _read(row: Any) -> Segment:
    return Segment(SegmentId(row[0]), row[1], row[2], row[3], row[4], row[5])


class PostgresSegmentBook(SegmentBook):
    """The `segment` and `segment_member` tables over the transaction's connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def segments(self) -> tuple[Segment, ...]:
        """All segments by name."""
        ordered = _query().order_by(func.lower(_segment.name), _segment.segment_id)
        return tuple(_read(row) for row in await self._connection.execute(ordered))

    async def find(self, segment_id: SegmentId) -> Segment | None:
        """The segment."""
        row = (await self._connection.execute(_query().where(_segment.segment_id == segment_id))).first()
        return None if row is None else _read(row)

    async def hold(self, segment_id: SegmentId) -> Segment | None:
        """The segment, its row locked."""
        query = _query().where(_segment.segment_id == segment_id).with_for_update()
        row = (await self._connection.execute(query)).first()
        return None if row is None else _read(row)

    async def companies(
        self, segment_id: SegmentId, actor: Actor, scope: Scope, text: str, limit: int, after: tuple[str, UUID] | None
    ) -> tuple[SegmentCompany, ...]:
        """Members, or companies found, in the order of their names."""
        is_member = exists().where(_member.segment_id == segment_id, _member.company_id == _company.company_id)
        wanted: ColumnElement[bool] = is_member
        if text:
            named = func.strpos(func.lower(_company.name), text.lower()) > 0
            wanted = or_(named, func.strpos(_company.inn, text) > 0)
        query = select(_company.company_id, _company.name, _company.inn, is_member)
        query = query.where(wanted, visible_companies(actor, scope))
        if after is not None:
            query = query.where(tuple_(_company.name, _company.company_id) > after)
        rows = await self._connection.execute(query.order_by(_company.name, _company.company_id).limit(limit))
        return tuple(SegmentCompany(CompanyId(row[0]), row[1], row[2], row[3]) for row in rows)

    async def company_name(self, company_id: CompanyId, actor: Actor, scope: Scope) -> str | None:
        """Its name."""
        query = select(_company.name).where(_company.company_id == company_id, visible_companies(actor, scope))
        return (await self._connection.execute(query)).scalar_one_or_none()

    async def add(self, made: Segment) -> bool:
        """Make a segment; False if its name is taken."""
        values = {"segment_id": made.segment_id, "name": made.name}
        statement = insert(segment).values(values).on_conflict_do_nothing().returning(_segment.segment_id)
        return (await self._connection.execute(statement)).first() is not None

    async def rename(self, segment_id: SegmentId, name: str) -> bool:
        """Write the name; the savepoint keeps the transaction usable when it is taken."""
        try:
            async with self._connection.begin_nested():
                await self._connection.execute(
                    update(segment).where(_segment.segment_id == segment_id).values(name=name)
                )
        except IntegrityError:
            return False
        return True

    async def set_for_all(self, segment_id: SegmentId, *, for_all: bool) -> None:
        """Write whether every company is in it."""
        await self._connection.execute(update(segment).where(_segment.segment_id == segment_id).values(for_all=for_all))

    async def put_member(self, segment_id: SegmentId, company_id: CompanyId) -> bool:
        """Insert unless it is there."""
        values = {"segment_id": segment_id, "company_id": company_id}
        statement = insert(segment_member).values(values).on_conflict_do_nothing().returning(_member.company_id)
        return (await self._connection.execute(statement)).first() is not None

    async def drop_member(self, segment_id: SegmentId, company_id: CompanyId) -> bool:
        """Delete it."""
        statement = delete(segment_member).where(_member.segment_id == segment_id, _member.company_id == company_id)
        return (await self._connection.execute(statement)).rowcount == 1

    async def discounts(self, segment_id: SegmentId) -> int:
        """Rules that name it, over the index of the column."""
        named = discount_rule.c.segments.contains([segment_id])
        return (
            await self._connection.execute(select(func.count()).select_from(discount_rule).where(named))
        ).scalar_one()

    async def delete(self, segment_id: SegmentId) -> None:
        """Delete it; memberships go along."""
        await self._connection.execute(delete(segment).where(_segment.segment_id == segment_id))
