"""Full exports through the gateway: parts, scope, the safety threshold, a person's word (T26, onec.md §3.7, §5.2)."""

from typing import Any

import pytest
from gateway_node import Stocked, stock
from litestar.testing import AsyncTestClient

from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
GOODS = 25
W1 = {"warehouse_id": "w1"}


@pytest.fixture
async def node(container: Container, client: AsyncTestClient[Any]) -> Stocked:
    gateway = await Stocked.open(container, client)
    await gateway.furnish(GOODS)
    rows = [stock(good, 1) for good in range(1, GOODS + 1)]
    assert (await gateway.send("stocks", [*rows, stock(1, 7, "w2")])).status_code == 200
    await gateway.apply()
    return gateway


def full(name: str, part: int = 1, *, last: bool = True, scope: dict[str, str] | None = None) -> dict[str, Any]:
    return {"mode": "full", "full_id": name, "part": part, "last_part": last, "scope": scope}


async def fulls(node: Stocked) -> list[tuple[str, str, int]]:
    query = "SELECT full_ref, state, absent FROM gw_full WHERE node_id = :node ORDER BY full_id"
    return [(name, state, absent) for name, state, absent in await node.rows(query)]


async def test_what_is_absent_within_the_scope_goes_when_every_part_has_come(node: Stocked) -> None:
    last = [stock(good, 2) for good in range(1, 10)]
    assert (await node.send("stocks", last, **full("f", 2, scope=W1))).status_code == 200
    await node.apply()
    assert len(await node.stock()) == GOODS + 1, "a part is missing"
    # Told between two parts: not in the export, and not absent for that.
    await node.send("stocks", [stock(25, 3)])
    first = [stock(good, 2) for good in range(9, 21)]
    await node.send("stocks", first, **full("f", 1, last=False, scope=W1))
    await node.send("stocks", first, **full("f", 1, last=False, scope=W1))
    await node.apply()
    assert await fulls(node) == [("f", "applied", 4)]
    wanted = {("w1", f"g{good}"): "2" for good in range(1, 21)} | {("w1", "g25"): "3", ("w2", "g1"): "7"}
    assert await node.stock() == wanted
    late = await node.send("stocks", first, **full("f", 1, last=False, scope=W1))
    assert (late.status_code, late.json()["code"]) == (409, "exchange.gateway_full_over")
    audited = await node.rows("SELECT after FROM audit WHERE action = 'exchange.gateway_absent_removed'")
    assert audited == [({"table": "stocks", "scope": W1, "removed": 4},)]


async def test_many_absent_rows_wait_for_a_person(node: Stocked, container: Container) -> None:
    admin = system_actor("admin")
    for name, remove in (("keep", False), ("go", True)):
        await node.send("stocks", [stock(1, 2)], **full(name))
        await node.apply()
        assert (await fulls(node))[-1] == (name, "needs_confirmation", 25)
        assert len(await node.stock()) == GOODS + 1
        assert (await node.state())["stocks"]["fulls_to_confirm"] == 1
        (line,) = await container.read_gateway().fulls(admin)
        assert (line.full_ref, line.active, line.absent) == (name, 26, 25)
        await container.decide_full()(admin, node.node_id, "stocks", line.full_id, remove=remove)
        with pytest.raises(NotFound):
            await container.decide_full()(admin, node.node_id, "stocks", line.full_id, remove=True)
    assert await node.stock() == {("w1", "g1"): "2"}
    assert await fulls(node) == [("keep", "closed", 25), ("go", "applied", 25)]
    actions = await node.rows("SELECT action FROM audit WHERE action LIKE 'exchange.gateway%' ORDER BY at")
    assert actions == [("exchange.gateway_absent_kept",), ("exchange.gateway_absent_removed",)]


async def test_after_a_row_nobody_could_read_everything_waits(node: Stocked) -> None:
    named = [stock(good, 1) for good in range(1, GOODS)]
    answer = await node.send("stocks", [*named, {"free": 1}], **full("f", scope=W1))
    assert answer.status_code == 200
    await node.apply()
    assert await fulls(node) == [("f", "needs_confirmation", 1)]
    # A row that is wrong but has a readable key is named all the same.
    await node.send("stocks", [*named, stock(GOODS, "x")], **full("g", scope=W1))
    await node.apply()
    assert await fulls(node) == [("f", "superseded", 1), ("g", "closed", 0)]


async def test_naming_nothing_is_a_fact_of_a_part_and_a_mistake_of_the_whole(node: Stocked) -> None:
    await node.send("stocks", [], **full("part", scope={"warehouse_id": "w2"}))
    await node.apply()
    assert await fulls(node) == [("part", "applied", 1)]
    await node.send("stocks", [], **full("whole"))
    await node.apply()
    assert (await fulls(node))[-1] == ("whole", "needs_confirmation", 25)


async def test_a_full_export_holds_together(node: Stocked) -> None:
    await node.send("stocks", [stock(1, 5)], **full("a", 1, last=False, scope=W1))
    for fields, status, code in (
        (full("a", 2, scope={"warehouse_id": "w2"}), 400, "exchange.gateway_full_scope_changed"),
        (full("a", 2, scope={"product_id": "g1"}), 400, "exchange.gateway_scope_invalid"),
    ):
        answer = await node.send("stocks", [stock(2, 5)], **fields)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    outside = await node.send("stocks", [stock(1, 5), stock(1, 5, "w2")], **full("a", 3, scope=W1))
    assert [one["code"] for one in outside.json()["rejected"]] == ["exchange.gateway_row_outside_scope"]
    beyond = await node.send("stocks", [stock(1, 5)], **full("a", 4, last=False, scope=W1))
    assert (beyond.status_code, beyond.json()["code"]) == (400, "exchange.gateway_full_part_invalid")
    # Another warehouse has its own; a newer one of this warehouse takes the place of the older.
    await node.send("stocks", [stock(1, 5, "w2")], **full("b", 1, last=False, scope={"warehouse_id": "w2"}))
    await node.send("stocks", [stock(1, 5)], **full("c", 1, last=False, scope=W1))
    assert [state for _, state, _ in await fulls(node)] == ["superseded", "open", "open"]
    over = await node.send("stocks", [stock(1, 5)], **full("a", 2, last=False, scope=W1))
    assert over.status_code == 409
    await node.send("stocks", [stock(1, 5)], **full("d", 1, last=False))
    assert [state for _, state, _ in await fulls(node)] == ["superseded", "superseded", "superseded", "open"]
