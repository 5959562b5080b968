"""The account: profile, sessions, password, through the API and through pages that work without script."""

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from lxml import html
from shop import PASSWORD, Shop
from statements import recorded_statements

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}
NEW = "another horse battery"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
EMAIL = "buyer@example.test"


async def log_in(client: AsyncTestClient, agent: str = CHROME, password: str = PASSWORD) -> dict[str, str]:
    answer = await client.post(
        "/api/v1/auth/login", json={"login": EMAIL, "password": password}, headers={"User-Agent": agent}
    )
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def enter(client: AsyncTestClient, shop: Shop, *, level: int = 2, role: str = "client") -> None:
    companies = {await shop.company("ООО Ромашка"): level, await shop.company("АО Василёк", wholesale=False): level}
    client.cookies.set("b2b_session", await shop.person(EMAIL, role=role, companies=companies))


def texts(answer: Response, selector: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in html.fromstring(answer.text).cssselect(selector)]


async def see(client: AsyncTestClient, path: str) -> Response:
    answer = await client.get(path, headers=PAGE, follow_redirects=False)
    assert answer.status_code == 200, answer.text
    return answer


async def send(client: AsyncTestClient, path: str, form: dict[str, str]) -> Response:
    return await client.post(path, data=form, headers=PAGE, follow_redirects=False)


async def test_sessions_over_the_api(client: AsyncTestClient, shop: Shop) -> None:
    await shop.person(EMAIL)
    first, second = await log_in(client), await log_in(client, "b2b-app/1.2 (Android)")
    listed = (await client.get("/api/v1/sessions", headers=first)).json()
    assert [(one["user_agent"], one["current"]) for one in listed] == [
        ("b2b-app/1.2 (Android)", False),
        (CHROME, True),
        ("", False),
    ]
    doomed = listed[0]["session_id"]
    assert (await client.delete(f"/api/v1/sessions/{doomed}", headers=first)).status_code == 204
    assert (await client.get("/api/v1/me", headers=second)).status_code == 401
    again = await client.delete(f"/api/v1/sessions/{doomed}", headers=first)
    assert (again.status_code, again.json()["code"]) == (404, "shared.not_found")
    assert (await client.post("/api/v1/sessions/close-others", headers=first)).json() == {"closed": 1}
    assert (await client.get("/api/v1/sessions", headers={})).status_code == 401


async def test_password_over_the_api(client: AsyncTestClient, shop: Shop) -> None:
    await shop.person(EMAIL)
    first, second = await log_in(client), await log_in(client)
    wrong = await client.post("/api/v1/me/password", headers=first, json={"current_password": "x", "new_password": NEW})
    assert (wrong.status_code, wrong.json()["fields"][0]["field"]) == (400, "current_password")
    short = await client.post(
        "/api/v1/me/password", headers=first, json={"current_password": PASSWORD, "new_password": "short"}
    )
    assert short.json()["fields"][0]["params"] == {"minimum": 8, "maximum": 1024}
    changed = {"current_password": PASSWORD, "new_password": NEW}
    assert (await client.post("/api/v1/me/password", headers=first, json=changed)).status_code == 204
    assert (await client.get("/api/v1/me", headers=first)).status_code == 200
    assert (await client.get("/api/v1/me", headers=second)).status_code == 401
    await log_in(client, password=NEW)


async def test_profile_shows_logins_and_companies_with_their_prices(client: AsyncTestClient, shop: Shop) -> None:
    await enter(client, shop)
    page = await see(client, "/account")
    assert texts(page, "dl.facts dd") == ["Покупатель", EMAIL]
    assert texts(page, "tbody th") == ["АО Василёк выбрана", "ООО Ромашка"]
    assert texts(page, "tbody td") == ["7700000000", "Розничная", "7700000000", "Оптовая"]
    assert texts(page, ".tabs a") == ["Профиль", "Баланс", "Сеансы и безопасность"]
    assert "/api-keys" not in page.text


