"""The role tree and the rights matrix, through the API and the panel (HIER-1, HIER-2, HIER-5, HIER-6, HIER-8)."""

from typing import Any
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient
from lxml import html
from market import Market, Person
from sqlalchemy import select
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.identity import app_user, role, role_grant
from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.hierarchy import DEFAULT_ROLES, Permission, Scope
from b2b_dvizhenie.domain.shared.ids import RoleId

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}
PARTIAL = PAGE | {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
async def admin(market: Market) -> Person:
    return await market.member(role_code="administrator", name="Anna")


async def listed(client: AsyncTestClient, admin: Person) -> dict[str, dict[str, Any]]:
    answer = await client.get("/api/v1/roles", headers=admin.headers)
    assert answer.status_code == 200, answer.text
    return {one["code"] if not one["name"] else one["name"]: one for one in answer.json()}


async def trail(market: Market) -> list[tuple[Any, ...]]:
    query = select(audit.c.actor, audit.c.action, audit.c.before, audit.c.after)
    query = query.where(audit.c.action.startswith("hierarchy.")).order_by(audit.c.audit_id)
    async with market.container.database().engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(query)]


async def state(market: Market) -> list[Any]:
    """Everything that edits of roles may change."""
    async with market.container.database().engine.connect() as connection:
        return [
            sorted(map(repr, (await connection.execute(query)).all()))
            for query in (select(role), select(role_grant), select(app_user.c.user_id, app_user.c.role_id))
        ]


async def grant(client: AsyncTestClient, who: Person, role_id: str, permission: str, scope: str | None) -> Any:
    url = f"/api/v1/roles/{role_id}/grants/{permission}"
    return await client.put(url, headers=who.headers, json={"scope": scope})


async def test_a_fresh_installation_lists_the_five_roles_in_order(client: AsyncTestClient, admin: Person) -> None:
    """HIER-1."""
    answer = (await client.get("/api/v1/roles", headers=admin.headers)).json()
    assert [one["code"] for one in answer] == [one.code for one in DEFAULT_ROLES]
    assert answer[0]["grants"]["orders.view"] == "own"
    assert [one["may_edit"] for one in answer] == [True, True, True, True, False]
    page = html.fromstring((await client.get("/panel/roles", headers=admin.headers | PAGE)).text)
    assert [one.text_content() for one in page.cssselect(".rights thead th span")] == [
        "Покупатель", "Менеджер", "Руководитель менеджеров", "Директор", "Администратор",
    ]  # fmt: skip
    rows = page.cssselect(".rights tbody tr:not(.group)")
    assert len(rows) == len(Permission)
    assert all(len(row.cssselect("td")) == len(DEFAULT_ROLES) for row in rows)


async def test_levels_six_to_ten_with_any_parent(client: AsyncTestClient, market: Market, admin: Person) -> None:
    """HIER-2: roles of any depth; moving a role takes along what hangs below."""
    roles = await listed(client, admin)
    parent = roles["client"]["id"]
    for level in range(6, 11):
        answer = await client.post(
            "/api/v1/roles", headers=admin.headers, json={"name": f"Level {level}", "parent_id": parent}
        )
        assert answer.status_code == 201, answer.text
        parent = answer.json()["id"]
    roles = await listed(client, admin)
    assert list(roles)[5:] == [f"Level {level}" for level in range(6, 11)]
    assert all(roles[f"Level {level}"]["grants"] == {} for level in range(6, 11))
    move = {"parent_id": roles["director"]["id"]}
    url = f"/api/v1/roles/{roles['Level 7']['id']}/parent"
    assert (await client.put(url, headers=admin.headers, json=move)).status_code == 204
    ring = {"parent_id": roles["Level 10"]["id"]}
    answer = await client.put(url, headers=admin.headers, json=ring)
    assert (answer.status_code, answer.json()["code"]) == (409, "hierarchy.cycle")
    assert answer.json()["fields"][0]["field"] == "parent"
    roles = await listed(client, admin)
    assert roles["Level 7"]["parent_id"] == roles["director"]["id"]
    assert roles["Level 8"]["parent_id"] == roles["Level 7"]["id"]
    page = html.fromstring((await client.get("/panel/roles/tree", headers=admin.headers | PAGE)).text)
    deepest = page.cssselect("ul ul ul ul ul ul .role-line b")
    assert "Level 10" in [one.text for one in deepest]


