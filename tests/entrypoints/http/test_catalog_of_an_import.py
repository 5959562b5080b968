"""What 1C sent is what buyers see: a made-up wholesaler's export through the product's own import."""

from pathlib import Path

import pytest
from litestar.testing import AsyncTestClient

from b2b_dvizhenie.adapters.postgres.tables.companies import agreement, company, membership
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.entrypoints.cli.importing import run_import
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.testing.wholesaler import Wholesaler, write_catalog

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
GOODS = 300
PASSWORD = "correct horse battery"


@pytest.fixture
async def headers(container: Container, tmp_path: Path) -> dict[str, str]:
    """A wholesale buyer of a wholesaler whose export was just imported."""
    write_catalog(Wholesaler(size=GOODS, seed=11), tmp_path / "export", pictures=False)
    await run_import(container, tmp_path / "export", "1c", as_json=True)
    user = await container.create_user()(
        system_actor("test"), role="client", name="Покупатель", email="buyer@example.test", password=PASSWORD
    )
    key = new_id()
    async with container.database().engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE price_type SET is_active = true")
        kinds = await connection.exec_driver_sql("SELECT price_type_id FROM price_type ORDER BY name")
        moment = container.clock()()
        await connection.execute(
            company.insert().values(company_id=key, kind="legal", name="ООО Ромашка", updated_at=moment)
        )
        await connection.execute(
            agreement.insert().values(agreement_id=new_id(), company_id=key, price_type_id=kinds.scalar())
        )
        await connection.execute(membership.insert().values(user_id=user, company_id=key, access_level=2))
    opened = await container.log_in()("buyer@example.test", PASSWORD)
    return {"Authorization": f"Bearer {opened.token}"}


async def everything(client: AsyncTestClient, headers: dict[str, str], **params: object) -> list[dict]:
    items: list[dict] = []
    cursor = None
    while True:
        asked = {"limit": 97, **params} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/v1/catalog/products", params=asked, headers=headers)).json()
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items


async def test_lists_counts_search_and_prices_agree(
    client: AsyncTestClient, container: Container, headers: dict[str, str]
) -> None:
    async with container.database().engine.begin() as connection:
        visible = (
            await connection.exec_driver_sql("SELECT count(*) FROM product WHERE is_active AND NOT is_hidden")
        ).scalar_one()
    items = await everything(client, headers)
    assert len({item["id"] for item in items}) == len(items) == visible > GOODS / 2
    facets = (await client.get("/api/v1/catalog/facets", headers=headers)).json()
    assert facets["total"] == visible

    # Every section says how many goods it has, and has them.
    sections = (await client.get("/api/v1/catalog/sections", headers=headers)).json()
    assert len(sections) > 5
    for section in sections[:: max(1, len(sections) // 12)]:
        found = await everything(client, headers, section=section["id"])
        assert len(found) == section["product_count"], section["name"]
        counted = await client.get("/api/v1/catalog/facets", params={"section": section["id"]}, headers=headers)
        assert counted.json()["total"] == section["product_count"]

    # Every good is found by its article and by its barcode, first.
    for item in items[::23]:
        found = (await client.get("/api/v1/catalog/products", params={"q": item["article"]}, headers=headers)).json()
        assert item["id"] in [one["id"] for one in found["items"] if one["article"] == item["article"]], item
        assert found["items"][0]["article"] == item["article"]
        card = (await client.get(f"/api/v1/catalog/products/{item['id']}", headers=headers)).json()
        for barcode in card["barcodes"][:1]:
            found = (await client.get("/api/v1/catalog/products", params={"q": barcode}, headers=headers)).json()
            assert found["items"][0]["id"] == item["id"]

    # The list, the card and the price request tell one price.
    priced = [item for item in items if item["variants"] and item["variants"][0]["price"]["amount"]]
    assert len(priced) > visible / 2
    for item in priced[::31]:
        variant = item["variants"][0]
        quantity = variant["price"]["quantity"]
        asked = {"lines": [{"variant_id": variant["id"], "quantity": quantity}]}
        line = (await client.post("/api/v1/prices", json=asked, headers=headers)).json()["lines"][0]
        card = (await client.get(f"/api/v1/catalog/products/{item['id']}", headers=headers)).json()
        on_card = next(one for one in card["product"]["variants"] if one["id"] == variant["id"])
        assert variant["price"]["amount"] == line["unit_price"] == on_card["price"]["amount"]
        assert variant["stock"] == on_card["stock"]


async def test_typing_errors_are_looked_up_among_imported_words(
    client: AsyncTestClient, headers: dict[str, str]
) -> None:
    found = (await client.get("/api/v1/catalog/products", params={"q": "rf,tkm"}, headers=headers)).json()
    assert found["items"]
    assert found["shown_for"]["text"] == "кабель"