async def test_sessions_are_closed_by_forms(client: AsyncTestClient, shop: Shop) -> None:
    await enter(client, shop)
    phone = await log_in(client, "b2b-app/1.2 (Android)")
    await log_in(client)
    page = await see(client, "/account/sessions")
    assert [text.split("с ")[0] for text in texts(page, "tbody th")] == [
        "Chrome, Windows",
        "b2b-app/1.2",
        "Неизвестное устройство это устройство",
    ]
    assert texts(page, "#second-factor h2") == ["Второй фактор"]
    buttons = html.fromstring(page.text).cssselect("form[action='/account/sessions/close'] button")
    form = {"session": buttons[1].get("value")}
    assert (await client.get("/api/v1/me", headers=phone)).status_code == 200
    answer = await send(client, "/account/sessions/close", form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/sessions?done=closed")
    assert (await client.get("/api/v1/me", headers=phone)).status_code == 401
    assert "Сеанс завершён." in (await see(client, answer.headers["location"])).text
    assert (await send(client, "/account/sessions/close", form)).headers["location"] == "/account/sessions?done=ended"
    answer = await send(client, "/account/sessions/close-others", {})
    page = await see(client, answer.headers["location"])
    assert len(texts(page, "tbody tr")) == 1
    assert "close-others" not in page.text


async def test_a_refused_password_is_told_at_its_field(client: AsyncTestClient, shop: Shop) -> None:
    await enter(client, shop)
    answer = await send(client, "/account/password", {"current_password": "secret one", "new_password": NEW})
    assert answer.status_code == 422
    assert texts(answer, "#current_password-error") == ["Текущий пароль неверный."]
    assert "secret one" not in answer.text
    answer = await send(client, "/account/password", {"current_password": PASSWORD, "new_password": "short"})
    assert texts(answer, "#new_password-error") == ["Новый пароль: от 8 до 1024 знаков."]
    answer = await send(client, "/account/password", {"current_password": PASSWORD, "new_password": NEW})
    assert answer.headers["location"] == "/account/sessions?done=password"


async def test_guessing_the_password_ends(client: AsyncTestClient, shop: Shop) -> None:
    await enter(client, shop)
    for _ in range(10):
        await send(client, "/account/password", {"current_password": "wrong", "new_password": NEW})
    answer = await send(client, "/account/password", {"current_password": PASSWORD, "new_password": NEW})
    assert answer.status_code == 422
    assert "Слишком много" in texts(answer, ".form-error")[0]


async def test_the_pages_cost_the_same_for_many_sessions_and_companies(client: AsyncTestClient, shop: Shop) -> None:
    await enter(client, shop)

    async def cost(path: str) -> int:
        with recorded_statements() as seen:
            await see(client, path)
        return len(seen)

    before = [await cost("/account"), await cost("/account/sessions")]
    for _ in range(5):
        await log_in(client)
    assert [await cost("/account"), await cost("/account/sessions")] == before


@pytest.mark.parametrize("role", ["client", "manager", "head_of_managers", "director", "administrator"])
async def test_the_cart_is_offered_to_who_can_order(client: AsyncTestClient, shop: Shop, role: str) -> None:
    if role == "client":
        await enter(client, shop)
    else:
        client.cookies.set("b2b_session", await shop.person(EMAIL, role=role))
    for path in ("/catalog", "/orders", "/account", "/account/sessions"):
        page = await see(client, path)
        offered = [a.get("href") for a in html.fromstring(page.text).cssselect("a") if a.get("href") == "/cart"]
        assert bool(offered) == (role == "client"), path
    refused = {"client": 200, "administrator": 409}.get(role, 403)
    assert (await client.get("/cart", headers=PAGE)).status_code == refused


async def test_a_token_is_refreshed_by_hand(client: AsyncTestClient, shop: Shop) -> None:
    """TOK-2: the old token is dead at once, the session and its end stay."""
    await shop.person(EMAIL)
    old = await log_in(client)
    before = (await client.get("/api/v1/sessions", headers=old)).json()[0]
    answer = await client.post("/api/v1/token/refresh", headers=old)
    assert answer.status_code == 200
    new = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert (await client.get("/api/v1/me", headers=old)).status_code == 401
    assert (await client.post("/api/v1/token/refresh", headers=old)).status_code == 401
    after = (await client.get("/api/v1/sessions", headers=new)).json()[0]
    assert (after["session_id"], after["expires_at"]) == (before["session_id"], before["expires_at"])
    assert after["expires_at"] == answer.json()["expires_at"]


async def test_after_a_reset_the_login_is_asked_again(client: AsyncTestClient, shop: Shop) -> None:
    """TOK-5."""
    await shop.person(EMAIL)
    first, second = await log_in(client), await log_in(client)
    assert (await client.post("/api/v1/token/reset", headers=first)).json() == {"closed": 3}
    for headers in (first, second):
        assert (await client.get("/api/v1/me", headers=headers)).status_code == 401
    await log_in(client)


async def test_tokens_of_another_are_reset_by_who_manages_people(client: AsyncTestClient, shop: Shop) -> None:
    await shop.person(EMAIL)
    buyer = await log_in(client)
    target = (await client.get("/api/v1/me", headers=buyer)).json()["user_id"]
    for role in ("client", "manager", "head_of_managers", "director"):
        other = {"Authorization": f"Bearer {await shop.person(f'{role}@x.test', role=role)}"}
        assert (await client.post(f"/api/v1/users/{target}/token/reset", headers=other)).status_code == 403
    assert (await client.get("/api/v1/me", headers=buyer)).status_code == 200
    admin = {"Authorization": f"Bearer {await shop.person('admin@x.test', role='administrator')}"}
    assert (await client.post(f"/api/v1/users/{target}/token/reset", headers=admin)).json() == {"closed": 2}
    assert (await client.get("/api/v1/me", headers=buyer)).status_code == 401
    unknown = await client.post("/api/v1/users/00000000-0000-7000-8000-000000000000/token/reset", headers=admin)
    assert unknown.status_code == 404


async def test_the_page_refreshes_and_resets(client: AsyncTestClient, shop: Shop) -> None:
    await enter(client, shop)
    before = client.cookies["b2b_session"]
    answer = await send(client, "/account/token/refresh", {})
    assert answer.headers["location"] == "/account/sessions?done=refreshed"
    fresh = answer.cookies["b2b_session"]
    assert fresh != before
    client.cookies.clear()
    client.cookies.set("b2b_session", before)
    assert (await send(client, "/account/token/refresh", {})).headers["location"].startswith("/login")
    client.cookies.clear()
    client.cookies.set("b2b_session", fresh)
    assert "Токен этого устройства обновлён." in (await see(client, "/account/sessions?done=refreshed")).text
    answer = await send(client, "/account/token/reset", {})
    assert answer.headers["location"] == "/login"
    assert (await client.get("/account", headers=PAGE, follow_redirects=False)).status_code == 302
