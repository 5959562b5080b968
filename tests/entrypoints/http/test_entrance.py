"""Ways in besides the password: one-time codes, invitations, forgotten passwords (REG-1, REG-6, REG-7, TOK-1)."""

import asyncio
from datetime import timedelta

import pytest
from litestar.testing import AsyncTestClient
from postbox import Mailbox
from sqlalchemy import text

from b2b_dvizhenie.application.identity import Visitor
from b2b_dvizhenie.application.identity import codes as codes_module
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.identity import CODE_LOGIN, CODE_TRIES, CODES_PER_LOGIN, WrongCode
from b2b_dvizhenie.domain.shared.ids import UserId
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PASSWORD, NEXT_PASSWORD = "correct horse", "battery staple"
MAIL, PHONE = "buyer@example.test", "+79123456789"
CODE, CHECK = "/api/v1/auth/code", "/api/v1/auth/code/check"
RECOVERY, LINK, LOGIN = "/api/v1/auth/recovery", "/api/v1/auth/link", "/api/v1/auth/login"


@pytest.fixture
async def post(container: Container) -> Mailbox:
    await container.change_settings()(system_actor("test"), {CODE_LOGIN.key: True})
    return Mailbox(container)


@pytest.fixture
async def buyer(container: Container) -> UserId:
    return await container.create_user()(
        system_actor("test"), role="client", name="Покупатель", email=MAIL, phone=PHONE, password=PASSWORD
    )


async def asked(client: AsyncTestClient, login: str = PHONE) -> str:
    answer = await client.post(CODE, json={"login": login})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["challenge"])


async def check(client: AsyncTestClient, challenge: str, code: str) -> int:
    return (await client.post(CHECK, json={"challenge": challenge, "code": code})).status_code


def other_than(code: str, step: int = 1) -> str:
    return f"{(int(code) + step) % 1_000_000:06}"


async def later(container: Container, table: str, by: timedelta) -> None:
    """Let time pass for what the table holds."""
    columns = "created_at = created_at - :by, expires_at = expires_at - :by"
    async with container.database().engine.begin() as connection:
        await connection.execute(text(f"UPDATE {table} SET {columns}"), {"by": by})  # noqa: S608 - our own words


@pytest.mark.parametrize("login", [PHONE, "8 (912) 345-67-89", MAIL])
async def test_a_code_opens_a_session_once(client: AsyncTestClient, post: Mailbox, buyer: UserId, login: str) -> None:
    challenge = await asked(client, login)
    await post.deliver()
    (code,) = post.codes()
    answer = await client.post(CHECK, json={"challenge": challenge, "code": f"{code[:3]} {code[3:]}"})
    assert answer.status_code == 200
    me = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {answer.json()['token']}"})
    assert me.json()["role"] == "client"
    assert await check(client, challenge, code) == 401


async def test_a_code_works_in_the_browser_that_asked_only(
    client: AsyncTestClient, post: Mailbox, buyer: UserId
) -> None:
    await asked(client)
    await post.deliver()
    (code,) = post.codes()
    another = await asked(client)
    assert await check(client, another, code) == 401
    assert await check(client, "nonsense", code) == 401


async def test_five_wrong_codes_end_it(client: AsyncTestClient, post: Mailbox, buyer: UserId) -> None:
    challenge = await asked(client)
    await post.deliver()
    (code,) = post.codes()
    for step in range(CODE_TRIES):
        assert await check(client, challenge, other_than(code, step + 1)) == 401
    assert await check(client, challenge, code) == 401


async def test_after_five_minutes_it_is_dead(
    client: AsyncTestClient, post: Mailbox, buyer: UserId, container: Container
) -> None:
    challenge = await asked(client)
    await post.deliver()
    await later(container, "challenge", timedelta(minutes=5))
    assert await check(client, challenge, post.codes()[0]) == 401