async def test_a_right_works_from_the_next_request_and_is_audited(
    client: AsyncTestClient, market: Market, admin: Person
) -> None:
    """HIER-5, HIER-8: granted and revoked in the panel, effective at once, on the record with before and after."""
    manager = await market.member(role_code="manager")
    roles = await listed(client, admin)
    ask = lambda: client.get("/api/v1/jobs", headers=manager.headers)  # noqa: E731 - asked three times
    assert (await ask()).status_code == 403
    answer = await grant(client, admin, roles["manager"]["id"], "jobs.view", "all")
    assert (answer.status_code, answer.json()) == (200, {"scope": None})
    assert (await ask()).status_code == 200
    assert (await grant(client, admin, roles["manager"]["id"], "jobs.view", None)).json() == {"scope": "all"}
    assert (await ask()).status_code == 403
    assert await trail(market) == [
        ("Anna", "hierarchy.right_granted", None, {"jobs.view": "all"}),
        ("Anna", "hierarchy.right_revoked", {"jobs.view": "all"}, None),
    ]
    shown = (await client.get("/panel/audit", headers=admin.headers | PAGE)).text
    assert "Право отозвано" in shown
    assert "Видеть фоновые задания" in shown
    assert "Менеджер" in shown


async def test_a_scope_is_part_of_the_right(client: AsyncTestClient, market: Market, admin: Person) -> None:
    """HIER-6: the same action with another scope shows other objects."""
    head = await market.member(role_code="head_of_managers")
    manager = await market.member(role_code="manager", head=head)
    await market.client("Astra", manager=manager)
    roles = await listed(client, admin)

    async def seen() -> int:
        return int((await client.get("/api/v1/users", headers=head.headers)).json()["total"])

    assert await seen() == 2
    assert (await grant(client, admin, roles["head_of_managers"]["id"], "users.view", "all")).status_code == 200
    assert await seen() == 3
    assert (await grant(client, admin, roles["head_of_managers"]["id"], "users.view", "own")).status_code == 200
    assert await seen() == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/v1/roles", None),
        ("POST", "/api/v1/roles", {"name": "New", "parent_id": "{client}"}),
        ("PUT", "/api/v1/roles/{client}/name", {"name": "New"}),
        ("PUT", "/api/v1/roles/{client}/parent", {"parent_id": "{director}"}),
        ("DELETE", "/api/v1/roles/{client}", None),
        ("PUT", "/api/v1/roles/{client}/grants/jobs.view", {"scope": "all"}),
        ("GET", "/panel/roles", None),
        ("GET", "/panel/roles/tree", None),
        ("POST", "/panel/roles/grants", None),
        ("POST", "/panel/roles/tree", None),
        ("POST", "/panel/roles/{client}/name", None),
        ("POST", "/panel/roles/{client}/parent", None),
        ("POST", "/panel/roles/{client}/delete", None),
    ],
)
async def test_only_who_manages_people_gets_there(
    client: AsyncTestClient, market: Market, method: str, path: str, body: dict[str, str] | None
) -> None:
    ids = {one.code: str(one.role_id) for one in (await market.container.list_roles()(system_actor("test"))).roles}
    before = await state(market)
    for code in ("client", "manager", "head_of_managers", "director"):
        who = await market.member(role_code=code)
        before = await state(market)
        json = {name: value.format(**ids) for name, value in body.items()} if body else None
        answer = await client.request(method, path.format(**ids), headers=who.headers, json=json)
        assert answer.status_code == 403, code
    assert await state(market) == before


