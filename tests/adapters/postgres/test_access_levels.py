"""Access levels on PostgreSQL (LVL-1, LVL-4, LVL-6): who may, what is recorded, what follows at once, races."""

from typing import Any

import anyio
import pytest
from market import Market
from sqlalchemy import delete, select
from statements import recorded_statements

from b2b_dvizhenie.adapters.postgres.tables.operations import audit
from b2b_dvizhenie.adapters.postgres.tables.visibility import access_level
from b2b_dvizhenie.application.companies import AccessLevelInvalid
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.domain.hierarchy import Forbidden, Permission, Scope
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.domain.visibility import (
    EVERYTHING,
    AccessLevel,
    FirstLevelStays,
    Information,
    LevelExists,
    LevelInUse,
    LevelNameInvalid,
    LevelNumberInvalid,
)
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
STAFF = system_actor("test")
FIRST = frozenset({Information.STOCK_DETAIL, Information.ORDER_SUMS})


async def recorded(container: Container) -> list[tuple[str, str, Any, Any]]:
    query = select(audit.c.action, audit.c.subject_id, audit.c.before, audit.c.after).order_by(audit.c.audit_id)
    async with container.database().engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(query)]


async def test_levels_after_installation(container: Container) -> None:
    levels = await container.list_levels()(STAFF)
    with recorded_statements() as seen:
        assert await container.list_levels()(STAFF) == levels
    assert levels == (AccessLevel(1, "", FIRST), AccessLevel(2, "", EVERYTHING))
    assert len(seen) == 1


async def test_a_new_member_begins_at_level_1(container: Container, market: Market) -> None:
    company = await market.client()
    person = await market.member()
    await container.assign_buyer()(STAFF, person.user_id, company)
    actor = await market.actor(person, company)
    assert (actor.access_level, actor.opened) == (1, FIRST)
    assert actor.terms is not None
    assert actor.terms.price_type_id == market.retail


async def test_what_a_level_opens_follows_at_once_and_is_recorded(container: Container, market: Market) -> None:
    """LVL-6: the next request, without a restart, in one statement of the authentication."""
    company = await market.client()
    person = await market.member(company, level=1)
    open_ = container.open_information()
    assert await open_(STAFF, {(1, Information.INDIVIDUAL_PRICES): True})
    with recorded_statements() as seen:
        actor = await market.actor(person)
    assert len([one for one in seen if "UPDATE session" not in one]) == 1
    assert actor.opened == FIRST | {Information.INDIVIDUAL_PRICES}
    assert actor.terms is not None
    assert actor.terms.price_type_id == market.wholesale
    assert not await open_(STAFF, {(1, Information.INDIVIDUAL_PRICES): True})
    assert await open_(STAFF, {(1, Information.INDIVIDUAL_PRICES): False})
    actor = await market.actor(person)
    assert actor.terms is not None
    assert actor.terms.price_type_id == market.retail
    wide, narrow = ["individual_prices", "order_sums", "stock_detail"], ["order_sums", "stock_detail"]
    assert await recorded(container) == [
        ("visibility.level_changed", "1", {"opens": narrow}, {"opens": wide}),
        ("visibility.level_changed", "1", {"opens": wide}, {"opens": narrow}),
    ]


async def test_users_of_one_company_differ(container: Container, market: Market) -> None:
    """LVL-5."""
    company = await market.client()
    await container.create_level()(STAFF, 7, "Бухгалтер", like=1)
    await container.open_information()(STAFF, {(7, Information.DEBT): True})
    people = [await market.member(company, level=level) for level in (1, 2, 7)]
    opened = [(await market.actor(person)).opened for person in people]
    assert opened == [FIRST, EVERYTHING, FIRST | {Information.DEBT}]


async def test_any_number_of_levels(container: Container, market: Market) -> None:
    for number in range(3, 100):
        await container.create_level()(STAFF, number, f"L{number}")
    levels = await container.list_levels()(STAFF)
    assert [one.level for one in levels] == list(range(1, 100))
    assert all(one.opens == frozenset() for one in levels[2:])
    with pytest.raises(LevelExists):
        await container.create_level()(STAFF, 50, "again")
    await container.rename_level()(STAFF, 50, "Полсотни")
    assert (await container.list_levels()(STAFF))[49].name == "Полсотни"


async def test_a_level_in_use_and_the_first_one_stay(container: Container, market: Market) -> None:
    await container.create_level()(STAFF, 3, "")
    company = await market.client()
    person = await market.member(company, level=3)
    with pytest.raises(FirstLevelStays):
        await container.delete_level()(STAFF, 1)
    with pytest.raises(LevelInUse) as caught:
        await container.delete_level()(STAFF, 3)
    assert caught.value.params["count"] == 1
    await container.assign_buyer()(STAFF, person.user_id, company, 2)
    await container.delete_level()(STAFF, 3)
    with pytest.raises(AccessLevelInvalid) as refused:
        await container.assign_buyer()(STAFF, person.user_id, company, 3)
    assert refused.value.field == "access_level"
    assert (await market.actor(person)).opened == EVERYTHING


