"""Lists and cards cost a fixed number of statements, whatever the number of goods, variants and warehouses."""

import pytest
from litestar.testing import AsyncTestClient
from shop import Shop
from statements import recorded_statements

from b2b_dvizhenie.domain.shared.ids import ProductId

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
AUTHENTICATION = 1
RULES = 1
"""The discounts in force, with what they ask of the goods."""
REASON = 2
"""The goods once more by name, and the line the price of which is explained."""
FRAME = 2
"""The profile and an empty cart."""


async def counted(client: AsyncTestClient, path: str, headers: dict[str, str]) -> int:
    with recorded_statements() as seen:
        answer = await client.get(path, headers=headers | {"Accept": "text/html, application/json"})
    assert answer.status_code == 200, answer.text
    return len(seen)


@pytest.mark.parametrize(
    ("path", "statements"),
    [
        ("/api/v1/catalog/products?limit=50", 2 + RULES),
        ("/api/v1/catalog/products?limit=50&section={section}&in_stock=true&brand={brand}", 2 + RULES),
        ("/api/v1/catalog/products?limit=50&q=болт", 2 + RULES),
        ("/api/v1/catalog/products?limit=50&sort=price", 7 + RULES),
        ("/api/v1/catalog/sections", 1),
        ("/api/v1/catalog/facets?q=болт", 1),
        ("/api/v1/catalog/products/{product}", 2 + RULES),
        ("/catalog/{section}", 4 + RULES + FRAME),
        ("/search?q=болт", 4 + RULES + FRAME),
        ("/products/{product}", 2 + RULES + REASON + FRAME),
    ],
)
async def test_statements_do_not_grow_with_the_list(
    client: AsyncTestClient, shop: Shop, path: str, statements: int
) -> None:
    section = await shop.section("Метизы")
    brand = (await shop.brand("Болтун"), "Болтун")
    headers = await shop.buyer()

    async def add() -> str:
        stock = {shop.moscow: "1", shop.kazan: "2"}
        product = await shop.product("Болт", section=section, brand=brand, stock=stock)
        await shop.variant(product, name="М8", wholesale={"1": "5", "10": "4"}, stock=stock)
        return str(product)

    product = await add()
    url = path.format(section=section, brand=brand[0], product=product)
    one = await counted(client, url, headers)
    for _ in range(12):
        await add()
        await shop.variant(ProductId(product), name="М10", wholesale="7")
    many = await counted(client, url, headers)
    assert one == many == statements + AUTHENTICATION


async def test_the_count_would_notice_a_statement_per_good(client: AsyncTestClient, shop: Shop) -> None:
    products = [await shop.product(f"Болт {place}") for place in range(5)]
    headers = await shop.buyer()
    with recorded_statements() as seen:
        for product in products:
            await client.get(f"/api/v1/catalog/products/{product}", headers=headers)
    assert len(seen) == 5 * (2 + RULES + AUTHENTICATION)


async def test_prices_cost_the_same_for_one_line_and_for_many(client: AsyncTestClient, shop: Shop) -> None:
    products = [await shop.product(f"Болт {place}", article=f"B-{place}") for place in range(12)]
    headers = await shop.buyer()
    lines = [{"variant_id": str(product)} for product in products] + [{"article": f"B-{place}"} for place in range(12)]
    with recorded_statements() as seen:
        answer = await client.post("/api/v1/prices", json={"lines": lines}, headers=headers)
    assert answer.status_code == 200
    assert len(seen) == 3 + AUTHENTICATION
