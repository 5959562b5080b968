"""Whether somebody has an account is told by nothing at the way in: neither by the answer nor by the work (A7).

Work is counted, not timed: slow password verifications, and statements by their text. Time follows from both, and
counting says the same on a busy machine.
"""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import argon2
import pytest
from litestar.testing import AsyncTestClient
from msgspec import Struct
from sqlalchemy import text
from statements import recorded_statements

from b2b_dvizhenie.adapters.passwords import Argon2Passwords
from b2b_dvizhenie.application.identity import codes, links
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.identity import CODE_LOGIN, parse_login
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
KNOWN, BLOCKED, UNKNOWN = "known@example.test", "block@example.test", "other@example.test"
PASSWORD = "correct horse"
HTML = {"Accept": "text/html"}
DOORS: dict[str, tuple[str, dict[str, str], bool]] = {
    "login": ("/api/v1/auth/login", {"login": "", "password": "wrong"}, True),
    "code": ("/api/v1/auth/code", {"login": ""}, True),
    "recovery": ("/api/v1/auth/recovery", {"login": ""}, True),
    "login page": ("/login", {"login": "", "password": "wrong", "next": "/"}, False),
    "code page": ("/login/code", {"login": "", "next": "/"}, False),
    "recovery page": ("/login/recovery", {"login": ""}, False),
}
"""Every way in that a stranger can ask with a login: path, body with the login left open, whether it is JSON."""
_RANDOM = frozenset({"challenge", "expires_at", "request_id"})


class Told(Struct, frozen=True):
    """What a stranger can learn from one question: the answer, and the work that its time follows from."""

    status: int
    body: str
    headers: tuple[str, ...]
    verifications: int
    statements: tuple[str, ...]


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with every slow verification of a password."""
    done: list[str] = []
    verify = argon2.PasswordHasher.verify

    def counted(self: Any, encoded: Any, password: Any) -> Any:
        done.append("argon2")
        return verify(self, encoded, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    return done


@pytest.fixture
async def club(container: Container) -> Container:
    system = system_actor("test")
    await container.change_settings()(system, {CODE_LOGIN.key: True})
    for login in (KNOWN, BLOCKED):
        await container.create_user()(system, role="client", name="Некто", email=login, password=PASSWORD)
    async with container.database().engine.begin() as connection:
        await connection.execute(text("UPDATE app_user SET is_active = false WHERE email = :email"), {"email": BLOCKED})
    await container.current_settings()(CODE_LOGIN)  # read once, so that no question pays for it
    return container


def plain(body: str, login: str) -> str:
    """The body without what is random for everybody, and without the login as it was typed; lengths stay."""
    body = body.replace(login, "…" * len(login))
    try:
        told = json.loads(body)
    except ValueError:
        return re.sub(r"request-id[^<]*", "", body)
    if not isinstance(told, dict):
        return body
    return json.dumps({key: len(str(value)) if key in _RANDOM else value for key, value in told.items()})


async def told(client: AsyncTestClient, door: str, login: str, verifications: list[str]) -> Told:
    path, fields, is_json = DOORS[door]
    body = {key: login if key == "login" else value for key, value in fields.items()}
    verifications.clear()
    client.cookies.clear()
    with recorded_statements() as statements:
        answer = await (client.post(path, json=body) if is_json else client.post(path, data=body, headers=HTML))
    return Told(
        answer.status_code,
        plain(answer.text, login),
        tuple(sorted(name for name in answer.headers if name != "content-length")),
        len(verifications),
        # Settings are read anew once a second, whoever asks.
        tuple(one for one in statements if "FROM setting" not in one),
    )


async def differing(client: AsyncTestClient, verifications: list[str]) -> set[str]:
    """Doors that tell a known or blocked login from one that nobody has."""
    found = set()
    for door in DOORS:
        # The first question of a process compiles templates and statements; it is asked with a login of its own.
        await told(client, door, "first@example.test", verifications)
        unknown = await told(client, door, UNKNOWN, verifications)
        assert unknown.statements, door
        for login in (KNOWN, BLOCKED):
            if await told(client, door, login, verifications) != unknown:
                found.add(door)
    return found


async def test_no_door_tells_whether_somebody_has_an_account(
    client: AsyncTestClient, club: Container, verifications: list[str]
) -> None:
    assert await differing(client, verifications) == set()
    assert (await told(client, "login", UNKNOWN, verifications)).verifications == 1


async def test_a_verification_that_is_left_out_is_caught(
    client: AsyncTestClient, club: Container, verifications: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: where an unknown login is refused at once, the doors that ask for a password tell it."""
    right = Argon2Passwords._matches

    def hasty(self: Argon2Passwords, encoded: str | None, password: str) -> bool:
        return encoded is not None and right(self, encoded, password)

    monkeypatch.setattr(Argon2Passwords, "_matches", hasty)
    assert await differing(client, verifications) == {"login", "login page"}


async def test_a_look_at_who_asks_is_caught(
    client: AsyncTestClient, club: Container, verifications: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: where asking does more for somebody who exists, codes and recoveries tell it."""
    kind: Callable[..., Awaitable[Any]] = codes.asked_for

    async def curious(work: Any, purpose: Any, login: str, *rest: Any) -> Any:
        asked = await kind(work, purpose, login, *rest)
        if await work.accounts.by_login(parse_login(login)) is not None:
            await work.accounts.failures(login, "", rest[3])
        return asked

    monkeypatch.setattr(codes, "asked_for", curious)
    monkeypatch.setattr(links, "asked_for", curious)
    assert await differing(client, verifications) == {"code", "recovery", "code page", "recovery page"}
