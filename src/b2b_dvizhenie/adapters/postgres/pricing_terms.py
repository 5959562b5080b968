"""Terms of any company, for staff who explain or check prices."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from b2b_dvizhenie.adapters.postgres.agreement_in_force import AGREEMENT_IN_FORCE, SEGMENTS_OF
from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.application.pricing import NamedTerms, TermsSource
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, PriceTypeId, SegmentId, WarehouseId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy

_TERMS = f"""
SELECT c.name, a.agreement_id, t.price_type_id, coalesce(a.currency, t.currency), a.rounding, t.vat_included,
       a.warehouse_id, a.is_vip, {SEGMENTS_OF.format(company="c.company_id")}
  FROM company c
{AGREEMENT_IN_FORCE.format(company="c.company_id", day="%(day)s")}
  JOIN price_type t ON CASE WHEN a.price_type_id IS NOT NULL THEN t.price_type_id = a.price_type_id
                            ELSE t.is_default END
 WHERE c.company_id = %(company)s AND c.is_active"""  # noqa: S608 - parts of our own
_FOUND = """
SELECT c.company_id, c.name FROM company c
 WHERE c.is_active AND (c.company_id = %(id)s::uuid OR c.inn = %(text)s OR strpos(lower(c.name), lower(%(text)s)) > 0)
 ORDER BY c.name, c.company_id LIMIT %(limit)s"""


class PostgresTerms(TermsSource):
    """Reads terms over the bare pool. `zone` is the seller's, whose days agreements are counted in."""

    def __init__(self, database: Database, zone: str) -> None:
        self._database = database
        self._zone = ZoneInfo(zone)

    async def terms(self, company_id: CompanyId, now: datetime) -> NamedTerms | None:
        """Terms of the agreement in force, the default ones without any."""
        values = {"company": company_id, "day": now.astimezone(self._zone).date()}
        async with self._database.reading() as connection:
            row = await (await connection.execute(_TERMS, values)).fetchone()
        if row is None:
            return None
        terms = Terms(
            company_id=company_id,
            agreement_id=AgreementId(row[1]) if row[1] else None,
            price_type_id=PriceTypeId(row[2]),
            currency=row[3],
            rounding=RoundingPolicy(row[4]) if row[4] else RoundingPolicy.LINE_EACH_DISCOUNT,
            vat_included=row[5],
            warehouse_id=WarehouseId(row[6]) if row[6] else None,
            is_vip=bool(row[7]),
            segments=frozenset(SegmentId(one) for one in row[8]),
        )
        return NamedTerms(row[0], terms)

    async def found(self, text: str, limit: int) -> Sequence[tuple[CompanyId, str]]:
        """Active companies by id, INN, or a part of the name."""
        try:
            key: UUID | None = UUID(text)
        except ValueError:
            key = None
        values = {"id": key, "text": text, "limit": limit}
        async with self._database.reading() as connection:
            rows = await (await connection.execute(_FOUND, values)).fetchall()
        return [(CompanyId(row[0]), row[1]) for row in rows]
