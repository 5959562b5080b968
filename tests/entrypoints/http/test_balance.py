"""The balance as buyers and staff see it: what is closed is absent from bytes, whatever door is asked (BAL, LVL-7)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from balances import tell, tell_details
from litestar.testing import AsyncTestClient
from market import Market, Person
from sqlalchemy import insert, update
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.balances import balance_finding
from b2b_dvizhenie.adapters.postgres.tables.companies import agreement
from b2b_dvizhenie.adapters.postgres.tables.visibility import access_level
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.domain.visibility import EVERYTHING, Information
from b2b_dvizhenie.entrypoints.container import utc_now

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}
NOW = utc_now().replace(microsecond=0)
LIMIT, DEBT, LATE, PAYMENT, BONUS = "700123.45", "118152.49", "8543.34", "4711.07", "5400.25"
SHOWN = {
    Information.CREDIT_LIMIT: "700&nbsp;123,45",
    Information.DEBT: "118&nbsp;152,49",
    Information.PAYMENT_SCHEDULE: "4&nbsp;711,07",
    Information.BONUSES: "5&nbsp;400,25",
    Information.INDIVIDUAL_PRICES: "Оптовая",
}


@pytest.fixture
async def company(market: Market) -> CompanyId:
    company_id = await market.client("Astra", manager=await market.member(role_code="manager"))
    await tell(
        market,
        company_id,
        as_of=NOW,
        received_at=NOW,
        debt=Decimal(DEBT),
        overdue=Decimal(LATE),
        overdue_days=4,
        limit=Decimal(LIMIT),
    )
    await tell_details(market, company_id, payment=Decimal(PAYMENT), bonus=Decimal(BONUS), rows=25)
    return company_id


async def level(market: Market, number: int, opens: frozenset[Information]) -> int:
    async with market.container.database().engine.begin() as connection:
        await connection.execute(insert(access_level).values(level=number, name="", opens=sorted(opens)))
    return number


async def see(client: AsyncTestClient, person: Person, path: str = "/balance", status: int = 200) -> str:
    headers = person.headers | (PAGE if not path.startswith("/api") else {})
    answer = await client.get(path, headers=headers, follow_redirects=False)
    assert answer.status_code == status, (path, answer.status_code, answer.text[:2000])
    return answer.text.replace("\u00a0", "&nbsp;")


async def test_the_page_shows_the_seven_fields(client: AsyncTestClient, market: Market, company: CompanyId) -> None:
    text = await see(client, await market.member(company, level=2))
    names = (
        *("Тип (уровень) цены", "Кредитный лимит", "Дебиторская задолженность"),
        *("Просроченная дебиторская задолженность", "Дней просрочки", "График платежей", "Наличие бонусов"),
    )
    assert [name for name in names if f"<dt>{name}</dt>" not in text] == []
    places = [text.index(f"<dt>{name}</dt>") for name in names]
    assert places == sorted(places)
    for shown in ("700&nbsp;123,45&nbsp;руб.", "118&nbsp;152,49&nbsp;руб.", "8&nbsp;543,34&nbsp;руб.", "5&nbsp;400,25"):
        assert shown in text
    assert "По данным 1С на" in text


async def test_what_a_level_closes_is_in_no_byte(client: AsyncTestClient, market: Market, company: CompanyId) -> None:
    schedule, documents = Information.PAYMENT_SCHEDULE, Information.DEBT
    for number, closed in enumerate(SHOWN, 10):
        buyer = await market.member(company, level=await level(market, number, EVERYTHING - {closed}))
        page, api = await see(client, buyer), await see(client, buyer, "/api/v1/balance")
        for group, text in SHOWN.items():
            assert (text in page) == (group is not closed), (group, closed)
            if group is not schedule:
                plain = text.replace("&nbsp;", "").replace(",", ".")
                assert (plain in api) == (group is not closed), (group, closed)
        # The limit, the debt and what is left: each follows from the other two.
        tells_left = closed not in (Information.CREDIT_LIMIT, Information.DEBT)
        assert ("581&nbsp;970,96" in page, "581970.96" in api) == (tells_left, tells_left), closed
        await see(client, buyer, "/api/v1/balance/schedule", 404 if closed is schedule else 200)
        await see(client, buyer, "/api/v1/balance/documents", 404 if closed is documents else 200)
        assert ("DOC-00" in page) == (closed is not documents)


async def test_nothing_is_told_to_whom_nothing_is_open(
    client: AsyncTestClient, market: Market, company: CompanyId
) -> None:
    buyer = await market.member(company, level=await level(market, 7, frozenset()))
    page = await see(client, buyer)
    assert "Баланс для вас закрыт" in page
    assert not [text for text in SHOWN.values() if text in page]
    assert (await client.get("/api/v1/balance", headers=buyer.headers)).json() == {"company_id": str(company)}


async def test_lists_have_pages_and_cost_the_same_statements(
    client: AsyncTestClient, market: Market, company: CompanyId
) -> None:
    buyer = await market.member(company, level=2)
    first = await see(client, buyer)
    assert "1–20 из 25" in first
    second = await see(client, buyer, "/balance?payments=2&documents=2")
    assert second.count("21–25 из 25") == 2
    assert await see(client, buyer, "/balance?payments=99999999&documents=-5")
    few = await market.client("Few")
    await tell(market, few, as_of=NOW, received_at=NOW)
    counts = []
    for person in (buyer, await market.member(few, level=2)):
        await see(client, person)
        with recorded_statements() as statements:
            await see(client, person)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    told = (await client.get("/api/v1/balance/schedule?limit=2&offset=23", headers=buyer.headers)).json()
    assert (len(told["items"]), told["total"]) == (2, 25)


async def test_the_company_decides(client: AsyncTestClient, market: Market, company: CompanyId) -> None:
    other = await market.client("Beta")
    await tell(market, other, debt=Decimal("77.77"), as_of=NOW - timedelta(days=3), received_at=NOW)
    buyer = await market.member(company, other, level=2)
    for wanted, mine, foreign in ((company, "118152.49", "77.77"), (other, "77.77", "118152.49")):
        answer = await client.get("/api/v1/balance", headers=buyer.headers | {"X-Company-Id": str(wanted)})
        assert mine in answer.text
        assert foreign not in answer.text
    assert answer.json()["balances"][0]["is_stale"] is True
    # One's own company is the selected one; others are told to nobody who only buys.
    stranger = await market.member(other, level=2)
    assert (await client.get(f"/api/v1/companies/{company}/balance", headers=stranger.headers)).status_code == 404


async def test_nothing_told_and_nobody_to_tell_of(client: AsyncTestClient, market: Market) -> None:
    buyer = await market.member(await market.client("Empty"), level=2)
    assert "1С ещё не передавала баланс компании" in await see(client, buyer)
    nobody = await market.member()
    assert "Компании нет" in await see(client, nobody)
    answer = await client.get("/api/v1/balance", headers=nobody.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "companies.company_required")


async def test_staff_sees_balances_of_its_own_scope_and_what_does_not_add_up(
    client: AsyncTestClient, market: Market, company: CompanyId
) -> None:
    head = await market.member(role_code="head_of_managers")
    manager = await market.member(role_code="manager", head=head)
    own = await market.client("Own", manager=manager)
    await tell(market, own, debt=Decimal("33.33"), overdue=Decimal("44.44"), as_of=NOW, received_at=NOW)
    finding: dict[str, Any] = {"company_id": own, "currency": "RUB", "contract_ref": "", "since": NOW}
    rows = [
        finding | {"code": "overdue_beyond_debt", "told": Decimal("33.33"), "found": Decimal("44.44")},
        finding | {"code": "days_without_overdue", "told": Decimal(0), "found": Decimal(3)},
    ]
    async with market.container.database().engine.begin() as connection:
        await connection.execute(insert(balance_finding), rows)
    page = await see(client, head, f"/panel/companies/{own}/balance")
    for text in ("33,33&nbsp;руб.", "Просрочено больше, чем весь долг", "3 дня"):
        assert text in page
    assert "33.33" in await see(client, manager, f"/api/v1/companies/{own}/balance")
    for path in (f"/panel/companies/{company}/balance", f"/api/v1/companies/{company}/balance"):
        await see(client, head, path, 404)


async def test_the_cart_tells_what_stands_in_the_way(client: AsyncTestClient, market: Market) -> None:
    company = await market.client("Cart")
    async with market.container.database().engine.begin() as connection:
        statement = update(agreement).where(agreement.c.company_id == company)
        await connection.execute(statement.values(credit_limit=Decimal(150)))
    variant = await market.goods("100.00")
    buyer, newcomer = await market.member(company, level=2), await market.member(company, level=1)
    for person in (buyer, newcomer):
        url = f"/api/v1/cart/lines/{variant}"
        assert (await client.put(url, headers=person.headers, json={"quantity": 1})).status_code == 200
    assert "100,00&nbsp;₽ из 150,00&nbsp;₽" in await see(client, buyer, "/cart")
    assert "100,00&nbsp;₽ из 150,00&nbsp;₽" in await see(client, buyer, "/checkout")
    for person in (buyer, newcomer):
        assert (await client.put(url, headers=person.headers, json={"quantity": 2})).status_code == 200
    assert "Заказ превышает кредитный лимит" in await see(client, buyer, "/cart")
    # Quantities tried in a cart must not tell a limit that is closed; the order itself is refused.
    hidden = await see(client, newcomer, "/cart")
    assert "лимит" not in hidden.partition("<main")[2]
    answer = await client.post("/api/v1/orders", headers=newcomer.headers, json={"accept_prices": True})
    assert (answer.status_code, answer.json()["code"]) == (409, "balances.beyond_agreed")
    assert "150" not in answer.text