async def test_whether_there_is_such_a_person_is_not_told(
    client: AsyncTestClient, post: Mailbox, buyer: UserId
) -> None:
    known, unknown = [await client.post(CODE, json={"login": login}) for login in (MAIL, "nobody@example.test")]
    assert known.status_code == unknown.status_code == 202
    assert set(known.json()) == set(unknown.json())
    assert len(known.json()["challenge"]) == len(unknown.json()["challenge"])
    await post.deliver()
    assert [letter.to for letter in post.mail.sent] == [MAIL]
    wrong = [await client.post(CHECK, json=one.json() | {"code": "000000"}) for one in (known, unknown)]
    for answer in wrong:
        assert answer.status_code in (400, 401)
    lost = [await client.post(RECOVERY, json={"login": login}) for login in (MAIL, "nobody@example.test")]
    assert [answer.status_code for answer in lost] == [202, 202]
    assert lost[0].content == lost[1].content


async def test_a_blocked_person_gets_no_code(
    client: AsyncTestClient, post: Mailbox, buyer: UserId, container: Container
) -> None:
    challenge = await asked(client)
    await post.deliver()
    async with container.database().engine.begin() as connection:
        await connection.execute(text("UPDATE app_user SET is_active = false"))
    assert await check(client, challenge, post.codes()[0]) == 401
    await asked(client)
    await post.deliver()
    assert len(post.codes()) == 1


async def test_budgets_of_a_login_and_of_everybody(
    client: AsyncTestClient, post: Mailbox, buyer: UserId, container: Container
) -> None:
    for _ in range(CODES_PER_LOGIN):
        await asked(client)
    refused = await client.post(CODE, json={"login": PHONE})
    assert (refused.status_code, refused.json()["code"]) == (429, "identity.too_many_attempts")
    await container.change_settings()(system_actor("test"), {"identity.codes_per_hour": CODES_PER_LOGIN})
    await asyncio.sleep(1.1)
    assert (await client.post(CODE, json={"login": "other@example.test"})).status_code == 429
    await later(container, "challenge", timedelta(hours=1))
    await asked(client)


async def test_it_is_off_until_it_is_switched_on(client: AsyncTestClient, buyer: UserId) -> None:
    refused = await client.post(CODE, json={"login": PHONE})
    assert (refused.status_code, refused.json()["code"]) == (409, "identity.code_login_off")
    assert (await client.get("/login/code")).status_code == 404


async def guesses_at_once(container: Container, challenge: str, wrong: list[str]) -> int:
    """How many of several guesses at once were looked at and counted."""

    async def guess(code: str) -> bool:
        try:
            await container.log_in_by_code()(challenge, code, Visitor())
        except WrongCode:
            return False
        return True

    assert not any(await asyncio.gather(*map(guess, wrong)))
    async with container.database().engine.begin() as connection:
        return int((await connection.execute(text("SELECT tries FROM challenge"))).scalar_one())


async def test_guesses_at_once_are_counted_one_after_another(
    client: AsyncTestClient, post: Mailbox, buyer: UserId, container: Container
) -> None:
    challenge = await asked(client)
    await post.deliver()
    (code,) = post.codes()
    wrong = [other_than(code, step) for step in range(1, 9)]
    assert await guesses_at_once(container, challenge, wrong) == CODE_TRIES
    assert await check(client, challenge, code) == 401


