"""Cart, checkout and orders as a buyer sees them (ux.md B2–B4, B13, B20)."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from lxml import html
from market import Market, Person

from b2b_dvizhenie.application.exchange.records import LinkedDocument, OrderLineRecord, OrderStateRecord
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.ids import NodeId, OrderId, VariantId, new_id

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}
PARTIAL = PAGE | {"HX-Request": "true", "HX-Request-Type": "partial"}


def texts(answer: Response, selector: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in html.fromstring(answer.text).cssselect(selector)]


def hidden(answer: Response, form: str) -> dict[str, str]:
    fields = html.fromstring(answer.text).cssselect(f"form[action^='{form}'] input[type=hidden]")
    return {field.get("name"): field.get("value") for field in fields}


@pytest.fixture
async def buyer(market: Market, client: AsyncTestClient) -> Person:
    person = await market.member(await market.client("ООО Ромашка"), name="Анна Петрова")
    client.cookies.set("b2b_session", person.token)
    return person


async def put(client: AsyncTestClient, headers: dict[str, str] = PARTIAL, **quantities: str) -> Response:
    fields = {f"q.{UUID(key.removeprefix('v'))}": value for key, value in quantities.items()}
    return await client.post("/cart/items", data=fields, headers=headers, follow_redirects=False)


def key(variant: VariantId) -> str:
    return f"v{variant.hex}"


async def see(client: AsyncTestClient, path: str, headers: dict[str, str] = PAGE) -> Response:
    answer = await client.get(path, headers=headers, follow_redirects=False)
    assert answer.status_code == 200, answer.text
    return answer


async def check_out(client: AsyncTestClient, **changes: str) -> Response:
    page = await see(client, "/checkout")
    return await client.post(
        "/checkout", data=hidden(page, "/checkout") | changes, headers=PAGE, follow_redirects=False
    )


async def test_quantity_in_a_list_is_saved_rounded_up_and_told(
    client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    variant = await market.goods("10.50", multiple="12", article="КАБ-1")
    answer = await put(client, **{key(variant): "1 3,0"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    page = html.fromstring(f"<div>{answer.text}</div>")
    saved = page.cssselect(f"output#sum-{variant}")[0]
    assert (saved.get("data-saved"), saved.text_content()) == ("24", "252,00\u00a0₽")
    assert page.cssselect("#cart-total")[0].get("data-total") == "252.00"
    assert "КАБ-1: отпускается кратно 12, поэтому 24 шт." in answer.text
    row = html.fromstring((await see(client, "/catalog")).text).cssselect(f"[name='q.{variant}']")[0]
    assert row.get("value") == "24", "reload keeps it"


async def test_zero_removes_and_nothing_else_changes(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    one, two = await market.goods("10"), await market.goods("20")
    await put(client, **{key(one): "1", key(two): "2"})
    answer = await put(client, **{key(one): "0"})
    page = html.fromstring(f"<div>{answer.text}</div>")
    assert page.cssselect(f"output#sum-{one}")[0].get("data-saved") == ""
    assert texts(await see(client, "/cart"), "tbody .c-name code") == ["ART-00002"]


async def test_without_script_the_whole_list_is_posted_and_one_comes_back(
    client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    one, two = await market.goods(), await market.goods()
    form = {f"q.{one}": "3", f"q.{two}": "", "next": "/catalog?sort=article"}
    answer = await client.post("/cart/items", data=form, headers=PAGE, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/catalog?sort=article")
    answer = await client.post(
        "/cart/items", data=form | {"next": "https://evil.example"}, headers=PAGE, follow_redirects=False
    )
    assert answer.headers["location"] == "/cart"
    assert texts(await see(client, "/cart"), "tbody .c-sum") == ["300,00 ₽"]


@pytest.mark.parametrize("typed", ["abc", "-1", "1e5", "1.2345", "99999999", "٣", "NaN", "1,5"])
async def test_wrong_quantities_are_said_and_lose_nothing(
    client: AsyncTestClient, market: Market, buyer: Person, typed: str
) -> None:
    variant = await market.goods()
    await put(client, **{key(variant): "2"})
    answer = await put(client, **{key(variant): typed})
    if typed == "1,5":
        assert answer.status_code == 200, "rounded up to whole pieces"
        return
    assert answer.status_code == 422
    assert texts(answer, ".toast[data-tone=bad]") == [
        "Укажите количество числом больше нуля, не больше трёх знаков после запятой."
    ]
    assert texts(await see(client, "/cart"), "tbody .c-sum") == ["200,00 ₽"]
    assert (await put(client, v00000000000000000000000000000001="1")).status_code == 422


async def test_cart_page_marks_what_changed_and_what_blocks(
    client: AsyncTestClient, market: Market, buyer: Person
) -> None:
    risen, gone = await market.goods("100"), await market.goods("50")
    await put(client, **{key(risen): "2", key(gone): "1"})
    await market.set_price(risen, "110")
    await market.take_off_sale(gone)
    page = await see(client, "/cart")
    assert texts(page, "tbody .price.up .was") == ["прежняя цена: 100,00 ₽"]
    assert texts(page, ".line-problem.bad") == ["Товар «Goods 2» сейчас не продаётся. Уберите его из корзины."]
    assert texts(page, ".notice-warn span") == ["С тех пор как вы собрали корзину, она подорожала на 20,00 ₽."]
    assert "ООО Ромашка" in "".join(texts(page, ".summary"))
    assert html.fromstring(page.text).cssselect("[aria-disabled=true]")
    answer = await client.get("/checkout", headers=PAGE, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/cart")

    cross = await client.post("/cart/remove", data={"remove": str(gone)}, headers=PARTIAL)
    assert "<html" not in cross.text
    assert texts(cross, "#cart tbody .c-name code") == ["ART-00001"]

    consent = hidden(page, "/cart/consent")
    stale = await client.post("/cart/consent", data=consent, headers=PAGE, follow_redirects=False)
    assert stale.status_code == 303
    assert html.fromstring((await see(client, "/cart")).text).cssselect("form[action^='/cart/consent']"), (
        "the consent was to other lines"
    )
    consent = hidden(await see(client, "/cart"), "/cart/consent")
    await client.post("/cart/consent", data=consent, headers=PAGE, follow_redirects=False)
    agreed = await see(client, "/cart")
    assert not html.fromstring(agreed.text).cssselect("form[action^='/cart/consent']")
    assert html.fromstring(agreed.text).cssselect("a[href='/checkout']")


async def test_emptying_the_cart(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    await put(client, **{key(await market.goods()): "1"})
    answer = await client.post("/cart/clear", headers=PARTIAL)
    assert texts(answer, "#cart tbody tr") == []
    assert "Прежние заказы" in answer.text
    again = await client.post("/cart/clear", headers=PAGE, follow_redirects=False)
    assert again.headers["location"] == "/cart"


async def test_pressing_twice_makes_one_order(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    await put(client, **{key(await market.goods("99.90")): "3"})
    page = await see(client, "/checkout")
    assert "ООО Ромашка" in "".join(texts(page, ".summary")), "the company stands at the button"
    form = hidden(page, "/checkout") | {"comment": "к воротам 2", "client_number": "З-7", "address": "Шефская 2"}
    answers = [await client.post("/checkout", data=form, headers=PAGE, follow_redirects=False) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    order = await see(client, answers[0].headers["location"])
    assert "Заказ № B-000001 оформлен." in order.text
    assert "к воротам 2" in order.text
    assert "З-7" in order.text
    assert "Шефская 2" in order.text
    assert texts(order, ".total")[-1] == "299,70 ₽"
    assert texts(order, ".steps li.current b") == ["Новый"]
    assert texts(order, ".timeline li b") == ["Заказ оформлен"]


async def test_risen_price_asks_for_a_tick(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    variant = await market.goods("100")
    await put(client, **{key(variant): "2"})
    page = await see(client, "/checkout")
    await market.set_price(variant, "130")
    answer = await client.post("/checkout", data=hidden(page, "/checkout"), headers=PAGE, follow_redirects=False)
    assert answer.status_code == 422
    assert "Цены изменились" in answer.text
    tick = html.fromstring(answer.text).cssselect("input[name=risen][required]")
    assert len(tick) == 1
    form = hidden(answer, "/checkout")
    assert form["idempotency_key"] == hidden(page, "/checkout")["idempotency_key"]
    unticked = await client.post("/checkout", data=form, headers=PAGE, follow_redirects=False)
    assert unticked.status_code == 422
    await market.set_price(variant, "140")
    overtaken = await client.post("/checkout", data=form | {"risen": "1"}, headers=PAGE, follow_redirects=False)
    assert overtaken.status_code == 422, "the tick was for 130"
    ticked = await client.post(
        "/checkout", data=hidden(overtaken, "/checkout") | {"risen": "1"}, headers=PAGE, follow_redirects=False
    )
    assert ticked.status_code == 303
    assert "280,00" in (await see(client, ticked.headers["location"])).text


async def test_company_changed_in_another_tab(client: AsyncTestClient, market: Market) -> None:
    one, two = await market.client("ООО Первая"), await market.client("ООО Вторая")
    person = await market.member(one, two)
    client.cookies.set("b2b_session", person.token)
    await client.post("/companies/select", data={"company": str(one), "next": "/"}, headers=PAGE)
    await put(client, PARTIAL | {"X-Company-Id": str(one)}, **{key(await market.goods()): "1"})
    page = await see(client, "/checkout")
    await client.post("/companies/select", data={"company": str(two), "next": "/"}, headers=PAGE)
    answer = await client.post("/checkout", data=hidden(page, "/checkout"), headers=PAGE, follow_redirects=False)
    assert answer.status_code == 422
    assert "Выбрана другая компания" in answer.text
    assert "ООО Вторая" in "".join(texts(answer, ".summary"))
    assert texts(await see(client, "/orders"), "tbody tr") == []


async def test_list_with_filters_in_the_address(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    goods = await market.goods()
    placed = [await market.order(buyer, (goods, "1"), client_number=f"PO-{index}") for index in range(3)]
    await market.container.cancel_order()(await market.actor(buyer), placed[1].order_id)
    everything = await see(client, "/orders")
    assert texts(everything, "tbody th a") == ["№ B-000003", "№ B-000002", "№ B-000001"]
    assert texts(everything, ".filter-chips [aria-current]") == ["Все"]
    cancelled = await see(client, "/orders?status=cancelled", PARTIAL)
    assert "<html" not in cancelled.text
    assert texts(cancelled, "tbody th a") == ["№ B-000002"]
    assert texts(await see(client, "/orders?q=po-2"), "tbody th a") == ["№ B-000003"]
    nothing = await see(client, "/orders?q=%7Bnone%7D&since=2026-13-45")
    assert texts(nothing, "tbody tr") == []
    assert "Показать все заказы" in nothing.text
    assert (await client.get("/orders?status=nonsense", headers=PAGE)).status_code == 400


async def test_order_page_tells_what_the_erp_did(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    one, two = await market.goods("100"), await market.goods("10")
    placed = await market.order(buyer, (one, "3"), (two, "5"))
    apply = market.container.apply_order_state()
    state = OrderStateRecord(
        placed.number,
        erp_number="УТ-000017",
        erp_date=date(2026, 11, 26),
        status="К отгрузке",
        lines=(
            OrderLineRecord(str(one), "Goods 1", Decimal(2), Decimal(100), Decimal(200)),
            OrderLineRecord("other", "Доставка", Decimal(1), Decimal(50), Decimal(50)),
        ),
        linked=(LinkedDocument("payment", "П-5", date(2026, 11, 27)),),
    )
    await apply(system_actor("exchange"), NodeId(market.node), state)
    page = await see(client, f"/orders/{placed.order_id}")
    assert "в 1С УТ-000017" in page.text
    assert texts(page, ".steps li.current b") == ["Собирается"]
    assert texts(page, ".notice-warn li") == [
        "Добавлен товар Доставка: 1.",
        "Goods 1: 2 вместо 3.",
        "Убран товар Goods 2.",
    ]
    assert texts(page, "tbody td[data-label='Подтверждено']") == ["2, меньше, чем заказано", "0, меньше, чем заказано"]
    history = texts(page, ".timeline li b")
    assert history[-1] == "Заказ оформлен"
    assert set(history[:-1]) == {
        "Номер в 1С: УТ-000017 от 26.11.2026",
        "Статус: Собирается",
        "Поставщик изменил состав",
        "Оплата в 1С",
    }


async def test_cancel_and_too_late(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    goods = await market.goods()
    early, late = await market.order(buyer, (goods, "1")), await market.order(buyer, (goods, "1"))
    state = OrderStateRecord(late.number, posted=True)
    await market.container.apply_order_state()(system_actor("exchange"), NodeId(market.node), state)

    async def cancel(order_id: OrderId) -> Response:
        answer = await client.post(
            f"/orders/{order_id}/cancel", data={"reason": "передумали"}, headers=PAGE, follow_redirects=False
        )
        assert answer.status_code == 303
        return await see(client, answer.headers["location"])

    page = await cancel(early.order_id)
    assert texts(page, ".steps li.failed b") == ["Отменён"]
    assert "передумали" in page.text
    page = await cancel(late.order_id)
    assert texts(page, ".toast[data-tone=bad]") == [
        "Заказ уже в работе, отменить его здесь нельзя. Свяжитесь с менеджером."
    ]


async def test_repeat_tells_the_differences_in_the_cart(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    kept, gone = await market.goods(), await market.goods(article="СТАРЫЙ")
    placed = await market.order(buyer, (kept, "2"), (gone, "1"))
    await market.take_off_sale(gone)
    answer = await client.post(f"/orders/{placed.order_id}/repeat", headers=PAGE, follow_redirects=False)
    assert answer.headers["location"] == f"/cart?repeated={placed.order_id}"
    page = await see(client, answer.headers["location"])
    assert texts(page, "tbody .c-name code") == ["ART-00001"]
    assert texts(page, ".toast") == ["СТАРЫЙ Goods 2: больше не продаётся."]


async def test_foreign_orders_do_not_exist(client: AsyncTestClient, market: Market, buyer: Person) -> None:
    stranger = await market.member(await market.client("Чужая"))
    placed = await market.order(stranger, (await market.goods(), "1"))
    for method, path in (("GET", ""), ("POST", "/cancel"), ("POST", "/repeat")):
        request: dict[str, Any] = {"data": {"reason": ""}} if method == "POST" else {}
        answer = await client.request(method, f"/orders/{placed.order_id}{path}", headers=PAGE, **request)
        assert answer.status_code == 404, path
    assert (await client.get(f"/cart?repeated={placed.order_id}", headers=PAGE)).status_code == 404
    assert (await client.get(f"/orders/{new_id()}", headers=PAGE)).status_code == 404


async def test_staff_sees_orders_but_no_cart(client: AsyncTestClient, market: Market) -> None:
    manager = await market.member(role_code="manager")
    person = await market.member(await market.client(manager=manager))
    await market.order(person, (await market.goods(), "1"))
    client.cookies.set("b2b_session", manager.token)
    page = await see(client, "/orders")
    assert texts(page, "tbody th a") == ["№ B-000001"]
    assert not html.fromstring(page.text).cssselect("#cart-bar, form[action*='/repeat']")
    assert (await client.get("/cart", headers=PAGE)).status_code == 403
