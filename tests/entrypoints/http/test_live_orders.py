"""Orders at live prices: asked once, a drop passed on, a rise only with consent, a promise kept (LIV-4)."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from live import Erp, connected
from lxml import html
from market import Market, Person
from sqlalchemy import insert, select, update

from b2b_dvizhenie.adapters.http_1c import Http1c, Http1cSettings
from b2b_dvizhenie.adapters.postgres.tables.operations import setting
from b2b_dvizhenie.adapters.postgres.tables.ordering import order_line
from b2b_dvizhenie.adapters.postgres.tables.pricing import price
from b2b_dvizhenie.application.ordering import OrderRequest, Placed, RequestedLine
from b2b_dvizhenie.application.pricing import LineRequest, LivePrices
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.ordering import PriceChanged
from b2b_dvizhenie.domain.pricing import LIVE_DEADLINE, LIVE_PAUSED
from b2b_dvizhenie.domain.shared.ids import VariantId
from b2b_dvizhenie.testing.gateways.http_1c import MISBEHAVIOURS, Http1cSimulator

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


@pytest.fixture
def erp(market: Market) -> Iterator[Erp]:
    with connected(market.container) as one:
        yield one


@pytest.fixture
async def buyer(market: Market) -> Person:
    return await market.member(await market.client("Buyer"), name="Anna")


async def put(client: AsyncTestClient, person: Person, variant: VariantId, quantity: str = "2") -> None:
    url = f"/api/v1/cart/lines/{variant}"
    answer = await client.put(url, headers=person.headers, json={"quantity": quantity})
    assert answer.status_code == 200, answer.text


async def order(client: AsyncTestClient, person: Person, **body: Any) -> Any:
    return await client.post("/api/v1/orders", headers=person.headers, json=body)


async def cart(client: AsyncTestClient, person: Person) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get("/api/v1/cart?live=true", headers=person.headers)).json()
    return found


async def test_drop_rise_consent_and_promise(client: AsyncTestClient, market: Market, buyer: Person, erp: Erp) -> None:
    """One cart, one submission after another; none at a price above the one that was shown or agreed to."""
    lamp, cable = await market.goods("100"), await market.goods("10")
    await put(client, buyer, lamp)
    await put(client, buyer, cable, "1")

    erp.tell(lamp, "110")
    refused = await order(client, buyer)
    assert (refused.status_code, refused.json()["code"]) == (409, "ordering.price_changed")
    field = refused.json()["fields"][0]
    assert (field["field"], field["params"]["previous"], field["params"]["price"]) == ("lines.0.price", "100", "110")
    assert [len(one.lines) for one in erp.questions] == [2], "the whole cart in one question"
    told = refused.json()["params"]

    erp.tell(lamp, "130")
    answer = await order(client, buyer, price_version=told["price_version"])
    assert answer.status_code == 409, "consent to 110 is no consent to 130"
    for accepted in ("129.99", "0"):
        body = {"accepted_prices": [{"variant_id": str(lamp), "price": accepted}]}
        assert (await order(client, buyer, **body)).status_code == 409, accepted
    forged = told["price_lock"][:-2] + ("AA" if told["price_lock"][-2:] != "AA" else "BB")
    answer = await order(client, buyer, price_version=told["price_version"], price_lock=forged)
    assert answer.status_code == 409, "a forged promise promises nothing"

    placed = await order(client, buyer, price_version=told["price_version"], price_lock=told["price_lock"])
    assert (placed.status_code, placed.json()["amount"]) == (201, "230.00"), "what was promised is kept"
    async with market.container.database().engine.connect() as connection:
        found = (await connection.scalars(select(order_line.c.explanation).order_by("position"))).all()
    assert (found[0]["live"]["how"], found[0]["live"]["unit_price"]) == ("locked", "100.00")
    assert "live" not in found[1], "what the ERP did not tell is at the stored price"
    everybody = system_actor("test"), Scope.ALL, datetime(2026, 1, 1, tzinfo=UTC)
    extent = await market.container.order_history().extent(*everybody)
    assert (extent.lines, extent.left_out) == (1, 1), "no version of our discounts can be tried on a live price"

    erp.tell(lamp, "130")
    await put(client, buyer, lamp)
    shown = await cart(client, buyer)
    assert (shown["lines"][0]["price"], shown["lines"][0]["previous_price"]) == ("130.00", "100.00")
    assert (shown["needs_consent"], shown["lines"][0]["change"], shown["lines"][0]["live_at"] is None) == (
        True, "up", False,
    )  # fmt: skip
    erp.tell(lamp, "120")
    agreed = await order(client, buyer, price_version=shown["price_version"], price_lock=shown["price_lock"])
    assert (agreed.status_code, agreed.json()["amount"]) == (201, "240.00"), "agreed to 130, fallen to 120: 120"

    erp.tell(lamp, "90")
    await put(client, buyer, lamp)
    answer = await order(client, buyer)
    assert (answer.status_code, answer.json()["amount"]) == (201, "180.00"), "a drop needs nobody's consent"
    erp.tell(lamp, "140")
    await put(client, buyer, lamp)
    answer = await order(client, buyer, accepted_prices=[{"variant_id": str(lamp), "price": "140"}])
    assert (answer.status_code, answer.json()["amount"]) == (201, "280.00")


async def test_a_promise_is_for_its_company_its_quantity_and_its_minutes(
    client: AsyncTestClient, market: Market, buyer: Person, erp: Erp
) -> None:
    lamp = await market.goods("100")
    erp.tell(lamp, "100")
    await put(client, buyer, lamp)
    shown = await cart(client, buyer)
    assert datetime.fromisoformat(shown["locked_until"]) > erp.now() + timedelta(minutes=9)
    body = {"price_version": shown["price_version"], "price_lock": shown["price_lock"]}
    erp.tell(lamp, "101")

    stranger = await market.member(await market.client("Other"))
    await put(client, stranger, lamp)
    assert (await order(client, stranger, **body)).status_code == 409
    lines = [{"variant_id": str(lamp), "quantity": "3", "price": "100"}]
    assert (await order(client, buyer, lines=lines, **body)).status_code == 409
    erp.ahead += timedelta(minutes=11)
    assert (await order(client, buyer, **body)).status_code == 409
    for lock in ("x", ".", "x.y", "é.é", "a" * 500_000, shown["price_lock"].partition(".")[0] + "."):
        assert (await order(client, buyer, price_lock=lock)).status_code == 409, lock[:20]
    nonsense = [{"variant_id": str(lamp), "price": text} for text in ("NaN", "-1", "1e999999", "0.00001")]
    answer = await order(client, buyer, accepted_prices=nonsense)
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["fields"]] == [f"accepted_prices.{n}.price" for n in range(4)]
    erp.ahead -= timedelta(minutes=11)
    pause = insert(setting).values(key=LIVE_PAUSED.key, value=True, updated_at=datetime(2026, 1, 1, tzinfo=UTC))
    async with market.container.database().engine.begin() as connection:
        await connection.execute(pause)
        await connection.execute(update(price).values(amount=Decimal(300)))
    market.container.current_settings()._read_at = None  # instead of waiting for a second
    erp.ahead += timedelta(seconds=6)
    asked = len(erp.questions)
    assert (await order(client, buyer)).status_code == 409
    assert (await order(client, buyer, **body)).status_code == 201, "the control: all of it was the promise's bounds"
    assert len(erp.questions) == asked, "a promise is kept also while nobody is asked"


async def test_an_erp_that_is_late_or_lies_leaves_the_stored_price_with_its_age(
    client: AsyncTestClient, market: Market, buyer: Person, erp: Erp
) -> None:
    lamp = await market.goods("100")
    moment = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    async with market.container.database().engine.begin() as connection:
        await connection.execute(update(price).values(updated_at=moment))
    erp.tell(lamp, "500")
    erp.bending = lambda told: (_ for _ in ()).throw(RuntimeError(told.request_id))
    await put(client, buyer, lamp)
    shown = await cart(client, buyer)
    line = shown["lines"][0]
    assert (line["price"], line["live_at"], shown["price_lock"]) == ("100.00", None, "")
    assert datetime.fromisoformat(line["stale_since"]) == moment
    placed = await order(client, buyer)
    assert (placed.status_code, placed.json()["amount"]) == (201, "200.00")


async def test_no_misbehaviour_of_the_erp_makes_an_order_dearer_or_late(
    client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    """An ERP on a real socket wants five times the price, whatever else it does. The control is one that behaves."""
    lamp, cable = await market.goods("100"), await market.goods("10")
    slow = insert(setting).values(key=LIVE_DEADLINE.key, value=700, updated_at=datetime(2026, 1, 1, tzinfo=UTC))
    async with market.container.database().engine.begin() as connection:
        await connection.execute(slow)
    loop = asyncio.get_running_loop()
    lines = [{"variant_id": str(one), "quantity": "2", "price": price} for one, price in ((lamp, "100"), (cable, "10"))]
    with Http1cSimulator({(str(lamp), ""): Decimal(500), (str(cable), ""): Decimal(10)}) as base:
        source = Http1c(Http1cSettings(base.url, "portal", "secret"))
        outcomes: dict[str, tuple[int, str]] = {}
        for how in ("", *MISBEHAVIOURS):
            base.misbehave = how
            began = loop.time()
            with connected(market.container, source):
                answer = await order(client, buyer, lines=lines)
            assert loop.time() - began < 5, how
            assert answer.status_code in (201, 409), f"{how}: {answer.text}"
            outcomes[how] = (answer.status_code, answer.json().get("amount", ""))
    assert outcomes.pop("")[0] == 409, "what it wants is refused until somebody agrees"
    assert set(outcomes.values()) == {(201, "220.00")}, outcomes


async def test_a_cart_that_changes_while_the_erp_thinks_is_asked_anew(
    market: Market, buyer: Person, erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control orders what nobody has told a price of, at the stored one."""
    lamp, cable = await market.goods("100"), await market.goods("10")
    erp.tell(lamp, "100")
    erp.tell(cable, "99")
    actor, container = await market.actor(buyer), market.container

    async def into_cart(variant: VariantId) -> None:
        await container.put_lines()(actor, [RequestedLine("", Decimal(2), variant)])

    async def race() -> Any:
        await into_cart(lamp)
        erp.gate, erp.asked = asyncio.Event(), asyncio.Event()
        ordering = asyncio.create_task(container.place_order()(actor, OrderRequest()))
        await erp.asked.wait()
        await into_cart(cable)
        erp.gate.set()
        return await ordering

    refused = await race()
    assert isinstance(refused, PriceChanged)
    assert [move.price for move in refused.moves] == [Decimal("99.00")]
    assert [len(one.lines) for one in erp.questions] == [1, 2]
    await container.clear_cart()(actor)

    asked = LivePrices.__call__

    async def and_whatever_comes(self: LivePrices, actor: Actor, lines: list[LineRequest], **how: Any) -> Any:
        answer = await asked(self, actor, lines, **how)
        lines.append(LineRequest(cable, Decimal(2)))
        return answer

    erp.tell(lamp, "100")
    monkeypatch.setattr(LivePrices, "__call__", and_whatever_comes)
    assert isinstance(await race(), Placed)


