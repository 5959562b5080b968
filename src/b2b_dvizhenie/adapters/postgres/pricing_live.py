"""How the ERP calls what live prices are asked for, and how old stored prices are."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.application.pricing import LiveReferences
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import AskedLine, LiveKey, Question
from b2b_dvizhenie.domain.shared.ids import VariantId

# A ref is a name in one base: those of the company, the price type and the warehouse count only where they are of the
# base that the goods are of.
_QUESTION = """
SELECT v.variant_id, p.node_id, p.external_ref, v.variant_ref, coalesce(nullif(v.article, ''), p.article),
       CASE WHEN c.node_id = p.node_id THEN coalesce(c.external_ref, '') ELSE '' END, c.inn, c.kpp,
       CASE WHEN t.node_id = p.node_id THEN t.external_ref ELSE '' END,
       CASE WHEN w.node_id = p.node_id AND w.external_ref <> '*' THEN w.external_ref ELSE '' END
  FROM variant v
  JOIN product p ON p.product_id = v.product_id
  JOIN exchange_node n ON n.node_id = p.node_id AND (%(node)s = '' OR n.login = %(node)s)
  JOIN company c ON c.company_id = %(company)s
  JOIN price_type t ON t.price_type_id = %(price_type)s
  LEFT JOIN warehouse w ON w.warehouse_id = %(warehouse)s
 WHERE v.variant_id = ANY(%(variants)s)"""
_AGES = """
SELECT variant_id, min(updated_at) FROM price
 WHERE price_type_id = %(price_type)s AND variant_id = ANY(%(variants)s) GROUP BY variant_id"""


class PostgresLiveReferences(LiveReferences):
    """Reads references over the bare pool."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def question(self, terms: Terms, lines: Sequence[LiveKey], node: str, request_id: str) -> Question | None:
        """The question about the goods of the node; without one, of the node that the first known line is of."""
        values = {
            "node": node,
            "company": terms.company_id,
            "price_type": terms.price_type_id,
            "warehouse": terms.warehouse_id,
            "variants": list({variant_id for variant_id, _ in lines}),
        }
        async with self._database.reading() as connection:
            rows = await (await connection.execute(_QUESTION, values)).fetchall()
        known = {VariantId(row[0]): row for row in rows}
        first = next((known[variant_id] for variant_id, _ in lines if variant_id in known), None)
        if first is None or not (first[5] or first[6]):
            return None
        asked = (
            AskedLine(variant_id, quantity, known[variant_id][2], known[variant_id][3], known[variant_id][4])
            for variant_id, quantity in lines
            if variant_id in known and known[variant_id][1] == first[1]
        )
        _, _, _, _, _, company_ref, inn, kpp, price_type_ref, warehouse_ref = first
        return Question(
            request_id=request_id,
            company_ref=company_ref,
            inn=inn,
            kpp=kpp,
            price_type_ref=price_type_ref,
            warehouse_ref=warehouse_ref,
            currency=terms.currency,
            vat_included=terms.vat_included,
            lines=tuple(asked),
        )

    async def ages(self, terms: Terms, variants: Sequence[VariantId]) -> Mapping[VariantId, datetime]:
        """The oldest of the moments at which the breaks of each variant came."""
        values = {"price_type": terms.price_type_id, "variants": list(set(variants))}
        async with self._database.reading() as connection:
            rows = await (await connection.execute(_AGES, values)).fetchall()
        return {VariantId(row[0]): row[1] for row in rows}