@pytest.mark.parametrize(
    ("change", "refusal", "field"),
    [
        (lambda c: c.create_level()(STAFF, 0, ""), LevelNumberInvalid, "level"),
        (lambda c: c.create_level()(STAFF, 100, ""), LevelNumberInvalid, "level"),
        (lambda c: c.create_level()(STAFF, 3, "x" * 61), LevelNameInvalid, "name"),
        (lambda c: c.create_level()(STAFF, 3, "", like=9), NotFound, "level"),
        (lambda c: c.rename_level()(STAFF, 9, ""), NotFound, "level"),
        (lambda c: c.rename_level()(STAFF, 1, "a\x00"), LevelNameInvalid, "name"),
        (lambda c: c.open_information()(STAFF, {(9, Information.DEBT): True}), NotFound, "level"),
        (lambda c: c.delete_level()(STAFF, 9), NotFound, "level"),
    ],
    ids=[
        "number_0",
        "number_100",
        "long_name",
        "like_nothing",
        "rename_nothing",
        "unprintable_name",
        "open_nothing",
        "delete_nothing",
    ],
)
async def test_bad_input_changes_nothing(
    container: Container, change: Any, refusal: type[DomainError], field: str
) -> None:
    with pytest.raises(refusal) as caught:
        await change(container)
    assert caught.value.field == field
    assert [one.level for one in await container.list_levels()(STAFF)] == [1, 2]
    assert await recorded(container) == []


async def test_only_who_may_manage_levels(container: Container) -> None:
    viewer = Actor(None, "V", "head_of_managers", {Permission.VISIBILITY_VIEW: Scope.ALL})
    await container.list_levels()(viewer)
    for call in (
        container.open_information()(viewer, {(1, Information.DEBT): True}),
        container.create_level()(viewer, 3, ""),
        container.rename_level()(viewer, 1, "x"),
        container.delete_level()(viewer, 2),
        container.list_levels()(Actor(None, "N", "client", {Permission.USERS_VIEW: Scope.ALL})),
    ):
        with pytest.raises(Forbidden):
            await call
    assert await recorded(container) == []


async def test_two_administrators_open_two_groups_at_once(container: Container) -> None:
    """Neither change is lost: the row is held between reading and writing."""
    wanted = [Information.DEBT, Information.BONUSES, Information.CREDIT_LIMIT, Information.DOCUMENTS]
    async with anyio.create_task_group() as tasks:
        for one in wanted:
            tasks.start_soon(lambda one=one: container.open_information()(STAFF, {(1, one): True}))
    assert (await container.list_levels()(STAFF))[0].opens == FIRST | set(wanted)


async def _lost_update(container: Container, information: Information, met: anyio.Event, go: anyio.Event) -> None:
    """The control: the same change without holding the row."""
    query = select(access_level.c.opens).where(access_level.c.level == 1)
    async with container.database().engine.connect() as connection:
        opens = (await connection.execute(query)).scalar_one()
        met.set()
        await go.wait()
        await connection.execute(
            access_level.update().where(access_level.c.level == 1).values(opens=[*opens, information.value])
        )
        await connection.commit()


async def test_without_the_lock_a_change_would_be_lost(container: Container) -> None:
    go, first, second = anyio.Event(), anyio.Event(), anyio.Event()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_lost_update, container, Information.DEBT, first, go)
        tasks.start_soon(_lost_update, container, Information.BONUSES, second, go)
        await first.wait()
        await second.wait()
        go.set()
    opens = (await container.list_levels()(STAFF))[0].opens
    assert len(opens & {Information.DEBT, Information.BONUSES}) == 1


async def test_a_level_is_never_deleted_under_a_member(container: Container, market: Market) -> None:
    """Deleting and assigning at once: one of them is refused, and nobody is left on a level that is gone."""
    company = await market.client()
    person = await market.member(company, level=1)
    for _ in range(10):
        await container.create_level()(STAFF, 5, "")
        outcomes: list[str] = []

        async def told(name: str, call: Any, outcomes: list[str] = outcomes) -> None:
            try:
                await call
                outcomes.append(name)
            except (LevelInUse, AccessLevelInvalid):
                pass

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(told, "deleted", container.delete_level()(STAFF, 5))
            tasks.start_soon(told, "assigned", container.assign_buyer()(STAFF, person.user_id, CompanyId(company), 5))
        assert len(outcomes) == 1
        await container.assign_buyer()(STAFF, person.user_id, CompanyId(company), 1)
        async with container.database().engine.begin() as connection:
            await connection.execute(delete(access_level).where(access_level.c.level == 5))
