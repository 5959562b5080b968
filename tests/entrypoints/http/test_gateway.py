"""The door of the JSON gateway: every reply of onec.md §5.2, staging and applying (T26)."""

import asyncio
import json
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from gateway_node import Stocked, stock
from litestar.testing import AsyncTestClient
from sqlalchemy.exc import IntegrityError

from b2b_dvizhenie.adapters.postgres import gateway_staging
from b2b_dvizhenie.adapters.postgres.gateway import connection_of
from b2b_dvizhenie.adapters.postgres.gateway_stocks import PostgresStocks
from b2b_dvizhenie.application.exchange import Caller
from b2b_dvizhenie.application.exchange.gateway import ApplyRows, GatewayTables, Taken
from b2b_dvizhenie.application.exchange.gateway.messages import TableUnknown
from b2b_dvizhenie.application.exchange.gateway.ports import GatewayBusy, Lane
from b2b_dvizhenie.application.exchange.gateway.stocks import StockRow
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.application.shared.gateway import GatewayWork, Outcome
from b2b_dvizhenie.domain.exchange.access import ExchangeRight
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


@pytest.fixture
async def node(container: Container, client: AsyncTestClient[Any]) -> Stocked:
    gateway = await Stocked.open(container, client)
    assert isinstance(gateway, Stocked)
    return await gateway.furnish()


async def test_rows_are_answered_first_and_applied_next(node: Stocked) -> None:
    answer = await node.send("stocks", [stock(1, "5.500"), stock(2, 7), stock("nobody"), stock(3, "x"), "row"])
    assert answer.status_code == 200
    told = answer.json()
    assert (told["accepted"], [(one["index"], one["code"]) for one in told["rejected"]]) == (
        3,
        [(3, "exchange.gateway_row_invalid"), (4, "exchange.gateway_row_invalid")],
    )
    assert told["rejected"][0]["key"] == "w1|g3|"
    assert "free" in told["rejected"][0]["message"]
    assert await node.stock() == {}, "answered before it is applied"
    assert await node.apply() == 3
    assert await node.stock() == {("w1", "g1"): "5.5", ("w1", "g2"): "7"}
    assert await node.states() == ["applied", "applied", "error", "error", "error"]
    line = (await node.state())["stocks"]
    assert (line["rows_waiting"], line["rows_in_error"]) == (0, 3)
    assert line["last_success"]
    (run,) = await node.rows("SELECT filename, state, counters FROM exchange_import WHERE node_id = :node")
    assert run[:2] == ("gateway:stocks.stocks", "done")
    assert run[2] == {"stocks.read": 5, "stocks.changed": 2, "problems.error": 3}


async def test_a_message_that_comes_again_gets_its_answer_and_changes_nothing(node: Stocked) -> None:
    message = node.message([stock(1, 5), stock(2, "x")])
    first = await node.post("stocks", message)
    again = await node.post("stocks", message)
    assert (again.status_code, again.content) == (200, first.content)
    await node.apply()
    late = await node.post("stocks", message)
    assert (late.status_code, late.content) == (200, first.content)
    assert await node.apply() == 0
    assert await node.states() == ["applied", "error"]
    changed = await node.post("stocks", message | {"rows": [stock(1, 6)]})
    assert (changed.status_code, changed.json()["code"]) == (409, "exchange.gateway_message_changed")
    assert await node.stock() == {("w1", "g1"): "5"}


async def at_once(node: Stocked) -> list[Any]:
    """What six receivers of one message say that start at the same moment."""
    body = json.dumps(node.message([stock(1, 5)])).encode()
    who = await node.container.identify_node()(Caller("gateway", credentials=node.credentials))
    receive = node.container.receive_message
    return await asyncio.gather(*(receive()(who, "stocks", body) for _ in range(6)), return_exceptions=True)


async def test_the_same_message_six_times_at_once_is_taken_once(node: Stocked) -> None:
    first, *others = await at_once(node)
    assert isinstance(first, Taken)
    assert others == [first] * 5
    assert await node.states() == ["new"]


