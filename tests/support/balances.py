"""What the ERP tells of balances, written as it is stored."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from market import Market
from msgspec.structs import replace
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
