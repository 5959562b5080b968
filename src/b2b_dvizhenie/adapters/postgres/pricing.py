"""Stored prices with what discounts ask of the goods, read over a bare connection: one statement for all lines."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.application.pricing import ActiveSet, PriceSource, Stored, StoredLine
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import Goods, PricePoint, SetLimits
from b2b_dvizhenie.domain.shared.ids import PriceTypeId, VariantId

_POINTS = """
SELECT variant_id, amount, currency, min_quantity
  FROM price
 WHERE price_type_id = %(price_type)s AND variant_id = ANY(%(variants)s)
"""
_IN_FORCE = """
SELECT r.rule_set_id, r.number, r.floor_price_type_id, r.cost_price_type_id, r.minimal_margin, r.max_total_percent
  FROM rule_set_activation a JOIN rule_set r ON r.rule_set_id = a.rule_set_id
 WHERE a.starts_at <= %(now)s AND (a.ends_at IS NULL OR a.ends_at > %(now)s)"""
_LINE = """asked.variant_id, coalesce(nullif(v.article, ''), p.article, ''), p.brand_id, s.path,
       q.price_type_id, q.amount, q.currency, q.min_quantity"""
_GOODS = """
  LEFT JOIN variant v ON v.variant_id = asked.variant_id
  LEFT JOIN product p ON p.product_id = v.product_id
  LEFT JOIN section s ON s.section_id = p.section_id
  LEFT JOIN price q ON q.variant_id = asked.variant_id AND q.price_type_id """
_PRICED = f"""
WITH active AS MATERIALIZED ({_IN_FORCE})
SELECT {_LINE}, active.*
  FROM unnest(%(variants)s::uuid[]) AS asked (variant_id)
  LEFT JOIN active ON true {_GOODS}
       IN (%(price_type)s, active.floor_price_type_id, active.cost_price_type_id)
"""  # noqa: S608 - put together of the constants above
# Without a set in force the inner join leaves nothing to look up.
_ONLY_GOODS = f"""
WITH active AS MATERIALIZED ({{active}})
SELECT {_LINE}, active.*
  FROM unnest(%(variants)s::uuid[]) AS asked (variant_id)
 CROSS JOIN active {_GOODS}
       IN (active.floor_price_type_id, active.cost_price_type_id)
"""  # noqa: S608 - put together of the constants above
_GOODS_NOW = _ONLY_GOODS.format(active=_IN_FORCE)
_GOODS_OF_SET = _ONLY_GOODS.format(
    active="""
SELECT r.rule_set_id, r.number, r.floor_price_type_id, r.cost_price_type_id, r.minimal_margin, r.max_total_percent
  FROM rule_set r WHERE r.rule_set_id = %(set)s"""
)


def _active(row: Sequence[Any]) -> ActiveSet | None:
    if row[0] is None:
        return None
    floor, cost = (PriceTypeId(one) if one else None for one in row[2:4])
    return ActiveSet(row[0], row[1], SetLimits(floor, cost, row[4], row[5]))


def _lines(
    rows: Sequence[TupleRow], active: ActiveSet | None, price_type: PriceTypeId | None
) -> dict[VariantId, StoredLine]:
    guarding = _guards(active) if active else ()
    lines: dict[VariantId, tuple[list[PricePoint], Goods, list[PricePoint]]] = {}
    for row in rows:
        line = lines.get(row[0])
        if line is None:
            line = lines[row[0]] = ([], Goods(row[1], row[2], tuple(row[3] or ())), [])
        kind: UUID | None = row[4]
        if kind is None:
            continue
        point = PricePoint(PriceTypeId(kind), row[5], row[6], row[7])
        if kind == price_type:
            line[0].append(point)
        if kind in guarding:
            line[2].append(point)
    return {key: StoredLine(tuple(prices), goods, tuple(guards)) for key, (prices, goods, guards) in lines.items()}


def _guards(active: ActiveSet) -> list[PriceTypeId]:
    limits = active.limits
    return [one for one in (limits.floor_price_type_id, limits.cost_price_type_id) if one is not None]


class PostgresPrices(PriceSource):
    """Reads prices by their primary key, beside them the goods and the version in force."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def _rows(self, statement: str, values: Mapping[str, Any]) -> list[TupleRow]:
        async with self._database.reading() as connection:
            cursor = connection.cursor(binary=True)
            await cursor.execute(statement, values)
            return await cursor.fetchall()

    async def stored(
        self, terms: Terms, variants: Sequence[VariantId], now: datetime, *, discounts: bool = True
    ) -> Stored:
        """All quantity breaks of the terms' price type, with what discounts need."""
        price_type = terms.price_type_id
        values = {"price_type": price_type, "variants": list(dict.fromkeys(variants)), "now": now}
        if discounts:
            rows = await self._rows(_PRICED, values)
            active = _active(rows[0][8:]) if rows else None
            return Stored(active, _lines(rows, active, price_type))
        found: dict[VariantId, tuple[PricePoint, ...]] = {}
        for variant_id, *point in await self._rows(_POINTS, values):
            found[variant_id] = (*found.get(variant_id, ()), PricePoint(price_type, *point))
        return Stored(None, {variant_id: StoredLine(points) for variant_id, points in found.items()})

    async def goods(self, variants: Sequence[VariantId], now: datetime, active: ActiveSet | None = None) -> Stored:
        """What discounts need, without the prices."""
        values: dict[str, Any] = {"variants": list(dict.fromkeys(variants)), "now": now}
        if active is not None:
            values["set"] = active.rule_set_id
        rows = await self._rows(_GOODS_NOW if active is None else _GOODS_OF_SET, values)
        active = _active(rows[0][8:]) if rows else active
        return Stored(active, _lines(rows, active, None))

    async def active(self, now: datetime) -> ActiveSet | None:
        """The version in force."""
        rows = await self._rows(_IN_FORCE, {"now": now})
        return _active(rows[0]) if rows else None
