"""Prices in the currency a person chose: on every page the same, charged in that of the agreement (CUR-1 … CUR-4)."""

from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from lxml import html
from market import Market, Person
from psycopg import connect
from rates import tell

from b2b_dvizhenie.domain.shared.ids import OrderId
from b2b_dvizhenie.entrypoints.container import Container, utc_now

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}
PARTIAL = PAGE | {"HX-Request": "true", "HX-Request-Type": "partial"}
NBSP = "\u00a0"
SECOND = "tbody td[data-label='{}'] small"


def texts(answer: Response, selector: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in html.fromstring(answer.text).cssselect(selector)]


async def choose(client: AsyncTestClient, currency: str) -> Response:
    data = {"currency": currency, "next": "/catalog"}
    return await client.post("/account/currency", data=data, headers=PAGE, follow_redirects=False)


async def see(client: AsyncTestClient, path: str) -> Response:
    answer = await client.get(path, headers=PAGE, follow_redirects=False)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.fixture
async def buyer(market: Market, client: AsyncTestClient) -> Person:
    person = await market.member(await market.client("ООО Ромашка"), name="Анна Петрова")
    client.cookies.set("b2b_session", person.token)
    return person


async def as_it_was_shown(client: AsyncTestClient, order_id: OrderId) -> None:
    """Lines, sum, explanation and list of an order: what was seen then, by the rate of then."""
    order = await see(client, f"/orders/{order_id}")
    assert texts(order, ".facts-sums dd")[-2:] == ["333,33 ₽", "4,17 $"], "what was seen then"
    assert "1 USD = 80 ₽" in order.text
    articles = texts(order, "tbody th code")
    assert dict(zip(articles, texts(order, SECOND.format("Цена")), strict=True)) == {"A-1": "1,25 $", "B-1": "0,42 $"}
    sums = dict(zip(articles, texts(order, SECOND.format("Сумма")), strict=True))
    assert sums == {"A-1": "3,75 $", "B-1": "0,42 $"}, "they add up to the sum"
    why = await see(client, f"/orders/{order_id}/lines/{articles.index('A-1') + 1}/price")
    assert texts(why, ".reason .result .v") == ["300,00 ₽", "100,00 ₽", "3,75 $", "1,25 $"]
    assert "1 USD = 80 ₽" in why.text, "the rate of the order, not that of today"
    assert texts(await see(client, "/orders"), "tbody td[data-label='Сумма'] .meta .nowrap") == ["4,17 $"]


async def test_every_page_shows_the_same_price_and_the_order_keeps_both_sums(
    container: Container, client: AsyncTestClient, market: Market, buyer: Person, database_url: str
) -> None:
    dear, cheap = await market.goods("100.00", article="A-1"), await market.goods("33.33", article="B-1")
    await tell(container, USD="80")
    before = await see(client, "/catalog")
    assert "rate-note" not in before.text
    assert (await choose(client, "USD")).headers["location"].startswith("/catalog")

    listed = await see(client, "/catalog")
    assert texts(listed, ".price .now") == ["1,25 $", "0,42 $"]
    assert texts(listed, ".price .note") == ["100,00 ₽", "33,33 ₽"]
    assert "1 USD = 80 ₽, Банк России" in " ".join(texts(listed, ".rate-note"))
    assert not html.fromstring(listed.text).cssselect("[data-price]"), "sums are those of the server"
    card = await see(client, f"/products/{dear}")
    assert "1,25 $" in " ".join(texts(card, "#big-price"))
    assert "100,00 ₽" in " ".join(texts(card, "#big-price"))
    assert texts(card, ".reason .result .v") == ["100,00 ₽", "1,25 $"]
    found = await client.get("/search/suggest", params={"q": "A-1"}, headers=PARTIAL)
    assert f"1,25{NBSP}$" in found.text

    put = await client.post(
        "/cart/items", data={f"q.{dear}": "3", f"q.{cheap}": "1"}, headers=PARTIAL, follow_redirects=False
    )
    sums = {one.get("id"): one.text_content() for one in html.fromstring(f"<div>{put.text}</div>").cssselect("output")}
    assert sums == {f"sum-{dear}": f"3,75{NBSP}$", f"sum-{cheap}": f"0,42{NBSP}$"}
    cart = await see(client, "/cart")
    assert texts(cart, ".facts-sums dd")[-2:] == ["4,17 $", "333,33 ₽"], "the sum of rounded lines; 333.33 / 80 is 4.17"
    assert texts(await see(client, "/catalog"), "#cart-total") == ["4,17 $"]

    checkout = await see(client, "/checkout")
    assert texts(checkout, ".facts-sums dd")[-2:] == ["333,33 ₽", "4,17 $"]
    fields = html.fromstring(checkout.text).cssselect("form[action^='/checkout'] input[type=hidden]")
    data = {field.get("name"): field.get("value") for field in fields}
    placed = await client.post("/checkout", data=data, headers=PAGE, follow_redirects=False)
    assert placed.status_code == 303, placed.text
    order_id = OrderId(UUID(placed.headers["location"].split("/orders/")[1].split("?")[0]))
    with connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE currency_rate SET per_unit = 100")
    await as_it_was_shown(client, order_id)
    told = (await client.get(f"/api/v1/orders/{order_id}", headers=buyer.headers)).json()
    assert (told["summary"]["currency"], told["summary"]["total"]) == ("RUB", "333.33")
    assert told["summary"]["shown"] == {"amount": "4.17", "currency": "USD"}
    assert (told["shown"]["currency"], told["shown"]["total"]) == ("USD", "4.17")
    assert [rate["day"] for rate in told["shown"]["rates"]] == [utc_now().date().isoformat()]

    plain = await client.put("/api/v1/currencies/chosen", json={"currency": "RUB"}, headers=buyer.headers)
    assert plain.status_code == 204
    assert texts(await see(client, "/catalog"), ".price .now") == ["100,00 ₽", "33,33 ₽"]
    assert told["shown"] == (await client.get(f"/api/v1/orders/{order_id}", headers=buyer.headers)).json()["shown"]
    plain_order = await see(client, f"/orders/{order_id}")
    assert texts(plain_order, SECOND.format("Цена")) == [], "who sees roubles has one sum a line"
    assert texts(await see(client, "/orders"), "tbody td[data-label='Сумма'] .meta .nowrap") == []
    binding = await market.order(buyer, (dear, "1"))
    assert (await client.get(f"/api/v1/orders/{binding.order_id}", headers=buyer.headers)).json()["shown"] is None


