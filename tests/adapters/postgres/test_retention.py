"""What has ended long ago goes, what is alive or younger stays; TOK-4, reliability.md §5.4."""

from datetime import datetime, timedelta

import pytest
from market import Market
from sqlalchemy import insert, select
from sqlalchemy.schema import Table

from b2b_dvizhenie.adapters.postgres.retention import _ENDED, PostgresRetention
from b2b_dvizhenie.adapters.postgres.tables.identity import account_link, app_user, challenge, login_attempt, session
from b2b_dvizhenie.adapters.postgres.tables.operations import message
from b2b_dvizhenie.application.operations import KEEP, ForgetRemains, Remains
from b2b_dvizhenie.application.operations import retention as policy
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
LONG = timedelta(days=400)


class Attic:
    """Rows of every kind that ended at a moment, beside some that are as old and alive."""

    def __init__(self, container: Container) -> None:
        self.engine = container.database().engine
        self.now = container.clock()()

    async def write(self, table: Table, **values: object) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(insert(table).values(**values))

    async def person(self) -> object:
        async with self.engine.connect() as connection:
            return (await connection.execute(select(app_user.c.user_id).limit(1))).scalar_one()

    async def ended(self, at: datetime) -> None:
        user, begun = await self.person(), at - timedelta(days=1)
        hashed = lambda: new_id().bytes  # noqa: E731
        await self.write(
            challenge, challenge_id=new_id(), purpose="code", browser_hash=hashed(), login="a@b.test", language="ru",
            address="", created_at=begun, expires_at=at,
        )  # fmt: skip
        await self.write(
            account_link, link_id=new_id(), kind="recovery", user_id=user, token_hash=hashed(), created_at=begun,
            expires_at=at, used_at=at,
        )  # fmt: skip
        await self.write(login_attempt, at=at, login="a@b.test", address="")
        await self.write(
            session, session_id=new_id(), token_hash=hashed(), user_id=user, created_at=begun,
            expires_at=self.now + LONG, last_seen_at=begun, revoked_at=at,
        )  # fmt: skip
        await self.write(
            message, message_id=new_id(), channel="sms", recipient="+79120000000", template="code", language="ru",
            state="sent", created_at=begun, settled_at=at,
        )  # fmt: skip

    async def alive(self, since: datetime) -> None:
        await self.write(
            session, session_id=new_id(), token_hash=new_id().bytes, user_id=await self.person(), created_at=since,
            expires_at=self.now + LONG, last_seen_at=since,
        )  # fmt: skip
        await self.write(
            message, message_id=new_id(), channel="sms", recipient="+79120000000", template="code", language="ru",
            created_at=since,
        )  # fmt: skip

    async def counts(self) -> dict[Remains, int]:
        found = {}
        async with self.engine.connect() as connection:
            for what, (key, _) in _ENDED.items():
                found[what] = len((await connection.execute(select(key))).all())
        return found


@pytest.fixture
async def attic(container: Container, market: Market) -> Attic:
    await market.member(await market.client())
    return Attic(container)


async def test_what_is_past_its_time_goes_and_nothing_else(container: Container, attic: Attic) -> None:
    before = await attic.counts()
    for keep in KEEP.values():
        await attic.ended(attic.now - keep - timedelta(minutes=1))
    longest = max(KEEP.values())
    await attic.alive(attic.now - longest - LONG)
    await attic.ended(attic.now - timedelta(minutes=1))
    gone = await container.forget_remains()()
    after = await attic.counts()
    for what in Remains:
        # Of the rows written per period those stay whose end is not further back than this kind is kept.
        alive = 1 if what in (Remains.SESSIONS, Remains.MESSAGES) else 0
        young = sum(other < KEEP[what] for other in KEEP.values())
        assert gone[what] == len(KEEP) - young, what
        assert after[what] == before[what] + young + 1 + alive, what
    assert await container.forget_remains()() == dict.fromkeys(Remains, 0)


async def test_a_great_deal_goes_in_portions(
    container: Container, attic: Attic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "AT_ONCE", 2)
    asked: list[int] = []

    class Counted(PostgresRetention):
        async def forget(self, what: Remains, before: datetime, at_most: int) -> int:
            found = await super().forget(what, before, at_most)
            asked.append(found)
            return found

    for _ in range(5):
        await attic.ended(attic.now - LONG)
    gone = await ForgetRemains(Counted(container.database()), lambda: attic.now)()
    assert gone == dict.fromkeys(Remains, 5)
    assert asked == [2, 2, 1] * len(Remains)
