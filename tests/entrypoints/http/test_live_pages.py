"""Live prices in open pages: shown at once with what is stored, pushed when told, for nobody else (LIV-1 to LIV-5)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from live import Erp, connected
from lxml import html
from market import Market, Person
from sqlalchemy import update
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.catalog import product
from b2b_dvizhenie.adapters.postgres.tables.pricing import price
from b2b_dvizhenie.domain.shared.ids import VariantId, new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
MOMENT = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)


@pytest.fixture
def erp(market: Market) -> Iterator[Erp]:
    with connected(market.container) as one:
        yield one


@pytest.fixture
async def buyer(market: Market) -> Person:
    return await market.member(await market.client("Buyer"), name="Anna")


def form_of(page: str) -> Any:
    forms = html.fromstring(page).find_class("live-form")
    return forms[0] if forms else None


def events(text: str) -> list[dict[str, str]]:
    """What a browser would make of a stream."""
    found = []
    for block in text.split("\n\n"):
        event: dict[str, str] = {}
        for line in block.splitlines():
            name, _, value = line.partition(":")
            if name:
                event[name] = f"{event[name]}\n{value[1:]}" if name in event else value[1:]
        if event:
            found.append(event)
    return found


async def asked(client: AsyncTestClient, person: Person, form: Any, **headers: str) -> list[dict[str, str]]:
    body = {one.get("name"): one.get("value") for one in form.iter("input")}
    answer = await client.post(form.get("action"), headers=person.headers | headers, data=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return events(answer.text)


async def test_a_list_comes_at_once_and_prices_follow(
    client: AsyncTestClient, market: Market, buyer: Person, erp: Erp
) -> None:
    lamp, cable, rope = await market.goods("100"), await market.goods("10", multiple="5"), await market.goods("1")
    async with market.container.database().engine.begin() as connection:
        await connection.execute(update(price).values(updated_at=MOMENT))
    erp.tell(lamp, "110")
    erp.tell(cable, "10")
    page = await client.get("/catalog", headers=buyer.headers)
    assert "110" not in page.text
    assert page.text.count("10:30</small>") == 3, "stored prices show their age"
    assert erp.questions == [], "the page waits for nobody"
    form = form_of(page.text)
    stream = await asked(client, buyer, form)
    assert [len(one.lines) for one in erp.questions] == [3], "one question for the page"
    assert {line.variant_id: line.quantity for line in erp.questions[0].lines}[cable] == Decimal(5)
    fragment = html.fromstring(f"<div>{stream[0]['data']}</div>")
    pushed = {one.get("hx-target"): one for one in fragment.iter("hx-partial")}
    told = pushed[f"#price-{lamp}"]
    assert (told.find_class("was")[0].text_content(), told.find_class("now")[0].text_content()) == (
        "прежняя цена: 100,00\u00a0₽",
        "↑ выросла: 110,00\u00a0₽",
    )
    assert not pushed[f"#price-{cable}"].find_class("was"), "unchanged ones are not marked"
    assert not pushed[f"#price-{cable}"].find_class("note")
    assert "10:30" in pushed[f"#price-{rope}"].text_content(), "what 1C did not tell keeps its age"
    assert "Изменился 1 товар" in pushed["#live-status"].text_content()
    again = await asked(client, buyer, form, **{"Last-Event-ID": stream[0]["id"]})
    assert [one.get("event") for one in again] == ["live:told"], "what the page has is not sent again"
    erp.tell(lamp, "111")
    more = await asked(client, buyer, form, **{"Last-Event-ID": stream[0]["id"]})
    assert "111,00" in more[0]["data"]
    page = await client.get("/catalog", headers=buyer.headers)
    assert "111,00" in page.text, "what was told a moment ago is shown at once"
    assert page.text.count("10:30</small>") == 1


async def test_a_card_and_a_silent_erp(client: AsyncTestClient, market: Market, buyer: Person, erp: Erp) -> None:
    lamp = await market.goods("100")
    erp.tell(lamp, "90")
    form = form_of((await client.get(f"/products/{lamp}", headers=buyer.headers)).text)
    fragment = (await asked(client, buyer, form))[0]["data"]
    assert 'hx-target="#big-price"' in fragment
    assert "90,00" in fragment
    assert "trending-down" in fragment
    why = await client.get(f"/prices/{lamp}", headers=buyer.headers)
    assert "Живая цена 1С" in why.text
    assert "90,00" in why.text
    erp.failing = True
    erp.tell(lamp, "90")
    stale = (await asked(client, buyer, form))[0]["data"]
    assert "1С не ответила вовремя" in stale
    assert "90,00" not in stale


async def test_the_open_cart_follows(client: AsyncTestClient, market: Market, buyer: Person, erp: Erp) -> None:
    lamp = await market.goods("100")
    await client.put(f"/api/v1/cart/lines/{lamp}", headers=buyer.headers, json={"quantity": "2"})
    erp.tell(lamp, "110")
    page = await client.get("/cart", headers=buyer.headers)
    assert "110,00" not in page.text
    address = form_of(page.text).get("hx-get")
    stream = events((await client.get(address, headers=buyer.headers)).text)
    fragment = html.fromstring(stream[0]["data"])
    assert fragment.get("hx-target") == "#cart"
    text = fragment.text_content()
    assert "110,00" in text
    assert "подорожала" in text
    assert "20,00" in text
    assert form_of(stream[0]["data"]).get("id") == f"live-{stream[0]['id']}", "the new cart asks under its own name"
    again = await client.get(address, headers=buyer.headers | {"Last-Event-ID": stream[0]["id"]})
    assert [one.get("event") for one in events(again.text)] == ["live:told"]
    consent = {
        one.get("name"): one.get("value") for one in fragment.xpath("//form[contains(@action,'consent')]//input")
    }
    erp.tell(lamp, "120")
    await client.post("/cart/consent", headers=buyer.headers, data=consent)
    cart = (await client.get("/api/v1/cart", headers=buyer.headers)).json()
    assert not cart["needs_consent"], "what was on the page was agreed to, whatever 1C told since"


async def test_nobody_hears_what_he_may_not_see(client: AsyncTestClient, market: Market, erp: Erp) -> None:
    company = await market.client("Buyer")
    first, second = await market.member(company, level=1), await market.member(company, level=2)
    stranger = await market.member(await market.client("Other"))
    lamp, hidden, gone = await market.goods("100"), await market.goods("10"), VariantId(new_id())
    for variant, amount in ((lamp, "177"), (hidden, "188")):
        erp.tell(variant, amount)
    async with market.container.database().engine.begin() as connection:
        await connection.execute(update(product).where(product.c.product_id == hidden).values(is_hidden=True))
    body = {"variants": f"{lamp},{hidden},{gone}"}
    for person, status in ((first, 204), (await market.member(role_code="manager"), 204)):
        page = await client.get("/catalog", headers=person.headers)
        assert form_of(page.text) is None
        for answer in (
            await client.post("/prices/live", headers=person.headers, data=body),
            await client.get("/cart/live", headers=person.headers),
        ):
            assert (answer.status_code, answer.content) in ((status, b""), (403, answer.content))
            assert "177,00" not in answer.text
    assert erp.questions == []
    seen = await client.post("/prices/live", headers=second.headers, data=body)
    assert "177,00" in seen.text
    assert "188,00" not in seen.text
    assert [line.product_ref for line in erp.questions[0].lines] == [str(lamp)], "hidden goods are not even asked for"
    await client.post("/prices/live", headers=stranger.headers, data=body)
    assert len({one.company_ref for one in erp.questions}) == 2, "what one company was told is nobody else's"
    for page in ("/catalog", f"/products/{lamp}"):
        assert "177,00" not in (await client.get(page, headers=first.headers)).text
    assert (await client.post("/prices/live", data=body)).status_code in (303, 401)
    bad = await client.post("/prices/live", headers=second.headers, data={"variants": "x"})
    assert bad.status_code == 404
    many = ",".join(str(new_id()) for _ in range(1001))
    answer = await client.post("/prices/live", headers=second.headers, data={"variants": many})
    assert answer.status_code == 400


async def test_switched_off_it_costs_nothing(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    await market.goods("100")

    async def counted() -> tuple[int, str]:
        with recorded_statements() as seen:
            page = await client.get("/catalog", headers=buyer.headers)
        return len(seen), page.text

    await counted()
    off, page = await counted()
    assert form_of(page) is None
    assert "hx-sse" not in page
    assert "htmx-live" not in page
    with connected(market.container):
        on, page = await counted()
        assert form_of(page) is not None
        assert on <= off + 2, "the ages of prices, and settings that are a second old"
