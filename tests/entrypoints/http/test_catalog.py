"""The catalogue through the HTTP door (CAT, PDP, STK): what is on a page, for whom, and in which order."""

import pytest
from litestar.testing import AsyncTestClient
from shop import MOMENT, Shop

from b2b_dvizhenie.domain.shared.ids import new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PRODUCTS = "/api/v1/catalog/products"


async def names(client: AsyncTestClient, headers: dict[str, str], **params: object) -> list[str]:
    answer = await client.get(PRODUCTS, params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


async def test_a_page_has_own_price_and_stock(client: AsyncTestClient, shop: Shop) -> None:
    section = await shop.section("Кабель")
    brand = await shop.brand("Камкабель")
    product = await shop.product(
        "ВВГнг 3х2,5",
        section=section,
        article="VVG-3",
        brand=(brand, "Камкабель"),
        wholesale="81.4567",
        stock={shop.kazan: "12.5", shop.moscow: "-3"},
        multiple="100",
    )
    headers = await shop.buyer(warehouse=shop.kazan)
    answer = await client.get(PRODUCTS, params={"section": str(section)}, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "items": [
            {
                "id": str(product),
                "name": "ВВГнг 3х2,5",
                "article": "VVG-3",
                "brand": {"id": str(brand), "name": "Камкабель"},
                "section_id": str(section),
                "picture": None,
                "unit": "шт",
                "order_multiple": "100",
                "vat_rate": "22",
                "variant_count": 1,
                "variants": [
                    {
                        "id": str(product),
                        "name": "",
                        "article": "",
                        "attributes": [],
                        "price": {"amount": "81.46", "currency": "RUB", "quantity": "100", "vat_included": True},
                        "stock": {
                            "level": "none",
                            "quantity": "12.5",
                            "updated_at": MOMENT.isoformat().replace("+00:00", "Z"),
                            "warehouses": [
                                {
                                    "warehouse_id": str(shop.kazan),
                                    "name": "Казань",
                                    "quantity": "12.5",
                                    "updated_at": "2026-11-20T09:30:00Z",
                                    "is_own": True,
                                },
                                {
                                    "warehouse_id": str(shop.moscow),
                                    "name": "Москва",
                                    "quantity": "0",
                                    "updated_at": "2026-11-20T09:30:00Z",
                                    "is_own": False,
                                },
                            ],
                        },
                    }
                ],
            }
        ],
        "first": 1,
        "next": None,
        "previous": None,
        "shown_for": None,
    }


async def test_level_one_sees_only_the_default_price(client: AsyncTestClient, shop: Shop) -> None:
    await shop.product("Болт", retail="100", wholesale="63.17")
    low = await client.get(PRODUCTS, headers=await shop.buyer(level=1, email="low@example.test"))
    high = await client.get(PRODUCTS, headers=await shop.buyer(level=2, email="high@example.test"))
    assert low.json()["items"][0]["variants"][0]["price"]["amount"] == "100.00"
    assert "63.17" not in low.text
    assert high.json()["items"][0]["variants"][0]["price"]["amount"] == "63.17"


async def test_who_may_not_see_prices_or_stock_gets_no_field(client: AsyncTestClient, shop: Shop) -> None:
    await shop.product("Болт", wholesale="63.17", stock={shop.moscow: "777.625"})
    headers = await shop.buyer()
    async with shop.container.database().engine.begin() as connection:
        await connection.exec_driver_sql(
            "DELETE FROM role_grant WHERE permission IN ('prices.view', 'stock.view')"
            " AND role_id = (SELECT role_id FROM role WHERE code = 'client')"
        )
    answer = await client.get(PRODUCTS, headers=headers)
    variant = answer.json()["items"][0]["variants"][0]
    assert set(variant) == {"id", "name", "article", "attributes"}
    product = answer.json()["items"][0]["id"]
    card = await client.get(f"{PRODUCTS}/{product}", headers=headers)
    assert "prices" not in card.json()
    for text in (answer.text, card.text):
        assert "63.17" not in text
        assert "777.625" not in text
    filtered = await client.get(PRODUCTS, params={"in_stock": "true"}, headers=headers)
    assert filtered.status_code == 403
    assert (await client.post("/api/v1/prices", json={"lines": []}, headers=headers)).status_code == 403


async def test_staff_without_a_company_see_goods_without_prices(client: AsyncTestClient, shop: Shop) -> None:
    await shop.product("Болт", stock={shop.moscow: "5"})
    token = await shop.person("manager@example.test", role="manager")
    answer = await client.get(PRODUCTS, headers={"Authorization": f"Bearer {token}"})
    variant = answer.json()["items"][0]["variants"][0]
    assert "price" not in variant
    assert variant["stock"]["quantity"] == "5"


async def test_nobody_sees_anything_without_logging_in(client: AsyncTestClient, shop: Shop) -> None:
    product = await shop.product("Болт")
    for path in ("sections", "products", "facets", f"products/{product}"):
        assert (await client.get(f"/api/v1/catalog/{path}")).status_code == 401


async def test_hidden_and_inactive_goods_do_not_exist(client: AsyncTestClient, shop: Shop) -> None:
    section = await shop.section("Метизы")
    hidden = await shop.product("Болт скрытый", section=section, article="H-1", is_hidden=True)
    inactive = await shop.product("Болт снятый", section=section, article="I-1", is_active=False)
    await shop.product("Болт", section=section)
    headers = await shop.buyer()
    assert await names(client, headers) == ["Болт"]
    assert await names(client, headers, section=str(section)) == ["Болт"]
    assert await names(client, headers, q="болт") == ["Болт"]
    for product in (hidden, inactive, new_id()):
        answer = await client.get(f"{PRODUCTS}/{product}", headers=headers)
        assert answer.status_code == 404
        assert answer.json()["fields"][0]["field"] == "product"
    asked = [{"variant_id": str(hidden)}, {"article": "I-1"}]
    priced = await client.post("/api/v1/prices", json={"lines": asked}, headers=headers)
    assert [line["status"] for line in priced.json()["lines"]] == ["unknown", "unknown"]


async def test_sections_with_counts_and_their_subtrees(client: AsyncTestClient, shop: Shop) -> None:
    root = await shop.section("Электрика")
    leaf = await shop.section("Кабель", root)
    closed = await shop.section("Архив", root, is_active=False)
    below = await shop.section("Старое", closed)
    await shop.product("ВВГ", section=leaf)
    await shop.product("Щит", section=root)
    await shop.product("Забытое", section=below)
    headers = await shop.buyer()
    tree = (await client.get("/api/v1/catalog/sections", headers=headers)).json()
    assert [(one["name"], one["parent_id"]) for one in tree] == [("Электрика", None), ("Кабель", str(root))]
    assert await names(client, headers, section=str(leaf)) == ["ВВГ"]
    assert await names(client, headers, section=str(root)) == ["ВВГ", "Забытое", "Щит"]
    for section in (closed, below, new_id()):
        for path in ("products", "facets"):
            answer = await client.get(f"/api/v1/catalog/{path}", params={"section": str(section)}, headers=headers)
            assert answer.status_code == 404, (section, path)
            assert answer.json()["fields"][0]["field"] == "section"


@pytest.mark.parametrize(
    ("sort", "wanted"),
    [
        ("name", ["Болт М8", "Болт М10", "Гайка"]),
        ("-name", ["Гайка", "Болт М10", "Болт М8"]),
        ("article", ["Гайка", "Болт М8", "Болт М10"]),
        ("-article", ["Болт М10", "Болт М8", "Гайка"]),
        ("-new", ["Болт М8", "Гайка", "Болт М10"]),
    ],
)
async def test_orders(client: AsyncTestClient, shop: Shop, sort: str, wanted: list[str]) -> None:
    section = await shop.section("Метизы")
    for name, article in (("Болт М10", "C"), ("Гайка", "A"), ("Болт М8", "B")):
        await shop.product(name, section=section, article=article)
    headers = await shop.buyer()
    assert await names(client, headers, sort=sort) == wanted
    assert await names(client, headers, sort=sort, section=str(section)) == wanted


@pytest.mark.parametrize("sort", ["name", "-name", "article", "-article", "-new", "relevance"])
@pytest.mark.parametrize("scope", ["all", "section"])
async def test_pages_neither_overlap_nor_skip(client: AsyncTestClient, shop: Shop, sort: str, scope: str) -> None:
    section = await shop.section("Метизы")
    for place in range(11):
        # Equal names and articles: only the id tells them apart.
        await shop.product(f"Болт М{place % 3}", section=section, article=f"B-{place % 2}")
    headers = await shop.buyer()
    params: dict[str, object] = {"sort": sort, "limit": 3}
    params |= {"section": str(section)} if scope == "section" else {}
    params |= {"q": "болт"} if sort == "relevance" else {}
    whole = await client.get(PRODUCTS, params=params | {"limit": 200}, headers=headers)
    wanted = [item["id"] for item in whole.json()["items"]]
    assert len(set(wanted)) == 11

    pages, cursor = [], None
    while True:
        answer = (
            await client.get(PRODUCTS, params=params | ({"cursor": cursor} if cursor else {}), headers=headers)
        ).json()
        pages.append(answer)
        cursor = answer["next"]
        if cursor is None:
            break
    assert [item["id"] for page in pages for item in page["items"]] == wanted
    assert [page["first"] for page in pages] == [1, 4, 7, 10]

    # And back again.
    back, cursor = [], pages[-1]["previous"]
    while cursor is not None:
        answer = (await client.get(PRODUCTS, params=params | {"cursor": cursor}, headers=headers)).json()
        back.insert(0, answer)
        cursor = answer["previous"]
    assert [item["id"] for page in back for item in page["items"]] == wanted[:9]
    assert [page["first"] for page in back] == [1, 4, 7]
    assert back[-1]["next"] is not None


async def test_a_good_added_behind_does_not_disturb_the_next_page(client: AsyncTestClient, shop: Shop) -> None:
    for name in ("Б", "В", "Г"):
        await shop.product(name)
    headers = await shop.buyer()
    first = (await client.get(PRODUCTS, params={"limit": 2}, headers=headers)).json()
    await shop.product("А")  # an offset would now show "В" again
    assert await names(client, headers, limit=2, cursor=first["next"]) == ["Г"]


async def test_filters_by_brand_and_stock(client: AsyncTestClient, shop: Shop) -> None:
    iek, ekf = await shop.brand("IEK"), await shop.brand("EKF")
    await shop.product("А", brand=(iek, "IEK"), stock={shop.moscow: "1"})
    await shop.product("Б", brand=(ekf, "EKF"), stock={shop.moscow: "0"})
    await shop.product("В", stock={shop.moscow: "-1", shop.kazan: "2"})
    headers = await shop.buyer()
    assert await names(client, headers, brand=str(iek)) == ["А"]
    assert await names(client, headers, brand=[str(iek), str(ekf)]) == ["А", "Б"]
    assert await names(client, headers, in_stock="true") == ["А", "В"]
    facets = await client.get("/api/v1/catalog/facets", params={"brand": str(ekf)}, headers=headers)
    assert facets.json() == {
        "total": 1,
        "brands": [{"id": str(ekf), "name": "EKF", "count": 1}, {"id": str(iek), "name": "IEK", "count": 1}],
    }
    facets = await client.get("/api/v1/catalog/facets", params={"in_stock": "true", "brand": str(ekf)}, headers=headers)
    assert facets.json() == {
        "total": 0,
        "brands": [{"id": str(iek), "name": "IEK", "count": 1}, {"id": str(ekf), "name": "EKF", "count": 0}],
    }


async def test_card(client: AsyncTestClient, shop: Shop) -> None:
    root = await shop.section("Освещение")
    section = await shop.section("Лампы", root)
    product = await shop.product(
        "Лампа",
        section=section,
        article="L-1",
        barcodes=["4601234567893"],
        properties={"Цоколь": ["E27"]},
        retail=None,
        wholesale=None,
    )
    red = await shop.variant(
        product,
        name="красная",
        wholesale={"1": "80", "10": "70.005"},
        stock={shop.moscow: "4"},
        barcodes=["4600000000017"],
    )
    answer = await client.get(f"{PRODUCTS}/{product}", headers=await shop.buyer())
    assert answer.status_code == 200
    card = answer.json()
    assert [step["name"] for step in card["path"]] == ["Освещение", "Лампы"]
    assert card["characteristics"] == [{"name": "Цоколь", "values": ["E27"]}]
    assert set(card["barcodes"]) == {"4601234567893", "4600000000017"}
    variants = {one["id"]: one for one in card["product"]["variants"]}
    assert set(variants) == {str(product), str(red)}
    assert variants[str(product)]["price"] == {
        "amount": None,
        "currency": "RUB",
        "quantity": "1",
        "vat_included": True,
        "reason": "no_price_of_type",
    }
    assert variants[str(red)]["attributes"] == [["Цвет", "красная"]]
    explained = {one["variant_id"]: one for one in card["prices"]}
    assert explained[str(red)] == {
        "variant_id": str(red),
        "base": {
            "price_type_id": str(shop.wholesale),
            "amount": "80.0000",
            "min_quantity": "1",
            "rounding": "line_each_discount",
        },
        "breaks": [{"min_quantity": "1", "amount": "80.00"}, {"min_quantity": "10", "amount": "70.01"}],
    }


async def test_variants_of_a_list_are_bounded_and_counted(client: AsyncTestClient, shop: Shop) -> None:
    product = await shop.product("Майка", retail=None, wholesale=None)
    for place in range(25):
        await shop.variant(product, name=f"{place:02}", wholesale="5")
    headers = await shop.buyer()
    item = (await client.get(PRODUCTS, headers=headers)).json()["items"][0]
    assert item["variant_count"] == 26
    assert len(item["variants"]) == 20
    card = (await client.get(f"{PRODUCTS}/{product}", headers=headers)).json()
    assert len(card["product"]["variants"]) == 26
