"""After the ERP told something of balances: what does not add up is written down, and what it knows is let go.

Findings keep the moment they were first seen; reservations of orders that a snapshot includes are removed.
"""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.balances import ORDERS, POSITIONS, orders_of, positions_of
from b2b_dvizhenie.adapters.postgres.tables.balances import (
    balance_finding,
    credit_reservation,
    open_item,
    scheduled_payment,
)
from b2b_dvizhenie.domain.balances import (
    CreditPosition,
    DetailSums,
    Finding,
    OpenOrder,
    findings_between,
    findings_of,
    is_reserved,
)
from b2b_dvizhenie.domain.shared.ids import CompanyId

_KNOWN_SQL = f"""
SELECT c.company_id, CAST(({POSITIONS.format(company="c.company_id", currency="true")}) AS text),
       CAST(({ORDERS.format(company="c.company_id", currency="true", alive="true")}) AS text)
  FROM unnest(CAST(:companies AS uuid[])) AS c (company_id)
"""  # noqa: S608 - parts of our own
_KNOWN = text(_KNOWN_SQL)
_ONE_BY_ONE = text("SELECT pg_advisory_xact_lock(hashtextextended('balance findings', 0))")
_Place = tuple[CompanyId, str]


async def recheck(
    connection: AsyncConnection, companies: Collection[CompanyId], today: date, now: datetime
) -> dict[CompanyId, list[Finding]]:
    """Bring findings and reservations of these companies up to what is stored; what was found, by company.

    A number of statements that does not depend on the number of companies. Two appliers wait for each other: each
    would miss what the other one has just written.
    """
    if not companies:
        return {}
    await connection.execute(_ONE_BY_ONE)
    wanted = sorted(set(companies))
    known = (await connection.execute(_KNOWN, {"companies": wanted})).all()
    positions = {CompanyId(row[0]): positions_of(row[1]) for row in known}
    details = await _details(connection, wanted, today)
    found = {key: _found(key, told, details) for key, told in positions.items()}
    await _write(connection, wanted, found, now)
    gone = [
        order.order_id
        for row in known
        for order in orders_of(row[2])
        if not _is_held(order, [one for one in positions[CompanyId(row[0])] if one.currency == order.currency], now)
    ]
    if gone:
        await connection.execute(delete(credit_reservation).where(credit_reservation.c.order_id.in_(gone)))
    return {key: [finding for _, finding in some] for key, some in found.items()}


def _is_held(order: OpenOrder, positions: list[CreditPosition], now: datetime) -> bool:
    # Removed is only what a snapshot includes; an order without news may get some yet.
    return not positions or is_reserved(order, positions, order.known_at or now, reserved_days=1)


async def _details(connection: AsyncConnection, companies: list[CompanyId], today: date) -> dict[_Place, DetailSums]:
    payment, item = scheduled_payment.c, open_item.c
    left = func.greatest(payment.amount - payment.paid, 0)
    late = func.coalesce(func.sum(left).filter(payment.due_on < today), 0)
    schedule: Any = (
        select(payment.company_id, payment.currency, func.sum(left), late)
        .where(payment.company_id.in_(companies))
        .group_by(payment.company_id, payment.currency)
    )
    items: Any = (
        select(item.company_id, item.currency, func.coalesce(func.sum(item.rest).filter(item.rest > 0), 0))
        .where(item.company_id.in_(companies))
        .group_by(item.company_id, item.currency)
    )
    scheduled: dict[_Place, tuple[Decimal, Decimal]] = {
        (row[0], row[1]): (row[2], row[3]) for row in await connection.execute(schedule)
    }
    owed: dict[_Place, Decimal] = {(row[0], row[1]): row[2] for row in await connection.execute(items)}
    found: dict[_Place, DetailSums] = {}
    for place in scheduled.keys() | owed.keys():
        left_open, overdue = scheduled.get(place, (None, None))
        found[place] = DetailSums(left_open, overdue, owed.get(place))
    return found


def _found(
    company_id: CompanyId, positions: Collection[CreditPosition], details: dict[_Place, DetailSums]
) -> list[tuple[str, Finding]]:
    found = [(one.currency, finding) for one in positions for finding in findings_of(one)]
    for currency in sorted({one.currency for one in positions}):
        own = [one for one in positions if one.currency == currency]
        debt, overdue = sum((one.debt for one in own), Decimal(0)), sum((one.overdue for one in own), Decimal(0))
        sums = details.get((company_id, currency), DetailSums())
        found += [(currency, finding) for finding in findings_between(debt, overdue, sums)]
    return found


async def _write(
    connection: AsyncConnection,
    companies: list[CompanyId],
    found: dict[CompanyId, list[tuple[str, Finding]]],
    now: datetime,
) -> None:
    row = balance_finding.c
    removed = (
        delete(balance_finding)
        .where(row.company_id.in_(companies))
        .returning(row.company_id, row.currency, row.code, row.contract_ref, row.since)
    )
    since = {tuple(key): moment for *key, moment in await connection.execute(removed)}
    # Two organisations may have contracts of one name: a contradiction of both is told once.
    rows = {
        (key, currency, finding.code.value, finding.contract_ref): finding
        for key, some in found.items()
        for currency, finding in some
    }
    if rows:
        values = [
            {
                "company_id": place[0],
                "currency": place[1],
                "code": place[2],
                "contract_ref": place[3],
                "told": finding.told,
                "found": finding.found,
                "since": since.get(place, now),
            }
            for place, finding in rows.items()
        ]
        await connection.execute(insert(balance_finding).values(values))
