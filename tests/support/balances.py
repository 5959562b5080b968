"""What the ERP tells of balances, written as it is stored."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from market import Market
from msgspec.structs import replace
from snapshots import Snapshot
from sqlalchemy import insert

from b2b_dvizhenie.adapters.postgres.tables.balances import bonus as bonuses
from b2b_dvizhenie.adapters.postgres.tables.balances import credit_position, open_item, scheduled_payment
from b2b_dvizhenie.domain.balances import CreditPosition
from b2b_dvizhenie.domain.shared.ids import CompanyId

MORNING = datetime(2026, 11, 25, 12, tzinfo=UTC)
LONG_AGO = date(2020, 1, 1)


def columns_of(position: CreditPosition, company_id: CompanyId) -> dict[str, Any]:
    """The row of a snapshot."""
    fields = {name: getattr(position, name) for name in position.__struct_fields__}
    return {"company_id": company_id, "credit_limit": fields.pop("limit"), **fields}


async def tell(market: Market, company_id: CompanyId, **told: Any) -> None:
    """The ERP tells a snapshot."""
    position = replace(CreditPosition(currency="RUB", as_of=MORNING, received_at=MORNING), **told)
    async with market.container.database().engine.begin() as connection:
        await connection.execute(insert(credit_position).values(columns_of(position, company_id)))


async def tell_details(market: Market, company_id: CompanyId, *, payment: Decimal, bonus: Decimal, rows: int) -> None:
    """A schedule of equal payments, as many open documents, a bonus programme."""
    company = {"company_id": company_id, "currency": "RUB"}
    days = [LONG_AGO + timedelta(days=number) for number in range(rows)]
    payments = [
        company | {"row_key": f"{number}", "due_on": day, "amount": payment, "kind": "credit_after_shipment"}
        for number, day in enumerate(days)
    ]
    documents = [
        company
        | {
            "row_key": f"{number}",
            "document_ref": f"{number}",
            "document_type": "waybill",
            "number": f"DOC-00{number}",
            "issued_on": day,
            "due_on": day,
            "total": Decimal(10),
            "rest": Decimal(10),
        }
        for number, day in enumerate(days)
    ]
    async with market.container.database().engine.begin() as connection:
        await connection.execute(insert(scheduled_payment), payments)
        await connection.execute(insert(open_item), documents)
        await connection.execute(
            insert(bonuses).values(company_id=company_id, program_ref="", program="", balance=bonus)
        )


def vary_balance(snapshot: Snapshot, random: Random, company: UUID, *, is_own: bool) -> None:
    """Another balance of a company to whom it is closed: limits, debts, a schedule, documents, bonuses, or nothing.

    One's own limit is far beyond what is ordered, and nobody is on the stop list: whether an order goes through is told
    to who places it, whatever is closed to him.
    """
    for table in ("credit_position", "open_item", "scheduled_payment", "bonus", "balance_finding"):
        snapshot.run(f"DELETE FROM {table} WHERE company_id = %s", company)  # noqa: S608 - names of this line

    def money() -> Decimal:
        return Decimal(random.randint(1, 10_000_000)) / 100

    if is_own:
        limit = Decimal(10**9) + money()
        snapshot.run("UPDATE agreement SET credit_limit = %s WHERE company_id = %s", limit + money(), company)
    else:
        limit = money()
    for currency in ("RUB", "USD")[: random.randint(0, 2)]:
        snapshot.run(
            "INSERT INTO credit_position (company_id, currency, organization_ref, contract_ref, as_of, received_at,"
            " debt, advance, overdue, overdue_days, credit_limit, reserved, is_stopped)"
            " VALUES (%s, %s, '', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            company,
            currency,
            random.randbytes(3).hex(),
            MORNING - timedelta(hours=random.randint(1, 99)),
            MORNING,
            money(),
            money(),
            money(),
            random.randint(0, 99),
            random.choice((None, limit)),
            random.choice((None, money())),
            not is_own and random.random() < 0.3,
        )
        snapshot.run(
            "INSERT INTO balance_finding VALUES (%s, %s, 'items_differ_from_debt', '', %s, %s, %s)",
            company,
            currency,
            money(),
            money(),
            MORNING,
        )
    for number in range(random.randint(0, 3)):
        day = MORNING.date() + timedelta(days=random.randint(-30, 30))
        snapshot.run(
            "INSERT INTO scheduled_payment (company_id, row_key, due_on, amount, currency, kind)"
            " VALUES (%s, %s, %s, %s, 'RUB', 'independent')",
            company,
            str(number),
            day,
            money(),
        )
        snapshot.run(
            "INSERT INTO open_item (company_id, row_key, document_ref, document_type, number, issued_on, currency,"
            " total, rest) VALUES (%s, %s, 'd', 'waybill', %s, %s, 'RUB', %s, %s)",
            company,
            str(number),
            random.randbytes(3).hex(),
            day,
            money(),
            money(),
        )
    if random.random() < 0.7:
        snapshot.run(
            "INSERT INTO bonus (company_id, program_ref, program, balance) VALUES (%s, '', %s, %s)",
            company,
            random.randbytes(3).hex(),
            money(),
        )
