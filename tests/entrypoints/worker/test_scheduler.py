"""Schedules: one job a slot whoever looks, no overlap unless allowed, changes act without a restart."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from worker_probes import Probe, rows, worker

from b2b_dvizhenie.adapters.cron import CronsimCalendar
from b2b_dvizhenie.adapters.postgres.operations import PostgresOperationsTransaction, PostgresSchedules
from b2b_dvizhenie.adapters.postgres.seeding import DefaultSchedule, install
from b2b_dvizhenie.application.operations import ChangeSchedule, FireSchedules, ScheduleChange
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.operations import Cron, Every, PlanInvalid
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.entrypoints.container import Container, utc_now
from b2b_dvizhenie.entrypoints.worker.handlers import HANDLERS
from b2b_dvizhenie.entrypoints.worker.schedules import DEFAULT_SCHEDULES

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ADMIN = system_actor("test")


@pytest.fixture(autouse=True)
async def _no_schedules(container: Container) -> None:
    """Without those of a new installation."""
    async with container.database().reading() as connection:
        await connection.execute("DELETE FROM schedule")


async def plan(container: Container, schedule_id: str = "s", **fields: Any) -> None:
    columns = {"schedule_id": schedule_id, "job_name": "note", "updated_at": NOON - timedelta(days=2), **fields}
    names, places = ", ".join(columns), ", ".join(f"%({name})s" for name in columns)
    async with container.database().reading() as connection:
        await connection.execute(f"INSERT INTO schedule ({names}) VALUES ({places})", columns)  # noqa: S608 - own names


def scheduler(container: Container, now: datetime) -> FireSchedules:
    """A scheduler whose clock stands still."""
    database = container.database()
    return FireSchedules(
        container.operations_reader(),
        lambda: PostgresOperationsTransaction(database, lambda: now),
        CronsimCalendar(),
        lambda: now,
    )


async def finish(container: Container) -> None:
    async with container.database().reading() as connection:
        await connection.execute("DELETE FROM job")


async def test_many_schedulers_make_one_job_of_a_slot(container: Container) -> None:
    await plan(container, every_seconds=60)
    await plan(container, "c", cron="0 12 * * *", zone="UTC")
    fired = await asyncio.gather(*[scheduler(container, NOON + timedelta(seconds=n))() for n in range(8)])
    assert sorted(schedule_id for some in fired for schedule_id in some) == ["c", "s"]
    assert await rows(container, "name, request_id") == [
        ("note", "schedule:c:20261125T120000"),
        ("note", "schedule:s:20261125T120000"),
    ]


async def test_control_without_the_conditional_update_slots_are_made_twice(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: every scheduler is told that the slot is still free."""

    async def free(*_: object) -> bool:
        return True

    monkeypatch.setattr(PostgresSchedules, "take_slot", free)
    await plan(container, every_seconds=60, overlap=True)
    for _ in range(2):
        async with container.database().reading() as connection:  # equal jobs would be merged
            await connection.execute("UPDATE job SET dedupe_key = NULL")
        await asyncio.gather(*[scheduler(container, NOON)() for _ in range(4)])
    assert len(await rows(container)) > 1


async def test_slot_passes_while_the_last_job_is_unfinished(container: Container) -> None:
    await plan(container, every_seconds=60)
    assert await scheduler(container, NOON)() == ["s"]
    assert await scheduler(container, NOON + timedelta(seconds=60))() == []
    await finish(container)
    assert await scheduler(container, NOON + timedelta(seconds=90))() == []  # that slot is used up
    assert await scheduler(container, NOON + timedelta(seconds=120))() == ["s"]


async def test_dead_job_blocks_nothing(container: Container) -> None:
    await plan(container, every_seconds=60)
    await scheduler(container, NOON)()
    async with container.database().reading() as connection:
        await connection.execute("UPDATE job SET dead_at = now()")
    assert await scheduler(container, NOON + timedelta(seconds=60))() == ["s"]


async def test_overlap_where_it_is_allowed(container: Container) -> None:
    await plan(container, every_seconds=60, overlap=True)
    for minute in range(3):
        assert await scheduler(container, NOON + timedelta(minutes=minute))() == ["s"]
    assert len(await rows(container)) == 3
    # Forbidden now: the ones that are under way count.
    await ChangeSchedule(container.operations_work, CronsimCalendar(), lambda: NOON)(
        ADMIN, "s", ScheduleChange(overlap=False)
    )
    assert await scheduler(container, NOON + timedelta(minutes=5))() == []


