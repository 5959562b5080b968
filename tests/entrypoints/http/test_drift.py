"""The drift report over HTTP: the panel's pages, the spreadsheet, the API; who sees what, and at what cost."""

import asyncio
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from commands import command
from discounting import in_force, off_articles
from litestar.testing import AsyncTestClient
from market import Market, Person
from msgspec import Struct
from python_calamine import CalamineWorkbook
from statements import recorded_statements

from b2b_dvizhenie.application.exchange.records import OrderLineRecord, OrderStateRecord
from b2b_dvizhenie.application.ordering import PlacedOrder
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.ids import NodeId, VariantId
from b2b_dvizhenie.entrypoints.http.panel import drift_views

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"accept": "text/html"}


class Scene(Struct, frozen=True):
    """An order with 10 % off that 1C returned without the discount."""

    market: Market
    admin: Person
    head: Person
    manager: Person
    buyer: Person
    goods: VariantId
    order: PlacedOrder

    async def returned(self, order: PlacedOrder, price: str, amount: str) -> None:
        line = OrderLineRecord(str(self.goods), "Goods 1", Decimal(10), Decimal(price), Decimal(amount))
        record = OrderStateRecord(order.number, lines=(line,), amount=Decimal(amount), erp_number="УТ-7")
        apply = self.market.container.apply_order_state()
        await apply(system_actor("exchange"), NodeId(self.market.node), record)


@pytest.fixture
async def scene(market: Market) -> Scene:
    goods = await market.goods("100.00")
    await in_force(market.container, off_articles("10", "ART-00001"))
    admin = await market.member(role_code="administrator")
    head = await market.member(role_code="head_of_managers")
    manager = await market.member(role_code="manager", head=head, name="Пётр Громов")
    buyer = await market.member(await market.client("ООО <Ромашка>", manager=manager))
    found = Scene(market, admin, head, manager, buyer, goods, await market.order(buyer, (goods, "10")))
    await found.returned(found.order, "100", "1000.00")
    return found


async def got(client: AsyncTestClient, who: Person, path: str, **headers: str) -> Any:
    return await client.get(path, headers=who.headers | (headers or PAGE))


async def test_the_report_names_the_step_and_what_it_comes_to(client: AsyncTestClient, scene: Scene) -> None:
    for who in (scene.admin, scene.head):
        page = await got(client, who, "/panel/drift")
        assert page.status_code == 200
        for text in (scene.order.number, "ООО &lt;Ромашка&gt;", "Пётр Громов", "Нет скидки в 1С", "+100,00", "1 из 1"):
            assert text in page.text.replace("\u00a0", " "), text
    fragment = await got(client, scene.admin, "/panel/drift", accept="text/html", **{"HX-Request": "true"})
    assert "<main" not in fragment.text
    assert scene.order.number in fragment.text


