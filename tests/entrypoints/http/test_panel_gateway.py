"""The panel's pages of the gateway: figures, rows, another chance, giving up (GTW-1, GTW-2)."""

from datetime import timedelta
from typing import Any

import pytest
from gateway_node import Stocked, stock
from litestar.testing import AsyncTestClient
from lxml import html
from people import enter
from statements import recorded_statements

from b2b_dvizhenie.application.exchange.gateway import HealRows
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}
PATH = "/panel/exchange/gateway"


@pytest.fixture
async def node(container: Container, client: AsyncTestClient[Any]) -> Stocked:
    gateway = await Stocked.open(container, client)
    await gateway.furnish()
    await enter(container, client, "administrator")
    return gateway


async def cells(node: Stocked, query: str = "", table: int = 0) -> list[list[str]]:
    answer = await node.client.get(f"{PATH}{query}", headers=PAGE)
    assert answer.status_code == 200, answer.text
    tables = html.fromstring(answer.text).cssselect("table")
    body = tables[table].cssselect("tbody tr") if len(tables) > table else []
    return [[" ".join(cell.xpath("string()").split()) for cell in row.cssselect("td, th")] for row in body]


async def row_id(node: Stocked, key: str) -> int:
    ((found,),) = await node.rows("SELECT row_id FROM gw_in WHERE key = :key AND state = 'error'", key=key)
    return int(found)


async def test_tables_and_rows_are_shown_and_filtered(node: Stocked) -> None:
    assert "Пока ничего не пришло" in (await node.client.get(PATH, headers=PAGE)).text
    await node.send("stocks", [stock(1), stock("<b>nobody</b>"), stock(2, "x")])
    await node.apply()
    await node.send("stocks", [stock(3)])
    ((table, name, waiting, refused, applied, *_),) = await cells(node)
    assert (table, name, waiting, refused, applied) == ("stocks", "Gateway", "1", "2", "1")
    assert [row[3] for row in await cells(node, table=1)] == ["В очереди", "Ошибка", "Ошибка", "Применена"]
    (broken, unknown) = await cells(node, f"?state=error&node={node.node_id}&table=stocks", table=1)
    assert unknown[4] == "Товар <b>nobody</b> ещё не выгружен."
    assert "free" in broken[4]
    assert len(await cells(node, "?q=NOBODY", table=1)) == 1
    assert await cells(node, "?q=nothing+like+it", table=1) == []
    assert len(await cells(node, "?state=nonsense&node=nonsense&before=nonsense", table=1)) == 4
    assert await cells(node, "?before=1", table=1) == []


async def test_a_refused_row_gets_another_chance_or_is_given_up(node: Stocked) -> None:
    await node.send("stocks", [stock("g4"), stock("g5"), stock("g6")])
    await node.apply()
    four, five = await row_id(node, "w1|g4|"), await row_id(node, "w1|g5|")
    page = await node.client.get(f"{PATH}/{four}", headers=PAGE)
    assert "&#34;product_id&#34;: &#34;g4&#34;" in page.text
    await node.execute("UPDATE product SET external_ref = 'g4' WHERE external_ref = 'g1'")
    answer = await node.client.post(f"{PATH}/{four}/requeue", headers=PAGE, follow_redirects=False)
    assert answer.headers["location"] == f"{PATH}/{four}"
    bare = await node.client.post(f"{PATH}/{five}/skip", data={"reason": " "}, headers=PAGE)
    assert bare.status_code == 422
    assert "Укажите причину" in bare.text
    await node.client.post(f"{PATH}/{five}/skip", data={"reason": "Списан"}, headers=PAGE)
    assert "Списан" in (await node.client.get(f"{PATH}/{five}", headers=PAGE)).text
    for action in ("requeue", "skip"):
        again = await node.client.post(f"{PATH}/{five}/{action}", data={"reason": "x"}, headers=PAGE)
        assert again.status_code == 409, action
    assert await node.states() == ["new", "skipped", "error"]
    all_ = await node.client.post(
        f"{PATH}/requeue", data={"node": str(node.node_id), "table": "stocks"}, headers=PAGE, follow_redirects=False
    )
    assert "1 строка снова в очереди." in (await node.client.get(all_.headers["location"], headers=PAGE)).text
    assert await node.rows("SELECT count(*) FROM job WHERE name = 'exchange.apply_rows'") != [(0,)]
    await node.apply()
    assert await node.states() == ["applied", "skipped", "error"]
    actions = await node.rows("SELECT action FROM audit WHERE action LIKE 'exchange.gateway%' ORDER BY at")
    assert [action for (action,) in actions] == [
        "exchange.gateway_row_requeued",
        "exchange.gateway_row_skipped",
        "exchange.gateway_rows_requeued",
    ]
    log = await node.rows("SELECT count(*) FROM exchange_problem")
    assert log == [(3,)], "a refusal is told once, however often it is tried"


