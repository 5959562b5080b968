"""The catalogue in the order of prices: goods with everything that makes it hard, its pages, and the definition."""

from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from litestar.testing import AsyncTestClient
from shop import Shop

PRODUCTS = "/api/v1/catalog/products"


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
