"""The catalogue in the order of one's own price equals brute force, page by page, both ways (PRC, features.md §8.1)."""

from decimal import Decimal
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from price_order import PRODUCTS, backward, brute, fill, forward, ids, lowest
from shop import Shop

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
SEEDS = (1, 2, 3)


@pytest.mark.parametrize("seed", SEEDS)
async def test_p12_every_page_equals_brute_force(client: AsyncTestClient, shop: Shop, seed: int) -> None:
    section, brand = await fill(shop, seed)
    headers = await shop.buyer()
    narrowings: list[dict[str, Any]] = [
        {},
        {"section": str(section)},
        {"brand": str(brand), "in_stock": "true"},
        {"q": "товар 3", "section": str(section)},
    ]
    for narrowing in narrowings:
        everything = await client.get(PRODUCTS, params={"limit": 200, **narrowing}, headers=headers)
        for sort in ("price", "-price"):
            pages = await forward(client, headers, sort=sort, **narrowing)
            assert ids(pages) == brute(everything.json()["items"], down=sort == "-price"), narrowing
            assert ids(await backward(client, headers, pages[-1], sort=sort, **narrowing)) == ids(pages)
            assert len(pages) > 1 or "q" in narrowing


async def test_a_range_of_own_prices_equals_brute_force(client: AsyncTestClient, shop: Shop) -> None:
    section, _ = await fill(shop, 4)
    headers = await shop.buyer()
    everything = (await client.get(PRODUCTS, params={"limit": 200}, headers=headers)).json()["items"]
    for low, high in (("5", "7.5"), ("7.01", "20"), (None, "5.01"), ("20", None), ("8", "9"), ("5", "5")):
        inside = [
            one
            for one in everything
            if (price := lowest(one)) is not None and price >= Decimal(low or 0) and price <= Decimal(high or 10**9)
        ]
        for sort in ("price", "-price", None):
            bounds = {name: value for name, value in (("price_from", low), ("price_to", high), ("sort", sort)) if value}
            pages = await forward(client, headers, **bounds)
            assert ids(pages) == brute(inside, down=sort == "-price"), bounds
            assert ids(await backward(client, headers, pages[-1], **bounds)) == ids(pages)
    facets = await client.get("/api/v1/catalog/facets", params={"price_from": "5"}, headers=headers)
    assert facets.json()["total"] is None
    page = await client.get(f"/catalog/{section}?price_from=5&price_to=7,5&sort=name", headers=headers)
    assert page.status_code == 200
    assert 'name="price_to" value="7.5"' in page.text


async def test_without_prices_there_is_no_order_by_price(client: AsyncTestClient, shop: Shop) -> None:
    await shop.product("Болт")
    headers = {"Authorization": f"Bearer {await shop.person('staff@example.test', role='manager')}"}
    answer = await client.get(PRODUCTS, params={"sort": "price"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "catalog.prices_hidden")


async def test_a_cursor_with_nonsense_for_a_price_is_refused(client: AsyncTestClient, shop: Shop) -> None:
    await fill(shop, 1, goods=10)
    headers = await shop.buyer()
    by_name = (await client.get(PRODUCTS, params={"limit": 3}, headers=headers)).json()["next"]
    answer = await client.get(PRODUCTS, params={"limit": 3, "sort": "price", "cursor": by_name}, headers=headers)
    assert answer.json()["code"] == "catalog.cursor_invalid"


async def test_an_empty_section_that_is_closed_is_not_found(client: AsyncTestClient, shop: Shop) -> None:
    closed = await shop.section("Закрыто", is_active=False)
    answer = await client.get(PRODUCTS, params={"sort": "price", "section": str(closed)}, headers=await shop.buyer())
    assert answer.status_code == 404