async def test_the_check_notices_a_receiver_without_locks(node: Stocked, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: each finds no message of this id, and all but one fail to write it."""

    async def nothing(*_: object) -> None: ...

    monkeypatch.setattr(gateway_staging, "hold_lane", nothing)
    monkeypatch.setattr(gateway_staging, "hold_key", nothing)
    assert any(isinstance(one, IntegrityError) for one in await at_once(node))


async def test_versions_decide_what_is_newer(node: Stocked) -> None:
    """A newer row supersedes one that waits; one older than what is known is skipped, waiting or applied."""
    await node.send("stocks", [stock(1, 1, version="9"), stock(2, 1, version="b")])
    await node.send("stocks", [stock(1, 2, version="10"), stock(1, 3, version="8"), stock(2, 2, version="a")])
    assert await node.states() == ["superseded", "superseded", "new", "skipped", "new"]
    assert await node.apply() == 2
    assert await node.stock() == {("w1", "g1"): "2", ("w1", "g2"): "2"}
    await node.send("stocks", [stock(1, 4, version=9), stock(2, 5)])
    await node.apply()
    assert await node.stock() == {("w1", "g1"): "2", ("w1", "g2"): "5"}


async def test_a_row_marked_deleted_needs_its_key_only(node: Stocked) -> None:
    await node.send("stocks", [stock(1, 5), stock(2, 5)])
    gone = {"warehouse_id": "w1", "product_id": "g1", "deleted": True}
    answer = await node.send("stocks", [gone, {"product_id": "g2", "deleted": True}])
    assert [one["index"] for one in answer.json()["rejected"]] == [1]
    await node.apply()
    assert await node.stock() == {("w1", "g2"): "5"}


async def test_a_refused_row_is_superseded_by_one_that_is_taken(node: Stocked) -> None:
    await node.send("stocks", [stock(1, "x"), stock(9, 1)])
    await node.apply()
    await node.send("stocks", [stock(1, 1), stock(2, 1)])
    await node.apply()
    assert await node.states() == ["superseded", "error", "applied", "applied"]


class Fragile(PostgresStocks):
    """A table whose database dies of one good."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def apply(self, work: GatewayWork, rows: Sequence[StockRow], now: datetime) -> Sequence[Outcome]:
        if any(row.product_id == "g2" for row in rows):
            await connection_of(work).exec_driver_sql("UPDATE stock SET quantity = 0")
            raise self.error
        return await super().apply(work, rows, now)


async def test_a_row_nobody_can_take_stops_none_but_itself(node: Stocked) -> None:
    for error in (RuntimeError("broken"), TableUnknown("table")):
        await node.execute("TRUNCATE gw_in, stock")
        await node.send("stocks", [stock(1), stock(2), stock(3)])
        apply = ApplyRows(GatewayTables([Fragile(error)]), node.container.apply_work, node.container.clock())
        assert await apply(system_actor("test"), node.node_id, "stocks") == 3
        assert await node.states() == ["applied", "error", "applied"]
        assert await node.stock() == {("w1", "g1"): "5", ("w1", "g3"): "5"}
    await node.send("stocks", [stock(2)])
    away = ApplyRows(
        GatewayTables([Fragile(GatewayBusy(retry_after=1))]), node.container.apply_work, node.container.clock()
    )
    with pytest.raises(GatewayBusy):
        await away(system_actor("test"), node.node_id, "stocks")
    assert (await node.states())[-1] == "new", "what may work later is left to the job"


async def test_stock_by_warehouse_and_a_total_exclude_each_other(node: Stocked) -> None:
    await node.send("stocks", [stock(1, 50, "*"), stock(2, 50, "*")])
    await node.apply()
    await node.send("stocks", [stock(1, 5)])
    await node.apply()
    assert await node.stock() == {("w1", "g1"): "5", ("*", "g2"): "50"}


UNTAKEABLE: list[tuple[Any, int, str]] = [
    (b"{", 400, "exchange.gateway_message_unreadable"),
    (b"\xff\xfe", 400, "exchange.gateway_message_unreadable"),
    (b"[" * 100_000, 400, "exchange.gateway_message_unreadable"),
    ({"rows": []}, 400, "exchange.gateway_message_unreadable"),
    ({"message_id": "", "rows": []}, 400, "exchange.gateway_message_unreadable"),
    ({"message_id": "a\0", "rows": []}, 400, "exchange.gateway_message_unreadable"),
    ({"message_id": "a", "rows": [], "mode": "all"}, 400, "exchange.gateway_message_unreadable"),
    ({"message_id": "a", "rows": [], "mode": "full"}, 400, "exchange.gateway_message_unreadable"),
    ({"message_id": "a", "rows": [], "part": 0}, 400, "exchange.gateway_message_unreadable"),
    (
        {"message_id": "a", "rows": [], "mode": "full", "full_id": "f", "scope": {"company_id": "c"}},
        400,
        "exchange.gateway_scope_invalid",
    ),
    ({"message_id": "a", "rows": [None] * 5001}, 413, "exchange.gateway_message_too_large"),
    (b" " * (10 * 1024 * 1024 + 1), 413, "shared.too_large"),
]


async def test_a_message_that_cannot_be_taken(node: Stocked) -> None:
    for body, status, code in UNTAKEABLE:
        answer = await node.post("stocks", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body if len(body) < 100 else len(body)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"] != code
    assert await node.states() == []


async def test_nothing_valid_is_422_with_the_reasons_and_comes_again_the_same(node: Stocked) -> None:
    message = node.message([stock(1, "x"), [], stock(2, "1e999999")])
    first = await node.post("stocks", message)
    assert first.status_code == 422
    assert (first.json()["accepted"], len(first.json()["rejected"])) == (0, 3)
    assert (await node.post("stocks", message)).content == first.content
    assert await node.states() == ["error"] * 3
    assert (await node.send("stocks", [])).status_code == 200, "nothing to tell is no mistake"


UNREADABLE = [
    stock(1, "NaN"),
    stock(1, "Infinity"),
    stock(1, "0.0001"),
    stock(1, "1000000000000"),
    stock("g" * 256),
    stock(1, None),
    stock(1, 1, version="v" * 65),
    stock(1, 1, version=1.5),
    stock(1, 1, deleted="yes"),
    stock("a\0b"),
    stock(1, 1, comment="a\0b"),
    json.loads('{"a":' * 900 + "1" + "}" * 900),
]


async def test_a_row_that_cannot_be_read_is_told_and_kept(node: Stocked) -> None:
    answer = await node.send("stocks", [*UNREADABLE, stock(2, 1)])
    assert answer.status_code == 200
    told = [(one["index"], one["code"]) for one in answer.json()["rejected"]]
    assert told == [(index, "exchange.gateway_row_invalid") for index in range(len(UNREADABLE))]
    await node.apply()
    assert await node.states() == ["error"] * len(UNREADABLE) + ["applied"]


async def test_unknown_fields_are_kept_and_numbers_stay_exact(node: Stocked) -> None:
    await node.post("stocks", json.dumps(node.message([stock(1, 0, ext={"a": [1]})])).replace("0,", "0.1,").encode())
    ((payload,),) = await node.rows("SELECT payload::text FROM gw_in WHERE node_id = :node")
    assert json.loads(payload)["ext"] == {"a": [1]}
    await node.apply()
    assert await node.stock() == {("w1", "g1"): "0.1"}


async def test_who_may_send_what(container: Container, client: AsyncTestClient[Any], node: Stocked) -> None:
    message = node.message([stock(1)])
    address = "/api/gateway/v1/in/stocks"
    nobody = await client.post(address, json=message)
    assert (nobody.status_code, nobody.json()["code"]) == (401, "exchange.credentials_missing")
    assert nobody.headers["www-authenticate"].startswith("Basic")
    wrong = await client.post(address, json=message, auth=("nobody", "password"))
    assert (wrong.status_code, wrong.json()["code"]) == (401, "exchange.bad_credentials")
    assert (await client.get("/api/gateway/v1/state")).status_code == 401
    sale = await Stocked.open(container, client, (ExchangeRight.SALE,))
    refused = await sale.post("stocks", message)
    assert (refused.status_code, refused.json()["code"]) == (403, "exchange.gateway_table_refused")
    assert "stocks" not in await sale.state()
    unknown = await node.post("goods", message)
    assert (unknown.status_code, unknown.json()["code"]) == (400, "exchange.gateway_table_unknown")
    async with container.database().engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE exchange_node SET settings = '{\"gateway_tables\": []}'")
    limited = await node.post("stocks", message)
    assert (limited.status_code, limited.json()["code"]) == (403, "exchange.gateway_table_refused")
    async with container.database().engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE exchange_node SET allowed_addresses = '{192.0.2.1}'")
    elsewhere = await node.post("stocks", message)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "exchange.address_refused")
    log = await node.rows("SELECT mode, status, answer FROM exchange_request ORDER BY request_id")
    assert ("stocks", 403, "failure exchange.address_refused") in log


async def test_guesses_run_out(client: AsyncTestClient[Any], node: Stocked) -> None:
    for guesses, status in ((9, 401), (1, 429)):
        for _ in range(guesses):
            await node.execute(
                "INSERT INTO exchange_attempt (login, address, at) VALUES ('admin', 'testclient', now())"
            )
        last = await client.post("/api/gateway/v1/in/stocks", json=node.message([]), auth=("admin", "guess"))
        assert last.status_code == status
    assert last.headers["retry-after"] == "900"


async def test_a_table_that_somebody_else_writes_is_busy(
    node: Stocked, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock of another message is told with the time to come back."""
    monkeypatch.setattr(gateway_staging, "PATIENCE_MS", 50)
    async with container.stage_work() as work:
        await work.staging.hold(Lane(node.node_id, container.gateway_tables().find("stocks")))
        answer = await node.send("stocks", [stock(1)])
    assert (answer.status_code, answer.json()["code"]) == (503, "exchange.gateway_busy")
    assert answer.headers["retry-after"] == "5"
    assert (await node.send("stocks", [stock(1)])).status_code == 200


async def test_the_examples_of_the_documentation_are_taken(node: Stocked) -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "send-rows.md").read_text("utf-8")
    delta, answer, full, state = (json.loads(one) for one in re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    sent = await node.post("stocks", delta)
    assert sent.json() == answer | {"batch_id": sent.json()["batch_id"]}
    await node.apply()
    assert await node.stock() == {("w1", "g1"): "600.5", ("w1", "g2"): "12"}
    assert (await node.post("stocks", full)).status_code == 200
    await node.apply()
    assert await node.stock() == {("w1", "g1"): "600.5"}
    assert (await node.state())["stocks"].keys() == state[0].keys()