async def test_what_a_row_refers_to_may_come_later(node: Stocked) -> None:
    """The schedule tries such rows again by itself, after ever longer pauses; what is plainly wrong it leaves."""
    await node.send("stocks", [stock("g4"), stock("g5"), stock(1, "x")])
    await node.apply()

    async def heal(minutes: float) -> int:
        later = node.container.clock()() + timedelta(minutes=minutes)
        return await HealRows(node.container.gateway_tables(), node.container.manage_work, lambda: later)()

    assert await heal(4) == 0
    await node.execute("UPDATE product SET external_ref = 'g4' WHERE external_ref = 'g1'")
    assert await heal(6) == 1
    assert await node.apply() == 2
    assert await node.states() == ["applied", "error", "error"]
    assert await node.stock() == {("w1", "g4"): "5"}
    assert await heal(6) == 0, "the second pause is twice as long"
    assert await heal(11) == 1
    await node.apply()
    await node.execute("UPDATE gw_in SET attempts = 11 WHERE state = 'error'")
    assert await heal(60 * 24 * 30) == 0, "in the end it waits for a person"


async def test_old_rows_go_but_for_the_last_word_on_a_key(node: Stocked) -> None:
    first = node.message([stock(1, 1, version="1"), stock(2, "x")])
    await node.post("stocks", first)
    await node.apply()
    await node.send("stocks", [stock(1, 2, version="2")])
    await node.apply()
    await node.execute("UPDATE gw_in SET received_at = received_at - interval '40 days'")
    await node.execute("UPDATE gw_batch SET received_at = received_at - interval '40 days'")
    assert (await node.container.clean_exchange()())["gateway_rows"] == 1
    assert await node.states() == ["error", "applied"]
    assert await node.rows("SELECT payload FROM gw_in WHERE state = 'applied'") == [({},)]
    assert await node.rows("SELECT count(*) FROM gw_batch") == [(0,)]
    await node.send("stocks", [stock(1, 9, version="1")])
    assert await node.states() == ["error", "applied", "skipped"]
    await node.execute("UPDATE gw_in SET received_at = received_at - interval '60 days'")
    assert (await node.container.clean_exchange()())["gateway_rows"] == 2
    assert await node.states() == ["applied"]


async def test_who_sees_what(node: Stocked) -> None:
    """The director sees how tables stand, but neither what was sent nor buttons; others see nothing."""
    await node.send("stocks", [stock("nobody")])
    await node.apply()
    found = await row_id(node, "w1|nobody|")
    for role, status in (("director", 200), ("manager", 403), ("client", 403)):
        node.client.cookies.clear()
        await enter(node.container, node.client, role)
        answer = await node.client.get(PATH, headers=PAGE)
        assert answer.status_code == status, role
        assert f"{PATH}/{found}" not in answer.text
        assert "<button" not in answer.text.partition("<main")[2].replace('<button class="btn">Найти</button>', "")
        assert (await node.client.get(f"{PATH}/{found}", headers=PAGE)).status_code == 403
        for action in ("requeue", "skip"):
            sent = await node.client.post(f"{PATH}/{found}/{action}", data={"reason": "x"}, headers=PAGE)
            assert sent.status_code == 403
    assert await node.states() == ["error"]


async def test_statements_do_not_grow_with_rows(node: Stocked) -> None:
    async def counted() -> int:
        with recorded_statements() as seen:
            assert (await node.client.get(PATH, headers=PAGE)).status_code == 200
        return len(seen)

    async def taken(rows: int) -> int:
        with recorded_statements() as seen:
            await node.send("stocks", [stock(f"n{number}", version="1") for number in range(rows)])
            await node.apply()
        return len(seen)

    await taken(1)  # from now on the job waits already, and the password is known
    few = await taken(2)
    shown = await counted()
    assert await taken(40) == few
    assert await counted() == shown


async def test_a_node_is_limited_to_some_tables(node: Stocked) -> None:
    path = f"/panel/exchange/nodes/{node.node_id}"
    fields = {
        "title": "Gateway",
        "protocol": "auto",
        "rights": ["catalog", "sale"],
        "enabled": "1",
        "tables_shown": "1",
    }
    boxes = html.fromstring((await node.client.get(path, headers=PAGE)).text).cssselect("input[name=tables]")
    every = [str(box.get("value")) for box in boxes]
    assert "stocks" in every
    assert all(box.get("checked") is not None for box in boxes)
    for ticked, status in (([name for name in every if name != "stocks"], 403), (["stocks"], 200), (every, 200)):
        saved = await node.client.post(path, data=fields | {"tables": ticked}, headers=PAGE, follow_redirects=False)
        assert saved.status_code == 303
        assert (await node.send("stocks", [])).status_code == status, ticked
    assert await node.rows("SELECT settings -> 'gateway_tables' FROM exchange_node WHERE node_id = :node") == [(None,)]