async def test_who_may_not_see_the_agreements_prices_neither_hears_nor_pays_live_ones(
    client: AsyncTestClient, market: Market, erp: Erp
) -> None:
    company = await market.client("Buyer")
    first, second = await market.member(company, level=1), await market.member(company, level=2)
    lamp = await market.goods("100")
    erp.tell(lamp, "77.77")
    await put(client, second, lamp)
    assert (await cart(client, second))["lines"][0]["price"] == "77.77"
    await put(client, first, lamp)
    shown = await client.get("/api/v1/cart?live=true", headers=first.headers)
    page = await client.get("/checkout", headers=first.headers)
    for answer in (shown, page):
        assert answer.status_code == 200
        assert "77,77" not in answer.text
        assert "77.77" not in answer.text
    placed = await order(client, first, accept_prices=True)
    assert (placed.status_code, placed.json()["amount"]) == (201, "200.00")
    assert {one.company_ref for one in erp.questions} == {str(company)}
    assert len(erp.questions) == 1, "only for who may see"


async def test_an_application_asks_and_orders_by_lines(
    client: AsyncTestClient, market: Market, buyer: Person, erp: Erp
) -> None:
    lamp, cable = await market.goods("100"), await market.goods("10")
    erp.tell(lamp, "104.5")
    lines = [{"variant_id": str(one), "quantity": "2"} for one in (lamp, cable)]
    stored = (await client.post("/api/v1/prices", headers=buyer.headers, json={"lines": lines})).json()
    assert ([one["unit_price"] for one in stored["lines"]], "price_lock" in stored) == (["100.00", "10.00"], False)
    body = {"lines": lines, "live": True}
    told = (await client.post("/api/v1/prices", headers=buyer.headers, json=body)).json()
    assert ([one["unit_price"] for one in told["lines"]], told["amount"]) == (["104.50", "10.00"], "229.00")
    assert ["live_at" in one for one in told["lines"]] == [True, False]
    erp.tell(lamp, "999")
    lines[1]["price"] = "10"
    assert (await order(client, buyer, lines=lines)).status_code == 409
    placed = await order(client, buyer, lines=lines, price_lock=told["price_lock"])
    assert (placed.status_code, placed.json()["amount"]) == (201, "229.00"), "at what was shown and promised"


