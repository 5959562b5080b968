"""Credit of companies in PostgreSQL: what it is made of, holding it, reserving it."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import String, Uuid, bindparam, insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.balances import credit_account, credit_reservation
from b2b_dvizhenie.application.balances import CreditBook, CreditFacts
from b2b_dvizhenie.domain.balances import CreditPosition, OpenOrder
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, OrderId

POSITIONS = """
SELECT json_agg(p) FROM (
       SELECT currency, as_of, received_at, debt, advance, overdue, overdue_days, credit_limit AS "limit", reserved,
              available, next_payment_on, next_payment, is_stopped, stop_reason, organization_ref, contract_ref
         FROM credit_position
        WHERE company_id = {company} AND {currency}
        ORDER BY currency, organization_ref, contract_ref) p"""
"""A company's snapshots as a JSON list of `CreditPosition`; `currency` is a condition."""

# The ERP speaks of an order by its status or its number; only its own word moves an order to shipped or closed.
ORDERS = """
SELECT json_agg(o) FROM (
       SELECT r.order_id, r.currency, coalesce(d.erp_amount, r.amount) AS amount, d.status = 'closed' AS is_closed,
              (SELECT min(e.at) FROM order_event e
                WHERE e.order_id = r.order_id AND e.kind IN ('status', 'erp_number')) AS known_at,
              (SELECT min(e.at) FROM order_event e
                WHERE e.order_id = r.order_id
                  AND (e.kind = 'shipped' AND e.params ->> 'value' = 'true'
                       OR e.kind = 'status' AND e.params ->> 'after' IN ('shipped', 'closed'))) AS shipped_at
         FROM credit_reservation r
         JOIN customer_order d ON d.order_id = r.order_id
        WHERE r.company_id = {company} AND {currency} AND {alive}
        ORDER BY r.order_id) o"""
"""Orders on account as a JSON list of `OpenOrder`; `alive` is a condition, mostly `ALIVE`."""
ALIVE = "d.status <> 'cancelled' AND NOT d.is_paid"
"""What is neither cancelled nor paid."""

# Read as text: a JSON number that Python's parser makes a float of has lost kopecks.
_FACTS_SQL = f"""
SELECT (SELECT a.credit_limit FROM agreement a WHERE a.agreement_id = :agreement AND a.currency = :currency),
       CAST(({POSITIONS.format(company=":company", currency="currency = :currency")}) AS text),
       CAST(({ORDERS.format(company=":company", currency="r.currency = :currency", alive=ALIVE)}) AS text)
"""  # noqa: S608 - parts of our own
_FACTS = text(_FACTS_SQL).bindparams(
    bindparam("company", type_=Uuid), bindparam("agreement", type_=Uuid), bindparam("currency", type_=String)
)

_positions = msgspec.json.Decoder(tuple[CreditPosition, ...])
_orders = msgspec.json.Decoder(tuple[OpenOrder, ...])


def positions_of(told: str | None) -> tuple[CreditPosition, ...]:
    """The snapshots of a column made by `POSITIONS`."""
    return () if told is None else _positions.decode(told)


def orders_of(told: str | None) -> tuple[OpenOrder, ...]:
    """The orders of a column made by `ORDERS`."""
    return () if told is None else _orders.decode(told)


def by_currency(
    first: str,
    agreement_limit: Decimal | None,
    positions: Iterable[CreditPosition],
    orders: Iterable[OpenOrder],
) -> tuple[CreditFacts, ...]:
    """Facts per currency: that of the agreement first, then by name; none for a currency without anything."""
    told, placed = list(positions), list(orders)
    currencies = {one.currency for one in told} | {one.currency for one in placed}
    if agreement_limit is not None:
        currencies.add(first)
    return tuple(
        CreditFacts(
            currency,
            tuple(one for one in told if one.currency == currency),
            agreement_limit if currency == first else None,
            tuple(one for one in placed if one.currency == currency),
        )
        for currency in sorted(currencies, key=lambda one: (one != first, one))
    )


async def facts_of(
    connection: AsyncConnection, company_id: CompanyId, currency: str, agreement_id: AgreementId | None
) -> CreditFacts:
    """What the credit of a company in one currency is made of; one round trip."""
    known = {"company": company_id, "currency": currency, "agreement": agreement_id}
    row: Any = (await connection.execute(_FACTS, known)).one()
    return CreditFacts(currency, positions_of(row[1]), row[0], orders_of(row[2]))


class PostgresCreditBook(CreditBook):
    """The tables of balances over the transaction's connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, company_id: CompanyId, currency: str) -> None:
        """Lock the row of the account, made at its first use."""
        account = credit_account.c
        row = {"company_id": company_id, "currency": currency}
        held = select(account.company_id).where(account.company_id == company_id, account.currency == currency)
        if (await self._connection.execute(held.with_for_update())).first() is None:
            # Who comes at the same moment waits here for the row of the other and locks it then.
            await self._connection.execute(postgresql.insert(credit_account).values(row).on_conflict_do_nothing())
            await self._connection.execute(held.with_for_update())

    async def facts(self, company_id: CompanyId, currency: str, agreement_id: AgreementId | None) -> CreditFacts:
        """What the credit is made of."""
        return await facts_of(self._connection, company_id, currency, agreement_id)

    async def reserve(
        self, order_id: OrderId, company_id: CompanyId, currency: str, amount: Decimal, now: datetime
    ) -> None:
        """A row for the order."""
        row = {
            "order_id": order_id,
            "company_id": company_id,
            "currency": currency,
            "amount": amount,
            "reserved_at": now,
        }
        await self._connection.execute(insert(credit_reservation).values(row))
