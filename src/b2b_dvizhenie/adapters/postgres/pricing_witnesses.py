"""Goods and companies that show what rules do: a fixed number of statements for any number of rules."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.agreement_in_force import AGREEMENT_IN_FORCE
from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.application.pricing import NamedTerms, Sample, Witnesses
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import Goods, Kind, PricePoint, Rule
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, PriceTypeId, VariantId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy

_GOODS = """v.variant_id, coalesce(nullif(v.article, ''), p.article), p.name, p.brand_id, s.path"""
_JOINED = """JOIN variant v ON v.product_id = p.product_id AND v.is_active
          LEFT JOIN section s ON s.section_id = p.section_id
         WHERE p.is_active AND NOT p.is_hidden AND """
_LOOKED_AT = 50
"""Goods of a section or a brand that are looked at for one that has a price."""
# Goods with a price go before those without: they show more.
_PRICED = "(EXISTS (SELECT 1 FROM price q WHERE q.variant_id = v.variant_id)) DESC, v.variant_id"
_BY_SECTION = f"""
SELECT wanted.section_id, NULL::uuid, found.* FROM unnest(%(sections)s::uuid[]) AS wanted (section_id)
 CROSS JOIN LATERAL (
        SELECT {_GOODS}
          FROM (SELECT product_id FROM product_placement pl WHERE pl.section_id = wanted.section_id
                 ORDER BY pl.sort_key, pl.product_id LIMIT {_LOOKED_AT}) placed
          JOIN product p ON p.product_id = placed.product_id {_JOINED} wanted.section_id = ANY (s.path)
         ORDER BY {_PRICED} LIMIT 1) found"""  # noqa: S608 - of the constants above
_BY_BRAND = f"""
SELECT NULL::uuid, wanted.brand_id, found.* FROM unnest(%(brands)s::uuid[]) AS wanted (brand_id)
 CROSS JOIN LATERAL (
        SELECT {_GOODS}
          FROM (SELECT * FROM product WHERE brand_id = wanted.brand_id AND is_active AND NOT is_hidden
                 LIMIT {_LOOKED_AT}) p {_JOINED} true
         ORDER BY {_PRICED} LIMIT 1) found"""  # noqa: S608
_BY_PAIR = f"""
SELECT wanted.section_id, wanted.brand_id, found.*
  FROM unnest(%(sections)s::uuid[], %(brands)s::uuid[]) AS wanted (section_id, brand_id)
 CROSS JOIN LATERAL (
        SELECT {_GOODS} FROM product p {_JOINED} p.brand_id = wanted.brand_id AND wanted.section_id = ANY (s.path)
         ORDER BY {_PRICED} LIMIT 1) found"""  # noqa: S608 - of the constants above
_BY_ARTICLE = f"""
SELECT NULL::uuid, NULL::uuid, {_GOODS} FROM product p {_JOINED}
       coalesce(nullif(v.article, ''), p.article) = ANY (%(articles)s)
 ORDER BY {_PRICED.replace("DESC", "ASC")} DESC"""  # noqa: S608 - of the constants above
_PRICES = "SELECT variant_id, price_type_id, amount, currency, min_quantity FROM price WHERE variant_id = ANY (%(ids)s)"
_COMPANIES = f"""
SELECT c.company_id, c.name, a.agreement_id, t.price_type_id, coalesce(a.currency, t.currency), a.rounding,
       t.vat_included
  FROM (SELECT company_id, name FROM company WHERE is_active AND company_id = ANY (%(ids)s)
        UNION ALL
        (SELECT company_id, name FROM company WHERE is_active AND NOT company_id = ANY (%(ids)s)
          ORDER BY name, company_id LIMIT 1)) c
{AGREEMENT_IN_FORCE.format(company="c.company_id", day="%(day)s")}
  JOIN price_type t ON CASE WHEN a.price_type_id IS NOT NULL THEN t.price_type_id = a.price_type_id
                            ELSE t.is_default END"""  # noqa: S608 - parts of our own


class PostgresWitnesses(Witnesses):
    """Reads over the bare pool. `zone` is the seller's, whose days agreements are counted in."""

    def __init__(self, database: Database, zone: str) -> None:
        self._database = database
        self._zone = ZoneInfo(zone)

    async def _rows(self, statement: str, values: Mapping[str, Any]) -> list[TupleRow]:
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(statement, values)
            return await cursor.fetchall()

    async def samples(self, rules: Sequence[Rule]) -> Mapping[UUID, Sample]:
        """One of the goods that each rule covers."""
        kinds: dict[Kind, list[Rule]] = defaultdict(list)
        for rule in rules:
            kinds[rule.kind].append(rule)
        found: dict[UUID, TupleRow] = {}
        sections = {rule.category_id for rule in kinds[Kind.CATEGORY]}
        by_section = {row[0]: row for row in await self._rows(_BY_SECTION, {"sections": list(sections)})}
        brands = {rule.brand_id for rule in kinds[Kind.BRAND]}
        by_brand = {row[1]: row for row in await self._rows(_BY_BRAND, {"brands": list(brands)})}
        pairs = list({(rule.category_id, rule.brand_id) for rule in kinds[Kind.CATEGORY_BRAND]})
        values = {"sections": [pair[0] for pair in pairs], "brands": [pair[1] for pair in pairs]}
        by_pair = {(row[0], row[1]): row for row in await self._rows(_BY_PAIR, values)}
        articles = {article for rule in kinds[Kind.ARTICLES] for article in rule.articles}
        by_article = {row[3].strip(): row for row in await self._rows(_BY_ARTICLE, {"articles": list(articles)})}
        for rule in rules:
            row: TupleRow | None
            match rule.kind:
                case Kind.CATEGORY:
                    row = by_section.get(rule.category_id)
                case Kind.BRAND:
                    row = by_brand.get(rule.brand_id)
                case Kind.CATEGORY_BRAND:
                    row = by_pair.get((rule.category_id, rule.brand_id))
                case Kind.ARTICLES:
                    row = next((by_article[one] for one in sorted(rule.articles) if one in by_article), None)
            if row is not None:
                found[rule.rule_id] = row
        prices = await self._prices(row[2] for row in found.values())
        return {
            rule_id: Sample(
                row[2], row[3], row[4], Goods(row[3], row[5], tuple(row[6] or ())), tuple(prices.get(row[2], ()))
            )
            for rule_id, row in found.items()
        }

    async def _prices(self, variants: Iterable[VariantId]) -> Mapping[VariantId, list[PricePoint]]:
        prices: dict[VariantId, list[PricePoint]] = defaultdict(list)
        for variant_id, kind, *point in await self._rows(_PRICES, {"ids": list(set(variants))}):
            prices[variant_id].append(PricePoint(PriceTypeId(kind), *point))
        return prices

    async def companies(self, company_ids: Collection[CompanyId], now: datetime) -> Mapping[CompanyId, NamedTerms]:
        """Terms of active companies, and of one more."""
        values = {"ids": list(company_ids), "day": now.astimezone(self._zone).date()}
        found = {}
        for row in await self._rows(_COMPANIES, values):
            terms = Terms(
                company_id=CompanyId(row[0]),
                agreement_id=AgreementId(row[2]) if row[2] else None,
                price_type_id=PriceTypeId(row[3]),
                currency=row[4],
                rounding=RoundingPolicy(row[5]) if row[5] else RoundingPolicy.LINE_EACH_DISCOUNT,
                vat_included=row[6],
            )
            found[terms.company_id] = NamedTerms(row[1], terms)
        return found

    async def owners(self, agreement_ids: Collection[UUID]) -> Mapping[UUID, CompanyId]:
        """Companies of agreements."""
        statement = "SELECT agreement_id, company_id FROM agreement WHERE agreement_id = ANY (%(ids)s)"
        return {row[0]: CompanyId(row[1]) for row in await self._rows(statement, {"ids": list(agreement_ids)})}