async def test_checkout_works_without_script(client: AsyncTestClient, market: Market, buyer: Person, erp: Erp) -> None:
    """The page asks, shows the rise, wants the tick; what it promised is charged, and the order says where from."""
    lamp = await market.goods("100")
    await put(client, buyer, lamp)
    erp.tell(lamp, "110")
    page = await client.get("/checkout", headers=buyer.headers)
    form = html.fromstring(page.text).forms[-1]
    fields = {one.get("name"): one.get("value") or "" for one in form.inputs if one.get("type") == "hidden"}
    assert fields["price_lock"]
    assert "20,00" in page.text, "by how much the sum rose"
    erp.tell(lamp, "150")
    refused = await client.post("/checkout", headers=buyer.headers, data={k: v for k, v in fields.items() if v})
    assert refused.status_code == 422, "without the tick nothing is agreed to"
    answer = await client.post(
        "/checkout", headers=buyer.headers, data=fields | {"risen": "on"}, follow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    order_url = answer.headers["location"].partition("?")[0]
    details = (await client.get(f"/api/v1{order_url}", headers=buyer.headers)).json()
    assert details["summary"]["amount"] == "220.00"
    why = await client.get(f"{order_url}/lines/1/price", headers=buyer.headers)
    assert "Живая цена 1С" in why.text
    assert "1С сообщила эту цену" in why.text
