"""A dead token is dead in every process within a second (TOK-5, A10); a process that remembers tokens must fail."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import portal_process
import pytest
from processes import forked

from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.entrypoints.container import Container, build, running
from b2b_dvizhenie.entrypoints.settings import Settings

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
EMAIL, PASSWORD = "buyer@example.test", "correct horse"
Act = Callable[[httpx.Client, httpx.Client, str], None]


async def _person(url: str, folder: Path) -> None:
    async with running(build(Settings(data_dir=str(folder)), url)) as container:
        await _added(container)


async def _added(container: Container) -> None:
    await container.create_user()(
        system_actor("test"), role="client", name="Покупатель", email=EMAIL, password=PASSWORD
    )
    await container.create_user()(
        system_actor("test"), role="administrator", name="Администратор", email="a@example.test", password=PASSWORD
    )


@contextmanager
def two_portals(url: str, folder: Path, *, remembers: bool) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    asyncio.run(_person(url, folder))
    with ExitStack() as stack:
        portals = [
            stack.enter_context(forked(portal_process.main, url, str(folder), remembers and place == 1))
            for place in range(2)
        ]
        clients = [httpx.Client(base_url=f"http://127.0.0.1:{portal.ready()}", timeout=10) for portal in portals]
        yield stack.enter_context(clients[0]), stack.enter_context(clients[1])


def log_in(client: httpx.Client, login: str = EMAIL) -> str:
    answer = client.post("/api/v1/auth/login", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return answer.json()["token"]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def done(answer: httpx.Response) -> None:
    assert answer.is_success, answer.text


def logs_out(one: httpx.Client, _: httpx.Client, token: str) -> None:
    done(one.post("/api/v1/auth/logout", headers=bearer(token)))


def refreshes(one: httpx.Client, other: httpx.Client, token: str) -> None:
    answer = one.post("/api/v1/token/refresh", headers=bearer(token))
    done(answer)
    done(other.get("/api/v1/me", headers=bearer(answer.json()["token"])))


def resets(one: httpx.Client, _: httpx.Client, token: str) -> None:
    done(one.post("/api/v1/token/reset", headers=bearer(token)))


def is_reset_by_an_administrator(one: httpx.Client, other: httpx.Client, token: str) -> None:
    me = one.get("/api/v1/me", headers=bearer(token)).json()["user_id"]
    administrator = bearer(log_in(one, "a@example.test"))
    done(one.post(f"/api/v1/users/{me}/token/reset", headers=administrator))
    done(other.get("/api/v1/me", headers=administrator))


ACTS: list[Act] = [logs_out, refreshes, resets, is_reset_by_an_administrator]


def all_die_within_a_second(one: httpx.Client, other: httpx.Client) -> None:
    for act in ACTS:
        token = log_in(one)
        done(other.get("/api/v1/me", headers=bearer(token)))
        act(one, other, token)
        time.sleep(1)
        for portal in (one, other):
            assert portal.get("/api/v1/me", headers=bearer(token)).status_code == 401, act.__name__


def test_a_dead_token_is_dead_in_every_process(database_url: str, tmp_path: Path) -> None:
    with two_portals(database_url, tmp_path, remembers=False) as (one, other):
        all_die_within_a_second(one, other)


def test_the_check_notices_a_process_that_remembers(database_url: str, tmp_path: Path) -> None:
    with two_portals(database_url, tmp_path, remembers=True) as (one, other), pytest.raises(AssertionError):
        all_die_within_a_second(one, other)


def guesses_refused(client: httpx.Client) -> int:
    """How many of 120 wrong passwords, each for another login and under another forged address, are not looked at."""
    answers = [
        client.post(
            "/api/v1/auth/login",
            json={"login": f"nobody{number}@example.test", "password": "wrong"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        ).status_code
        for number in range(120)
    ]
    return answers.count(429)


@pytest.mark.parametrize(("trusted", "refused"), [((), 20), (("127.0.0.1",), 0)])
def test_a_forged_address_does_not_evade_the_budget(
    database_url: str, tmp_path: Path, trusted: tuple[str, ...], refused: int
) -> None:
    # Behind a proxy that is trusted the same requests do come from 120 addresses: the control.
    with ExitStack() as stack:
        portal = stack.enter_context(forked(portal_process.main, database_url, str(tmp_path), False, trusted))
        address = f"http://127.0.0.1:{portal.ready()}"
        client = stack.enter_context(httpx.Client(base_url=address, timeout=10))
        assert guesses_refused(client) == refused
