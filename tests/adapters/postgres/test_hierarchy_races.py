"""Races of hierarchy edits on a real PostgreSQL (reliability.md C8, Z10).

Each invariant has a control: the same race without the lock of the hierarchy, which must break it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from market import Market, Person
from sqlalchemy import select

from b2b_dvizhenie.adapters.postgres.hierarchy import PostgresHierarchy
from b2b_dvizhenie.adapters.postgres.tables.identity import app_user, role, role_grant
from b2b_dvizhenie.application.hierarchy import PeopleAction, PeopleChange
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.domain.hierarchy import HierarchyCycle, Permission, below
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import RoleId, UserId

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
TRIALS = 12
SYSTEM = system_actor("test")


def decide_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """The protection taken away and the window opened: no lock, and both edits read before either has committed."""
    waiting = asyncio.Barrier(2)

    async def nothing(_: PostgresHierarchy) -> None:
        return None

    async def together(self: PostgresHierarchy) -> int:
        found = await original(self)
        async with asyncio.timeout(5):
            await waiting.wait()
        return found

    original = PostgresHierarchy.administrators
    monkeypatch.setattr(PostgresHierarchy, "hold", nothing)
    monkeypatch.setattr(PostgresHierarchy, "administrators", together)


async def both(*edits: Awaitable[Any]) -> list[type[BaseException] | None]:
    """What refused each of two edits that run at once; None where it was done."""
    outcomes = await asyncio.gather(*edits, return_exceptions=True)
    for one in outcomes:
        if isinstance(one, BaseException) and not isinstance(one, DomainError):
            raise one
    return [type(one) if isinstance(one, BaseException) else None for one in outcomes]


async def tree(market: Market, key: Any, parent: Any) -> dict[UUID, UUID | None]:
    async with market.container.database().engine.connect() as connection:
        return {row[0]: row[1] for row in await connection.execute(select(key, parent))}


def has_ring(parents: dict[UUID, UUID | None]) -> bool:
    """Whether somebody is above himself, by walking up more steps than there are nodes."""
    for start in parents:
        step: UUID | None = start
        for _ in range(len(parents) + 1):
            step = parents.get(step) if step is not None else None
        if step is not None:
            return True
    return False


class Pair:
    """Two nodes of a tree that are moved under each other at once."""

    def __init__(
        self, move: Callable[[UUID, UUID], Awaitable[Any]], read: Callable[[], Awaitable[dict[UUID, Any]]]
    ) -> None:
        self.move, self.read = move, read

    async def race(self, one: UUID, two: UUID) -> list[type[BaseException] | None]:
        return await both(self.move(one, two), self.move(two, one))


async def role_pair(market: Market) -> tuple[Pair, UUID, UUID]:
    container = market.container
    roles = (await container.list_roles()(SYSTEM)).roles
    parent = next(one.role_id for one in roles if one.code == "director")
    one, two = [await container.create_role()(SYSTEM, f"Role {len(roles)} {name}", parent) for name in "ab"]

    async def move(node: UUID, target: UUID) -> None:
        await container.move_role()(SYSTEM, RoleId(node), RoleId(target))

    async def read() -> dict[UUID, Any]:
        return await tree(market, role.c.role_id, role.c.parent_id)

    return Pair(move, read), one, two


async def staff_pair(market: Market) -> tuple[Pair, UUID, UUID]:
    one, two = [(await market.member(role_code="manager")).user_id for _ in range(2)]
    change = market.container.change_person()

    async def move(node: UUID, target: UUID) -> None:
        await change(SYSTEM, UserId(node), PeopleChange(PeopleAction.HEAD, head_id=UserId(target)))

    async def read() -> dict[UUID, Any]:
        return await tree(market, app_user.c.user_id, app_user.c.head_id)

    return Pair(move, read), one, two


PAIRS = pytest.mark.parametrize("pair_of", [role_pair, staff_pair])


@PAIRS
async def test_two_moves_at_once_close_no_ring(market: Market, pair_of: Any) -> None:
    """C8: move A under B while B is moved under A."""
    for _ in range(TRIALS):
        pair, one, two = await pair_of(market)
        assert sorted(map(str, await pair.race(one, two))) == sorted(map(str, [None, HierarchyCycle]))
        parents = await pair.read()
        assert not has_ring(parents)
        assert (one in below(parents, two)) != (two in below(parents, one))


@PAIRS
async def test_control_without_the_lock_a_ring_is_closed(
    market: Market, pair_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await market.member(role_code="administrator")
    pair, one, two = await pair_of(market)
    decide_together(monkeypatch)
    assert await pair.race(one, two) == [None, None]
    assert has_ring(await pair.read())


# -- the last administrator


async def administrators(market: Market) -> int:
    """Counted without the code under test."""
    query = (
        select(app_user.c.user_id)
        .join(role_grant, role_grant.c.role_id == app_user.c.role_id)
        .where(app_user.c.is_active, role_grant.c.permission == "users.manage", role_grant.c.scope == "all")
    )
    async with market.container.database().engine.connect() as connection:
        return len((await connection.execute(query)).all())


async def two_administrators(market: Market) -> tuple[Actor, Actor]:
    """Exactly two; those of earlier trials are blocked."""
    first, second = [await market.member(role_code="administrator") for _ in range(2)]
    async with market.container.database().engine.begin() as connection:
        others = app_user.c.user_id.not_in([first.user_id, second.user_id])
        await connection.execute(app_user.update().where(others).values(is_active=False))
    return await market.actor(first), await market.actor(second)


async def manager_role(market: Market) -> RoleId:
    async with market.container.database().engine.connect() as connection:
        found = await connection.execute(select(role.c.role_id).where(role.c.code == "manager"))
        return RoleId(found.scalar_one())


async def step_down(market: Market, one: Actor, other: Actor) -> list[Awaitable[Any]]:
    """Both give their own role up at once."""
    change, wanted = market.container.change_person(), PeopleChange(PeopleAction.ROLE, await manager_role(market))
    return [change(who, UserId(who.user_id), wanted) for who in (one, other) if who.user_id]


async def demote_each_other(market: Market, one: Actor, other: Actor) -> list[Awaitable[Any]]:
    change, wanted = market.container.change_person(), PeopleChange(PeopleAction.ROLE, await manager_role(market))
    return [change(who, UserId(whom.user_id), wanted) for who, whom in ((one, other), (other, one)) if whom.user_id]


async def block_each_other(market: Market, one: Actor, other: Actor) -> list[Awaitable[Any]]:
    change, wanted = market.container.change_person(), PeopleChange(PeopleAction.BLOCK)
    return [change(who, UserId(whom.user_id), wanted) for who, whom in ((one, other), (other, one)) if whom.user_id]


async def step_down_and_revoke(market: Market, one: Actor, other: Actor) -> list[Awaitable[Any]]:
    """One leaves the role while the role loses the right, and a second role has it with nobody in it but him."""
    revoke, change = market.container.set_grant(), market.container.change_person()
    actor_role = next(
        row.role_id for row in (await market.container.list_roles()(SYSTEM)).roles if row.code == "administrator"
    )
    wanted = PeopleChange(PeopleAction.ROLE, await manager_role(market))
    assert one.user_id
    return [
        change(other, UserId(one.user_id), wanted),
        revoke(one, actor_role, Permission.USERS_MANAGE, None),
    ]


RACES = pytest.mark.parametrize("race", [step_down, demote_each_other, block_each_other])


@RACES
async def test_an_administrator_is_left(market: Market, race: Any) -> None:
    """Z10: of two that would leave nobody, one is refused."""
    for _ in range(TRIALS):
        edits = await race(market, *await two_administrators(market))
        outcomes = await both(*edits)
        assert sum(one is None for one in outcomes) == 1
        assert await administrators(market) == 1


async def test_the_right_and_the_person_go_at_once(market: Market) -> None:
    for _ in range(TRIALS):
        await both(*await step_down_and_revoke(market, *await two_administrators(market)))
        assert await administrators(market) >= 1


@RACES
async def test_control_without_the_lock_nobody_is_left(
    market: Market, race: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    edits = await race(market, *await two_administrators(market))
    decide_together(monkeypatch)
    assert await both(*edits) == [None, None]
    assert await administrators(market) == 0


# -- a right that was taken away while the request waited


async def test_a_right_lost_while_waiting_is_not_used(market: Market, container: Any) -> None:
    """Z11: the request began with the right, and the right was gone when its turn came."""
    first, second = await two_administrators(market)
    assert first.user_id
    assert second.user_id
    victim: Person = await market.member(role_code="manager")
    async with container.hierarchy_work() as work:
        await work.hierarchy.hold()
        late = asyncio.create_task(container.change_person()(second, victim.user_id, PeopleChange(PeopleAction.BLOCK)))
        await asyncio.sleep(0.1)
        assert not late.done(), "edits must wait for each other"
        await work.hierarchy.set_role(second.user_id, await manager_role(market))
        await work.commit()
    with pytest.raises(DomainError) as caught:
        await late
    assert caught.value.code == "hierarchy.forbidden"
    async with market.container.database().engine.connect() as connection:
        query = select(app_user.c.is_active).where(app_user.c.user_id == victim.user_id)
        assert (await connection.execute(query)).scalar_one()


async def test_readers_do_not_wait_for_editors(market: Market, container: Any) -> None:
    admin = await market.member(role_code="administrator")
    actor = await market.actor(admin)
    async with container.hierarchy_work() as work, asyncio.timeout(5):
        await work.hierarchy.hold()
        assert len((await container.list_roles()(actor)).roles) == 5
