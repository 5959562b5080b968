"""Sections, brands, companies, agreements, segments and price types by id and by name, for who writes rules."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.application.pricing import References

_TITLE = "coalesce(nullif(a.title, ''), a.agreement_id::text)"
_NAMED = f"""
SELECT section_id, name FROM section WHERE section_id = ANY (%(ids)s)
 UNION ALL SELECT brand_id, name FROM brand WHERE brand_id = ANY (%(ids)s)
 UNION ALL SELECT company_id, name FROM company WHERE company_id = ANY (%(ids)s)
 UNION ALL SELECT a.agreement_id, c.name || ': ' || {_TITLE}
             FROM agreement a JOIN company c USING (company_id) WHERE a.agreement_id = ANY (%(ids)s)
 UNION ALL SELECT segment_id, name FROM segment WHERE segment_id = ANY (%(ids)s)
 UNION ALL SELECT price_type_id, name FROM price_type WHERE price_type_id = ANY (%(ids)s)"""  # noqa: S608 - of our own constants
_SECTIONS = "SELECT section_id, lower(name) FROM section WHERE lower(name) = ANY (%(names)s)"
_BRANDS = "SELECT brand_id, lower(name) FROM brand WHERE lower(name) = ANY (%(names)s)"
_COMPANIES = """
SELECT company_id, lower(name), inn FROM company
 WHERE is_active AND (lower(name) = ANY (%(names)s) OR inn = ANY (%(names)s))"""
_AGREEMENTS = f"""
WITH called AS (
  SELECT a.agreement_id, lower({_TITLE}) AS title, lower(c.name || ': ' || {_TITLE}) AS full_title,
         lower(c.inn || ': ' || {_TITLE}) AS by_inn
    FROM agreement a JOIN company c USING (company_id) WHERE a.is_active)
SELECT * FROM called
 WHERE title = ANY (%(names)s) OR full_title = ANY (%(names)s) OR by_inn = ANY (%(names)s)"""  # noqa: S608 - our own
_SEGMENTS = "SELECT segment_id, lower(name) FROM segment WHERE lower(name) = ANY (%(names)s)"
_CHOICES = """
SELECT 'section', NULL::uuid, name FROM (
       SELECT DISTINCT name FROM section WHERE is_active ORDER BY name LIMIT %(limit)s) s
 UNION ALL SELECT 'brand', NULL::uuid, name FROM (SELECT DISTINCT name FROM brand ORDER BY name LIMIT %(limit)s) b
 UNION ALL SELECT 'type', price_type_id, name FROM (
       SELECT price_type_id, name FROM price_type WHERE is_active ORDER BY name, price_type_id) t"""


class PostgresReferences(References):
    """Reads over the bare pool."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _rows(self, statement: str, values: Mapping[str, Any]) -> list[TupleRow]:
        async with self._database.reading() as connection:
            return await (await connection.execute(statement, values)).fetchall()

    async def named(self, ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Names by id."""
        if not ids:
            return {}
        return {row[0]: row[1] for row in await self._rows(_NAMED, {"ids": list(ids)})}

    async def _by_name(self, statement: str, names: Collection[str]) -> Mapping[str, tuple[UUID, ...]]:
        if not names:
            return {}
        found: dict[str, set[UUID]] = defaultdict(set)
        for key, *called in await self._rows(statement, {"names": [one.lower() for one in names]}):
            for name in called:
                found[name].add(key)
        return {one: tuple(sorted(found[one.lower()])) for one in names if one.lower() in found}

    async def sections(self, names: Collection[str]) -> Mapping[str, tuple[UUID, ...]]:
        """Sections by name."""
        return await self._by_name(_SECTIONS, names)

    async def brands(self, names: Collection[str]) -> Mapping[str, tuple[UUID, ...]]:
        """Brands by name."""
        return await self._by_name(_BRANDS, names)

    async def companies(self, names: Collection[str]) -> Mapping[str, tuple[UUID, ...]]:
        """Active companies by INN or name."""
        return await self._by_name(_COMPANIES, names)

    async def agreements(self, names: Collection[str]) -> Mapping[str, tuple[UUID, ...]]:
        """Active agreements by title, alone or behind the company's name or INN."""
        return await self._by_name(_AGREEMENTS, names)

    async def segments(self, names: Collection[str]) -> Mapping[str, tuple[UUID, ...]]:
        """Segments by name."""
        return await self._by_name(_SEGMENTS, names)

    async def choices(self, limit: int) -> tuple[Sequence[str], Sequence[str], Sequence[tuple[UUID, str]]]:
        """Names to choose from, and price types."""
        rows = await self._rows(_CHOICES, {"limit": limit})
        sections, brands = ([row[2] for row in rows if row[0] == kind] for kind in ("section", "brand"))
        return sections, brands, [(row[1], row[2]) for row in rows if row[0] == "type"]
