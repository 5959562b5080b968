"""API of the exchange monitor: who may see it, what it says, that a row's history is one query."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from sqlalchemy import insert

from b2b_dvizhenie.adapters.postgres.tables.exchange import exchange_import, exchange_problem
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PASSWORD = "correct horse"
API = "/api/v1/exchange"
Call = Callable[..., Awaitable[Response]]


@pytest.fixture
async def as_role(container: Container, client: AsyncTestClient) -> Callable[[str], Awaitable[dict[str, str]]]:
    async def log_in(role: str) -> dict[str, str]:
        login = f"{role}@example.test"
        create = container.create_user()
        await create(system_actor("test"), role=role, name=role, email=login, password=PASSWORD)
        answer = await client.post("/api/v1/auth/login", json={"login": login, "password": PASSWORD})
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    return log_in


async def make_node(client: AsyncTestClient, headers: dict[str, str], **fields: Any) -> dict[str, Any]:
    draft = {"name": "УТ 11", "login": "ut", "password": "exchange-2026"} | fields
    answer = await client.post(f"{API}/nodes", json=draft, headers=headers)
    assert answer.status_code == 201, answer.text
    node: dict[str, Any] = answer.json()
    return node


async def add_import(container: Container, node_id: str, **values: Any) -> str:
    now = container.clock()()
    import_id = new_id()
    row = {
        "import_id": import_id,
        "node_id": UUID(node_id),
        "filename": "import0_1.xml",
        "path": "/nowhere",
        "sha256": import_id.hex,
        "bytes": 10,
        "state": "done",
        "created_at": now - timedelta(minutes=3),
        "finished_at": now - timedelta(minutes=2),
        "counters": {"goods.read": 5, "sections.read": 1},
    }
    async with container.database().engine.begin() as connection:
        await connection.execute(insert(exchange_import).values(row | values))
    return str(import_id)


async def add_problem(container: Container, import_id: str, **values: Any) -> None:
    row = {"import_id": UUID(import_id), "entity": "good", "severity": "error", "code": "exchange.id_missing"}
    async with container.database().engine.begin() as connection:
        await connection.execute(insert(exchange_problem).values(row | {"ref": "g-1"} | values))


@pytest.mark.parametrize(
    ("role", "may_view", "may_manage"),
    [("client", 403, 403), ("manager", 403, 403), ("director", 200, 403), ("administrator", 200, 201)],
)
async def test_who_may(
    client: AsyncTestClient,
    as_role: Callable[[str], Awaitable[dict[str, str]]],
    role: str,
    may_view: int,
    may_manage: int,
) -> None:
    headers = await as_role(role)
    for path in ("nodes", "summary", "imports", "problems", "problems.csv", "requests", "undelivered"):
        assert (await client.get(f"{API}/{path}", headers=headers)).status_code == may_view, path
        assert (await client.get(f"{API}/{path}")).status_code == 401, path
    draft = {"name": "УТ", "login": "ut", "password": "exchange-2026"}
    assert (await client.post(f"{API}/nodes", json=draft, headers=headers)).status_code == may_manage
    unknown = f"{API}/imports/{new_id()}/repeat"
    assert (await client.post(unknown, headers=headers)).status_code == (404 if may_manage == 201 else 403)


async def test_node_is_made_changed_and_never_tells_its_password(
    client: AsyncTestClient, container: Container, as_role: Callable[[str], Awaitable[dict[str, str]]]
) -> None:
    headers = await as_role("administrator")
    node = await make_node(client, headers, allowed_addresses=["10.0.0.0/8"], rights=["sale"])
    assert (node["rights"], node["allowed_addresses"], node["is_active"]) == (["sale"], ["10.0.0.0/8"], True)
    change = {"profile": "ut115", "password": "new-exchange-2026", "settings": {"expected_minutes": {"stocks": 1}}}
    answer = await client.patch(f"{API}/nodes/{node['node_id']}", json=change, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["profile"] == "ut115"
    listed = await client.get(f"{API}/nodes", headers=headers)
    assert listed.json() == [answer.json()]
    assert "password" not in listed.text
    async with container.database().reading() as connection:
        cursor = await connection.execute("SELECT action, before::text || after::text FROM audit ORDER BY at DESC")
        (action, told), *_ = [row for row in await cursor.fetchall() if row[0] == "exchange.node_changed"]
    assert action == "exchange.node_changed"
    assert "new-exchange-2026" not in told
    assert '"password": "changed"' in told


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"login": "логин"}, "exchange.node_login_invalid", "login"),
        ({"password": "short"}, "exchange.node_password_short", "password"),
        ({"profile": "ut12"}, "exchange.node_field_invalid", "profile"),
        ({"rights": []}, "exchange.node_field_invalid", "rights"),
        ({"allowed_addresses": ["everywhere"]}, "exchange.address_invalid", "allowed_addresses.0"),
    ],
)
async def test_wrong_node_is_refused_by_field(
    client: AsyncTestClient,
    as_role: Callable[[str], Awaitable[dict[str, str]]],
    fields: dict[str, Any],
    code: str,
    field: str,
) -> None:
    headers = await as_role("administrator")
    draft = {"name": "УТ", "login": "ut", "password": "exchange-2026"} | fields
    answer = await client.post(f"{API}/nodes", json=draft, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["fields"][0]["field"] == field


async def test_login_of_a_node_is_unique(
    client: AsyncTestClient, as_role: Callable[[str], Awaitable[dict[str, str]]]
) -> None:
    headers = await as_role("administrator")
    await make_node(client, headers)
    draft = {"name": "УТ", "login": "ut", "password": "exchange-2026"}
    answer = await client.post(f"{API}/nodes", json=draft, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "exchange.node_login_taken")


async def test_summary_has_one_status_per_category(
    client: AsyncTestClient, container: Container, as_role: Callable[[str], Awaitable[dict[str, str]]]
) -> None:
    headers = await as_role("administrator")
    node = (await make_node(client, headers))["node_id"]
    now = container.clock()()
    goods = await add_import(container, node)
    await add_problem(container, goods)
    await add_problem(container, goods, severity="warning")
    await add_import(
        container,
        node,
        filename="rests.xml",
        counters={"stocks.read": 3, "prices.read": 0},
        finished_at=now - timedelta(minutes=20),
    )
    failed = {"state": "failed", "counters": {}, "error_code": "exchange.file_truncated"}
    await add_import(container, node, filename="1/prices_1_1.xml", **failed)
    running = {"state": "running", "counters": {}, "finished_at": None}
    await add_import(container, node, filename="contragents_1.xml", **running)
    (summary,) = (await client.get(f"{API}/summary", headers=headers)).json()
    lines = {line["category"]: line for line in summary["categories"]}
    assert {name: line["status"] for name, line in lines.items()} == {
        "goods": "done",
        "groups": "done",
        "prices": "error",
        "stocks": "overdue",
        "companies": "running",
        "orders": "never",
        "order_statuses": "never",
        "balances": "never",
        "documents": "never",
    }
    assert lines["goods"]["errors"] == 1
    assert lines["prices"]["error_code"] == "exchange.file_truncated"
    assert lines["stocks"]["expected_minutes"] == 10


async def test_errors_are_found_by_one_query_and_exported(
    client: AsyncTestClient, container: Container, as_role: Callable[[str], Awaitable[dict[str, str]]]
) -> None:
    headers = await as_role("administrator")
    node = (await make_node(client, headers))["node_id"]
    first, second = await add_import(container, node), await add_import(container, node)
    await add_problem(container, first, ref="g-7", line=12)
    await add_problem(container, second, ref="g-7", severity="warning")
    await add_problem(container, second, ref="=cmd|' /C calc'!A0", entity="offer", detail="50%")
    found = (await client.get(f"{API}/problems", params={"q": "g-7"}, headers=headers)).json()
    assert [one["problem"]["import_id"] for one in found] == [second, first]
    assert all(one["text"] for one in found)
    errors = await client.get(f"{API}/problems", params={"severity": "error", "entity": "good"}, headers=headers)
    assert [one["problem"]["line"] for one in errors.json()] == [12]
    assert len((await client.get(f"{API}/problems", params={"q": "0%"}, headers=headers)).json()) == 1
    page = (await client.get(f"{API}/problems", params={"limit": 2}, headers=headers)).json()
    rest = await client.get(
        f"{API}/problems", params={"before": str(page[-1]["problem"]["problem_id"])}, headers=headers
    )
    assert len(page) + len(rest.json()) == 3
    file = await client.get(f"{API}/problems.csv", headers=headers)
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.content.startswith(b"\xef\xbb\xbfat;node;file;")
    lines = file.content.decode("utf-8-sig").split("\r\n")
    assert len(lines) == 1 + 3 + 1
    assert ";'=cmd" in lines[1]


async def test_import_is_shown_with_its_error_and_repeated(
    client: AsyncTestClient, container: Container, as_role: Callable[[str], Awaitable[dict[str, str]]]
) -> None:
    headers = await as_role("administrator")
    node = (await make_node(client, headers))["node_id"]
    failed = {"state": "failed", "counters": {}, "error_code": "exchange.file_missing"}
    import_id = await add_import(container, node, **failed)
    card = (await client.get(f"{API}/imports/{import_id}", headers=headers)).json()
    assert card["line"]["state"] == "failed"
    assert "import0_1.xml" in card["error"]
    repeated = (await client.post(f"{API}/imports/{import_id}/repeat", headers=headers)).json()["import_id"]
    lines = (await client.get(f"{API}/imports", params={"state": "waiting"}, headers=headers)).json()
    assert [(line["import_id"], line["started_by"]) for line in lines] == [(repeated, "administrator")]
    async with container.database().reading() as connection:
        cursor = await connection.execute("SELECT payload ->> 'import_id', lane FROM job")
        assert await cursor.fetchall() == [(repeated, f"exchange:{node}")]
    assert (await client.get(f"{API}/imports/{new_id()}", headers=headers)).status_code == 404
