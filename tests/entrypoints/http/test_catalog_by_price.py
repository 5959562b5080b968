"""The catalogue in the order of one's own price equals brute force, page by page, both ways (PRC, features.md §8.1)."""

from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient
from shop import Shop

from b2b_dvizhenie.application.catalog import by_price
from b2b_dvizhenie.domain.pricing import Bound

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PRODUCTS = "/api/v1/catalog/products"
SEEDS = (1, 2, 3)


async def fill(shop: Shop, seed: int, goods: int = 60) -> tuple[UUID, UUID]:
    """Goods with ties, gaps, several variants, quantity breaks and odd multiples; (a section, a brand)."""
    random = Random(seed)  # noqa: S311 - a reproducible catalogue
    sections = [await shop.section("Кабель"), await shop.section("Свет")]
    brands = [(await shop.brand(name), name) for name in ("Нуллион", "Фазомир")]

    def amount() -> str:
        return f"{random.choice([5, 5, 7, 20, 100]) + random.choice([0, 0, 0.5, 0.0049, 0.0051]):.4f}"

    for number in range(goods):
        breaks = {"0": amount(), "10": amount()} if random.random() < 0.3 else {"0": amount()}
        if random.random() < 0.15:
            breaks = {"10": amount()}
        product = await shop.product(
            f"Товар {number % 7} серии {number}",
            section=random.choice(sections),
            article=f"A-{number}",
            brand=random.choice(brands),
            wholesale=breaks if random.random() < 0.8 else None,
            stock={shop.moscow: "3"} if random.random() < 0.5 else {},
            multiple=random.choice(["1", "1", "3", "0.3", "12", "0.5"]),
        )
        for extra in range(random.choice([0, 0, 2])):
            await shop.variant(product, name=f"цвет {extra}", wholesale={"0": amount()})
    return sections[0], brands[0][0]


async def forward(client: AsyncTestClient, headers: dict[str, str], **params: Any) -> list[dict[str, Any]]:
    """All pages, by following `next`."""
    pages: list[dict[str, Any]] = []
    cursor = None
    while cursor or not pages:
        found = {"limit": 7, **params, **({"cursor": cursor} if cursor else {})}
        answer = await client.get(PRODUCTS, params=found, headers=headers)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        cursor = pages[-1]["next"]
    return pages


async def backward(
    client: AsyncTestClient, headers: dict[str, str], last: dict[str, Any], **params: Any
) -> list[dict[str, Any]]:
    """All pages up to the last one, by following `previous`."""
    pages = [last]
    while cursor := pages[0]["previous"]:
        answer = await client.get(PRODUCTS, params={"limit": 7, **params, "cursor": cursor}, headers=headers)
        pages.insert(0, answer.json())
    return pages


def ids(pages: list[dict[str, Any]]) -> list[str]:
    return [one["id"] for page in pages for one in page["items"]]


def lowest(product: dict[str, Any]) -> Decimal | None:
    shown = [variant["price"].get("amount") for variant in product["variants"]]
    return min((Decimal(one) for one in shown if one is not None), default=None)


def brute(products: list[dict[str, Any]], *, down: bool) -> list[str]:
    """The order by definition: by (price, id), mirrored when dear goods come first, goods without a price last."""
    priced = [one for one in products if lowest(one) is not None]
    bare = [one for one in products if lowest(one) is None]
    priced.sort(key=lambda one: (lowest(one), one["id"]), reverse=down)
    return [one["id"] for one in (*priced, *sorted(bare, key=lambda one: one["id"]))]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("sort", ["price", "-price"])
async def test_every_page_equals_brute_force(client: AsyncTestClient, shop: Shop, seed: int, sort: str) -> None:
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
        pages = await forward(client, headers, sort=sort, **narrowing)
        assert ids(pages) == brute(everything.json()["items"], down=sort == "-price"), narrowing
        assert ids(await backward(client, headers, pages[-1], sort=sort, **narrowing)) == ids(pages)
        assert len(pages) > 1 or "q" in narrowing


@pytest.mark.parametrize("sort", ["price", "-price", None])
async def test_a_range_of_own_prices_equals_brute_force(client: AsyncTestClient, shop: Shop, sort: str | None) -> None:
    section, _ = await fill(shop, 4)
    headers = await shop.buyer()
    everything = (await client.get(PRODUCTS, params={"limit": 200}, headers=headers)).json()["items"]
    for low, high in (("5", "7.5"), ("7.01", "20"), (None, "5.01"), ("20", None), ("8", "9"), ("5", "5")):
        inside = [
            one
            for one in everything
            if (price := lowest(one)) is not None and price >= Decimal(low or 0) and price <= Decimal(high or 10**9)
        ]
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


async def test_a_scan_that_ends_too_early_is_caught(
    client: AsyncTestClient, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a bound above the prices ends the scan before the page is known."""
    await fill(shop, 3)
    headers = await shop.buyer()
    everything = (await client.get(PRODUCTS, params={"limit": 200}, headers=headers)).json()["items"]
    monkeypatch.setattr(by_price, "_FIRST", 1)
    monkeypatch.setattr(Bound, "lowest", lambda _self, base: base + 1000)
    assert ids(await forward(client, headers, sort="price")) != brute(everything, down=False)
