"""Published discounts in everything that shows or takes a price: catalogue, card, cart, order, API (PRC-3, LVL-3)."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from discounting import ADMIN, draft, fixed, in_force, off_articles, off_brand, off_section
from litestar.testing import AsyncTestClient
from shop import Shop
from sqlalchemy import select
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.ordering import order_line
from b2b_dvizhenie.domain.pricing import Explanation, SetLimits, Strategy, replay
from b2b_dvizhenie.domain.shared.ids import PriceTypeId
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


async def got(client: AsyncTestClient, path: str, headers: dict[str, str]) -> Any:
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def listed(client: AsyncTestClient, headers: dict[str, str], query: str = "") -> dict[str, Any]:
    page = await got(client, f"/api/v1/catalog/products?limit=200{query}", headers)
    return {one["article"]: one["variants"][0].get("price") for one in page["items"]}


async def put(client: AsyncTestClient, headers: dict[str, str], variant: UUID, quantity: str) -> Any:
    answer = await client.put(f"/api/v1/cart/lines/{variant}", headers=headers, json={"quantity": quantity})
    assert answer.status_code == 200, answer.text
    return await got(client, "/api/v1/cart", headers)


async def test_every_door_shows_one_discounted_price(client: AsyncTestClient, container: Container, shop: Shop) -> None:
    section = await shop.section("Метизы")
    bolt = await shop.product("Болт", article="B-1", section=await shop.section("Болты", section), wholesale="100")
    await in_force(container, off_section("12.5", section))
    headers = await shop.buyer()
    price = (await listed(client, headers))["B-1"]
    assert (price["amount"], price["base_amount"]) == ("87.50", "100.00")
    card = await got(client, f"/api/v1/catalog/products/{bolt}", headers)
    assert card["product"]["variants"][0]["price"] == price
    asked = await client.post("/api/v1/prices", headers=headers, json={"lines": [{"article": "B-1", "quantity": 3}]})
    line = asked.json()["lines"][0]
    assert (line["unit_price"], line["amount"], line["base_unit_price"], line["base_amount"]) == (
        "87.50",
        "262.50",
        "100.00",
        "300.00",
    )
    cart = await put(client, headers, bolt, "3")
    assert (cart["lines"][0]["price"], cart["lines"][0]["base_price"], cart["total"], cart["discount"]) == (
        "87.50",
        "100.00",
        "262.50",
        "37.50",
    )
    placed = await client.post("/api/v1/orders", headers=headers, json={"price_version": cart["price_version"]})
    assert placed.status_code == 201, placed.text
    assert placed.json()["amount"] == "262.50"
    order = await got(client, placed.headers["location"], headers)
    assert (order["lines"][0]["price"], order["lines"][0]["base_price"]) == ("87.50", "100.00")
    for path in ("/catalog", f"/products/{bolt}", placed.headers["location"].replace("/api/v1", "")):
        page = await client.get(path, headers=headers | {"Accept": "text/html"})
        assert page.status_code == 200
        text = page.text.replace("\xa0", " ")
        assert "87,50" in text
        assert re.search(r"<s[ >].{0,120}100,00", text, re.DOTALL), path


async def test_an_order_keeps_why_it_cost_what_it_cost(
    client: AsyncTestClient, container: Container, shop: Shop
) -> None:
    brand = await shop.brand("Болтун")
    bolt = await shop.product("Болт", article="B-1", brand=(brand, "Болтун"), wholesale="33.335")
    version = await in_force(
        container, off_brand("7", brand), off_articles("5", "B-1"), strategy=Strategy.SUM, cap_percent=Decimal(11)
    )
    headers = await shop.buyer()
    cart = await put(client, headers, bolt, "3")
    await client.post("/api/v1/orders", headers=headers, json={"price_version": cart["price_version"]})
    await in_force(container, off_brand("50", brand))
    async with container.database().engine.connect() as connection:
        kept = (await connection.execute(select(order_line.c.explanation, order_line.c.amount))).one()
    told = msgspec.convert(kept[0], Explanation, strict=False)
    assert told.rule_set_id == version
    assert len(told.applied) == 2
    assert replay(told) == (told.unit_price, kept[1])
    assert set(kept[0]) <= set(Explanation.__struct_fields__)
    assert len(msgspec.json.encode(kept[0])) < 1200


async def test_individual_discounts_are_for_whom_they_are(
    client: AsyncTestClient, container: Container, shop: Shop
) -> None:
    await shop.product("Болт", article="B-1", wholesale="100", retail="150")
    theirs, ours = await shop.company("ООО Наши"), await shop.company("ООО Чужие")
    await in_force(
        container,
        off_articles("10", "B-1"),
        off_articles("30", "B-1", companies=(theirs,)),
        fixed("1", "B-1", companies=(ours,), is_active=False),
    )

    async def price(email: str, company: UUID, level: int) -> Any:
        token = await shop.person(email, companies={company: level})
        return (await listed(client, {"Authorization": f"Bearer {token}"}))["B-1"]

    assert (await price("a@example.test", theirs, 2))["amount"] == "70.00"
    assert (await price("b@example.test", ours, 2))["amount"] == "90.00"
    first_level = await price("c@example.test", theirs, 1)
    assert first_level["amount"] == "150.00"
    assert "base_amount" not in first_level


async def test_a_set_published_between_showing_and_ordering_needs_consent_to_a_rise(
    client: AsyncTestClient, container: Container, shop: Shop
) -> None:
    bolt = await shop.product("Болт", article="B-1", wholesale="100")
    await in_force(container, off_articles("20", "B-1"))
    headers = await shop.buyer()
    cart = await put(client, headers, bolt, "2")
    await in_force(container, off_articles("5", "B-1"))
    body = {"price_version": cart["price_version"]}
    refused = await client.post("/api/v1/orders", headers=headers, json=body)
    assert refused.status_code == 409, refused.text
    told = refused.json()
    assert told["code"] == "ordering.price_changed"
    again = await got(client, "/api/v1/cart", headers)
    assert (again["total"], again["needs_consent"]) == ("190.00", True)
    agreed = await client.post("/api/v1/orders", headers=headers, json={"price_version": again["price_version"]})
    assert (agreed.status_code, agreed.json()["amount"]) == (201, "190.00")


async def test_a_set_that_makes_it_cheaper_is_passed_on(
    client: AsyncTestClient, container: Container, shop: Shop
) -> None:
    bolt = await shop.product("Болт", article="B-1", wholesale="100")
    headers = await shop.buyer()
    cart = await put(client, headers, bolt, "2")
    await in_force(container, off_articles("5", "B-1"))
    placed = await client.post("/api/v1/orders", headers=headers, json={"price_version": cart["price_version"]})
    assert (placed.status_code, placed.json()["amount"]) == (201, "190.00")


async def test_a_planned_set_holds_from_its_moment_on(
    client: AsyncTestClient, container: Container, shop: Shop
) -> None:
    await shop.product("Болт", article="B-1", wholesale="100")
    key = await draft(container, [off_articles("50", "B-1")])
    await container.publish_rule_set()(ADMIN, key, starts_at=datetime.now(UTC) + timedelta(days=1))  # noqa: TID251
    headers = await shop.buyer()
    assert (await listed(client, headers))["B-1"]["amount"] == "100.00"


async def test_floors_and_costs_hold_prices_up_and_are_never_told(
    client: AsyncTestClient, container: Container, shop: Shop
) -> None:
    """The retail type plays the cost: nobody who buys may see 61.37 or what follows from it alone."""
    await shop.product("Болт", article="B-1", wholesale="100", retail="61.37")
    limits = SetLimits(cost_price_type_id=PriceTypeId(shop.retail), minimal_margin=Decimal(10))
    await in_force(container, off_articles("50", "B-1"), limits=limits)
    headers = await shop.buyer()
    answer = await client.get("/api/v1/catalog/products?limit=200", headers=headers)
    assert answer.json()["items"][0]["variants"][0]["price"]["amount"] == "67.51"
    assert "61.37" not in answer.text
    asked = await client.post("/api/v1/prices", headers=headers, json={"lines": [{"article": "B-1"}]})
    assert asked.json()["lines"][0]["unit_price"] == "67.51"
    assert "61.37" not in asked.text


@pytest.mark.parametrize("sort", ["price", "-price"])
async def test_the_order_by_own_price_is_that_of_discounted_prices(
    client: AsyncTestClient, container: Container, shop: Shop, sort: str
) -> None:
    section, brand = await shop.section("Метизы"), await shop.brand("Болтун")
    for place in range(40):
        await shop.product(
            f"Болт {place}",
            article=f"B-{place}",
            section=section if place % 3 == 0 else None,
            brand=(brand, "Болтун") if place % 4 == 0 else None,
            wholesale=str(100 + 7 * place % 53),
        )
    await in_force(
        container,
        off_section("40", section),
        off_brand("15", brand),
        fixed("101", *(f"B-{place}" for place in range(0, 40, 5))),
    )
    headers = await shop.buyer()
    everything = await listed(client, headers)
    found: list[Decimal] = []
    cursor = ""
    while cursor is not None:
        page = await got(client, f"/api/v1/catalog/products?limit=7&sort={sort}{cursor}", headers)
        found += [Decimal(one["variants"][0]["price"]["amount"]) for one in page["items"]]
        cursor = None if page["next"] is None else f"&cursor={page['next']}"
    prices = [Decimal(one["amount"]) for one in everything.values()]
    assert found == sorted(prices, reverse=sort == "-price")
    assert len(set(prices)) > 20
    narrowed = await listed(client, headers, "&price_from=70&price_to=101")
    assert sorted(narrowed) == sorted(key for key, one in everything.items() if 70 <= Decimal(one["amount"]) <= 101)


async def test_discounts_cost_one_statement_whatever_the_list(
    client: AsyncTestClient, container: Container, shop: Shop
) -> None:
    section = await shop.section("Метизы")
    for place in range(30):
        await shop.product(f"Болт {place}", article=f"B-{place}", section=section)
    headers = await shop.buyer()

    async def counted(method: str, path: str, **body: Any) -> int:
        with recorded_statements() as seen:
            answer = await client.request(method, path, headers=headers, **body)
        assert answer.status_code < 300, answer.text
        return len(seen)

    async def both() -> tuple[int, int]:
        lines = [{"article": f"B-{place}"} for place in range(30)]
        return (
            await counted("GET", "/api/v1/catalog/products?limit=50"),
            await counted("POST", "/api/v1/prices", json={"lines": lines}),
        )

    without = await both()
    await in_force(container, off_section("10", section), *(off_articles("5", f"B-{place}") for place in range(9)))
    await both()  # the rules are read once
    assert await both() == without
