"""What segments open and close, in PostgreSQL, as it is edited; `closings` resolves it for buyers."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Text, Uuid, bindparam, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.catalog import brand
from b2b_dvizhenie.adapters.postgres.tables.visibility import (
    segment,
    segment_brand,
    segment_information,
    segment_section,
)
from b2b_dvizhenie.application.visibility import RuleBranch, RuleSection, SegmentRuleBook
from b2b_dvizhenie.domain.shared.ids import SectionId, SegmentId
from b2b_dvizhenie.domain.visibility import RuleOn, SegmentRule

_SEGMENT = bindparam("segment", type_=Uuid)
_NAME = """(SELECT string_agg(a.name, ' / ' ORDER BY array_position(s.path, a.section_id))
              FROM section a WHERE a.section_id = ANY (s.path))"""
_RULES = text(f"""
SELECT 'section', r.section_id::text AS key, {_NAME} AS name, r.opens, 1 AS place
  FROM segment_section r JOIN section s ON s.section_id = r.section_id WHERE r.segment_id = :segment
UNION ALL
SELECT 'brand', r.brand_id::text, b.name, r.opens, 2
  FROM segment_brand r JOIN brand b ON b.brand_id = r.brand_id WHERE r.segment_id = :segment
UNION ALL
SELECT 'information', r.information, r.information, r.opens, 3
  FROM segment_information r WHERE r.segment_id = :segment
 ORDER BY place, name, key""").bindparams(_SEGMENT)  # noqa: S608 - parts of our own
_OPENS = "(SELECT r.opens FROM segment_section r WHERE r.segment_id = :segment AND r.section_id = s.section_id)"
_SECTION = text(f"SELECT {_NAME}, {_OPENS} FROM section s WHERE s.section_id = CAST(:key AS uuid)").bindparams(  # noqa: S608
    _SEGMENT
)
_WAY = text(f"""
SELECT s.section_id, s.name, {_OPENS}, true
  FROM section here JOIN section s ON s.section_id = ANY (here.path)
 WHERE here.section_id = :section
 ORDER BY array_position(here.path, s.section_id)""").bindparams(_SEGMENT, bindparam("section", type_=Uuid))  # noqa: S608
_BELOW = text(f"""
SELECT s.section_id, s.name, {_OPENS},
       EXISTS (SELECT FROM section more WHERE more.parent_id = s.section_id AND more.is_active)
  FROM section s
 WHERE s.is_active AND s.parent_id IS NOT DISTINCT FROM :section
 ORDER BY s.position, s.name, s.section_id""").bindparams(_SEGMENT, bindparam("section", type_=Uuid))  # noqa: S608
_COUNT = text("""
SELECT (SELECT count(*) FROM segment_section WHERE segment_id = :segment)
     + (SELECT count(*) FROM segment_brand WHERE segment_id = :segment)
     + (SELECT count(*) FROM segment_information WHERE segment_id = :segment)""").bindparams(_SEGMENT)
_TABLES: dict[RuleOn, tuple[Table, ColumnElement[Any]]] = {
    RuleOn.SECTION: (segment_section, segment_section.c.section_id),
    RuleOn.BRAND: (segment_brand, segment_brand.c.brand_id),
    RuleOn.INFORMATION: (segment_information, segment_information.c.information),
}


def _typed(on: RuleOn, key: str) -> UUID | str:
    return key if on is RuleOn.INFORMATION else UUID(key)


class PostgresSegmentRules(SegmentRuleBook):
    """The tables of rules over the transaction's connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def rules(self, segment_id: SegmentId) -> tuple[SegmentRule, ...]:
        """The rules of a segment."""
        rows = await self._connection.execute(_RULES, {"segment": segment_id})
        return tuple(SegmentRule(RuleOn(row[0]), row[1], row[2], row[3]) for row in rows)

    async def branch(self, segment_id: SegmentId, section_id: SectionId | None) -> RuleBranch | None:
        """The way to a section and what lies below it; one round trip more than at the root."""
        values = {"segment": segment_id, "section": section_id}
        path: tuple[RuleSection, ...] = ()
        if section_id is not None:
            path = tuple(RuleSection(*row) for row in await self._connection.execute(_WAY, values))
            if not path:
                return None
        return RuleBranch(path, tuple(RuleSection(*row) for row in await self._connection.execute(_BELOW, values)))

    async def brands(self, segment_id: SegmentId, text: str, limit: int) -> tuple[SegmentRule, ...]:
        """Brands whose name has the text in it."""
        place = func.strpos(func.lower(brand.c.name), text.lower())
        rule = (segment_brand.c.brand_id == brand.c.brand_id) & (segment_brand.c.segment_id == segment_id)
        query = (
            select(brand.c.brand_id, brand.c.name, segment_brand.c.opens)
            .outerjoin(segment_brand, rule)
            .where(place > 0)
            .order_by(place, func.lower(brand.c.name), brand.c.brand_id)
            .limit(limit)
        )
        return tuple(
            SegmentRule(RuleOn.BRAND, str(row[0]), row[1], row[2]) for row in await self._connection.execute(query)
        )

    async def rule(self, segment_id: SegmentId, on: RuleOn, key: str) -> SegmentRule | None:
        """What the segment says about a thing; None where there is none such."""
        row: Any
        if on is RuleOn.SECTION:
            row = (await self._connection.execute(_SECTION, {"segment": segment_id, "key": key})).first()
        else:
            table, column = _TABLES[on]
            opens = (
                select(table.c.opens)
                .where(table.c.segment_id == segment_id, column == _typed(on, key))
                .scalar_subquery()
            )
            query: Any = select(literal(key, Text), opens)
            if on is RuleOn.BRAND:
                query = select(brand.c.name, opens).where(brand.c.brand_id == UUID(key))
            row = (await self._connection.execute(query)).first()
        return None if row is None else SegmentRule(on, key, row[0], row[1])

    async def count(self, segment_id: SegmentId) -> int:
        """How many rules a segment has."""
        return int((await self._connection.execute(_COUNT, {"segment": segment_id})).scalar_one())

    async def put(self, segment_id: SegmentId, on: RuleOn, key: str, opens: bool | None) -> None:
        """Write a rule, or take it back."""
        table, column = _TABLES[on]
        if opens is None:
            await self._connection.execute(
                delete(table).where(table.c.segment_id == segment_id, column == _typed(on, key))
            )
            return
        statement = insert(table).values({"segment_id": segment_id, "opens": opens, column: _typed(on, key)})
        index = [table.c.segment_id, column]
        await self._connection.execute(statement.on_conflict_do_update(index_elements=index, set_={"opens": opens}))

    async def set_weight(self, segment_id: SegmentId, weight: int) -> None:
        """Write the weight."""
        statement = update(segment).where(segment.c.segment_id == segment_id).values(weight=weight)
        await self._connection.execute(statement)