async def test_one_order_stands_beside_the_document_step_by_step(
    client: AsyncTestClient, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await got(client, scene.head, f"/panel/drift/{scene.order.order_id}")
    text = page.text.replace("\u00a0", " ")
    highlighted = text[text.index('<tr class="changed">') :]
    highlighted = highlighted[: highlighted.index("</tr>")]
    for said in ("Скидка", "Нет скидки в 1С", "internal 1", "100,00 ₽", "10 %"):
        assert said in highlighted, said
    assert text.count('class="changed"') == 1
    assert f"/orders/{scene.order.order_id}/lines/1/price" in text
    monkeypatch.setattr(drift_views, "LINES", 0)
    short = await got(client, scene.head, f"/panel/drift/{scene.order.order_id}")
    assert "Показаны первые строки: 0 из 1" in short.text
    address = f"/panel/drift/export?order={scene.order.order_id}"
    assert address in short.text
    other = await scene.market.order(scene.buyer, (scene.goods, "1"))
    await scene.returned(other, "100", "1000.00")
    whole = await got(client, scene.head, address)
    rows = CalamineWorkbook.from_object(io.BytesIO(whole.content)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in rows[1:]] == [scene.order.number]
    other = await scene.market.order(scene.buyer, (scene.goods, "1"))
    waiting = await got(client, scene.head, f"/panel/drift/{other.order_id}")
    assert (waiting.status_code, "1С ещё не вернула" in waiting.text) == (200, True)


async def test_filters_keep_to_what_they_say(client: AsyncTestClient, scene: Scene) -> None:
    agreed = await scene.market.order(scene.buyer, (scene.goods, "10"))
    await scene.returned(agreed, "90", "900.00")
    everything = await got(client, scene.admin, "/panel/drift")
    assert "50 %" in everything.text.replace("\u00a0", " ")
    company = str((await scene.market.actor(scene.buyer)).company_id)
    for query in ("kind=discount_missing", f"company={company}", f"manager={scene.manager.user_id}", "kind=nonsense"):
        page = await got(client, scene.admin, f"/panel/drift?{query}")
        assert scene.order.number in page.text, query
    for query in ("kind=vat", f"company={scene.order.order_id}", "since=2020-01-01&until=2020-02-01"):
        page = await got(client, scene.admin, f"/panel/drift?{query}")
        assert (page.status_code, scene.order.number in page.text) == (200, False), query
    wrong = await got(client, scene.admin, "/panel/drift?since=2026-02-01&until=2026-01-01")
    assert (wrong.status_code, "Период кончается" in wrong.text) == (422, True)


async def test_the_spreadsheet_has_every_differing_line_as_text(client: AsyncTestClient, scene: Scene) -> None:
    answer = await got(client, scene.admin, "/panel/drift/export?kind=discount_missing")
    rows = CalamineWorkbook.from_object(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    head, row = rows
    told = dict(zip(head, row, strict=True))
    assert (told["Заказ"], told["Номер в 1С"], told["Строка"]) == (scene.order.number, "УТ-7", "1")
    assert (told["Вид расхождения"], told["Первый расходящийся шаг"]) == ("Нет скидки в 1С", "Скидка")
    assert (told["Продано"], told["В 1С"], told["Разница"], told["Валюта"]) == ("100", "", "100", "RUB")
    empty = await got(client, scene.admin, "/panel/drift/export?kind=vat")
    assert len(CalamineWorkbook.from_object(io.BytesIO(empty.content)).get_sheet_by_index(0).to_python()) == 1


async def test_the_api_tells_the_same(client: AsyncTestClient, scene: Scene) -> None:
    listed = (await got(client, scene.manager, "/api/v1/drifts", accept="application/json")).json()
    (item,) = listed["items"]
    assert (item["number"], item["kinds"], item["difference"]) == (scene.order.number, ["discount_missing"], "100.00")
    assert listed["sums"] == [{"currency": "RUB", "orders": 1, "more": "100.00", "less": "0"}]
    tally = (await got(client, scene.manager, "/api/v1/drifts/tally", accept="application/json")).json()
    assert len(tally["days"]) == 30
    assert [(one["kind"], one["lines"], one["difference"]) for one in tally["kinds"]] == [
        ("discount_missing", 1, "100.00")
    ]
    path = f"/api/v1/orders/{scene.order.order_id}/drift"
    told = (await got(client, scene.manager, path, accept="application/json")).json()
    (line,) = told["lines"]
    step = line["pairs"][line["first"]]
    assert (line["kind"], step["step"], step["ours"], step["our_percent"]) == (
        "discount_missing", "discount", "100.00", "10"
    )  # fmt: skip
    assert told["rule_names"] == {step["rule_id"]: "internal 1"}
    for days in ("until=0001-01-02", "since=9999-12-30&until=9999-12-31", "since=9999-12-31"):
        wrong = await got(client, scene.manager, f"/api/v1/drifts?{days}", accept="application/json")
        assert (wrong.status_code, wrong.json()["code"]) == (400, "drift.period_invalid"), days
    first = await got(client, scene.manager, "/api/v1/drifts?since=0001-01-01&until=0001-01-02", accept="text/html")
    assert first.status_code == 200
    tally = await got(client, scene.manager, "/api/v1/drifts/tally?until=0001-04-01", accept="application/json")
    assert tally.status_code == 200, "charts look no further back than the first of all days"


async def test_who_may_and_whose_it_is_not(client: AsyncTestClient, scene: Scene) -> None:
    other = await scene.market.member(role_code="head_of_managers")
    for path in ("/panel/drift", "/panel/drift/export", "/api/v1/drifts", "/api/v1/drifts/tally"):
        assert (await got(client, scene.buyer, path)).status_code == 403, path
        seen = await got(client, other, path)
        assert (seen.status_code, scene.order.number in seen.text) == (200, False), path
    for path in (f"/panel/drift/{scene.order.order_id}", f"/api/v1/orders/{scene.order.order_id}/drift"):
        assert (await got(client, scene.buyer, path)).status_code == 403, path
        assert (await got(client, other, path)).status_code == 404, path
    assert (await got(client, scene.manager, "/panel/drift")).status_code == 403, "no panel for managers"
    link = f"/panel/drift/{scene.order.order_id}"
    path = f"/orders/{scene.order.order_id}"
    pages = [(await got(client, who, path)).text for who in (scene.head, scene.manager, scene.buyer)]
    assert [link in page for page in pages] == [True, False, False]


async def test_statements_do_not_grow_with_the_drifts(client: AsyncTestClient, scene: Scene) -> None:
    async def counted(path: str) -> int:
        with recorded_statements() as seen:
            assert (await got(client, scene.admin, path)).status_code == 200
        return len(seen)

    paths = ("/panel/drift", f"/panel/drift/{scene.order.order_id}", "/panel/drift/export")
    await counted(paths[0])  # what every process reads once
    before = [await counted(path) for path in paths]
    for _ in range(3):
        more = await scene.market.order(scene.buyer, (scene.goods, "10"))
        await scene.returned(more, "110", "1100.00")
    assert [await counted(path) for path in paths] == before


async def test_the_command_line_lists_them(scene: Scene, database_url: str, tmp_path: Path) -> None:
    environment = {"B2B_DATABASE_URL": database_url, "B2B_DATA_DIR": str(tmp_path), "COLUMNS": "160"}
    answer = await asyncio.to_thread(command, "prices", "drift", folder=tmp_path, **environment)
    assert answer.returncode == 0, answer.stderr
    said = answer.stdout
    for text in (
        scene.order.number,
        "УТ-7",
        "ООО <Ромашка>",
        "discount_missing",
        "+100.00 RUB",
        "1 of 1 orders differ",
    ):
        assert text in said, text
