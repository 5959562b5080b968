"""What 1C tells of balances by the gateway: from a message to what people see, warnings, and what is let go (§5.3)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from gateway_node import Gateway
from litestar.testing import AsyncTestClient
from market import Market
from sqlalchemy import select, update
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.balances import balance_finding, credit_reservation
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.ids import CompanyId

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


def balance(company: str = "c1", debt: str = "100.00", **fields: Any) -> dict[str, Any]:
    row = {"company_id": company, "currency": "RUB", "as_of": "2026-11-25T10:00:00+03:00", "debt": debt}
    return row | {"advance": "0", "overdue": "0", "overdue_days": 0} | fields


def payment(company: str = "c1", sum: str = "100.00", due: str = "2126-12-01", **fields: Any) -> dict[str, Any]:  # noqa: A002
    return {"company_id": company, "due_date": due, "sum": sum, "currency": "RUB", "document_id": "d1"} | fields


def debt(company: str = "c1", rest: str = "100.00", document: str = "d1", **fields: Any) -> dict[str, Any]:
    row = {"company_id": company, "document_id": document, "document_type": "waybill", "document_number": "17"}
    return row | {"document_date": "2026-11-01", "currency": "RUB", "total": "500", "rest": rest} | fields


class Books(Gateway):
    """A node with two companies, c1 and c2."""

    market: Market
    companies: dict[str, CompanyId]

    async def tell(self, table: str, *rows: dict[str, Any], **fields: Any) -> None:
        answer = await self.send(table, rows, **fields)
        assert (answer.status_code, answer.json()["rejected"]) == (200, []), answer.text
        await self.apply(table)

    async def findings(self) -> dict[str, tuple[Decimal, Decimal]]:
        row = balance_finding.c
        async with self.container.database().engine.connect() as connection:
            found = await connection.execute(select(row.code, row.told, row.found))
            return {code: (told, counted) for code, told, counted in found}

    async def count(self, table: str) -> int:
        return int((await self.rows(f"SELECT count(*) FROM {table} WHERE :node IS NOT NULL"))[0][0])  # noqa: S608


@pytest.fixture
async def books(client: AsyncTestClient[Any], market: Market) -> Books:
    found = await Books.open(market.container, client)
    assert isinstance(found, Books)
    found.market = market
    found.companies = {ref: await market.client(ref, ref=ref, node_id=found.node_id) for ref in ("c1", "c2")}
    return found


async def test_what_1c_tells_is_what_a_buyer_reads(books: Books, client: AsyncTestClient[Any]) -> None:
    told = balance(
        debt="118152.49",
        overdue="8543.34",
        overdue_days=4,
        credit_limit="500000",
        reserved="1000",
        organization_id="ORG",
        contract_id=None,
        stop_shipment=False,
        ext={"kept": "in the payload"},
    )
    await books.tell("balances", told)
    await books.tell("payment_schedule", payment(sum="8543.34", due="2026-01-01"), payment(sum="109609.15", paid="0"))
    await books.tell("debts", debt(rest="118152.49", due_date="2026-01-01"))
    bonus = {"customer_id": "c1", "balance": "5400", "expiring": [{"date": "2027-01-01", "sum": "12.50"}]}
    await books.tell("bonuses", bonus | {"program_name": "Монтажникам"})
    buyer = await books.market.member(books.companies["c1"], level=2)
    read = (await client.get("/api/v1/balance", headers=buyer.headers)).json()
    (shown,) = read["balances"]
    assert (shown["debt"], shown["overdue"], shown["overdue_days"]) == ("118152.49", "8543.34", 4)
    assert (shown["credit_limit"], shown["reserved"], shown["available"]) == ("500000.00", "1000.00", "380847.51")
    assert shown["as_of"] == "2026-11-25T07:00:00Z"
    (points,) = read["bonuses"]
    assert (points["program"], Decimal(points["balance"])) == ("Монтажникам", 5400)
    assert points["expiring"] == [{"day": "2027-01-01", "amount": "12.50"}]
    rows = (await client.get("/api/v1/balance/schedule", headers=buyer.headers)).json()["items"]
    assert [(one["status"], one["open"]) for one in rows] == [("overdue", "8543.34"), ("planned", "109609.15")]
    (document,) = (await client.get("/api/v1/balance/documents", headers=buyer.headers)).json()["items"]
    assert document["item"]["number"] == "17"
    assert document["days_overdue"] > 0
    assert await books.findings() == {}
    # The same again, another time: one row each.
    await books.tell("balances", told | {"debt": "1", "overdue": "0", "overdue_days": 0})
    assert await books.count("credit_position") == 1


async def test_a_row_of_an_unknown_company_waits_for_it(books: Books) -> None:
    await books.tell("balances", balance("nobody"), balance("c2"))
    assert await books.rows("SELECT state, error_code FROM gw_in WHERE node_id = :node ORDER BY row_id") == [
        ("error", "exchange.gateway_company_unknown"),
        ("applied", ""),
    ]
    # A company of another node is not this one's, whatever it is called.
    other = await books.market.other_node("Other")
    await books.market.client("foreign", ref="foreign", node_id=other)
    await books.tell("debts", debt("foreign"))
    assert await books.count("open_item") == 0


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("balances", balance(debt="-1")),
        ("balances", balance(debt="1.001")),
        ("balances", balance(debt="1e15")),
        ("balances", balance(currency="rub")),
        ("balances", balance(overdue_days=-1)),
        ("payment_schedule", payment(sum="NaN")),
        ("payment_schedule", payment(kind="never")),
        ("debts", debt(rest="Infinity")),
        ("bonuses", {"balance": "1"}),
        ("bonuses", {"company_id": "c1", "balance": "1", "expiring": [{"date": "2027-01-01", "sum": "-1"}]}),
    ],
)
def test_rows_that_cannot_be_are_refused(table: str, row: dict[str, Any]) -> None:
    import msgspec

    from b2b_dvizhenie.application.balances import records

    kinds: dict[str, Any] = {
        "balances": records.BalanceRow,
        "payment_schedule": records.ScheduleRow,
        "debts": records.DebtRow,
        "bonuses": records.BonusRow,
    }
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(row), type=kinds[table])


async def test_what_does_not_add_up_is_told_and_kept(books: Books) -> None:
    await books.tell("balances", balance(debt="100", overdue="120", overdue_days=0))
    assert await books.findings() == {"overdue_beyond_debt": (100, 120), "overdue_without_days": (120, 0)}
    warned = await books.rows("SELECT code FROM exchange_problem WHERE :node IS NOT NULL AND severity = 'warning'")
    assert {code for (code,) in warned} == {"balances.overdue_beyond_debt", "balances.overdue_without_days"}
    await books.tell("payment_schedule", payment(sum="70"), payment(sum="30", due="2026-01-01"))
    await books.tell("debts", debt(rest="99"), debt(rest="-5", document="advance"))
    await books.tell("balances", balance(debt="100", overdue="0", overdue_days=0))
    assert await books.findings() == {"schedule_differs_from_overdue": (0, 30), "items_differ_from_debt": (100, 99)}
    await books.tell(
        "debts", {"company_id": "c1", "document_id": "d1", "deleted": True}, debt(rest="100", document="d2")
    )
    await books.tell("payment_schedule", payment(sum="30", due="2026-01-01", paid="30"), payment(sum="100"))
    assert await books.findings() == {}


async def test_a_full_export_of_a_company_ends_what_it_does_not_name(books: Books) -> None:
    everything = [debt(document=f"d{number}") for number in range(30)]
    await books.tell("debts", *everything, debt("c2"))
    scope = {"mode": "full", "full_id": "f1", "scope": {"company_id": "c1"}, "part": 1, "last_part": True}
    await books.tell("debts", *everything[:-1], **scope)
    assert await books.count("open_item") == 30
    await books.tell("balances", balance("c1", organization_id="a|b\\"), balance("c2"))
    gone = {"company_id": "c1", "currency": "RUB", "organization_id": "a|b\\", "deleted": True}
    await books.tell("balances", gone)
    assert await books.count("credit_position") == 1


async def test_rows_cost_the_same_statements(books: Books) -> None:
    counts = []
    for number in (1, 40):
        await books.send("debts", [debt(document=f"{number}-{one}") for one in range(number)])
        with recorded_statements() as statements:
            await books.apply("debts")
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_an_order_is_let_go_by_a_snapshot_that_knows_it(books: Books) -> None:
    market, company = books.market, books.companies["c1"]
    buyer = await market.member(company, level=2)
    async with market.container.database().engine.begin() as connection:
        statement = update(agreement).where(agreement.c.company_id == company)
        await connection.execute(statement.values(credit_limit=Decimal(1000)))
    placed = await market.order(buyer, (await market.goods("100.00"), "3"))

    async def held() -> int:
        async with market.container.database().engine.connect() as connection:
            return len((await connection.execute(select(credit_reservation.c.order_id))).all())

    def at(moment: timedelta) -> dict[str, Any]:
        return balance(debt="0", reserved="0", as_of=(market.container.clock()() + moment).isoformat())

    # Not yet handed over; then handed over after the snapshot; a clock that runs ahead knows nothing more.
    await books.tell("balances", at(timedelta(hours=-1)))
    assert await held() == 1
    await market.container.confirm_delivery()(system_actor("exchange"), [placed.order_id])
    assert await held() == 1
    await books.tell("balances", at(timedelta(hours=-1)))
    assert await held() == 1
    await books.tell("balances", at(timedelta(seconds=1)))
    assert await held() == 0
