"""Balances as people see them, each within the scope of who asks."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, Date, Select, Uuid, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.agreement_in_force import AGREEMENT_IN_FORCE
from b2b_dvizhenie.adapters.postgres.balances import (
    ALIVE,
    ORDERS,
    POSITIONS,
    by_currency,
    facts_of,
    orders_of,
    positions_of,
)
from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.people_scope import visible_companies
from b2b_dvizhenie.adapters.postgres.tables.balances import balance_finding, open_item, scheduled_payment
from b2b_dvizhenie.adapters.postgres.tables.companies import company
from b2b_dvizhenie.application.balances import (
    BalanceReader,
    CreditFacts,
    ItemPage,
    SchedulePage,
    StoredBalance,
    StoredFinding,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.balances import Bonus, Finding, FindingCode, OpenItem, ScheduledPayment, StageKind
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import CompanyId

_ALL = "true"
_BALANCE_SQL = f"""
SELECT coalesce(t.name, ''), coalesce(a.currency, t.currency, 'RUB'),
       (SELECT g.credit_limit FROM agreement g WHERE g.agreement_id = a.agreement_id),
       CAST(({POSITIONS.format(company="c.company_id", currency=_ALL)}) AS text),
       CAST(({ORDERS.format(company="c.company_id", currency=_ALL, alive=ALIVE)}) AS text),
       CAST((SELECT json_agg(b ORDER BY b.program_ref) FROM (
             SELECT program_ref, program, balance, pending, expiring, as_of
               FROM bonus WHERE company_id = c.company_id) b) AS text)
  FROM company c
{AGREEMENT_IN_FORCE.format(company="c.company_id", day=":day")}
  LEFT JOIN price_type t ON CASE WHEN a.price_type_id IS NOT NULL THEN t.price_type_id = a.price_type_id
                                 ELSE t.is_default END
 WHERE c.company_id = :company
"""  # noqa: S608 - parts of our own
_BALANCE = text(_BALANCE_SQL).bindparams(bindparam("company", type_=Uuid), bindparam("day", type_=Date))

_bonuses = msgspec.json.Decoder(tuple[Bonus, ...])


class PostgresBalanceReader(BalanceReader):
    """Reads balances. `zone` is the seller's, whose days payments are due on."""

    def __init__(self, database: Database, clock: Clock, zone: str) -> None:
        self._database = database
        self._clock = clock
        self._zone = ZoneInfo(zone)

    async def today(self) -> date:
        """The day it is for the seller."""
        return self._clock().astimezone(self._zone).date()

    async def balance(self, actor: Actor, scope: Scope, company_id: CompanyId) -> StoredBalance | None:
        """The balance of a company; two statements."""
        async with self._database.engine.connect() as connection:
            if not await _is_visible(connection, actor, scope, company_id):
                return None
            known = {"company": company_id, "day": await self.today()}
            row: Any = (await connection.execute(_BALANCE, known)).one()
        price_type, currency, limit, positions, orders, bonuses = row
        facts = by_currency(currency, limit, positions_of(positions), orders_of(orders))
        return StoredBalance(company_id, price_type, facts, _bonuses.decode(bonuses) if bonuses else ())

    async def schedule(
        self, actor: Actor, scope: Scope, company_id: CompanyId, limit: int, offset: int
    ) -> SchedulePage | None:
        """A page of its schedule; three statements."""
        row = scheduled_payment.c
        query: Select[*tuple[Any, ...]] = (
            select(row.due_on, row.amount, row.currency, row.paid, row.kind, row.document_ref, row.order_ref, row.title)
            .where(row.company_id == company_id)
            .order_by(row.paid >= row.amount, row.due_on, row.row_key)
        )
        page = await self._page(actor, scope, company_id, row.company_id, query.limit(limit).offset(offset))
        if page is None:
            return None
        found, total = page
        return SchedulePage(
            tuple(
                ScheduledPayment(
                    due_on=one[0],
                    amount=one[1],
                    currency=one[2],
                    paid=one[3],
                    kind=StageKind(one[4]),
                    document_ref=one[5],
                    order_ref=one[6],
                    title=one[7],
                )
                for one in found
            ),
            total,
        )

    async def open_items(
        self, actor: Actor, scope: Scope, company_id: CompanyId, limit: int, offset: int
    ) -> ItemPage | None:
        """A page of its open documents; three statements."""
        row = open_item.c
        query: Select[*tuple[Any, ...]] = (
            select(
                row.document_ref,
                row.document_type,
                row.number,
                row.issued_on,
                row.currency,
                row.total,
                row.rest,
                row.due_on,
                row.order_ref,
            )
            .where(row.company_id == company_id)
            .order_by(row.rest <= 0, row.due_on.asc().nulls_last(), row.issued_on, row.row_key)
        )
        page = await self._page(actor, scope, company_id, row.company_id, query.limit(limit).offset(offset))
        if page is None:
            return None
        found, total = page
        return ItemPage(
            tuple(
                OpenItem(
                    document_ref=one[0],
                    document_type=one[1],
                    number=one[2],
                    issued_on=one[3],
                    currency=one[4],
                    total=one[5],
                    rest=one[6],
                    due_on=one[7],
                    order_ref=one[8],
                )
                for one in found
            ),
            total,
        )

    async def _page(
        self, actor: Actor, scope: Scope, company_id: CompanyId, owner: ColumnElement[UUID], query: Select[Any]
    ) -> tuple[Sequence[Any], int] | None:
        """The rows of a page and how many there are in all; None for a company outside the scope."""
        async with self._database.engine.connect() as connection:
            if not await _is_visible(connection, actor, scope, company_id):
                return None
            total = (await connection.execute(select(func.count()).where(owner == company_id))).scalar_one()
            return (await connection.execute(query)).all(), total

    async def findings(self, actor: Actor, scope: Scope, company_id: CompanyId) -> tuple[StoredFinding, ...] | None:
        """What contradicts itself; two statements."""
        row = balance_finding.c
        query: Select[*tuple[Any, ...]] = (
            select(row.currency, row.code, row.told, row.found, row.contract_ref, row.since)
            .where(row.company_id == company_id)
            .order_by(row.since, row.currency, row.code, row.contract_ref)
        )
        async with self._database.engine.connect() as connection:
            if not await _is_visible(connection, actor, scope, company_id):
                return None
            found = (await connection.execute(query)).all()
        return tuple(
            StoredFinding(one[0], Finding(FindingCode(one[1]), one[2], one[3], one[4]), one[5]) for one in found
        )

    async def facts(self, terms: Terms) -> CreditFacts:
        """The credit an order under these terms would be placed against."""
        async with self._database.engine.connect() as connection:
            return await facts_of(connection, terms.company_id, terms.currency, terms.agreement_id)


async def _is_visible(connection: AsyncConnection, actor: Actor, scope: Scope, company_id: CompanyId) -> bool:
    query = select(company.c.company_id).where(company.c.company_id == company_id, visible_companies(actor, scope))
    return (await connection.execute(query)).first() is not None
