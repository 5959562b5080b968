"""Settings of the panel (TOK-3, TOK-4): who may, what is refused, what follows at once, the page and the API."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient
from lxml import html
from people import PASSWORD, enter
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.settings import PostgresSettingsTransaction
from b2b_dvizhenie.application.settings import ChangeSettings, CurrentSettings
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.companies import ACCESS_REQUESTS
from b2b_dvizhenie.domain.identity import TOKEN_LIFETIME_DAYS
from b2b_dvizhenie.entrypoints.container import Container, build, running
from b2b_dvizhenie.entrypoints.http.setting_texts import GROUPS, SECTIONS, TEXTS
from b2b_dvizhenie.entrypoints.parts.settings import DECLARED

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PAGE = {"Accept": "text/html"}
KEY = TOKEN_LIFETIME_DAYS.key


async def rows(container: Container, statement: str) -> list[Any]:
    async with container.database().reading() as connection:
        return await (await connection.execute(statement.encode())).fetchall()


async def see(client: AsyncTestClient, query: str = "") -> Response:
    answer = await client.get(f"/panel/settings{query}", headers=PAGE)
    assert answer.status_code == 200, answer.text
    return answer


async def save(client: AsyncTestClient, **fields: str) -> Response:
    ticked = {ACCESS_REQUESTS.key: "true"}  # browsers send every box that is ticked
    return await client.post("/panel/settings", data=ticked | fields, headers=PAGE, follow_redirects=False)


def version(answer: Response) -> str:
    return html.fromstring(answer.text).cssselect("input[name=version]")[0].get("value")


async def test_an_administrator_changes_the_lifetime_and_it_is_recorded(
    container: Container, client: AsyncTestClient
) -> None:
    await enter(container, client, "administrator")
    page = await see(client)
    assert "Время жизни токена" in page.text
    assert "по умолчанию 30" in page.text
    answer = await save(client, **{KEY: "45", "version": version(page)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/panel/settings?section=main&saved=true")
    page = await see(client, "?section=main&saved=true")
    assert html.fromstring(page.text).get_element_by_id(KEY).get("value") == "45"
    assert "Сохранено" in page.text
    assert "administrator" in page.text
    recorded = await rows(
        container, "SELECT subject_id, before, after, actor FROM audit WHERE action = 'settings.changed'"
    )
    assert recorded == [(KEY, {"value": 30}, {"value": 45}, "administrator")]
    await save(client, **{KEY: "45"})
    assert len(await rows(container, "SELECT 1 FROM audit WHERE action = 'settings.changed'")) == 1


@pytest.mark.parametrize("typed", ["0", "367", "", "thirty", "-5", "9" * 100_000, "\u0000", "٣٠"])
async def test_a_wrong_value_is_told_at_its_field_and_nothing_changes(
    container: Container, client: AsyncTestClient, typed: str
) -> None:
    await enter(container, client, "administrator")
    answer = await save(client, **{KEY: typed})
    assert answer.status_code == 422
    problem = html.fromstring(answer.text).get_element_by_id(f"{KEY}-error")
    assert problem.text_content().strip() == "Нужно целое число от 1 до 366."
    assert await rows(container, "SELECT 1 FROM setting") == []


async def test_who_looks_and_who_changes(container: Container, client: AsyncTestClient) -> None:
    for role in ("client", "manager", "head_of_managers", "director"):
        await enter(container, client, role)
        assert (await client.get("/panel/settings", headers=PAGE)).status_code == 403
        assert (await save(client, **{KEY: "1"})).status_code == 403
        assert (await client.get("/api/v1/settings")).status_code == 403
        assert (await client.patch("/api/v1/settings", json={"values": {KEY: 1}})).status_code == 403
    assert await rows(container, "SELECT 1 FROM setting") == []


async def test_who_may_only_look_sees_no_button(container: Container, client: AsyncTestClient) -> None:
    await enter(container, client, "director")
    async with container.database().reading() as connection:
        await connection.execute(
            "INSERT INTO role_grant SELECT role_id, 'settings.view', 'all' FROM role WHERE code = 'director'"
        )
    page = html.fromstring((await see(client)).text)
    assert page.get_element_by_id(KEY).get("disabled") is not None
    assert not page.cssselect(".save-bar")
    assert (await save(client, **{KEY: "1"})).status_code == 403


async def test_what_another_changed_meanwhile_is_not_overwritten(container: Container, client: AsyncTestClient) -> None:
    await enter(container, client, "administrator")
    seen = version(await see(client))
    await container.change_settings()(system_actor("test"), {KEY: 10})
    answer = await save(client, **{KEY: "20", "version": seen})
    assert answer.status_code == 422
    assert "кто-то другой" in answer.text
    assert await rows(container, "SELECT value FROM setting") == [(10,)]


async def test_settings_over_the_api(container: Container, client: AsyncTestClient) -> None:
    await enter(container, client, "administrator")
    told = (await client.get("/api/v1/settings")).json()
    one = next(line for line in told["settings"] if line["key"] == KEY)
    assert (one["value"], one["default"], one["changed_at"]) == (30, 30, None)
    changed = await client.patch("/api/v1/settings", json={"values": {KEY: 7}, "version": told["version"]})
    assert changed.status_code == 200
    assert next(line["value"] for line in changed.json()["settings"] if line["key"] == KEY) == 7
    stale = await client.patch("/api/v1/settings", json={"values": {KEY: 8}, "version": told["version"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "shared.version_conflict")
    wrong = await client.patch("/api/v1/settings", json={"values": {KEY: "8"}})
    assert (wrong.status_code, wrong.json()["fields"][0]["field"]) == (400, KEY)
    unknown = await client.patch("/api/v1/settings", json={"values": {KEY: 8, "identity.nonsense": 1}})
    assert unknown.status_code == 404
    assert await rows(container, "SELECT value FROM setting") == [(7,)]


async def two_sessions(container: Container) -> tuple[str, str]:
    """Tokens of a session opened twenty days ago and of one opened now."""
    email = "old@example.test"
    await container.create_user()(system_actor("test"), role="client", name="B", email=email, password=PASSWORD)
    old = (await container.log_in()(email, PASSWORD)).token
    async with container.database().reading() as connection:
        await connection.execute(
            "UPDATE session SET created_at = created_at - interval '20 days', expires_at = expires_at - interval '20 d'"
        )
    return old, (await container.log_in()(email, PASSWORD)).token


async def shortening_ends_older_sessions_at_once(container: Container, change: ChangeSettings) -> None:
    old, new = await two_sessions(container)
    async with running(build(container.settings(), container.database_url())) as other_process:
        authenticate = other_process.authenticate()
        assert await authenticate(old)
        await change(system_actor("test"), {KEY: 10})
        assert not await authenticate(old)
        assert await authenticate(new)
        # Lengthening wakes nobody who is dead: expiry is monotone.
        await change(system_actor("test"), {KEY: 300})
        assert not await authenticate(old)


async def test_a_shorter_lifetime_ends_older_sessions_at_once_in_every_process(container: Container) -> None:
    await shortening_ends_older_sessions_at_once(container, container.change_settings())


async def test_the_check_notices_sessions_that_did_not_follow(container: Container) -> None:
    def without_effects() -> PostgresSettingsTransaction:
        return PostgresSettingsTransaction(container.database(), container.clock(), {})

    with pytest.raises(AssertionError):
        await shortening_ends_older_sessions_at_once(container, ChangeSettings(without_effects, DECLARED))


async def test_a_new_login_lives_as_long_as_the_setting_says(container: Container) -> None:
    email = "new@example.test"
    await container.create_user()(system_actor("test"), role="client", name="B", email=email, password=PASSWORD)
    now = container.clock()()
    assert timedelta(days=30) <= (await container.log_in()(email, PASSWORD)).expires_at - now < timedelta(days=31)
    await container.change_settings()(system_actor("test"), {KEY: 2})
    assert timedelta(days=2) <= (await container.log_in()(email, PASSWORD)).expires_at - now < timedelta(days=3)


async def test_values_are_read_once_a_second_and_not_older(container: Container) -> None:
    now = container.clock()()
    reads = 0

    class Counting:
        async def values(self) -> dict[str, Any]:
            nonlocal reads
            reads += 1
            return await container.setting_reader().values()

    current = CurrentSettings(Counting(), lambda: now)
    assert await current(TOKEN_LIFETIME_DAYS) == 30
    await container.change_settings()(system_actor("test"), {KEY: 5})
    now += timedelta(milliseconds=999)
    assert (await current(TOKEN_LIFETIME_DAYS), reads) == (30, 1)
    now += timedelta(milliseconds=1)
    assert (await current(TOKEN_LIFETIME_DAYS), reads) == (5, 2)
    now -= timedelta(hours=1)
    assert (await current(TOKEN_LIFETIME_DAYS), reads) == (5, 3)


async def test_the_page_costs_the_same_whatever_was_changed(container: Container, client: AsyncTestClient) -> None:
    await enter(container, client, "administrator")
    await see(client)
    with recorded_statements() as before:
        await see(client)
    await container.change_settings()(system_actor("test"), {KEY: 5})
    with recorded_statements() as after:
        await see(client)
    assert len(before) == len(after)


def test_every_setting_has_words_and_keys_are_unique() -> None:
    keys = [one.key for one in DECLARED]
    assert len(keys) == len(set(keys))
    assert set(TEXTS) == set(keys)
    for one in DECLARED:
        assert one.section in SECTIONS, one.key
        assert one.group in GROUPS, one.key
        assert one.decoded(one.encoded(one.default)) == one.default
