"""A person's own sessions and password on the real database, with controls that skip what must not be skipped."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import anyio
import pytest
from sqlalchemy import select

from b2b_dvizhenie.adapters.postgres.identity import PostgresAccounts, PostgresIdentityTransaction
from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.application.identity import ChangePassword, CloseOtherSessions, CloseSession, LogIn
from b2b_dvizhenie.application.identity.budget import ATTEMPTS_PER_LOGIN
from b2b_dvizhenie.application.identity.ports import Account, IdentityWork
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.domain.identity import (
    MAX_PASSWORD,
    AuthenticationRequired,
    BadCredentials,
    Login,
    PasswordLength,
    TooManyAttempts,
    WrongPassword,
    token_hash,
)
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
LIFETIME = timedelta(days=30)
EMAIL, PHONE, OLD, NEW = "buyer@example.test", "+7 912 345-67-89", "correct horse", "battery staple"


async def person(container: Container, email: str = EMAIL, phone: str = PHONE) -> None:
    await container.create_user()(system_actor("test"), role="client", name="B", email=email, phone=phone, password=OLD)


async def log_in(
    container: Container, password: str = OLD, *, login: str = EMAIL, device: str = ""
) -> tuple[str, Actor]:
    opened = await container.log_in()(login, password, address="10.0.0.1", user_agent=device)
    actor = await container.authenticate()(opened.token)
    assert actor is not None
    return opened.token, actor


async def is_alive(container: Container, token: str) -> bool:
    return await container.authenticate()(token) is not None


async def test_own_sessions_are_listed_the_latest_first(container: Container) -> None:
    await person(container)
    await person(container, "other@example.test", "")
    _, first = await log_in(container, device="one")
    await log_in(container, login="other@example.test", device="foreign")
    dead, second = await log_in(container, device="dead")
    _, third = await log_in(container, device="three")
    await container.log_out()(second)
    found = await container.list_sessions()(first)
    assert [(one.user_agent, one.address) for one in found] == [("three", "10.0.0.1"), ("one", "10.0.0.1")]
    assert [str(one.session_id) for one in found] == [third.session_id, first.session_id]
    assert all(one.expires_at - one.created_at == LIFETIME for one in found)
    assert not await is_alive(container, dead)


async def test_an_expired_session_is_neither_listed_nor_closed(container: Container) -> None:
    await person(container)
    _, actor = await log_in(container)
    _, other = await log_in(container)
    later = container.clock()() + LIFETIME + timedelta(seconds=1)
    async with container.identity_work() as work:
        assert actor.user_id is not None
        assert await work.accounts.sessions(actor.user_id, later) == []
        assert not await work.accounts.close_session(actor.user_id, UUID(other.session_id), later)
        assert await work.accounts.close_others(actor.user_id, UUID(actor.session_id), later) == 0


async def closing_one_kills_it_alone(container: Container, work: IdentityWork) -> None:
    await person(container)
    third, _ = await log_in(container)
    kept, actor = await log_in(container)
    closed, doomed = await log_in(container, device="phone")
    await CloseSession(work, container.clock())(actor, UUID(doomed.session_id))
    assert [await is_alive(container, token) for token in (third, kept, closed)] == [True, True, False]
    assert [one.user_agent for one in await container.list_sessions()(actor)] == ["", ""]
    with pytest.raises(NotFound):
        await CloseSession(work, container.clock())(actor, UUID(doomed.session_id))


async def closing_the_others_kills_all_but_one(container: Container, work: IdentityWork) -> None:
    await person(container)
    others = [(await log_in(container))[0] for _ in range(3)]
    kept, actor = await log_in(container)
    assert await CloseOtherSessions(work, container.clock())(actor) == 3
    assert [await is_alive(container, token) for token in [*others, kept]] == [False, False, False, True]


async def a_new_password_kills_the_others(container: Container, work: IdentityWork) -> None:
    await person(container)
    stolen, _ = await log_in(container)
    kept, actor = await log_in(container)
    await ChangePassword(work, container.passwords(), container.clock())(actor, OLD, NEW)
    assert not await is_alive(container, stolen)
    assert await is_alive(container, kept)
    with pytest.raises(BadCredentials):
        await container.log_in()(EMAIL, OLD)
    await log_in(container, NEW, login=PHONE)


class Forgetful(PostgresAccounts):
    """Says that sessions were closed and closes none."""

    async def close_session(self, *_: Any) -> bool:
        return True

    async def close_others(self, *_: Any) -> int:
        return 3


@pytest.mark.parametrize(
    "check", [closing_one_kills_it_alone, closing_the_others_kills_all_but_one, a_new_password_kills_the_others]
)
async def test_closed_sessions_are_dead_at_the_next_request(container: Container, check: Any) -> None:
    await check(container, container.identity_work)


@pytest.mark.parametrize(
    "check", [closing_one_kills_it_alone, closing_the_others_kills_all_but_one, a_new_password_kills_the_others]
)
async def test_the_checks_notice_a_session_that_was_not_revoked(container: Container, check: Any) -> None:
    def forgetful() -> PostgresIdentityTransaction:
        return altered(container, Forgetful)

    with pytest.raises(AssertionError):
        await check(container, forgetful)


def altered(container: Container, accounts: type[PostgresAccounts]) -> PostgresIdentityTransaction:
    class Altered(PostgresIdentityTransaction):
        def bind(self, connection: Any) -> None:
            super().bind(connection)
            self.accounts = accounts(connection)

    return Altered(container.database(), container.clock(), container.sealer())


async def test_a_foreign_session_is_as_unknown_as_none(container: Container) -> None:
    await person(container)
    await person(container, "other@example.test", "")
    _, actor = await log_in(container)
    foreign, victim = await log_in(container, login="other@example.test")
    with pytest.raises(NotFound):
        await container.close_session()(actor, UUID(victim.session_id))
    assert await container.close_other_sessions()(actor) == 0
    assert await is_alive(container, foreign)
    with pytest.raises(AuthenticationRequired):
        await container.list_sessions()(system_actor("test"))


async def test_the_change_is_recorded_without_the_passwords(container: Container) -> None:
    await person(container)
    await log_in(container)
    _, actor = await log_in(container)
    await container.change_password()(actor, OLD, NEW)
    async with container.database().engine.connect() as connection:
        rows = (await connection.execute(select(audit).where(audit.c.action == "identity.password_changed"))).all()
    (row,) = rows
    assert (row.user_id, row.subject_id, row.before, row.after) == (
        actor.user_id,
        str(actor.user_id),
        None,
        {"sessions_closed": 1},
    )


@pytest.mark.parametrize("new", ["", "1234567", "x" * (MAX_PASSWORD + 1)])
async def test_a_new_password_has_bounds(container: Container, new: str) -> None:
    await person(container)
    token, actor = await log_in(container)
    with pytest.raises(PasswordLength) as caught:
        await container.change_password()(actor, OLD, new)
    assert caught.value.field == "new_password"
    assert await is_alive(container, token)
    await log_in(container)


async def test_a_long_phrase_is_a_password(container: Container) -> None:
    await person(container)
    _, actor = await log_in(container)
    await container.change_password()(actor, OLD, "ё" * MAX_PASSWORD)
    await log_in(container, "ё" * MAX_PASSWORD)


@pytest.mark.parametrize("login", [EMAIL, PHONE])
async def test_wrong_passwords_use_up_the_budget_of_every_login(container: Container, login: str) -> None:
    await person(container)
    other, _ = await log_in(container)
    _, actor = await log_in(container)
    for _ in range(ATTEMPTS_PER_LOGIN):
        with pytest.raises(WrongPassword):
            await container.change_password()(actor, "wrong", NEW)
    with pytest.raises(TooManyAttempts):
        await container.change_password()(actor, OLD, NEW)
    with pytest.raises(TooManyAttempts):
        await container.log_in()(login, OLD)
    assert await is_alive(container, other)


async def test_guesses_at_once_do_not_exceed_the_budget(container: Container) -> None:
    await person(container)
    _, actor = await log_in(container)
    seen: list[type] = []

    async def guess() -> None:
        try:
            await container.change_password()(actor, "wrong", NEW)
        except (WrongPassword, TooManyAttempts) as refusal:
            seen.append(type(refusal))

    async with anyio.create_task_group() as group:
        for _ in range(ATTEMPTS_PER_LOGIN + 4):
            group.start_soon(guess)
    assert seen.count(WrongPassword) == ATTEMPTS_PER_LOGIN
    assert seen.count(TooManyAttempts) == 4


class Unheld(PostgresAccounts):
    """A login that does not hold the account it reads."""

    async def by_login(self, login: Login) -> Account | None:
        held = await super().by_login(login)
        await self._connection.commit()
        return held


async def racing(container: Container, accounts: type[PostgresAccounts]) -> bool:
    """Whether a session opened by the old password survives the change that went on meanwhile."""
    await person(container)
    _, actor = await log_in(container)
    checked, go_on = anyio.Event(), anyio.Event()

    class Slow:
        """Finds the password right, then dawdles before the session is opened."""

        async def hash(self, password: str) -> str:
            return await container.passwords().hash(password)

        async def matches(self, encoded: str | None, password: str) -> bool:
            right = await container.passwords().matches(encoded, password)
            checked.set()
            await go_on.wait()
            return right

    tokens: list[str] = []

    async def slow_login() -> None:
        opened = await LogIn(lambda: altered(container, accounts), Slow(), container.clock())(EMAIL, OLD)
        tokens.append(opened.token)

    async def change() -> None:
        await container.change_password()(actor, OLD, NEW)

    async with anyio.create_task_group() as group:
        group.start_soon(slow_login)
        await checked.wait()
        group.start_soon(change)
        await anyio.sleep(0.5)  # more than the change needs when nothing holds it
        go_on.set()
    return await is_alive(container, tokens[0])


async def test_a_login_by_the_old_password_does_not_outlive_the_change(container: Container) -> None:
    assert not await racing(container, PostgresAccounts)


async def test_the_race_is_real(container: Container) -> None:
    assert await racing(container, Unheld)


async def test_when_a_session_was_seen_is_kept_to_five_minutes(container: Container) -> None:
    await person(container)
    opened = await container.log_in()(EMAIL, OLD)
    reader = container.session_reader()
    now = container.clock()()

    async def seen_after(minutes: int) -> datetime:
        actor = await reader.actor(token_hash(opened.token), None, now + timedelta(minutes=minutes))
        assert actor is not None
        (one,) = await container.list_sessions()(actor)
        return one.last_seen_at

    assert await seen_after(4) < now + timedelta(minutes=1)
    assert await seen_after(6) == now + timedelta(minutes=6)
    assert await seen_after(7) == now + timedelta(minutes=6)
