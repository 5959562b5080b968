"""The price request (API): goods named by variant or by article in any spelling, each line answered for itself."""

from decimal import Decimal
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient
from shop import Shop

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


async def test_prices_by_variant_and_by_article(client: AsyncTestClient, shop: Shop) -> None:
    first = await shop.product("Автомат", article="ВА47-29", wholesale={"0": "100", "10": "90.125"})
    second = await shop.product("Кабель", article="VVG", wholesale=None, multiple="100")
    twins = {str(await shop.product(f"Близнец {place}", article="X-1")) for place in (1, 2)}
    lines = [
        {"variant_id": str(first), "quantity": "10"},
        {"article": "ba47 29", "quantity": 2},  # Latin letters, no hyphen
        {"article": "VVG", "quantity": "150"},
        {"article": "x1"},
        {"article": "no such"},
    ]
    headers = await shop.buyer()
    answer = await client.post("/api/v1/prices", json={"lines": lines}, headers=headers)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [line["status"] for line in found["lines"]] == ["priced", "priced", "priced", "ambiguous", "unknown"]
    assert [found["lines"][0][key] for key in ("unit_price", "amount", "valid_quantity")] == ["90.13", "901.25", "10"]
    assert found["lines"][1]["variant_id"] == str(first)
    assert found["lines"][1]["amount"] == "200.00"
    assert found["lines"][2]["variant_id"] == str(second)
    assert found["lines"][2]["reason"] == "no_price_of_type"
    assert found["lines"][2]["unit_price"] is None
    assert found["lines"][2]["valid_quantity"] == "200"
    assert {choice["variant_id"] for choice in found["lines"][3]["choices"]} == twins
    assert Decimal(found["amount"]) == Decimal("1101.25")
    assert found["currency"] == "RUB"


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"article": "A", "quantity": "NaN"}, "lines.1.quantity"),
        ({"article": "A", "quantity": "Infinity"}, "lines.1.quantity"),
        ({"article": "A", "quantity": "-1"}, "lines.1.quantity"),
        ({"article": "A", "quantity": "0.0001"}, "lines.1.quantity"),
        ({"article": "A", "quantity": "1e400"}, "lines.1.quantity"),
        ({}, "lines.1.article"),
        ({"article": "--"}, "lines.1.article"),
        ({"article": "A", "variant_id": str(UUID(int=1))}, "lines.1.article"),
    ],
)
async def test_bad_lines_are_named(client: AsyncTestClient, shop: Shop, line: dict[str, str], field: str) -> None:
    lines = [{"article": "A"}, line]
    answer = await client.post("/api/v1/prices", json={"lines": lines}, headers=await shop.buyer())
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["fields"]] == [field]


async def test_prices_need_a_company(client: AsyncTestClient, shop: Shop) -> None:
    await shop.product("Болт", article="A")
    token = await shop.person("lonely@example.test")
    headers = {"Authorization": f"Bearer {token}"}
    answer = await client.post("/api/v1/prices", json={"lines": [{"article": "A"}]}, headers=headers)
    assert answer.status_code == 409
    assert answer.json()["code"] == "companies.company_required"
