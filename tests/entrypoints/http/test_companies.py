"""The companies a person buys for (MUL): which there are, which is selected, at which prices."""

import pytest
from litestar.testing import AsyncTestClient
from shop import Shop

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


async def test_own_companies_and_the_selected_one(client: AsyncTestClient, shop: Shop) -> None:
    first, second = await shop.company("Альфа"), await shop.company("Бета")
    await shop.company("Чужая")
    token = await shop.person("buyer@example.test", companies={first: 2, second: 1})
    headers = {"Authorization": f"Bearer {token}"}
    answer = await client.get("/api/v1/companies", headers=headers)
    assert [
        (one["name"], one["access_level"], one["is_selected"], one["price_type"]) for one in answer.json()["items"]
    ] == [
        ("Альфа", 2, True, "Оптовая"),
        ("Бета", 1, False, "Розничная"),
    ]
    answer = await client.get("/api/v1/companies", headers=headers | {"X-Company-Id": str(second)})
    assert [one["is_selected"] for one in answer.json()["items"]] == [False, True]


async def test_the_price_type_is_hidden_from_who_may_not_see_prices(client: AsyncTestClient, shop: Shop) -> None:
    company = await shop.company("Альфа")
    token = await shop.person("buyer@example.test", companies={company: 2})
    async with shop.container.database().engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM role_grant WHERE permission = 'prices.view'")
    answer = await client.get("/api/v1/companies", headers={"Authorization": f"Bearer {token}"})
    assert "price_type" not in answer.json()["items"][0]
    assert "Оптовая" not in answer.text


async def test_nobody_and_a_person_without_companies(client: AsyncTestClient, shop: Shop) -> None:
    assert (await client.get("/api/v1/companies")).status_code == 401
    token = await shop.person("lonely@example.test")
    answer = await client.get("/api/v1/companies", headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == {"items": []}


async def test_an_inactive_company_is_gone(client: AsyncTestClient, shop: Shop) -> None:
    company = await shop.company("Альфа")
    token = await shop.person("buyer@example.test", companies={company: 2})
    async with shop.container.database().engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE company SET is_active = false")
    answer = await client.get("/api/v1/companies", headers={"Authorization": f"Bearer {token}"})
    assert answer.json() == {"items": []}
