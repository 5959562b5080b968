"""The cart through the HTTP door (CART, QTY, MUL, LIV-4; reliability.md P2)."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from market import Market, Person

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

NASTY = ["0", "-1", "1e-9", "1e18", "NaN", "sNaN", "Infinity", "-Infinity", "1E+999999", "1E-999999", "0.0001"]


@pytest.fixture
async def buyer(market: Market) -> Person:
    return await market.member(await market.client())


async def test_put_show_remove(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    first, second = await market.goods(amount="99.90"), await market.goods(amount="10", multiple="5", vat_rate="10")
    answer = await client.patch(
        "/api/v1/cart",
        headers=buyer.headers,
        json={
            "lines": [
                {"variant_id": str(second), "quantity": "10"},
                {"variant_id": str(first), "quantity": 3, "comment": "soon"},
            ]
        },
    )
    assert answer.status_code == 200
    cart = answer.json()
    assert [line["variant_id"] for line in cart["lines"]] == [str(second), str(first)]
    assert (cart["amount"], cart["total"], cart["positions"]) == ("399.70", "399.70", 2)
    assert cart["vat_amount"] == "63.13"  # 299.70 × 22 / 122 + 100 × 10 / 110
    assert cart["lines"][1]["comment"] == "soon"
    assert cart["can_order"]
    assert not cart["needs_consent"]
    assert (await client.get("/api/v1/cart", headers=buyer.headers)).json() == cart

    changed = await client.put(f"/api/v1/cart/lines/{first}", headers=buyer.headers, json={"quantity": "1"})
    assert changed.json()["line"]["quantity"] == "1"
    assert changed.json()["line"]["comment"] == "soon"
    assert changed.json()["total"] == "199.90"

    gone = await client.delete(f"/api/v1/cart/lines/{second}", headers=buyer.headers)
    assert (gone.json()["line"], gone.json()["total"]) == (None, "99.90")
    assert (await client.delete("/api/v1/cart", headers=buyer.headers)).json() == {"removed": 1}
    assert (await client.get("/api/v1/cart", headers=buyer.headers)).json()["lines"] == []


async def test_put_replaces_and_merges_duplicates(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    first, second = await market.goods(), await market.goods(article="ВВГ-нг 3х1,5")
    await client.put(f"/api/v1/cart/lines/{first}", headers=buyer.headers, json={"quantity": "1"})
    answer = await client.put(
        "/api/v1/cart",
        headers=buyer.headers,
        json={"lines": [{"article": "ВВГ-нг 3х1,5", "quantity": 2}, {"article": "ввгнг 3x1.5", "quantity": 3}]},
    )
    assert [(line["variant_id"], line["quantity"]) for line in answer.json()["lines"]] == [(str(second), "5")]


async def test_adding_counts_on_top(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    variant = await market.goods()
    for _ in range(2):
        answer = await client.patch(
            "/api/v1/cart",
            headers=buyer.headers,
            json={"mode": "add", "lines": [{"variant_id": str(variant), "quantity": 2}]},
        )
    assert answer.json()["lines"][0]["quantity"] == "4"


@pytest.mark.parametrize("quantity", [*NASTY, "", "ten", True, None, []])
async def test_nasty_quantities_are_refused_by_field(
    client: AsyncTestClient, market: Market, buyer: Person, quantity: Any
) -> None:
    good, other = await market.goods(), await market.goods()
    await client.put(f"/api/v1/cart/lines/{good}", headers=buyer.headers, json={"quantity": 7})
    before = (await client.get("/api/v1/cart", headers=buyer.headers)).json()
    lines = [{"variant_id": str(other), "quantity": 1} for _ in range(3)]
    answer = await client.patch(
        "/api/v1/cart",
        headers=buyer.headers,
        json={"lines": [*lines, {"variant_id": str(good), "quantity": quantity}]},
    )
    assert answer.status_code == 400, answer.text
    assert [field["field"] for field in answer.json()["fields"]] == ["lines.3.quantity"]
    single = await client.put(f"/api/v1/cart/lines/{good}", headers=buyer.headers, json={"quantity": quantity})
    assert single.status_code == 400
    assert [field["field"] for field in single.json()["fields"]] == ["quantity"]
    assert (await client.get("/api/v1/cart", headers=buyer.headers)).json() == before


async def test_no_multiple_names_the_nearest(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    variant = await market.goods(multiple="12")
    for asked, lower, upper in (("13", "12", "24"), ("5", None, "12")):
        answer = await client.patch(
            "/api/v1/cart", headers=buyer.headers, json={"lines": [{"variant_id": str(variant), "quantity": asked}]}
        )
        fault = answer.json()["fields"][0]
        assert (fault["field"], fault["code"]) == ("lines.0.quantity", "shared.quantity_not_multiple")
        assert (fault["params"]["lower"], fault["params"]["upper"]) == (lower, upper)
        assert upper in fault["detail"]


async def test_every_fault_is_told_at_once(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    gone, twin, box = await market.goods(), await market.goods(article="TWIN"), await market.goods(multiple="10")
    await market.goods(article="TWIN")
    await market.take_off_sale(gone)
    lines: list[dict[str, Any]] = [
        {"variant_id": str(gone), "quantity": 1},
        {"article": "TWIN", "quantity": 1},
        {"article": "no such", "quantity": 1},
        {"quantity": 1},
    ]
    answer = await client.patch("/api/v1/cart", headers=buyer.headers, json={"lines": lines})
    told = {field["field"]: field["code"] for field in answer.json()["fields"]}
    assert told == {
        "lines.0.variant_id": "ordering.goods_unknown",
        "lines.1.article": "ordering.article_ambiguous",
        "lines.2.article": "ordering.goods_unknown",
        "lines.3.article": "ordering.goods_unknown",
    }
    assert str(twin) in answer.json()["fields"][1]["params"]["variants"]
    assert (await client.get("/api/v1/cart", headers=buyer.headers)).json()["lines"] == []
    assert box


async def test_ten_thousand_lines_are_bounded(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    variant = await market.goods()
    lines = [{"variant_id": str(variant), "quantity": 1}] * 10_000
    answer = await client.patch("/api/v1/cart", headers=buyer.headers, json={"lines": lines})
    assert answer.status_code == 400
    assert answer.json()["code"] == "ordering.too_many_lines"
    assert answer.json()["params"] == {"count": 10_000, "maximum": 2000}


async def test_unknown_fields_are_refused(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    variant = await market.goods()
    answer = await client.put(
        f"/api/v1/cart/lines/{variant}", headers=buyer.headers, json={"quantity": 1, "price": "0.01"}
    )
    assert answer.status_code == 400


async def test_a_rise_stays_marked_and_a_drop_is_passed_on(
    client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    variant = await market.goods(amount="100")
    await client.put(f"/api/v1/cart/lines/{variant}", headers=buyer.headers, json={"quantity": 2})
    await market.set_price(variant, "110")
    for _ in range(2):
        cart = (await client.get("/api/v1/cart", headers=buyer.headers)).json()
        line = cart["lines"][0]
        assert (line["price"], line["previous_price"], line["change"]) == ("110.00", "100.00", "up")
        assert cart["needs_consent"]
    await market.set_price(variant, "90")
    line = (await client.get("/api/v1/cart", headers=buyer.headers)).json()["lines"][0]
    assert (line["price"], line["previous_price"], line["change"]) == ("90.00", "100.00", "down")
    cart = (await client.get("/api/v1/cart", headers=buyer.headers)).json()
    assert (cart["lines"][0]["change"], cart["needs_consent"]) == ("", False)


async def test_another_break_is_no_rise_but_a_rise_under_it_is(
    client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    variant = await market.goods(amount="100")
    await market.set_price(variant, "80", from_quantity="10")
    url = f"/api/v1/cart/lines/{variant}"
    await client.put(url, headers=buyer.headers, json={"quantity": 10})
    smaller = (await client.put(url, headers=buyer.headers, json={"quantity": 2})).json()
    assert (smaller["line"]["price"], smaller["line"]["change"], smaller["needs_consent"]) == ("100.00", "", False)
    await market.set_price(variant, "120")
    larger = (await client.put(url, headers=buyer.headers, json={"quantity": 3})).json()
    assert (larger["line"]["price"], larger["line"]["change"], larger["needs_consent"]) == ("120.00", "up", True)


async def test_company_switch_keeps_lines_and_changes_prices(client: AsyncTestClient, market: Market) -> None:
    base, deal = await market.client("A", price_type=market.retail), await market.client("B")
    person = await market.member(base, deal)
    variant = await market.goods(amount="100")
    await client.put(
        f"/api/v1/cart/lines/{variant}", headers=person.headers | {"X-Company-Id": str(base)}, json={"quantity": 2}
    )
    carts = [
        (await client.get("/api/v1/cart", headers=person.headers | {"X-Company-Id": str(one)})).json()
        for one in (base, deal)
    ]
    assert [cart["company_id"] for cart in carts] == [str(base), str(deal)]
    assert [[line["variant_id"] for line in cart["lines"]] for cart in carts] == [[str(variant)]] * 2


async def test_line_that_went_off_sale_is_flagged_not_dropped(
    client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    variant = await market.goods()
    await client.put(f"/api/v1/cart/lines/{variant}", headers=buyer.headers, json={"quantity": 2})
    await market.take_off_sale(variant)
    cart = (await client.get("/api/v1/cart", headers=buyer.headers)).json()
    assert [problem["code"] for problem in cart["lines"][0]["problems"]] == ["ordering.not_on_sale"]
    assert not cart["can_order"]


async def test_who_has_no_cart(client: AsyncTestClient, market: Market) -> None:
    manager = await market.member(role_code="manager")
    assert (await client.get("/api/v1/cart", headers=manager.headers)).status_code == 403
    lonely = await market.member()
    answer = await client.get("/api/v1/cart", headers=lonely.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "companies.company_required")
    assert (await client.get("/api/v1/cart")).status_code == 401
