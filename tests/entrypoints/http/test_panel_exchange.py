"""The panel's exchange monitor: what an administrator sees, finds in two actions, changes (SYN-1 to SYN-4)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from lxml import html
from people import enter
from sqlalchemy import insert

from b2b_dvizhenie.adapters.postgres.tables.exchange import exchange_import, exchange_problem
from b2b_dvizhenie.application.exchange import NodeDraft
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.exchange.monitoring import SyncCategory
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}


@pytest.fixture
async def admin(container: Container, client: AsyncTestClient) -> None:
    await enter(container, client, "administrator")


@pytest.fixture
async def node_id(container: Container) -> NodeId:
    draft = NodeDraft("УТ <центральная>", "ut", "exchange-2026")
    return (await container.create_node()(system_actor("test"), draft)).node_id


async def put(container: Container, node_id: NodeId, problems: int = 0, **values: Any) -> UUID:
    now, import_id = container.clock()(), new_id()
    row = {
        "import_id": import_id,
        "node_id": node_id,
        "filename": "import0_1.xml",
        "path": "/nowhere",
        "sha256": import_id.hex,
        "bytes": 2048,
        "state": "done",
        "created_at": now - timedelta(minutes=3),
        "started_at": now - timedelta(minutes=3),
        "finished_at": now - timedelta(minutes=2),
        "counters": {"goods.read": 5, "goods.added": 2} | ({"problems.error": problems} if problems else {}),
    }
    async with container.database().engine.begin() as connection:
        await connection.execute(insert(exchange_import).values(row | values))
        for number in range(problems):
            problem = {"import_id": import_id, "entity": "good", "severity": "error", "code": "exchange.id_missing"}
            await connection.execute(
                insert(exchange_problem).values(
                    problem | {"ref": f"guid-{number}", "detail": "<i>Болт</i>", "line": number}
                )
            )
    return import_id


def parsed(answer: Response) -> Any:
    assert answer.status_code == 200, answer.text[:500]
    return html.fromstring(answer.text)


async def see(client: AsyncTestClient, path: str = "") -> Any:
    return parsed(await client.get(f"/panel/exchange{path}", headers=PAGE, follow_redirects=False))


def shown(page: Any) -> list[str]:
    return [link.get("href").rpartition("/")[2] for link in page.cssselect("tbody th a[href*='/runs/']")]


async def test_summary_worst_first_and_runs(
    container: Container, client: AsyncTestClient, admin: None, node_id: NodeId
) -> None:
    done = await put(container, node_id)
    failed = {"state": "failed", "counters": {}, "error_code": "exchange.file_truncated"}
    broken = await put(container, node_id, filename="offers0_1.xml", **failed)
    page = await see(client)
    tiles = [tile.text_content() for tile in page.cssselect("article.kpi")]
    assert len(tiles) == len(SyncCategory)
    assert all(word in tiles[0] for word in ("Цены", "Ошибка", "Файл оборван", "УТ <центральная>"))
    assert "Товары" in "".join(tiles)
    assert {"Выполнено" in tile for tile in tiles if "Товары" in tile} == {True}
    assert shown(page) == [str(broken), str(done)]
    assert shown(await see(client, "?state=error")) == [str(broken)]
    assert shown(await see(client, "?state=ok")) == [str(done)]
    assert shown(await see(client, "?category=goods")) == [str(done)]
    assert shown(await see(client, f"?node={new_id()}")) == []
    assert shown(await see(client, "?state=nonsense&node=nonsense&page=-3")) == [str(broken), str(done)]
    assert shown(await see(client, "?q=truncated")) == [str(broken)]
    partial = await client.get("/panel/exchange", headers=PAGE | {"HX-Request": "true"})
    assert "<html" not in partial.text


async def test_pages_of_runs(container: Container, client: AsyncTestClient, admin: None, node_id: NodeId) -> None:
    made = [str(await put(container, node_id)) for _ in range(30)]
    first, second = shown(await see(client)), shown(await see(client, "?page=2"))
    assert first + second == sorted(made, reverse=True)
    assert len(first) == 25


async def test_row_with_an_error_is_two_actions_away(
    container: Container, client: AsyncTestClient, admin: None, node_id: NodeId
) -> None:
    import_id = await put(container, node_id, problems=3)
    await put(container, node_id)
    found = await see(client, "?q=guid-2")
    assert shown(found) == [str(import_id)]
    assert "Выполнено с замечаниями" in found.cssselect("tbody")[0].text_content()
    run = await see(client, f"/runs/{import_id}?q=guid-2")
    rows = [row.text_content() for row in run.cssselect("table.log tbody tr")]
    assert len(rows) == 1
    assert "guid-2" in rows[0]
    assert "<i>Болт</i>" in rows[0]
    log = await see(client, "/log?q=guid-1")
    assert [row.text_content().count("guid-1") for row in log.cssselect("table.log tbody tr")] == [1]
    export = log.cssselect("a[href*='problems.csv']")[0].get("href")
    file = await client.get(export)
    assert file.text.count("guid-") == 1


async def test_import_is_repeated_from_its_page(
    container: Container, client: AsyncTestClient, admin: None, node_id: NodeId
) -> None:
    import_id = await put(container, node_id)
    answer = await client.post(f"/panel/exchange/runs/{import_id}/repeat", headers=PAGE, follow_redirects=False)
    assert answer.status_code == 303
    page = parsed(await client.get(answer.headers["location"], headers=PAGE))
    assert "Файл загружается ещё раз." in page.text_content()
    assert (await client.get(f"/panel/exchange/runs/{new_id()}", headers=PAGE)).status_code == 404
    foreign = PAGE | {"Sec-Fetch-Site": "cross-site"}
    assert (await client.post(f"/panel/exchange/runs/{import_id}/repeat", headers=foreign)).status_code == 403


async def test_requests_and_undelivered_orders(container: Container, client: AsyncTestClient, admin: None) -> None:
    for number in range(60):
        mode = "init" if number % 2 else "nonsense"
        await client.get(f"/1c_exchange.php?type=catalog&mode={mode}&filename=<b>{number}")
    page = await see(client, "/requests")
    assert len(page.cssselect("tbody tr")) == 50
    assert "<b>59" in page.cssselect("tbody tr")[0].text_content()
    older = page.cssselect("a[rel=next]")[0].get("href")
    rest = parsed(await client.get(older, headers=PAGE))
    assert len(rest.cssselect("tbody tr")) == 10
    assert len((await see(client, "/requests?q=%3Cb%3E59")).cssselect("tbody tr")) == 1
    assert len((await see(client, "/requests?failed=true")).cssselect("tbody tr.failed")) == 50
    assert "Всё доставлено" in (await see(client, "/undelivered")).text_content()


async def test_node_is_added_with_a_password_that_opens_the_door(
    container: Container, client: AsyncTestClient, admin: None
) -> None:
    answer = await client.post("/panel/exchange/nodes", data={"title": "УНФ", "login": "unf"}, headers=PAGE)
    page = parsed(answer)
    codes = [code.text_content() for code in page.cssselect("dl.facts code")]
    assert codes[0].endswith("/1c_exchange.php")
    assert codes[1] == "unf"
    opened = await client.get("/1c_exchange.php?type=catalog&mode=checkauth", auth=("unf", codes[2]))
    assert opened.text.startswith("success")
    wrong = await client.post("/panel/exchange/nodes", data={"title": "x", "login": "логин"}, headers=PAGE)
    assert wrong.status_code == 422
    assert "Логин — от 1 до 64 латинских" in wrong.text
    taken = await client.post("/panel/exchange/nodes", data={"title": "x", "login": "unf"}, headers=PAGE)
    assert "уже занят" in taken.text
    listed = await see(client, "/nodes")
    assert [link.text_content() for link in listed.cssselect("tbody th a")] == ["УНФ"]


async def test_node_is_changed(client: AsyncTestClient, admin: None, node_id: NodeId) -> None:
    path = f"/panel/exchange/nodes/{node_id}"
    fields = {
        "title": "УТ",
        "protocol": "ut115",
        "rights": ["catalog"],
        "addresses": "10.0.0.0/8\n192.168.1.5",
        "expected_stocks": "1",
        "expected_goods": "60",
        "enabled": "1",
    }
    answer = await client.post(path, data=fields, headers=PAGE, follow_redirects=False)
    assert answer.status_code == 303
    page = parsed(await client.get(answer.headers["location"], headers=PAGE))
    told = page.text_content()
    assert "Сохранено." in told
    assert "каждую 1 минуту" in told
    assert "каждые 60 минут" in told
    node = (await client.get("/api/v1/exchange/nodes")).json()[0]
    assert (node["profile"], node["rights"], node["is_active"]) == ("ut115", ["catalog"], True)
    assert node["allowed_addresses"] == ["10.0.0.0/8", "192.168.1.5"]
    assert node["settings"]["expected_minutes"]["stocks"] == 1
    wrong = await client.post(path, data=fields | {"addresses": "everywhere"}, headers=PAGE)
    assert wrong.status_code == 422
    assert "не IP-адрес и не сеть" in wrong.text
    none = await client.post(path, data=fields | {"rights": []}, headers=PAGE)
    assert none.status_code == 422
    off = await client.post(path, data={**fields, "enabled": []}, headers=PAGE, follow_redirects=False)
    assert off.status_code == 303
    assert (await client.get("/api/v1/exchange/nodes")).json()[0]["is_active"] is False
    assert (await client.get(f"/panel/exchange/nodes/{new_id()}", headers=PAGE)).status_code == 404


async def test_new_password_kills_the_old_one(client: AsyncTestClient, admin: None, node_id: NodeId) -> None:
    door = "/1c_exchange.php?type=catalog&mode=checkauth"
    assert (await client.get(door, auth=("ut", "exchange-2026"))).text.startswith("success")
    page = parsed(await client.post(f"/panel/exchange/nodes/{node_id}/password", headers=PAGE))
    made = page.cssselect("dl.facts code")[2].text_content()
    agent = {"User-Agent": "1C+Enterprise/8.3"}
    assert (await client.get(door, auth=("ut", made), headers=agent)).text.startswith("success")
    assert (await client.get(door, auth=("ut", "exchange-2026"))).text.startswith("failure")
    await client.get("/1c_exchange.php?type=catalog&mode=file&filename=import0_1.xml", auth=("ut", made), headers=agent)
    again = (await see(client, f"/nodes/{node_id}")).text_content()
    assert made not in again
    assert "1C+Enterprise/8.3, ut115" in again


@pytest.mark.parametrize(("role", "may"), [("client", False), ("manager", False), ("director", True)])
async def test_others(container: Container, client: AsyncTestClient, node_id: NodeId, role: str, may: bool) -> None:
    await enter(container, client, role)
    import_id = await put(container, node_id)
    pages = ("", "/log", "/requests", "/undelivered", "/nodes", f"/nodes/{node_id}", f"/runs/{import_id}")
    for path in pages:
        answer = await client.get(f"/panel/exchange{path}", headers=PAGE)
        assert answer.status_code == (200 if may else 403), path
        assert not may or 'method="post" action="/panel/exchange' not in answer.text, path
    for path in ("/nodes", f"/nodes/{node_id}", f"/nodes/{node_id}/password", f"/runs/{import_id}/repeat"):
        assert (await client.post(f"/panel/exchange{path}", headers=PAGE)).status_code == 403, path