async def test_guesses_that_are_not_counted_are_caught(
    client: AsyncTestClient, post: Mailbox, buyer: UserId, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: where tries do not count, a sixth guess is looked at, and the right code after them works."""
    monkeypatch.setattr(codes_module.Challenge, "takes_guesses", lambda _self, _now: True)
    challenge = await asked(client)
    await post.deliver()
    (code,) = post.codes()
    wrong = [other_than(code, step) for step in range(1, 9)]
    assert await guesses_at_once(container, challenge, wrong) > CODE_TRIES
    assert await check(client, challenge, code) == 200


async def test_an_invitation_sets_the_first_password(
    client: AsyncTestClient, post: Mailbox, container: Container
) -> None:
    person = await container.create_user()(
        system_actor("test"), role="client", name="Новый", email="new@example.test", password=None
    )
    await container.invite_person()(system_actor("test"), person)
    await post.deliver()
    (token,) = post.tokens()
    page = await client.get("/login/link", params={"token": token})
    assert page.status_code == 200
    assert (await client.get("/login/link", params={"token": token})).status_code == 200
    short = await client.post(LINK, json={"token": token, "password": "short"})
    assert (short.status_code, short.json()["fields"][0]["field"]) == (400, "password")
    entered = await client.post(LINK, json={"token": token, "password": NEXT_PASSWORD})
    assert entered.status_code == 200
    assert (await client.post(LINK, json={"token": token, "password": PASSWORD})).status_code == 404
    again = await client.post(LOGIN, json={"login": "new@example.test", "password": NEXT_PASSWORD})
    assert again.status_code == 200


async def test_a_later_invitation_kills_the_earlier(
    client: AsyncTestClient, post: Mailbox, container: Container
) -> None:
    person = await container.create_user()(
        system_actor("test"), role="client", name="Новый", email="new@example.test", password=None
    )
    for _ in range(2):
        await container.invite_person()(system_actor("test"), person)
    await post.deliver()
    first, second = post.tokens()
    assert (await client.get("/login/link", params={"token": first})).status_code == 404
    await later(container, "account_link", timedelta(hours=72))
    assert (await client.post(LINK, json={"token": second, "password": PASSWORD})).status_code == 404


async def test_recovery_closes_every_session(client: AsyncTestClient, post: Mailbox, buyer: UserId) -> None:
    opened = await client.post(LOGIN, json={"login": MAIL, "password": PASSWORD})
    old = {"Authorization": f"Bearer {opened.json()['token']}"}
    await client.post(RECOVERY, json={"login": MAIL})
    await post.deliver()
    (token,) = post.tokens()
    entered = await client.post(LINK, json={"token": token, "password": NEXT_PASSWORD})
    assert entered.status_code == 200
    assert (await client.get("/api/v1/me", headers=old)).status_code == 401
    assert (await client.post(LOGIN, json={"login": MAIL, "password": PASSWORD})).status_code == 401
    await post.deliver()
    assert any("измен" in message for message in post.texts)


async def test_nothing_secret_lies_in_the_database(
    client: AsyncTestClient, post: Mailbox, buyer: UserId, container: Container
) -> None:
    challenge = await asked(client)
    await client.post(RECOVERY, json={"login": MAIL})
    await post.deliver()
    secrets = [challenge, *post.codes(), *post.tokens()]
    assert len(secrets) == 3
    async with container.database().engine.begin() as connection:
        for table in ("challenge", "account_link", "message", "job", "audit"):
            found = (await connection.execute(text(f"SELECT string_agg(t::text, ' ') FROM {table} t"))).scalar()  # noqa: S608
            assert not any(secret in (found or "") for secret in secrets), table


async def test_pages_work_without_script(client: AsyncTestClient, post: Mailbox, buyer: UserId) -> None:
    form = await client.get("/login/code")
    assert 'action="/login/code"' in form.text
    sent = await client.post("/login/code", data={"login": PHONE, "next": "https://evil.example/"})
    assert sent.status_code == 200
    await post.deliver()
    (code,) = post.codes()
    wrong = await client.post("/login/code/check", data={"code": other_than(code), "next": "/"})
    assert wrong.status_code == 422
    entered = await client.post("/login/code/check", data={"code": code, "next": "/"}, follow_redirects=False)
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    lost = await client.post("/login/recovery", data={"login": MAIL})
    unknown = await client.post("/login/recovery", data={"login": "nobody@example.test"})
    assert lost.status_code == unknown.status_code == 200
