"""Orders through the HTTP door (ORD, REO, HIER-3; reliability.md P1, P5, C4, C5)."""

from decimal import Decimal
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from market import Market, Person
from sqlalchemy import func, select

from b2b_dvizhenie.adapters.postgres.tables.operations import audit, job
from b2b_dvizhenie.adapters.postgres.tables.ordering import order_line
from b2b_dvizhenie.application.exchange.records import LinkedDocument, OrderLineRecord, OrderStateRecord
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.ids import NodeId, VariantId, new_id
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


@pytest.fixture
async def buyer(market: Market) -> Person:
    return await market.member(await market.client("Buyer"), name="Anna")


async def put(client: AsyncTestClient, person: Person, variant: VariantId, quantity: str = "2") -> dict[str, Any]:
    answer = await client.put(f"/api/v1/cart/lines/{variant}", headers=person.headers, json={"quantity": quantity})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def order(client: AsyncTestClient, person: Person, key: str = "", **body: Any) -> Any:
    headers = person.headers | ({"Idempotency-Key": key} if key else {})
    return await client.post("/api/v1/orders", headers=headers, json=body)


async def test_cart_becomes_an_order(
    client: AsyncTestClient, container: Container, market: Market, buyer: Person
) -> None:
    first, second = await market.goods(amount="33.335"), await market.goods(amount="10", vat_rate=None)
    await put(client, buyer, first, "3")
    await put(client, buyer, second, "1")
    answer = await order(client, buyer, comment="as usual", client_number="PO-7", delivery_address="Warehouse 3")
    assert answer.status_code == 201
    receipt = answer.json()
    assert receipt["number"] == "B-000001"
    assert (receipt["amount"], receipt["vat_amount"]) == ("110.01", "18.03")
    shown = await client.get(answer.headers["location"], headers=buyer.headers)
    details = shown.json()
    assert [(line["quantity"], line["price"], line["amount"]) for line in details["lines"]] == [
        ("3", "33.34", "100.01"),
        ("1", "10.00", "10.00"),
    ]
    assert (details["comment"], details["delivery_address"]) == ("as usual", "Warehouse 3")
    assert details["summary"]["client_number"] == "PO-7"
    assert (details["summary"]["status"], details["summary"]["canonical"]) == ("new", "new")
    assert [(event["kind"], event["actor"]) for event in details["events"]] == [("placed", "Anna")]
    assert (await client.get("/api/v1/cart", headers=buyer.headers)).json()["lines"] == []
    async with container.database().engine.connect() as connection:
        jobs = (await connection.execute(select(job.c.name, job.c.payload))).all()
        audited = (await connection.execute(select(audit.c.action, audit.c.subject_id))).all()
        explanation = (await connection.scalars(select(order_line.c.explanation).order_by("position"))).first()
    assert [(name, payload["number"]) for name, payload in jobs] == [("ordering.order_placed", "B-000001")]
    assert audited == [("ordering.order_placed", receipt["id"])]
    assert explanation["base"]["amount"] == "33.3350"


