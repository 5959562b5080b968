"""Access levels as data: what each opens is edited, holds from the next request on, and is absent from bytes (LVL)."""

import re
from typing import Any

import pytest
from discounting import in_force, off_articles
from litestar.testing import AsyncTestClient
from people import enter
from shop import Shop
from sqlalchemy import text

from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.visibility import (
    HIDDEN_PRICE_POLICY,
    FirstLevelStays,
    HiddenPrices,
    Information,
    LevelExists,
    LevelInUse,
    LevelNumberInvalid,
)
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
STAFF = system_actor("test")
PRODUCTS = "/api/v1/catalog/products"
RETAIL, WHOLESALE, OWN = "100.00", "63.17", "50.54"


@pytest.fixture
async def discounted(container: Container, shop: Shop) -> Shop:
    """One product: the default price, that of the agreement, and a fifth off it."""
    await shop.product("Болт", article="B-1", retail="100", wholesale="63.17", stock={shop.moscow: "777.625"})
    await in_force(container, off_articles("20", "B-1"))
    return shop


async def put(container: Container, level: int, information: Information, *, is_open: bool) -> None:
    await container.open_information()(STAFF, {(level, information): is_open})


async def price(client: AsyncTestClient, headers: dict[str, str]) -> dict[str, Any]:
    answer = await client.get(PRODUCTS, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["items"][0]["variants"][0].get("price", {}))


async def everything_shown(client: AsyncTestClient, headers: dict[str, str], *, prices: bool = True) -> str:
    """All a buyer can come by about the product; without prices to see, what asks for them is refused."""
    found = []
    product = (await client.get(PRODUCTS, headers=headers)).json()["items"][0]["id"]
    await client.put(f"/api/v1/cart/lines/{product}", json={"quantity": "2"}, headers=headers)
    about_prices = [f"{PRODUCTS}?sort=price", f"{PRODUCTS}?sort=-price", f"{PRODUCTS}?price_from=1"]
    others = [
        f"{PRODUCTS}?sort=name",
        f"{PRODUCTS}/{product}",
        "/api/v1/cart",
        "/api/v1/me",
        "/api/v1/catalog/facets",
        "/catalog",
        f"/products/{product}",
        "/cart",
        "/orders",
        "/account",
    ]
    for path in (*about_prices, *others):
        answer = await client.get(path, headers={**headers, "Accept": "text/html, application/json"})
        assert answer.status_code == (200 if prices or path in others else 400), path
        found.append(answer.text)
    for path, body in (
        ("/api/v1/prices", {"lines": [{"article": "B-1"}]}),
        ("/api/v1/prices/explain", {"variant_id": product}),
    ):
        answer = await client.post(path, json=body, headers=headers)
        assert answer.status_code == (200 if prices else 403), path
        found.append(answer.text)
    return "\n".join(found)


async def test_the_first_level_has_the_default_price_and_may_order(client: AsyncTestClient, discounted: Shop) -> None:
    """LVL-1, LVL-2, LVL-3."""
    headers = await discounted.buyer(level=1)
    assert (await price(client, headers))["amount"] == RETAIL
    shown = await everything_shown(client, headers)
    for closed in (WHOLESALE, "63,17", OWN, "50,54", "public 1"):
        assert closed not in shown, closed
    product = (await client.get(PRODUCTS, headers=headers)).json()["items"][0]["id"]
    ordered = await client.post(
        "/api/v1/orders",
        json={"lines": [{"variant_id": product, "quantity": "1"}], "accept_prices": True},
        headers=headers | {"Idempotency-Key": "one"},
    )
    assert ordered.status_code == 201, ordered.text


@pytest.mark.parametrize(
    ("closed", "amount", "absent"),
    [
        (None, OWN, ()),
        (Information.DISCOUNTS, WHOLESALE, (OWN, "50,54", "public 1")),
        (Information.INDIVIDUAL_PRICES, RETAIL, (WHOLESALE, "63,17", OWN, "50,54", "80.00", "80,00", "public 1")),
    ],
)
async def test_what_a_level_opens_is_data(
    client: AsyncTestClient,
    container: Container,
    discounted: Shop,
    closed: Information | None,
    amount: str,
    absent: tuple[str, ...],
) -> None:
    """LVL-6, LVL-7: effective on the next request, and absent from every byte."""
    headers = await discounted.buyer(level=2)
    assert (await price(client, headers))["amount"] == OWN
    if closed is not None:
        await put(container, 2, closed, is_open=False)
    assert (await price(client, headers))["amount"] == amount
    shown = await everything_shown(client, headers)
    assert [one for one in absent if one in shown] == []
    if closed is not None:
        await put(container, 2, closed, is_open=True)
        assert (await price(client, headers))["amount"] == OWN


async def test_quantities_in_stock_are_closed_to_a_word(
    client: AsyncTestClient, container: Container, discounted: Shop
) -> None:
    headers = await discounted.buyer(level=2)
    await put(container, 2, Information.STOCK_DETAIL, is_open=False)
    shown = await everything_shown(client, headers)
    # As a number of its own: ids and versions are made of the same signs.
    assert not re.search(r"(?<![0-9a-f-])777(?![0-9a-f])", shown)
    stock = (await client.get(PRODUCTS, headers=headers)).json()["items"][0]["variants"][0]["stock"]
    assert stock == {"level": "enough"}


