"""Logging in through the HTTP door (REG-2, REG-3, REG-7)."""

import pytest
from litestar.testing import AsyncTestClient
from msgspec.structs import replace

from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.hierarchy import DEFAULT_ROLES, BeyondOwnRights, Permission, Scope
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = pytest.mark.anyio
PASSWORD = "correct horse"
GRANTS = {one.code: one.grants for one in DEFAULT_ROLES}


@pytest.fixture
async def buyer(container: Container) -> None:
    create = container.create_user()
    await create(
        system_actor("test"),
        role="client",
        name="Покупатель",
        email="Buyer@Example.test",
        phone="+7 912 345-67-89",
        password=PASSWORD,
    )


@pytest.mark.parametrize(
    "login", ["buyer@example.test", "BUYER@example.TEST", "+79123456789", "8 (912) 345-67-89", "9123456789"]
)
async def test_login_by_any_spelling(client: AsyncTestClient, buyer: None, login: str) -> None:
    answer = await client.post("/api/v1/auth/login", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200
    me = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {answer.json()['token']}"})
    assert me.status_code == 200
    assert me.json()["role"] == "client"
    assert me.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in me.headers["content-security-policy"]


async def test_wrong_password_and_unknown_account_answer_alike(client: AsyncTestClient, buyer: None) -> None:
    answers = [
        await client.post("/api/v1/auth/login", json={"login": login, "password": "wrong"})
        for login in ("buyer@example.test", "nobody@example.test", "nonsense")
    ]
    assert {answer.status_code for answer in answers} == {401}
    bodies = [{**answer.json(), "request_id": ""} for answer in answers]
    assert bodies[0] == bodies[1] == bodies[2]
    assert answers[0].headers["content-type"].startswith("application/problem+json")


async def test_dead_token_opens_nothing(client: AsyncTestClient, buyer: None) -> None:
    answer = await client.post("/api/v1/auth/login", json={"login": "buyer@example.test", "password": PASSWORD})
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert (await client.post("/api/v1/auth/logout", headers=headers)).status_code == 204
    assert (await client.get("/api/v1/me", headers=headers)).status_code == 401


async def test_budget_of_attempts(client: AsyncTestClient, buyer: None) -> None:
    for _ in range(10):
        await client.post("/api/v1/auth/login", json={"login": "buyer@example.test", "password": "wrong"})
    answer = await client.post("/api/v1/auth/login", json={"login": "buyer@example.test", "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.json()["code"] == "identity.too_many_attempts"
    assert int(answer.headers["retry-after"]) > 0


async def test_unknown_field_is_named(client: AsyncTestClient) -> None:
    answer = await client.post("/api/v1/auth/login", json={"login": "a", "password": "b", "role": "administrator"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "shared.invalid"


async def test_foreign_site_cannot_use_the_cookie(client: AsyncTestClient, buyer: None) -> None:
    answer = await client.post("/api/v1/auth/login", json={"login": "buyer@example.test", "password": PASSWORD})
    client.cookies.set("b2b_session", answer.json()["token"])
    refused = await client.post("/api/v1/auth/logout", headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    assert refused.json()["code"] == "identity.foreign_site"
    allowed = await client.post("/api/v1/auth/logout", headers={"Sec-Fetch-Site": "same-origin"})
    assert allowed.status_code == 204


async def test_health(client: AsyncTestClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    assert (await client.get("/health/ready")).json() == {"status": "ok"}


async def test_nobody_creates_a_person_who_may_more_than_himself(container: Container) -> None:
    """The right to manage people of a firm makes nobody an administrator (HIER-6)."""
    mine = dict(GRANTS["director"]) | {Permission.USERS_MANAGE: Scope.FIRM}
    director = replace(system_actor("test"), grants=mine)
    create = container.create_user()
    await create(director, role="manager", name="Менеджер", email="manager@example.test", password=PASSWORD)
    with pytest.raises(BeyondOwnRights) as refused:
        await create(director, role="administrator", name="Чужой", email="admin@example.test", password=PASSWORD)
    assert refused.value.field == "role"
    async with container.database().reading() as connection:
        found = await (await connection.execute("SELECT email FROM app_user")).fetchall()
    assert found == [("manager@example.test",)]
