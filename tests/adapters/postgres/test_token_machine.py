"""Tokens through any sequence of events, against a model that fits on a page (A8, A10, A11; TOK-2…TOK-6)."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec import Struct

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.identity import PostgresIdentityTransaction, end_longer_sessions
from b2b_dvizhenie.adapters.postgres.settings import PostgresSettingsTransaction
from b2b_dvizhenie.adapters.postgres.views.sessions import PostgresSessionReader
from b2b_dvizhenie.adapters.sealing import InstallationSealer
from b2b_dvizhenie.application import identity
from b2b_dvizhenie.application.settings import ChangeSettings
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.identity import SETTINGS, TOKEN_LIFETIME_DAYS, AuthenticationRequired, BadCredentials
from b2b_dvizhenie.domain.shared.ids import UserId, new_id
from b2b_dvizhenie.testing.twins.passwords import QuickPasswords

pytestmark = pytest.mark.postgres
START = datetime(2026, 11, 25, 9, tzinfo=UTC)
PASSWORD = "correct horse"


class Session(Struct):
    """What the model knows of a session."""

    user: int
    ends: datetime
    began: datetime
    closed: bool = False


class TokenMachine(RuleBasedStateMachine):
    """Two people, their sessions and tokens, an administrator who changes the lifetime, and time."""

    url: str
    forgets_to_close = False
    tokens = Bundle("tokens")

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.lifetime = timedelta(days=30)
        self.sessions: list[Session] = []
        self.owners: dict[str, int | None] = {}  # token → place of its session; None once it was exchanged
        self.passwords = [PASSWORD, PASSWORD]
        self.active = [True, True]
        self.runner = asyncio.Runner()
        self.runner.run(self._open())

    def clock(self) -> datetime:
        return self.now

    async def _open(self) -> None:
        self.database = Database(self.url, pool_size=2)
        await self.database.open()
        async with self.database.reading() as connection:
            await connection.execute("TRUNCATE app_user, session, login_attempt, setting CASCADE")
        hasher, sealer = QuickPasswords(), InstallationSealer(Path(), "k" * 32)
        work: Any = lambda: PostgresIdentityTransaction(self.database, self.clock, sealer)  # noqa: E731 - a factory
        settings_work = lambda: PostgresSettingsTransaction(  # noqa: E731 - a factory
            self.database, self.clock, {TOKEN_LIFETIME_DAYS.key: end_longer_sessions}
        )
        reader = PostgresSessionReader(self.database)
        self.authenticate = identity.Authenticate(reader, identity.SeeAs(work, reader, self.clock), self.clock)
        self.log_in = identity.LogIn(work, hasher, self.clock)
        self.log_out = identity.LogOut(work, self.clock)
        self.refresh_token = identity.RefreshToken(work, self.clock)
        self.reset_tokens = identity.ResetTokens(work, self.clock)
        self.close_others = identity.CloseOtherSessions(work, self.clock)
        self.change_password = identity.ChangePassword(work, hasher, self.clock)
        self.change_settings = ChangeSettings(settings_work, SETTINGS)
        create = identity.CreateUser(work, hasher, self.clock)
        self.people: list[UserId] = [
            await create(system_actor("test"), role="client", name=f"B{n}", email=f"b{n}@x.test", password=PASSWORD)
            for n in range(2)
        ]

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()

    def lives(self, token: str) -> bool:
        place = self.owners[token]
        if place is None:
            return False
        session = self.sessions[place]
        return not session.closed and self.now < session.ends and self.active[session.user]

    def actor(self, token: str) -> Any:
        return self.runner.run(self.authenticate(token))

    def ends_all_of(self, user: int, but: int | None = None) -> None:
        for place, session in enumerate(self.sessions):
            if session.user == user and place != but and not self.forgets_to_close:
                session.closed = session.closed or self.now < session.ends

    @initialize(target=tokens)
    def first_login(self) -> str:
        return self.logs_in(0)

    @rule(target=tokens, user=st.integers(0, 1))
    def logs_in(self, user: int) -> str:
        try:
            opened = self.runner.run(self.log_in(f"b{user}@x.test", self.passwords[user]))
        except BadCredentials:
            assert not self.active[user]
            return next(iter(self.owners))
        assert self.active[user]
        assert opened.expires_at == self.now + self.lifetime
        self.owners[opened.token] = len(self.sessions)
        self.sessions.append(Session(user, opened.expires_at, self.now))
        return opened.token

    @rule(target=tokens, token=tokens)
    def refreshes(self, token: str) -> str:
        actor = self.actor(token)
        if actor is None:
            return token
        opened = self.runner.run(self.refresh_token(actor, token))
        place = self.owners[token]
        assert place is not None
        assert opened.expires_at == self.sessions[place].ends
        self.owners[token], self.owners[opened.token] = None, place
        try:
            self.runner.run(self.refresh_token(actor, token))
        except AuthenticationRequired:
            return opened.token
        raise AssertionError("a token was exchanged twice")

    @rule(token=tokens)
    def logs_out(self, token: str) -> None:
        actor, place = self.actor(token), self.owners[token]
        if actor is not None and place is not None:
            self.runner.run(self.log_out(actor))
            self.sessions[place].closed = True

    @rule(token=tokens)
    def closes_the_others(self, token: str) -> None:
        actor, place = self.actor(token), self.owners[token]
        if actor is not None and place is not None:
            self.runner.run(self.close_others(actor))
            self.ends_all_of(self.sessions[place].user, place)

    @rule(token=tokens)
    def changes_the_password(self, token: str) -> None:
        actor, place = self.actor(token), self.owners[token]
        if actor is not None and place is not None:
            user = self.sessions[place].user
            new = self.passwords[user] + "!"
            self.runner.run(self.change_password(actor, self.passwords[user], new))
            self.passwords[user] = new
            self.ends_all_of(user, place)

    @rule(user=st.integers(0, 1))
    def is_reset(self, user: int) -> None:
        self.runner.run(self.reset_tokens(system_actor("test"), self.people[user]))
        self.ends_all_of(user)

    @rule(user=st.integers(0, 1), active=st.booleans())
    def is_switched(self, user: int, active: bool) -> None:
        async def switch() -> None:
            async with self.database.reading() as connection:
                await connection.execute(
                    "UPDATE app_user SET is_active = %s WHERE user_id = %s", [active, self.people[user]]
                )

        self.runner.run(switch())
        self.active[user] = active

    @rule(days=st.sampled_from([1, 5, 30, 60]))
    def lifetime_changes(self, days: int) -> None:
        self.runner.run(self.change_settings(system_actor("test"), {TOKEN_LIFETIME_DAYS.key: days}))
        self.lifetime = timedelta(days=days)
        for session in self.sessions:
            if not session.closed and self.now < session.ends:
                session.ends = min(session.ends, session.began + self.lifetime)

    @rule(seconds=st.sampled_from([1, 3600, 86_400, 86_399, 30 * 86_400 - 1, 30 * 86_400]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @invariant()
    def exactly_the_living_tokens_open(self) -> None:
        for token, place in self.owners.items():
            actor = self.actor(token)
            assert (actor is not None) == self.lives(token), (token, place)
            if actor is not None and place is not None:
                assert actor.user_id == self.people[self.sessions[place].user]
        assert self.actor(new_id().hex) is None


def machine(url: str, **changes: Any) -> type[TokenMachine]:
    return type("Machine", (TokenMachine,), {"url": url, **changes})


def run(made: type[TokenMachine], examples: int, **changes: Any) -> None:
    chosen = settings(max_examples=examples, stateful_step_count=25, deadline=None, **changes)
    run_state_machine_as_test(made, settings=chosen)


@pytest.mark.slow
def test_tokens_live_and_die_as_the_model_says(database_url: str) -> None:
    run(machine(database_url), 12)


@pytest.mark.nightly
def test_tokens_live_and_die_as_the_model_says_for_long(database_url: str) -> None:
    run(machine(database_url), 500)


@pytest.mark.slow
def test_the_machine_notices_sessions_that_are_not_closed(database_url: str) -> None:
    # Nobody reads the sequence that was found, so it is not shortened: that took ten times as long as finding it.
    with pytest.raises(AssertionError):
        run(machine(database_url, forgets_to_close=True), 100, phases=[Phase.generate], report_multiple_bugs=False)
