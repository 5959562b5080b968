"""Guessing passwords is slowed by what cannot be forged: the account and the address (reliability.md T1, A1, S3)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import insert
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from b2b_dvizhenie.adapters.postgres.tables.identity import login_attempt
from b2b_dvizhenie.application.identity.budget import ATTEMPTS_PER_ADDRESS, ATTEMPTS_PER_LOGIN
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
ATTACKER = "203.0.113.9"
PASSWORD, WRONG = "correct horse", "wrong"
SPELLINGS = ("victim@example.test", "VICTIM@example.TEST", "+7 912 000-11-22", "8 (912) 000-11-22", "9120001122")


def door(app: Any, address: str = ATTACKER) -> httpx.AsyncClient:
    """The application as it looks from an address."""
    transport = httpx.ASGITransport(app=app, client=(address, 40_000))
    return httpx.AsyncClient(transport=transport, base_url="http://testserver.local")


async def tried(client: httpx.AsyncClient, login: str, password: str = WRONG, **headers: str) -> httpx.Response:
    return await client.post("/api/v1/auth/login", json={"login": login, "password": password}, headers=headers)


@pytest.fixture
async def victim(container: Container) -> None:
    await container.create_user()(
        system_actor("test"), role="client", name="V", email=SPELLINGS[0], phone=SPELLINGS[2], password=PASSWORD
    )


async def failures(container: Container, logins: Sequence[str], address: str) -> None:
    """Attempts that were made a minute ago; made by the door they would cost a hundred hashes."""
    at = container.clock()() - timedelta(minutes=1)
    rows = [{"login": one, "address": address, "at": at} for one in logins]
    async with container.database().engine.begin() as connection:
        await connection.execute(insert(login_attempt), rows)


async def test_the_guesses_of_one_account_count_together_whoever_makes_them(app: Litestar, victim: None) -> None:
    """Brute force: from another address each time, and by every name the account has."""
    codes = []
    for number in range(ATTEMPTS_PER_LOGIN * 2 + 1):
        async with door(app, f"198.51.100.{number}") as client:
            codes.append((await tried(client, SPELLINGS[number % 2 * 2])).status_code)
    assert codes[:ATTEMPTS_PER_LOGIN] == [401] * ATTEMPTS_PER_LOGIN
    assert codes[-1] == 429
    async with door(app, "192.0.2.1") as client:
        for spelling in SPELLINGS:
            assert (await tried(client, spelling, PASSWORD)).status_code == 429, "not even the right one"


async def test_one_address_cannot_spray_all_accounts(app: Litestar, container: Container, victim: None) -> None:
    """One guess for each of many accounts; what the attacker says of his address changes nothing."""
    await failures(container, [f"{number}@example.test" for number in range(ATTEMPTS_PER_ADDRESS)], ATTACKER)
    async with door(app) as client:
        assert (await tried(client, SPELLINGS[0], PASSWORD)).status_code == 429
        for name in ("x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip"):
            forged = {name: "for=192.0.2.7" if name == "forwarded" else "192.0.2.7"}
            assert (await tried(client, SPELLINGS[0], PASSWORD, **forged)).status_code == 429, name
    async with door(app, "192.0.2.8") as client:
        assert (await tried(client, SPELLINGS[0], PASSWORD)).status_code == 200, "others are not locked out"


async def test_only_a_trusted_proxy_names_the_address(app: Litestar, container: Container, victim: None) -> None:
    """And the control: a server that trusts whoever asks lets the spraying go on."""
    await failures(container, [f"{number}@example.test" for number in range(ATTEMPTS_PER_ADDRESS)], ATTACKER)
    forged = {"x-forwarded-for": "192.0.2.7"}
    async with door(ProxyHeadersMiddleware(app, trusted_hosts="10.0.0.1")) as client:
        assert (await tried(client, SPELLINGS[0], PASSWORD, **forged)).status_code == 429
    async with door(ProxyHeadersMiddleware(app, trusted_hosts="10.0.0.1"), "10.0.0.1") as client:
        told = {"x-forwarded-for": f"192.0.2.7, {ATTACKER}"}
        assert (await tried(client, SPELLINGS[0], PASSWORD, **told)).status_code == 429, "the proxy saw who it was"
    async with door(ProxyHeadersMiddleware(app, trusted_hosts="*")) as client:
        assert (await tried(client, SPELLINGS[0], PASSWORD, **forged)).status_code == 200


async def test_a_login_of_ten_megabytes_is_refused_before_anything_is_done(app: Litestar, victim: None) -> None:
    long = "я" * (5 * 1024 * 1024)
    async with door(app) as client:
        for login, password in ((long, PASSWORD), (SPELLINGS[0], long)):
            assert (await tried(client, login, password)).status_code in (400, 413)
        assert (await tried(client, SPELLINGS[0], PASSWORD)).status_code == 200
