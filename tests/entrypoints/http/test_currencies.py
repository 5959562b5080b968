"""Official rates from the fetch to the API: kept with day and source, held when they jump, never wrong."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from lxml import html
from market import Market
from psycopg import connect
from rates import fetching, sheet
from shop import Shop

from b2b_dvizhenie.application.pricing import RatesUnavailable
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.domain.hierarchy import Forbidden
from b2b_dvizhenie.entrypoints.container import Container, utc_now

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
SYSTEM = system_actor("test")
URL = "/api/v1/currencies"


async def shown(client: AsyncTestClient, headers: dict[str, str]) -> dict[str, Any]:
    answer = await client.get(URL, headers=headers)
    assert answer.status_code == 200, answer.text
    return {one["currency"]: one for one in answer.json()}


async def test_rates_are_kept_shown_and_held(container: Container, client: AsyncTestClient, market: Market) -> None:
    admin, buyer = await market.member(role_code="administrator"), await market.member()
    today = utc_now().date()
    yesterday = today - timedelta(days=1)
    empty = await shown(client, buyer.headers)
    assert list(empty) == ["RUB", "USD", "EUR"]
    assert (empty["USD"]["gap"], empty["USD"]["per_unit"]) == ("missing", None)

    first = sheet(yesterday, USD="80", KZT="0.15")
    assert await fetching(container, first)(SYSTEM) == 1
    assert await fetching(container, first)(SYSTEM) == 0
    usd = (await shown(client, buyer.headers))["USD"]
    assert (Decimal(usd["per_unit"]), usd["day"], usd["source"]) == (80, yesterday.isoformat(), "cbr")
    assert usd["gap"] is None

    assert await fetching(container, sheet(today, USD="8000", EUR="90.5"))(SYSTEM) == 2
    for one in (buyer, admin):
        now = await shown(client, one.headers)
        assert Decimal(now["USD"]["per_unit"]) == 80, "a rate that jumped is used by nobody"
        assert Decimal(now["EUR"]["per_unit"]) == Decimal("90.5")
        assert (now["USD"]["held"] is None) == (one is buyer)
    body = {"currency": "USD", "day": today.isoformat()}
    wrong = body | {"reason": "The source mixed up a digit"}
    assert (await client.post(f"{URL}/refuse", headers=buyer.headers, json=wrong)).status_code == 403
    unsaid = await client.post(f"{URL}/refuse", headers=admin.headers, json=body | {"reason": " "})
    assert [one["field"] for one in unsaid.json()["fields"]] == ["reason"]
    assert (await client.post(f"{URL}/refuse", headers=admin.headers, json=wrong)).status_code == 204
    for verb, sent in (("refuse", wrong), ("confirm", body)):
        assert (await client.post(f"{URL}/{verb}", headers=admin.headers, json=sent)).status_code == 404, "decided"
    usd = (await shown(client, admin.headers))["USD"]
    assert (Decimal(usd["per_unit"]), usd["held"]) == (80, None)
    assert await fetching(container, sheet(today, USD="8000", EUR="90.5"))(SYSTEM) == 0, "told again, it stays refused"
    assert (await shown(client, admin.headers))["USD"]["held"] is None
    assert await fetching(container, sheet(today, USD="800", EUR="90.5"))(SYSTEM) == 1, "another one waits again"
    assert Decimal((await shown(client, admin.headers))["USD"]["held"]["per_unit"]) == 800
    assert (await client.post(f"{URL}/confirm", headers=buyer.headers, json=body)).status_code == 403
    assert (await client.post(f"{URL}/confirm", headers=admin.headers, json=body)).status_code == 204
    assert (await client.post(f"{URL}/confirm", headers=admin.headers, json=body)).status_code == 404
    usd = (await shown(client, admin.headers))["USD"]
    assert (Decimal(usd["per_unit"]), usd["held"]) == (800, None)

    assert await fetching(container, first)(SYSTEM) == 0, "an older day changes nothing"
    with pytest.raises(RatesUnavailable):
        await fetching(container, sheet(today, USD="80"))(SYSTEM)
    with pytest.raises(RatesUnavailable):
        await fetching(container, sheet(today + timedelta(days=400), USD="800"))(SYSTEM)
    with pytest.raises(Forbidden):
        await fetching(container, first)(Actor(None, "n", "buyer", {}))
    trail = (await client.get("/api/v1/audit", headers=admin.headers)).json()["items"]
    actions = [one["action"] for one in trail if one["action"].startswith("pricing.rate")]
    fetched = "pricing.rate_fetched"
    assert actions == ["pricing.rate_confirmed", fetched, "pricing.rate_refused", *[fetched] * 3]
    assert [one["after"]["reason"] for one in trail if one["action"] == "pricing.rate_refused"] == [wrong["reason"]]


async def test_an_old_rate_and_one_of_tomorrow(
    container: Container, client: AsyncTestClient, market: Market, database_url: str
) -> None:
    buyer = await market.member()
    today = utc_now().date()
    await fetching(container, sheet(today - timedelta(days=9), USD="80"))(SYSTEM)
    usd = (await shown(client, buyer.headers))["USD"]
    assert (usd["gap"], Decimal(usd["per_unit"])) == ("stale", 80)
    # The business day of the seller may be one ahead of UTC: three days ahead is tomorrow for everybody.
    await fetching(container, sheet(today + timedelta(days=3), USD="81"))(SYSTEM)
    assert (await shown(client, buyer.headers))["USD"]["gap"] == "stale"
    with connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE currency_rate SET day = %s WHERE per_unit = 81", [today])
    assert (await shown(client, buyer.headers))["USD"]["gap"] is None


async def test_prices_in_another_currency(container: Container, client: AsyncTestClient, shop: Shop) -> None:
    """The sum is that of rounded lines; without a rate there is no amount, and what is charged stays."""
    headers = await shop.buyer()
    await shop.product("A", article="A-1", wholesale={"0": "100"})
    await shop.product("B", article="B-1", wholesale={"0": "33.33"})
    await fetching(container, sheet(utc_now().date(), USD="80"))(SYSTEM)
    lines = [{"article": "A-1", "quantity": "3"}, {"article": "none"}, {"article": "B-1", "quantity": "1"}]

    async def asked(currency: str | None) -> dict[str, Any]:
        answer = await client.post("/api/v1/prices", headers=headers, json={"lines": lines, "currency": currency})
        assert answer.status_code == 200, answer.text
        return answer.json()

    plain, usd, eur = await asked(None), await asked("USD"), await asked("EUR")
    assert "shown" not in plain
    assert "shown" not in await asked("RUB")
    shown, gap = usd.pop("shown"), eur.pop("shown")
    assert {key: usd[key] for key in ("currency", "amount", "lines")} == {
        key: plain[key] for key in ("currency", "amount", "lines")
    }
    assert shown["lines"] == [
        {"unit_price": "1.25", "amount": "3.75"},
        None,
        {"unit_price": "0.42", "amount": "0.42"},  # 0.416625
    ]
    assert shown["amount"] == "4.17"
    assert [(one["currency"], one["day"], one["source"]) for one in shown["rates"]] == [
        ("USD", utc_now().date().isoformat(), "cbr")
    ]
    assert (gap["gap"], gap["gap_currency"], gap["amount"], gap["lines"]) == ("missing", "EUR", None, [None] * 3)
    wrong = await client.post("/api/v1/prices", headers=headers, json={"lines": lines, "currency": "XXX"})
    assert wrong.status_code == 400


async def test_two_fetches_at_once_keep_one_rate(container: Container) -> None:
    today = utc_now().date()
    fetches = [fetching(container, sheet(today, USD="80", EUR="90")) for _ in range(4)]
    assert sorted(await asyncio.gather(*(fetch(SYSTEM) for fetch in fetches))) == [0, 0, 0, 2]


async def test_the_job_asks_nobody_where_no_source_is_set(container: Container) -> None:
    assert await container.fetch_rates()(SYSTEM) == 0


async def test_the_panel_shows_rates_and_lets_the_held_one_in(
    container: Container, client: AsyncTestClient, market: Market
) -> None:
    admin, manager = await market.member(role_code="administrator"), await market.member(role_code="manager")
    today = utc_now().date()
    page = {"Accept": "text/html"}
    empty = await client.get("/panel/rates", headers=admin.headers | page)
    assert empty.text.count("Нет курса") == 2
    assert "/panel/rates/fetch" not in empty.text, "nobody is asked where no source is set"
    await fetching(container, sheet(today - timedelta(days=1), USD="80"))(SYSTEM)
    await fetching(container, sheet(today, USD="120"))(SYSTEM)
    shown = await client.get("/panel/rates", headers=admin.headers | page)
    assert "Новый ждёт решения" in shown.text
    assert "+50%" in shown.text.replace("\u00a0", "")
    data = {"currency": "USD", "day": today.isoformat()}

    async def press(path: str, headers: dict[str, str]) -> tuple[int, str]:
        answer = await client.post(path, data=data, headers=headers | page, follow_redirects=False)
        return answer.status_code, answer.headers.get("location", "")

    assert (await client.get("/panel/rates", headers=manager.headers | page)).status_code == 403
    assert (await press("/panel/rates/confirm", manager.headers))[0] == 403
    assert (await press("/panel/rates/refuse", manager.headers))[0] == 403
    data["reason"] = "  "
    unsaid = await client.post("/panel/rates/refuse", data=data, headers=admin.headers | page)
    assert unsaid.status_code == 422
    assert html.fromstring(unsaid.text).cssselect("#reason-USD-error")[0].text_content() == "Заполните поле."
    assert await press("/panel/rates/confirm", admin.headers) == (303, "/panel/rates?done=confirmed")
    assert await press("/panel/rates/confirm", admin.headers) == (303, "/panel/rates?done=gone")
    assert await press("/panel/rates/fetch", admin.headers) == (303, "/panel/rates?done=same")
    used = await client.get("/panel/rates?done=confirmed", headers=admin.headers | page)
    assert "Новый ждёт решения" not in used.text
    assert "<polyline" in used.text
    assert "Курс применяется с этого момента." in used.text

    await fetching(container, sheet(today + timedelta(days=1), USD="240"))(SYSTEM)
    data |= {"day": (today + timedelta(days=1)).isoformat(), "reason": "Опечатка <источника>"}
    assert await press("/panel/rates/refuse", admin.headers) == (303, "/panel/rates?done=refused")
    assert await press("/panel/rates/refuse", admin.headers) == (303, "/panel/rates?done=gone")
    refused = await client.get("/panel/rates?done=refused", headers=admin.headers | page)
    assert "Новый ждёт решения" not in refused.text
    assert "отклонён: Опечатка &lt;источника&gt;" in refused.text