async def test_concealed_prices_are_nowhere_and_orders_are_made_at_them(
    client: AsyncTestClient, container: Container, discounted: Shop
) -> None:
    """A4 `conceal`: no price is shown, none of the default type is charged."""
    headers = await discounted.buyer(level=1)
    await container.change_settings()(STAFF, {HIDDEN_PRICE_POLICY.key: HiddenPrices.CONCEAL.value})
    shown = await everything_shown(client, headers, prices=False)
    for closed in (RETAIL, "100,00", WHOLESALE, "63,17", OWN, "50,54"):
        assert closed not in shown, closed
    product = (await client.get(PRODUCTS, headers=headers)).json()["items"][0]["id"]
    ordered = await client.post(
        "/api/v1/orders",
        json={"lines": [{"variant_id": product, "quantity": "1"}], "accept_prices": True},
        headers=headers | {"Idempotency-Key": "one"},
    )
    assert ordered.status_code == 201, ordered.text
    assert OWN not in ordered.text
    async with container.database().engine.connect() as connection:
        assert str((await connection.execute(text("SELECT amount FROM customer_order"))).scalar_one()) == OWN


async def test_people_of_one_company_may_have_different_levels(client: AsyncTestClient, discounted: Shop) -> None:
    """LVL-5."""
    company = await discounted.company()
    amounts = []
    for level in (1, 2):
        token = await discounted.person(f"level{level}@example.test", companies={company: level})
        amounts.append((await price(client, {"Authorization": f"Bearer {token}"}))["amount"])
    assert amounts == [RETAIL, OWN]


async def test_cells_of_several_levels_change_together_or_not_at_all(container: Container, discounted: Shop) -> None:
    cells = {(2, Information.DISCOUNTS): False, (1, Information.STOCK_DETAIL): False}
    before = await container.list_levels()(STAFF)
    with pytest.raises(NotFound):
        await container.open_information()(STAFF, {**cells, (55, Information.DISCOUNTS): True})
    assert await container.list_levels()(STAFF) == before
    assert await container.open_information()(STAFF, cells) == 2
    assert await container.open_information()(STAFF, cells) == 0


async def test_levels_are_made_and_deleted_and_recorded(container: Container, discounted: Shop) -> None:
    await container.create_level()(STAFF, 7, "Бухгалтер", like=2)
    with pytest.raises(LevelExists):
        await container.create_level()(STAFF, 7, "Другой")
    with pytest.raises(LevelNumberInvalid):
        await container.create_level()(STAFF, 100, "Сотый")
    with pytest.raises(NotFound):
        await container.create_level()(STAFF, 8, "Как никакой", like=55)
    with pytest.raises(FirstLevelStays):
        await container.delete_level()(STAFF, 1)
    await discounted.buyer(level=7)
    with pytest.raises(LevelInUse):
        await container.delete_level()(STAFF, 7)
    await container.create_level()(STAFF, 8, "Лишний")
    await container.delete_level()(STAFF, 8)
    (levels,) = [await container.list_levels()(STAFF)]
    assert [(one.level, one.name, one.buyers) for one in levels if one.level > 2] == [(7, "Бухгалтер", 1)]
    async with container.database().engine.connect() as connection:
        query = "SELECT action FROM audit WHERE action LIKE 'visibility.%' ORDER BY audit_id"
        actions = [row[0] for row in await connection.execute(text(query))]
    assert actions == ["visibility.level_created"] * 2 + ["visibility.level_deleted"]


async def test_the_page_saves_cell_by_cell_and_as_a_form(
    container: Container, client: AsyncTestClient, discounted: Shop
) -> None:
    """LVL-4: who may not manage levels gets 403 and changes nothing."""
    html = {"Accept": "text/html"}
    await enter(container, client, "administrator")
    page = await client.get("/panel/levels", headers=html)
    assert 'name="2.discounts"' in page.text
    cell = {"name": "2.discounts"}
    saved = await client.post("/panel/levels/cells", data=cell, headers=html | {"HX-Request": "true"})
    assert saved.status_code == 200
    (second,) = [one for one in await container.list_levels()(STAFF) if one.level == 2]
    assert Information.DISCOUNTS not in second.opens
    form = {"seen": "2.discounts:0", "2.discounts": "on"}
    answer = await client.post("/panel/levels/cells", data=form, headers=html, follow_redirects=False)
    assert answer.status_code == 303
    (second,) = [one for one in await container.list_levels()(STAFF) if one.level == 2]
    assert Information.DISCOUNTS in second.opens
    taken = await client.post("/panel/levels", data={"level": "2", "name": "Ещё один"}, headers=html)
    assert taken.status_code == 422
    await enter(container, client, "director")
    refused = await client.post("/panel/levels/cells", data=cell, headers=html)
    assert refused.status_code == 403
    (second,) = [one for one in await container.list_levels()(STAFF) if one.level == 2]
    assert Information.DISCOUNTS in second.opens