async def test_nobody_grants_what_he_lacks_or_edits_himself_upwards(
    client: AsyncTestClient, market: Market, admin: Person
) -> None:
    roles = await listed(client, admin)
    director = await market.member(role_code="director")
    assert (await grant(client, admin, roles["director"]["id"], "users.manage", "all")).status_code == 200
    before = await state(market)
    for role_code, permission, scope, code in (
        ("manager", "settings.manage", "own", "hierarchy.beyond_own_rights"),
        ("manager", "orders.view", "all", "hierarchy.beyond_own_rights"),  # his own is his firm
        ("director", "orders.view", "all", "hierarchy.beyond_own_rights"),
        ("administrator", "orders.view", None, "hierarchy.role_out_of_reach"),
    ):
        answer = await grant(client, director, roles[role_code]["id"], permission, scope)
        assert (answer.status_code, answer.json()["code"]) == (403, code), (role_code, permission, scope)
    for path, body in (
        (f"{roles['director']['id']}/parent", {"parent_id": roles["client"]["id"]}),
        (f"{roles['administrator']['id']}/parent", {"parent_id": roles["director"]["id"]}),
        (f"{roles['manager']['id']}/parent", {"parent_id": roles["administrator"]["id"]}),
        (f"{roles['administrator']['id']}/name", {"name": "Mine"}),
    ):
        answer = await client.put(f"/api/v1/roles/{path}", headers=director.headers, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "hierarchy.role_out_of_reach"), path
    assert await state(market) == before
    assert (await grant(client, director, roles["manager"]["id"], "statistics.view", "firm")).status_code == 200
    assert (await grant(client, director, roles["director"]["id"], "statistics.view", None)).status_code == 200


async def test_the_last_administrator_keeps_the_right_to_manage(
    client: AsyncTestClient, market: Market, admin: Person
) -> None:
    """Z10."""
    roles = await listed(client, admin)
    for scope in (None, "firm"):
        answer = await grant(client, admin, roles["administrator"]["id"], "users.manage", scope)
        assert (answer.status_code, answer.json()["code"]) == (409, "hierarchy.last_administrator")
    assert (await grant(client, admin, roles["director"]["id"], "users.manage", "all")).status_code == 200
    assert (await grant(client, admin, roles["administrator"]["id"], "users.manage", None)).status_code == 409
    await market.member(role_code="director")
    assert (await grant(client, admin, roles["administrator"]["id"], "users.manage", None)).status_code == 200
    assert (await client.get("/api/v1/roles", headers=admin.headers)).status_code == 403


async def test_only_unused_roles_are_deleted(client: AsyncTestClient, market: Market, admin: Person) -> None:
    roles = await listed(client, admin)
    made = await client.post(
        "/api/v1/roles", headers=admin.headers, json={"name": "Viewer", "parent_id": roles["director"]["id"]}
    )
    viewer = made.json()["id"]
    await grant(client, admin, viewer, "orders.view", "own")
    person = await market.member(role_code=made.json()["code"])
    answer = await client.delete(f"/api/v1/roles/{viewer}", headers=admin.headers)
    assert (answer.status_code, answer.json()["params"]) == (409, {"people": 1, "roles": 0})
    answer = await client.delete(f"/api/v1/roles/{roles['manager']['id']}", headers=admin.headers)
    assert (answer.status_code, answer.json()["params"]) == (409, {"people": 0, "roles": 1})
    async with market.container.hierarchy_work() as work:
        await work.hierarchy.set_role(person.user_id, RoleId(UUID(roles["client"]["id"])))
        await work.commit()
    assert (await client.delete(f"/api/v1/roles/{viewer}", headers=admin.headers)).status_code == 204
    assert (await client.delete(f"/api/v1/roles/{viewer}", headers=admin.headers)).status_code == 404
    assert (await trail(market))[-1][1:] == (
        "hierarchy.role_deleted",
        {"name": "Viewer", "grants": {"orders.view": "own"}},
        None,
    )