async def test_a_typed_range_holds_exactly_what_is_shown_in_it(
    container: Container, client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    for amount in ("99.59", "99.60", "100.00", "100.39", "100.40", "240.00"):
        await market.goods(amount, article=f"R-{amount}")
    await tell(container, USD="80")
    await choose(client, "USD")
    listed = await see(client, "/catalog?price_from=1,25&price_to=1,25&sort=price")
    assert texts(listed, ".price .now") == ["1,25 $"] * 3
    assert texts(listed, ".price .note") == ["99,60 ₽", "100,00 ₽", "100,39 ₽"]
    assert "Цена от 1.25 до 1.25" in listed.text.replace("1,25", "1.25")


async def test_without_a_rate_prices_stay_and_it_is_said(
    container: Container, client: AsyncTestClient, market: Market, buyer: Person, database_url: str
) -> None:
    await market.goods("100.00")
    assert (await choose(client, "EUR")).status_code == 303
    listed = await see(client, "/catalog")
    assert texts(listed, ".price .now") == ["100,00 ₽"]
    assert "Курса EUR на сегодня нет" in " ".join(texts(listed, ".rate-note"))
    await tell(container, EUR="90")
    assert texts(await see(client, "/catalog"), ".price .now") == ["1,11 €"]
    with connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE currency_rate SET day = day - 30")
    assert texts(await see(client, "/catalog"), ".price .now") == ["100,00 ₽"]


async def test_a_choice_is_of_the_known_ones_and_of_who_sees_prices(client: AsyncTestClient, market: Market) -> None:
    person = await market.member(await market.client())
    wrong = await client.put("/api/v1/currencies/chosen", json={"currency": "XXX"}, headers=person.headers)
    assert wrong.status_code == 400
    assert (wrong.json()["code"], wrong.json()["fields"][0]["field"]) == ("pricing.currency_unknown", "currency")
    assert (await client.put("/api/v1/currencies/chosen", json={"currency": "USD"})).status_code == 401


async def test_the_api_tells_prices_of_the_catalogue_in_the_asked_currency(
    container: Container, client: AsyncTestClient, market: Market
) -> None:
    """What was chosen for the pages changes nothing for applications; a range is meant in the asked currency."""
    person = await market.member(await market.client())
    goods = {amount: await market.goods(amount, article=f"R-{amount}") for amount in ("99.59", "100.00", "240.00")}
    await tell(container, USD="80")

    async def ask(path: str, **query: str) -> dict[str, Any]:
        answer = await client.get(f"/api/v1/catalog/{path}", params=query, headers=person.headers)
        return answer.json() | {"status_code": answer.status_code}

    found = await ask("products", currency="USD", price_from="1.25", price_to="1.25", sort="price")
    (price,) = [variant["price"] for item in found["items"] for variant in item["variants"]]
    assert (price["amount"], price["currency"], price["shown_amount"]) == ("100.00", "RUB", "1.25")
    assert (found["shown"]["currency"], found["shown"]["rates"][0]["day"]) == ("USD", utc_now().date().isoformat())
    plain = await ask("products")
    assert "shown" not in plain
    assert plain["items"] == (await ask("products", currency="RUB"))["items"]
    product = next(item["id"] for item in plain["items"] if item["article"] == "R-240.00")
    card = await ask(f"products/{product}", currency="USD")
    assert [one["price"]["shown_amount"] for one in card["product"]["variants"]] == ["3.00"]
    assert len(goods) == len(plain["items"])

    missing = await ask("products", currency="EUR")
    assert (missing["shown"]["gap"], missing["shown"]["gap_currency"]) == ("missing", "EUR")
    assert "shown_amount" not in missing["items"][0]["variants"][0]["price"]
    refused = await ask("products", currency="EUR", price_from="1", sort="price")
    assert (refused["status_code"], refused["code"]) == (400, "pricing.rate_missing")
    assert refused["fields"][0]["field"] == "currency"
    assert (await ask("products", currency="XXX"))["status_code"] == 400
    beyond = await ask("products", currency="USD", price_from="99000000000000", sort="price")
    assert (beyond["status_code"], beyond["items"]) == (200, [])
    assert (await ask("facets", currency="USD", price_to="99000000000000"))["status_code"] == 200
