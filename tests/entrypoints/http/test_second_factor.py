"""The second step: set up, asked at every way in, used once, budgeted, required of roles, reset by administrators."""

import asyncio
from base64 import b32decode
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from commands import command
from litestar.testing import AsyncTestClient
from postbox import Mailbox
from sqlalchemy import text

from b2b_dvizhenie.adapters.postgres.identity_factors import PostgresSecondFactors
from b2b_dvizhenie.application.identity import SecondStep, Visitor
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.domain.hierarchy import Forbidden
from b2b_dvizhenie.domain.identity import (
    CODE_LOGIN,
    WRONG_PER_LOGIN,
    LoginInvalid,
    SecondFactorOff,
    WrongCode,
    code_at,
    step_of,
)
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import UserId
from b2b_dvizhenie.entrypoints.cli import users
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
PASSWORD = "correct horse"
MAIL = "buyer@example.test"
LOGIN, STEP = "/api/v1/auth/login", "/api/v1/auth/totp"
FACTOR, CONFIRM = "/api/v1/account/second-factor", "/api/v1/account/second-factor/confirm"
HTML = {"Accept": "text/html"}


class Phone:
    """A person with an authenticator app, whose clock is a step further with every code."""

    def __init__(self, client: AsyncTestClient, container: Container, user_id: UserId) -> None:
        self.client, self.container, self.user_id = client, container, user_id
        self.headers: dict[str, str] = {}
        self.secret = b""
        self.recovery_codes: list[str] = []
        self.moment: datetime = container.clock()()

    def code(self) -> str:
        return code_at(self.secret, step_of(self.moment))

    async def wait(self) -> None:
        """Let the next time step begin: the last one used is a step older."""
        async with self.container.database().engine.begin() as connection:
            await connection.execute(text("UPDATE second_factor SET last_step = last_step - 10"))

    async def first_step(self) -> dict[str, Any]:
        answer = await self.client.post(LOGIN, json={"login": MAIL, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def enter(self) -> None:
        self.headers = {"Authorization": f"Bearer {(await self.first_step())['token']}"}

    async def set_up(self) -> None:
        await self.enter()
        begun = (await self.client.post(FACTOR, headers=self.headers)).json()
        self.secret = b32decode(begun["key"].replace(" ", ""))
        answer = await self.client.post(CONFIRM, headers=self.headers, json={"code": self.code()})
        assert answer.status_code == 200, answer.text
        self.recovery_codes = answer.json()["recovery_codes"]
        await self.wait()

    async def second_step(self, challenge: str, code: str) -> int:
        return (await self.client.post(STEP, json={"challenge": challenge, "code": code})).status_code


@pytest.fixture
async def phone(client: AsyncTestClient, container: Container) -> Phone:
    user_id = await container.create_user()(
        system_actor("test"), role="client", name="Покупатель", email=MAIL, phone="+79123456789", password=PASSWORD
    )
    return Phone(client, container, user_id)


async def one(container: Container, query: str, **values: Any) -> Any:
    async with container.database().engine.begin() as connection:
        return (await connection.execute(text(query), values)).scalar()


async def actions(container: Container) -> list[str]:
    async with container.database().engine.begin() as connection:
        return [row[0] for row in await connection.execute(text("SELECT action FROM audit ORDER BY audit_id"))]


async def test_password_then_code(phone: Phone, container: Container) -> None:
    await phone.set_up()
    told = await phone.first_step()
    assert told["step"] == "totp_required"
    assert "token" not in told
    assert await phone.second_step(told["challenge"], phone.code()[::-1] + "x") == 401
    right = phone.code()
    answer = await phone.client.post(STEP, json={"challenge": told["challenge"], "code": f"{right[:3]} {right[3:]}"})
    assert answer.status_code == 200
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert (await phone.client.get("/api/v1/me", headers=headers)).json()["name"] == "Покупатель"
    assert await phone.second_step(told["challenge"], right) == 401  # the question has served
    again = await phone.first_step()
    assert await phone.second_step(again["challenge"], right) == 401  # the time step has served
    await phone.wait()
    assert await phone.second_step(again["challenge"], right) == 200
    assert "identity.second_factor_on" in await actions(container)


async def test_before_it_is_confirmed_nothing_is_asked(phone: Phone) -> None:
    await phone.enter()
    await phone.client.post(FACTOR, headers=phone.headers)
    assert (await phone.client.post(CONFIRM, headers=phone.headers, json={"code": "nonsense"})).status_code == 401
    assert "token" in await phone.first_step()
    off = await phone.client.request("DELETE", FACTOR, headers=phone.headers, json={"code": "000000"})
    assert (off.status_code, off.json()["code"]) == (409, "identity.second_factor_off")


async def test_recovery_codes_work_once_each(phone: Phone, container: Container) -> None:
    await phone.set_up()
    first, second = phone.recovery_codes[:2]
    assert await phone.second_step((await phone.first_step())["challenge"], first) == 200
    challenge = (await phone.first_step())["challenge"]
    assert await phone.second_step(challenge, first) == 401
    assert await phone.second_step(challenge, second.replace("-", " ")) == 200
    assert await one(container, "SELECT count(*) FROM recovery_code WHERE used_at IS NULL") == 8
    assert (await actions(container)).count("identity.recovery_code_used") == 2


async def test_neither_secret_nor_codes_lie_in_the_database(phone: Phone, container: Container) -> None:
    await phone.set_up()
    challenge = (await phone.first_step())["challenge"]
    hidden = [challenge, phone.secret.hex(), phone.secret.decode("latin-1"), *phone.recovery_codes]
    hidden += [code.replace("-", "") for code in phone.recovery_codes]
    for table in ("challenge", "second_factor", "recovery_code", "audit", "job", "message"):
        found = await one(container, f"SELECT string_agg(t::text, ' ') FROM {table} t")  # noqa: S608 - our own words
        assert not any(secret in (found or "") for secret in hidden), table


async def at_once(phone: Phone, code: str, times: int) -> int:
    """How many of several logins with one code at once succeed."""
    steps = [await phone.container.log_in()(MAIL, PASSWORD) for _ in range(times)]

    async def enter(step: Any) -> bool:
        assert isinstance(step, SecondStep)
        try:
            await phone.container.pass_second_step()(step.challenge, code, Visitor())
        except WrongCode:
            return False
        return True

    return sum(await asyncio.gather(*map(enter, steps)))


async def test_of_logins_with_one_code_at_once_one_succeeds(phone: Phone) -> None:
    await phone.set_up()
    assert await at_once(phone, phone.code(), 4) == 1
    assert await at_once(phone, phone.recovery_codes[0], 4) == 1


async def test_a_code_that_is_not_used_up_is_caught(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: where a time step is accepted without being used up, all of them succeed."""

    async def forgetful(_self: object, _user_id: UserId, _step: int) -> bool:
        return True

    await phone.set_up()
    monkeypatch.setattr(PostgresSecondFactors, "accept", forgetful)
    assert await at_once(phone, phone.code(), 4) == 4


async def test_wrong_codes_end_the_question_and_then_the_day(phone: Phone, container: Container) -> None:
    await phone.set_up()
    wrong = "11111-11111"
    for _ in range(2):
        challenge = (await phone.first_step())["challenge"]
        for _ in range(5):
            assert await phone.second_step(challenge, wrong) == 401
        assert await phone.second_step(challenge, phone.code()) == 401
    challenge = (await phone.first_step())["challenge"]
    assert await phone.second_step(challenge, phone.code()) == 429
    assert await phone.second_step(challenge, phone.recovery_codes[0]) == 429
    off = await phone.client.request("DELETE", FACTOR, headers=phone.headers, json={"code": phone.code()})
    assert off.status_code == 429
    assert await one(container, "SELECT count(*) FROM login_attempt") == WRONG_PER_LOGIN
    async with container.database().engine.begin() as connection:
        await connection.execute(text("UPDATE login_attempt SET at = at - :day"), {"day": timedelta(days=1)})
    assert await phone.second_step(challenge, phone.code()) == 200


async def test_a_question_dies_after_five_minutes(phone: Phone, container: Container) -> None:
    await phone.set_up()
    challenge = (await phone.first_step())["challenge"]
    async with container.database().engine.begin() as connection:
        shift = "created_at = created_at - interval '5 min', expires_at = expires_at - interval '5 min'"
        await connection.execute(text(f"UPDATE challenge SET {shift}"))  # noqa: S608 - our own words
    assert await phone.second_step(challenge, phone.code()) == 401
    assert await phone.second_step("nonsense", phone.code()) == 401


async def test_codes_and_links_ask_for_it_too(phone: Phone, container: Container) -> None:
    await container.change_settings()(system_actor("test"), {CODE_LOGIN.key: True})
    post = Mailbox(container)
    await phone.set_up()
    asked = (await phone.client.post("/api/v1/auth/code", json={"login": MAIL})).json()
    await phone.client.post("/api/v1/auth/recovery", json={"login": MAIL})
    await post.deliver()
    (code,), (token,) = post.codes(), post.tokens()
    by_code = await phone.client.post("/api/v1/auth/code/check", json={"challenge": asked["challenge"], "code": code})
    by_link = await phone.client.post("/api/v1/auth/link", json={"token": token, "password": "another phrase"})
    for answer in (by_code, by_link):
        assert answer.json()["step"] == "totp_required"
        assert await phone.second_step(answer.json()["challenge"], phone.code()) == 200
        await phone.wait()


async def test_switching_off_asks_for_a_code(phone: Phone, container: Container) -> None:
    await phone.set_up()
    wrong = await phone.client.request("DELETE", FACTOR, headers=phone.headers, json={"code": "11111-11111"})
    assert (wrong.status_code, wrong.json()["fields"][0]["field"]) == (401, "code")
    off = await phone.client.request("DELETE", FACTOR, headers=phone.headers, json={"code": phone.code()})
    assert off.status_code == 204
    assert "token" in await phone.first_step()
    assert await one(container, "SELECT count(*) FROM recovery_code") == 0
    assert (await actions(container))[-1] == "identity.second_factor_off"


async def test_new_recovery_codes_replace_the_old_ones(phone: Phone, container: Container) -> None:
    await phone.set_up()
    path = f"{FACTOR}/recovery-codes"
    old = phone.recovery_codes
    wrong = await phone.client.post(path, headers=phone.headers, json={"code": "11111-11111"})
    assert (wrong.status_code, wrong.json()["fields"][0]["field"]) == (401, "code")
    answer = await phone.client.post(path, headers=phone.headers, json={"code": old[0]})
    assert answer.status_code == 200
    new = answer.json()["recovery_codes"]
    assert (len(new), set(new) & set(old)) == (10, set())
    assert await phone.second_step((await phone.first_step())["challenge"], old[1]) == 401
    assert await phone.second_step((await phone.first_step())["challenge"], new[1]) == 200
    assert await one(container, "SELECT count(*) FROM recovery_code") == 10
    assert "identity.recovery_codes_renewed" in await actions(container)
    assert (await phone.client.post(path, json={"code": new[2]})).status_code == 401


async def test_the_person_is_told_of_every_change(phone: Phone, container: Container) -> None:
    """By mail: the phone is what may be lost. Whoever did it himself is told as well, for he may be somebody else."""
    post = Mailbox(container)
    await phone.set_up()
    renew = {"code": phone.recovery_codes[0]}
    await phone.client.post(f"{FACTOR}/recovery-codes", headers=phone.headers, json=renew)
    await phone.client.request("DELETE", FACTOR, headers=phone.headers, json={"code": phone.code()})
    await phone.set_up()
    admin = dict(await admin_headers(container))
    path = f"/api/v1/users/{phone.user_id}/second-factor"
    assert (await phone.client.delete(path, headers=admin)).status_code == 204
    assert (await phone.client.delete(path, headers=admin)).status_code == 204  # nothing left to reset, nobody is told
    await post.deliver()
    assert [(one.to, one.subject.partition(":")[0]) for one in post.mail.sent] == [
        (MAIL, "Второй фактор включён"),
        (MAIL, "Резервные коды заменены"),
        (MAIL, "Второй фактор отключён"),
        (MAIL, "Второй фактор включён"),
        (MAIL, "Второй фактор сброшен"),
    ]
    assert post.sms.sent == []
    assert not any(code in text for code in phone.recovery_codes for text in post.texts)


async def test_the_operator_resets_it_and_ends_all_sessions(phone: Phone, container: Container) -> None:
    """Of an only administrator nobody in the panel could."""
    post = Mailbox(container)
    await phone.set_up()
    reset, operator = container.reset_second_factor(), system_actor("cli")
    for login, fault in (("nobody@example.test", NotFound), ("nonsense", LoginInvalid)):
        with pytest.raises(fault):
            await reset(operator, login)
    with pytest.raises(Forbidden):
        await reset(Actor(phone.user_id, "Покупатель", "client", {}), MAIL)
    assert (await phone.first_step())["step"] == "totp_required"
    assert await reset(operator, "8 (912) 345-67-89") == 1
    assert (await phone.client.get("/api/v1/me", headers=phone.headers)).status_code == 401
    assert "token" in await phone.first_step()
    with pytest.raises(SecondFactorOff):
        await reset(operator, MAIL)
    await post.deliver()
    assert [one.subject for one in post.mail.sent][1:] == ["Второй фактор сброшен: b2b_dvizhenie"]
    told = "SELECT after FROM audit WHERE action = 'identity.second_factor_reset'"
    assert await one(container, told) == {"second_factor": False, "sessions_closed": 1}


async def test_the_command_asks_and_says_what_it_did(phone: Phone, database_url: str, tmp_path: Path) -> None:
    await phone.set_up()

    refused = CliRunner().invoke(users.command, ["reset-second-factor", MAIL], input="n\n")
    assert (refused.exit_code, "Switch the second factor off" in refused.output) == (1, True)
    environment = {"B2B_DATABASE_URL": database_url, "B2B_DATA_DIR": str(tmp_path)}
    arguments = ("users", "reset-second-factor", MAIL, "--yes")
    done = await asyncio.to_thread(command, *arguments, folder=tmp_path, **environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "second factor switched off, sessions ended: 1"
    assert "token" in await phone.first_step()


async def require(container: Container, code: str, *, required: bool = True) -> None:
    role_id = await one(container, "SELECT role_id FROM role WHERE code = :code", code=code)
    await container.require_second_factor()(system_actor("test"), role_id, required=required)


async def test_who_must_have_it_is_led_there_first(phone: Phone, container: Container) -> None:
    await phone.enter()
    await require(container, "client")
    refused = await phone.client.get("/api/v1/me", headers=phone.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "identity.second_factor_due")
    led = await phone.client.get("/catalog", headers=phone.headers | HTML, follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (302, "/account/sessions#second-factor")
    assert (await phone.client.get("/account/sessions", headers=phone.headers | HTML)).status_code == 200
    await phone.set_up()
    assert (await phone.client.get("/api/v1/me", headers=phone.headers)).status_code == 200
    off = await phone.client.request("DELETE", FACTOR, headers=phone.headers, json={"code": phone.code()})
    assert (off.status_code, off.json()["code"]) == (409, "identity.second_factor_required")
    state = (await phone.client.get(FACTOR, headers=phone.headers)).json()
    assert state == {"is_on": True, "is_required": True, "recovery_codes": 10}
    await require(container, "client", required=False)
    assert (await actions(container)).count("hierarchy.second_factor_required") == 2


async def admin_headers(container: Container) -> Mapping[str, str]:
    await container.create_user()(
        system_actor("test"), role="administrator", name="Админ", email="admin@example.test", password=PASSWORD
    )
    entry = await container.log_in()("admin@example.test", PASSWORD)
    assert not isinstance(entry, SecondStep)
    return {"Authorization": f"Bearer {entry.token}"}


async def test_administrators_reset_it(phone: Phone, container: Container) -> None:
    await phone.set_up()
    admin = dict(await admin_headers(container))
    path = f"/api/v1/users/{phone.user_id}/second-factor"
    assert (await phone.client.delete(path, headers=phone.headers)).status_code == 403
    assert (await phone.client.delete(f"/api/v1/users/{UUID(int=7)}/second-factor", headers=admin)).status_code == 404
    card = await phone.client.get(f"/panel/users/{phone.user_id}", headers=admin | HTML)
    assert "second_factor_off" in card.text
    assert (await phone.client.delete(path, headers=admin)).status_code == 204
    assert "token" in await phone.first_step()
    assert "identity.second_factor_reset" in await actions(container)
    assert "second_factor_off" not in (await phone.client.get(f"/panel/users/{phone.user_id}", headers=admin)).text


async def test_roles_are_told_in_the_panel(phone: Phone, container: Container) -> None:
    admin = dict(await admin_headers(container)) | HTML
    role_id = await one(container, "SELECT role_id FROM role WHERE code = 'client'")
    path = f"/panel/roles/{role_id}/second-factor"
    assert path in (await phone.client.get("/panel/roles/tree", headers=admin)).text
    for required in (True, False):
        answer = await phone.client.post(path, headers=admin, data={"required": "yes" if required else "no"})
        assert answer.status_code == 200
        assert await one(container, "SELECT second_factor FROM role WHERE code = 'client'") is required
    await phone.enter()
    assert (await phone.client.post(path, headers=phone.headers, data={"required": "yes"})).status_code == 403


async def test_pages_work_without_script(phone: Phone) -> None:
    client = phone.client
    login = {"login": MAIL, "password": PASSWORD, "next": "/account"}
    await client.post("/login", data=login)
    await client.post("/account/second-factor/start", headers=HTML)
    page = await client.get("/account/sessions", headers=HTML)
    assert 'class="qr"' in page.text
    phone.secret = b32decode(page.text.split('<code class="break">')[1].split("</code>")[0].replace(" ", ""))
    wrong = await client.post("/account/second-factor", data={"code": "nonsense"})
    assert (wrong.status_code, "Код не подходит" in wrong.text) == (422, True)
    done = await client.post("/account/second-factor", data={"code": phone.code()})
    code = done.text.split('<ul class="codes"><li><code>')[1].split("</code>")[0]
    assert code not in (await client.get("/account/sessions", headers=HTML)).text
    await client.post("/logout")
    led = await client.post("/login", data=login)
    assert led.url.path == "/login/second-factor"
    assert 'action="/login/second-factor"' in led.text
    assert (await client.get("/account", headers=HTML)).url.path == "/login"
    wrong = await client.post("/login/second-factor", data={"code": "11111-11111", "next": "/account"})
    assert wrong.status_code == 422
    entered = await client.post("/login/second-factor", data={"code": code, "next": "/account"})
    assert (entered.status_code, entered.url.path) == (200, "/account")
    wrong = await client.post("/account/second-factor/off", data={"code": code})
    assert wrong.status_code == 422
    await phone.wait()
    renewed = await client.post("/account/second-factor/recovery-codes", data={"code": phone.code()})
    assert renewed.text.count("<li><code>") == 10
    await phone.wait()
    off = await client.post("/account/second-factor/off", data={"code": phone.code()})
    assert (off.status_code, off.url.query) == (200, b"done=second-factor-off")