@pytest.mark.parametrize(
    ("body", "status", "field", "code"),
    [
        ({"name": ""}, 400, "name", "hierarchy.role_name_invalid"),
        ({"name": "x" * 100_000}, 400, "name", "hierarchy.role_name_invalid"),
        ({"name": "a\u202eb"}, 400, "name", "hierarchy.role_name_invalid"),
        ({"name": "TAKEN"}, 409, "name", "hierarchy.role_name_taken"),
        ({"name": "New", "parent_id": str(UUID(int=5))}, 404, "parent", "shared.not_found"),
        ({"name": "New", "grants": {"users.manage": "all"}}, 400, "grants", "shared.invalid"),
        ({"name": 5}, 400, "name", "shared.invalid"),
    ],
)
async def test_bad_input_names_its_field(
    client: AsyncTestClient, market: Market, admin: Person, body: dict[str, Any], status: int, field: str, code: str
) -> None:
    roles = await listed(client, admin)
    director = roles["director"]["id"]
    await client.post("/api/v1/roles", headers=admin.headers, json={"name": "Taken", "parent_id": director})
    before = await state(market)
    answer = await client.post("/api/v1/roles", headers=admin.headers, json={"parent_id": director} | body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if code != "shared.invalid":
        assert [one["field"] for one in answer.json()["fields"]] == [field]
    assert await state(market) == before


@pytest.mark.parametrize("permission", ["jobs.nothing", "users", "%20", "users.manage;"])
async def test_unknown_rights_are_not_found(client: AsyncTestClient, admin: Person, permission: str) -> None:
    roles = await listed(client, admin)
    assert (await grant(client, admin, roles["manager"]["id"], permission, "own")).status_code == 404
    assert (await grant(client, admin, roles["manager"]["id"], "jobs.view", "universe")).status_code == 400
    assert (await grant(client, admin, str(UUID(int=1)), "jobs.view", "own")).status_code == 404


# -- the matrix


async def cells(client: AsyncTestClient, who: Person) -> dict[tuple[int, str], Any]:
    """Selects of the matrix by the number of the role's column and the permission."""
    page = html.fromstring((await client.get("/panel/roles", headers=who.headers | PAGE)).text)
    found = {}
    for row in page.cssselect(".rights tbody tr:not(.group)"):
        for column, cell in enumerate(row.cssselect("td")):
            for select_ in cell.cssselect("select"):
                found[column, select_.get("name").split(":")[2]] = select_
    return found


async def test_the_matrix_saves_a_cell_with_undo(client: AsyncTestClient, market: Market, admin: Person) -> None:
    cell = (await cells(client, admin))[1, "jobs.view"]
    answer = await client.post("/panel/roles/grants", headers=admin.headers | PARTIAL, data={cell.get("name"): "firm"})
    assert answer.status_code == 200
    parts = html.fragments_fromstring(answer.text)
    assert [part.get("hx-target") for part in parts if not isinstance(part, str)] == [
        f"#{cell.getparent().get('id')}",
        "#toasts",
    ]
    grants = (await listed(client, admin))["manager"]["grants"]
    assert grants["jobs.view"] == "firm"
    undo = html.fromstring(answer.text).cssselect("form[hx-post]")[0].get("hx-post")
    undone = await client.post(undo, headers=admin.headers | PARTIAL)
    assert "Изменено 1 право." in undone.text
    assert "jobs.view" not in (await listed(client, admin))["manager"]["grants"]
    # A page that was opened before somebody's change overwrites nothing.
    late = await client.post(undo, headers=admin.headers | PARTIAL)
    assert "уже изменил кто-то другой" in late.text
    assert len(await trail(market)) == 2


async def test_the_plain_form_saves_what_differs_each_for_itself(
    client: AsyncTestClient, market: Market, admin: Person
) -> None:
    shown = await cells(client, admin)
    values = {
        one.get("name"): next(option.get("value") for option in one.cssselect("option[selected]"))
        for one in shown.values()
    }
    values[shown[0, "orders.view"].get("name")] = "none"
    values[shown[2, "jobs.view"].get("name")] = "subtree"
    values[shown[4, "users.manage"].get("name")] = "none"  # the last administrator
    answer = await client.post("/panel/roles/grants", headers=admin.headers | PAGE, data=values)
    assert answer.status_code == 200
    assert "Изменено 2 права." in answer.text
    assert "последний администратор" in answer.text
    roles = await listed(client, admin)
    assert "orders.view" not in roles["client"]["grants"]
    assert roles["head_of_managers"]["grants"]["jobs.view"] == "subtree"
    assert roles["administrator"]["grants"]["users.manage"] == "all"
    assert len(await trail(market)) == 2


async def test_cells_offer_what_one_may_give(client: AsyncTestClient, market: Market, admin: Person) -> None:
    roles = await listed(client, admin)
    await grant(client, admin, roles["director"]["id"], "users.manage", "all")
    director = await market.member(role_code="director")
    shown = await cells(client, director)
    offered = [option.get("value") for option in shown[1, "orders.view"].cssselect("option")]
    assert offered == ["none", "own", "assigned", "subtree", "firm"]
    assert (1, "settings.manage") not in shown  # he lacks it, so there is nothing to choose
    assert not any(column == 4 for column, _ in shown)  # administrators stand above him
    own = [option.get("value") for option in shown[3, "statistics.view"].cssselect("option")]
    assert own == ["none", "own", "assigned", "subtree", "firm"]


async def test_the_matrix_costs_the_same_however_many_roles(
    client: AsyncTestClient, market: Market, admin: Person
) -> None:
    async def cost(path: str) -> int:
        with recorded_statements() as seen:
            assert (await client.get(path, headers=admin.headers | PAGE)).status_code == 200
        return len(seen)

    paths = ("/panel/roles", "/panel/roles/tree", "/api/v1/roles")
    before = [await cost(path) for path in paths]
    director = (await listed(client, admin))["director"]["id"]
    for number in range(8):
        body = {"name": f"Role {number}", "parent_id": director}
        await client.post("/api/v1/roles", headers=admin.headers, json=body)
    after = [await cost(path) for path in paths]
    assert all(now <= was for now, was in zip(after, before, strict=True))


# -- the tree


async def test_the_tree_works_by_plain_forms(client: AsyncTestClient, market: Market, admin: Person) -> None:
    roles = await listed(client, admin)
    headers = admin.headers | PAGE
    director = roles["director"]["id"]

    async def send(path: str, **data: str) -> Any:
        return await client.post(f"/panel/roles/{path}", headers=headers, data=data, follow_redirects=False)

    answer = await send("tree", name="Старший <b>менеджер</b>", parent=director)
    assert (answer.status_code, answer.headers["location"]) == (303, "/panel/roles/tree?done=created")
    shown = await client.get(answer.headers["location"], headers=headers)
    assert "Роль добавлена." in shown.text
    assert "Старший &lt;b&gt;менеджер&lt;/b&gt;" in shown.text
    made = (await listed(client, admin))["Старший <b>менеджер</b>"]
    assert (await send(f"{made['id']}/name", name="Старший")).status_code == 303
    assert (await send(f"{made['id']}/parent", parent=roles["manager"]["id"])).status_code == 303
    refused = await send("tree", name="старший", parent=director)
    assert refused.status_code == 409
    form = html.fromstring(refused.text).cssselect("form#new")[0]
    assert form.cssselect("[name=name]")[0].get("value") == "старший"
    assert "уже есть" in form.text_content()
    assert (await send(f"{roles['manager']['id']}/parent", parent=made["id"])).status_code == 409
    assert (await send(f"{made['id']}/delete")).status_code == 303
    assert "Старший" not in await listed(client, admin)
    assert [row[1].split(".")[1] for row in await trail(market)] == [
        "role_created", "role_renamed", "role_moved", "role_deleted",
    ]  # fmt: skip


def test_every_scope_and_right_has_words() -> None:
    from b2b_dvizhenie.entrypoints.http.labels import LABELS

    assert set(LABELS["permission"]) == {one.value for one in Permission}
    assert set(LABELS["resource"]) == {one.value.split(".")[0] for one in Permission}
    assert set(LABELS["scope"]) == {one.value for one in Scope}