async def test_only_the_newest_missed_slot_is_made_up_for(container: Container) -> None:
    await plan(container, every_seconds=60)
    await scheduler(container, NOON)()
    await finish(container)
    assert await scheduler(container, NOON + timedelta(hours=5))() == ["s"]
    assert await scheduler(container, NOON + timedelta(hours=5, seconds=1))() == []


async def test_slots_before_the_plan_are_not_meant(container: Container) -> None:
    await plan(container, cron="0 3 * * *", zone="UTC", updated_at=NOON)
    assert await scheduler(container, NOON + timedelta(hours=1))() == []
    assert await scheduler(container, NOON + timedelta(hours=15))() == ["s"]


async def test_switched_off_and_unreadable_plans_do_nothing(container: Container) -> None:
    await plan(container, "off", every_seconds=1, is_active=False)
    await plan(container, "bad", cron="never", zone="UTC")
    await plan(container, "good", every_seconds=1)
    assert await scheduler(container, NOON)() == ["good"]


async def test_change_acts_within_two_seconds_and_is_audited(container: Container) -> None:
    probe = Probe()
    await plan(container, cron="0 3 1 1 *", zone="UTC")
    async with worker(container, probe):
        await asyncio.sleep(0.3)
        assert probe.calls.empty()
        changed = await container.change_schedule()(ADMIN, "s", ScheduleChange(every_seconds=1))
        assert (changed.cron, changed.every_seconds) == (None, 1)
        await asyncio.wait_for(probe.calls.get(), 2.5)  # up to a second until the first slot, a second of looking
    async with container.database().reading() as connection:
        audit = await (await connection.execute("SELECT action, subject_id, before, after FROM audit")).fetchall()
    ((action, subject, before, after),) = audit
    assert (action, subject) == ("operations.schedule_changed", "s")
    assert (before["cron"], before["every_seconds"]) == ("0 3 1 1 *", None)
    assert (after["cron"], after["every_seconds"]) == (None, 1)


@pytest.mark.parametrize(
    "change",
    [
        ScheduleChange(cron="x"),
        ScheduleChange(zone="Nowhere"),
        ScheduleChange(every_seconds=0),
        ScheduleChange(cron="0 3 * * *", every_seconds=5),
    ],
)
async def test_wrong_change_is_refused_and_changes_nothing(container: Container, change: ScheduleChange) -> None:
    await plan(container, cron="0 3 * * *", zone="UTC")
    with pytest.raises(PlanInvalid):
        await container.change_schedule()(ADMIN, "s", change)
    (row,) = await container.list_schedules()(ADMIN)
    assert (row.cron, row.zone, row.every_seconds) == ("0 3 * * *", "UTC", None)
    with pytest.raises(NotFound):
        await container.change_schedule()(ADMIN, "another", ScheduleChange(is_active=False))


async def test_schedules_are_listed_with_their_next_slots(container: Container) -> None:
    await plan(container, "a", cron="0 3 * * *", zone="UTC")
    await plan(container, "b", every_seconds=3600)
    await plan(container, "c", every_seconds=60, is_active=False)
    await plan(container, "d", cron="never", zone="UTC")
    listed = {row.schedule_id: row for row in await container.list_schedules()(ADMIN)}
    now = utc_now()
    assert listed["a"].next_slot is not None
    assert listed["a"].next_slot.hour == 3
    assert listed["b"].next_slot is not None
    assert timedelta(0) < listed["b"].next_slot - now <= timedelta(hours=1)
    assert listed["c"].next_slot is None
    assert listed["d"].next_slot is None


async def test_default_schedules_have_handlers_and_readable_plans() -> None:
    for one in DEFAULT_SCHEDULES:
        assert one.job_name in HANDLERS
        if isinstance(one.plan, Cron):
            assert CronsimCalendar().following(one.plan, NOON) is not None
    assert len({one.schedule_id for one in DEFAULT_SCHEDULES}) == len(DEFAULT_SCHEDULES)


async def test_installing_keeps_what_an_administrator_has_changed(container: Container) -> None:
    defaults = [
        DefaultSchedule("nightly", "note", Cron("17 3 * * *", "Europe/Moscow")),
        DefaultSchedule("often", "note", Every(30)),
    ]
    await asyncio.to_thread(install, container.database_url(), defaults)
    await container.change_schedule()(ADMIN, "often", ScheduleChange(every_seconds=5))
    await asyncio.to_thread(install, container.database_url(), defaults)
    listed = await container.list_schedules()(ADMIN)
    installed = {row.schedule_id: (row.cron, row.every_seconds) for row in listed}
    assert installed["nightly"] == ("17 3 * * *", None)
    assert installed["often"] == (None, 5)