async def test_same_key_is_the_same_order_and_another_body_a_conflict(
    client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    variant = await market.goods()
    body = {"lines": [{"variant_id": str(variant), "quantity": 1}], "accept_prices": True}
    answers = [await order(client, buyer, "k1", **body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert len({answer.json()["id"] for answer in answers}) == 1
    other = await order(client, buyer, "k1", **body, comment="another")
    assert (other.status_code, other.json()["code"]) == (409, "ordering.idempotency_key_reused")
    assert (await order(client, buyer, "k2", **body)).status_code == 201
    stranger = await market.member(await market.client())
    assert (await order(client, stranger, "k1", **body)).status_code == 201
    assert (await order(client, buyer, "k" * 201, **body)).status_code == 400


async def test_cart_submitted_twice_with_a_key_is_one_order(
    client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    await put(client, buyer, await market.goods())
    assert (await order(client, buyer, "k")).status_code == 201
    assert (await order(client, buyer, "k")).status_code == 200
    empty = await order(client, buyer)
    assert (empty.status_code, empty.json()["code"]) == (409, "ordering.cart_empty")


async def test_rise_needs_consent_and_a_drop_is_passed_on(
    client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    variant = await market.goods(amount="100")
    await put(client, buyer, variant)
    await market.set_price(variant, "110")
    refused = await order(client, buyer, "k")
    assert (refused.status_code, refused.json()["code"]) == (409, "ordering.price_changed")
    assert refused.json()["fields"][0]["params"]["previous"] == "100"
    assert refused.json()["fields"][0]["params"]["price"] == "110"
    version = refused.json()["params"]["price_version"]
    await market.set_price(variant, "120")
    again = await order(client, buyer, "k", price_version=version)
    assert again.status_code == 409, "consent to 110 is no consent to 120"
    agreed = await order(client, buyer, "k", price_version=again.json()["params"]["price_version"])
    assert (agreed.status_code, agreed.json()["amount"]) == (201, "240.00")

    await put(client, buyer, variant)
    await market.set_price(variant, "90")
    assert (await order(client, buyer)).json()["amount"] == "180.00"


async def test_price_of_the_cart_page_is_agreed_by_its_version(
    client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    variant = await market.goods(amount="100")
    await put(client, buyer, variant)
    await market.set_price(variant, "110")
    cart = (await client.get("/api/v1/cart", headers=buyer.headers)).json()
    assert cart["needs_consent"]
    assert (await order(client, buyer)).status_code == 409
    assert (await order(client, buyer, price_version=cart["price_version"])).status_code == 201


async def test_explicit_lines_compare_the_price_and_never_charge_it(
    client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    variant = await market.goods(amount="100", article="X-1")

    async def place(**line: Any) -> Any:
        return await order(client, buyer, lines=[{"article": "X-1", "quantity": 2, **line}])

    assert (await place()).json()["code"] == "ordering.price_changed"
    assert (await place(price="99.99")).status_code == 409
    assert (await place(price="100")).json()["amount"] == "200.00"
    assert (await place(price="150")).json()["amount"] == "200.00"
    for price in ("NaN", "-1", "1E+999999", "0.00001"):
        bad = await place(price=price)
        assert (bad.status_code, bad.json()["fields"][0]["field"]) == (400, "lines.0.price")
    assert (await client.get("/api/v1/cart", headers=buyer.headers)).json()["lines"] == []
    assert variant


@pytest.mark.parametrize(
    "extra",
    [
        {"total": "1"},
        {"status": "closed"},
        {"discount": 50},
        {"lines": [{"article": "A", "quantity": 1, "amount": "0.01"}]},
        {"lines": [{"article": "A", "quantity": 1, "markup": 5}]},
    ],
)
async def test_client_never_sets_money(client: AsyncTestClient, market: Market, buyer: Person, extra: Any) -> None:
    await market.goods(article="A")
    assert (await order(client, buyer, **extra)).status_code == 400


async def test_refusals_name_every_line_and_leave_the_cart(
    client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    gone, boxed, unpriced, good = (
        await market.goods(),
        await market.goods(multiple="2"),
        await market.goods(amount=None),
        await market.goods(),
    )
    for variant in (gone, boxed, unpriced, good):
        await put(client, buyer, variant, "4")
    await market.take_off_sale(gone)
    await market.set_multiple(boxed, "3")
    answer = await order(client, buyer)
    assert (answer.status_code, answer.json()["code"]) == (409, "ordering.refused")
    told = {field["field"]: (field["code"], field["params"]) for field in answer.json()["fields"]}
    assert told["lines.0.variant_id"][0] == "ordering.not_on_sale"
    assert told["lines.1.quantity"][0] == "shared.quantity_not_multiple"
    assert (told["lines.1.quantity"][1]["lower"], told["lines.1.quantity"][1]["upper"]) == ("3", "6")
    assert told["lines.2.variant_id"][0] == "ordering.no_price"
    assert len(told) == 3
    assert len((await client.get("/api/v1/cart", headers=buyer.headers)).json()["lines"]) == 4


async def test_sellers_conditions_change_at_run_time(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    variant = await market.goods(amount="100", in_stock="5")
    await put(client, buyer, variant, "6")
    await market.set_policy(minimum_amount="1000", stock="within_stock")
    answer = await order(client, buyer)
    codes = {field["code"]: field["params"] for field in answer.json()["fields"]}
    assert codes["ordering.below_minimum"]["shortfall"] == "400"
    assert codes["ordering.not_enough_stock"]["available"] == "5"
    await market.set_policy()
    assert (await order(client, buyer)).status_code == 201


async def test_goods_of_two_bases_are_two_orders(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    other = await market.other_node("second")
    await put(client, buyer, await market.goods())
    await put(client, buyer, await market.goods(node_id=other))
    answer = await order(client, buyer)
    assert answer.json()["code"] == "ordering.other_source"
    assert answer.json()["fields"][0]["field"] == "lines.1.variant_id"


async def test_order_is_for_the_company_at_the_button(client: AsyncTestClient, market: Market) -> None:
    one, two = await market.client("A"), await market.client("B")
    person = await market.member(one, two)
    variant = await market.goods()
    await client.put(
        f"/api/v1/cart/lines/{variant}", headers=person.headers | {"X-Company-Id": str(one)}, json={"quantity": 1}
    )
    wrong = await client.post(
        "/api/v1/orders", headers=person.headers | {"X-Company-Id": str(two)}, json={"company_id": str(one)}
    )
    assert (wrong.status_code, wrong.json()["code"]) == (409, "ordering.company_changed")
    right = await client.post(
        "/api/v1/orders", headers=person.headers | {"X-Company-Id": str(two)}, json={"company_id": str(two)}
    )
    assert right.json()["company_id"] == str(two)
    foreign = await client.post(
        "/api/v1/orders", headers=person.headers | {"X-Company-Id": str(await market.client("C"))}, json={}
    )
    assert foreign.json()["code"] == "companies.company_required"


async def test_foreign_orders_do_not_exist(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    await put(client, buyer, await market.goods())
    placed = (await order(client, buyer)).json()
    stranger = await market.member(await market.client("Other"))
    url = f"/api/v1/orders/{placed['id']}"
    for person in (stranger, await market.member(), await market.member(role_code="manager")):
        assert (await client.get(url, headers=person.headers)).status_code == 404
        listed = (await client.get("/api/v1/orders", headers=person.headers)).json()
        assert (listed["orders"], listed["total"]) == ([], 0)
        assert (await client.post(f"{url}/cancel", headers=person.headers)).status_code == 404
    assert (await client.post(f"{url}/repeat", headers=stranger.headers)).status_code == 404
    assert (await client.get(f"/api/v1/orders/{new_id()}", headers=buyer.headers)).status_code == 404
    assert (await client.get(url, headers=buyer.headers)).json()["summary"]["status"] == "new"


async def test_cancel(client: AsyncTestClient, container: Container, market: Market, buyer: Person) -> None:
    await put(client, buyer, await market.goods())
    placed = (await order(client, buyer)).json()
    url = f"/api/v1/orders/{placed['id']}"
    assert (await client.get(url, headers=buyer.headers)).json()["can_cancel"]
    for _ in range(2):
        answer = await client.post(f"{url}/cancel", headers=buyer.headers)
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    details = (await client.get(url, headers=buyer.headers)).json()
    assert [event["kind"] for event in details["events"]] == ["placed", "status"]
    assert details["events"][1]["params"] == {"before": "new", "after": "cancelled", "by": "buyer"}
    assert (details["revision"], details["can_cancel"]) == (2, False)
    async with container.database().engine.connect() as connection:
        told = await connection.scalar(
            select(func.count()).select_from(job).where(job.c.name == "ordering.order_cancelled")
        )
    assert told == 1


async def test_repeat_puts_todays_goods_and_tells_the_differences(
    client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    kept, gone, boxed = await market.goods(amount="100"), await market.goods(), await market.goods()
    for variant in (kept, gone, boxed):
        await put(client, buyer, variant, "4")
    placed = (await order(client, buyer)).json()
    await market.take_off_sale(gone)
    await market.set_multiple(boxed, "6")
    await market.set_price(kept, "130")
    for _ in range(2):  # repeating twice is repeating once
        answer = (await client.post(f"/api/v1/orders/{placed['id']}/repeat", headers=buyer.headers)).json()
        assert [(line["reason"], line["ordered"], line["put"]) for line in answer["differences"]] == [
            ("gone", "4", None),
            ("rounded", "4", "6"),
        ]
        assert [(line["quantity"], line["price"]) for line in answer["cart"]["lines"]] == [
            ("4", "130.00"),
            ("6", "100.00"),
        ]
        assert not answer["cart"]["needs_consent"]


async def test_list_pages_filters_and_counts(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    variant = await market.goods()
    ids = []
    for index in range(5):
        await put(client, buyer, variant)
        ids.append((await order(client, buyer, client_number=f"PO-{index}")).json()["id"])
    await client.post(f"/api/v1/orders/{ids[2]}/cancel", headers=buyer.headers)

    async def listed(query: str) -> dict[str, Any]:
        answer = await client.get(f"/api/v1/orders?{query}", headers=buyer.headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    walked: list[str] = []
    cursor = ""
    while True:
        page = await listed(f"limit=2&cursor={cursor}")
        assert page["total"] == 5
        walked += [one["order_id"] for one in page["orders"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert walked == ids[::-1]
    assert [one["order_id"] for one in (await listed("status=cancelled"))["orders"]] == [ids[2]]
    assert (await listed("status=new,in_progress"))["total"] == 4
    assert [one["order_id"] for one in (await listed("q=po-3"))["orders"]] == [ids[3]]
    assert (await listed("q=%25"))["total"] == 0
    assert (await listed("since=2000-01-01&until=2000-01-02"))["total"] == 0
    assert (await listed("until=9999-12-31"))["total"] == (await listed(""))["total"]
    for bad in ("status=nonsense", "cursor=nonsense", "since=nonsense", "limit=nonsense"):
        answer = await client.get(f"/api/v1/orders?{bad}", headers=buyer.headers)
        assert answer.status_code == 400, bad


async def test_long_texts_are_refused_by_field(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    await put(client, buyer, await market.goods())
    answer = await order(client, buyer, comment="x" * 2001, client_number="y" * 101)
    assert [field["field"] for field in answer.json()["fields"]] == ["comment", "client_number"]


async def test_staff_cannot_order_and_managers_see_their_clients(client: AsyncTestClient, market: Market) -> None:
    manager = await market.member(role_code="manager")
    person = await market.member(await market.client(manager=manager))
    await put(client, person, await market.goods())
    placed = (await order(client, person)).json()
    assert (await order(client, manager)).status_code == 403
    assert (await client.get("/api/v1/orders", headers=manager.headers)).json()["total"] == 1
    cancelled = await client.post(f"/api/v1/orders/{placed['id']}/cancel", headers=manager.headers)
    assert cancelled.json()["status"] == "cancelled"


async def test_colleague_of_a_lower_level_sees_the_order_without_sums(client: AsyncTestClient, market: Market) -> None:
    company = await market.client()
    senior, junior = await market.member(company, level=2), await market.member(company, level=1)
    variant = await market.goods("77.31")
    placed = await market.order(senior, (variant, "3"))
    state = OrderStateRecord(
        placed.number,
        lines=(OrderLineRecord(str(variant), "Goods", Decimal(2), Decimal("77.31"), Decimal("154.62")),),
        amount=Decimal("154.62"),
        linked=(LinkedDocument("payment", "1", None, Decimal("231.93")),),
    )
    await market.container.apply_order_state()(system_actor("exchange"), NodeId(market.node), state)
    for path in ("/api/v1/orders", f"/api/v1/orders/{placed.order_id}"):
        seen = {person.user_id: (await client.get(path, headers=person.headers)).text for person in (senior, junior)}
        assert "231.93" in seen[senior.user_id]
        for secret in ("77.31", "231.93", "154.62", "41.82"):
            assert secret not in seen[junior.user_id], path
    client.cookies.set("b2b_session", junior.token)
    for path in ("/orders", f"/orders/{placed.order_id}"):
        page = await client.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert not any(secret in page.text for secret in ("77,31", "231,93", "154,62", "41,82"))
    own = await market.order(junior, (variant, "1"))
    shown = (await client.get(f"/api/v1/orders/{own.order_id}", headers=junior.headers)).json()
    assert shown["summary"]["total"] == "77.31"
