"""Making jobs of the schedules that are due, listing schedules, changing them."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import UNSET, Struct, UnsetType, to_builtins
from msgspec.structs import replace

from b2b_dvizhenie.application.operations.ports import CronCalendar, OperationsReader, OperationsWork, PlannedJob
from b2b_dvizhenie.application.operations.views import ScheduleRow
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.jobs import Job
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.operations import Cron, Every, Plan, PlanInvalid, is_due, latest_interval
from b2b_dvizhenie.domain.shared.errors import NotFound


def schedule_key(schedule_id: str) -> str:
    """The dedupe key and lane of a schedule's jobs; how its unfinished job is recognised."""
    return f"schedule:{schedule_id}"


class ScheduleChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to become different. Giving `cron` clears `every_seconds` and the other way round."""

    cron: str | UnsetType = UNSET
    every_seconds: int | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    overlap: bool | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class FireSchedules:
    """What the scheduler does every second; any number of schedulers may do it at once."""

    def __init__(self, reader: OperationsReader, work: OperationsWork, calendar: CronCalendar, clock: Clock) -> None:
        self._reader = reader
        self._work = work
        self._calendar = calendar
        self._clock = clock

    async def __call__(self) -> list[str]:
        """Make a job of every slot that is due; the ids of the schedules that got one.

        Without `overlap` a slot passes unused while the job of an earlier one is unfinished. A plan that cannot be
        read is left alone here: `ListSchedules` shows it.
        """
        now = self._clock()
        fired = []
        for planned in await self._reader.planned():
            try:
                slot = self._latest(planned.plan, now)
            except PlanInvalid:
                continue
            if slot is not None and is_due(slot, planned.last_slot, planned.planned_at):
                made = await self._fire(planned, slot)
                fired += [planned.schedule_id] if made else []
        return fired

    def _latest(self, plan: Plan, now: datetime) -> datetime | None:
        return latest_interval(plan, now) if isinstance(plan, Every) else self._calendar.latest(plan, now)

    async def _fire(self, planned: PlannedJob, slot: datetime) -> bool:
        key = schedule_key(planned.schedule_id)
        async with self._work() as work:
            if not await work.schedules.take_slot(planned, slot):
                return False
            blocked = not planned.overlap and await work.schedules.is_unfinished(planned.schedule_id)
            if not blocked:
                lane = None if planned.overlap else key
                # With overlap every slot has a job of its own, so its key names the slot.
                dedupe_key = f"{key}:{slot.isoformat()}" if planned.overlap else key
                job = Job(
                    name=planned.job_name,
                    payload=planned.payload,
                    lane=lane,
                    dedupe_key=dedupe_key,
                    request_id=f"{key}:{slot:%Y%m%dT%H%M%S}",
                )
                await work.jobs.enqueue(job)
            await work.commit()
        return not blocked


class ListSchedules:
    """All schedules with their next slots."""

    def __init__(self, reader: OperationsReader, calendar: CronCalendar, clock: Clock) -> None:
        self._reader = reader
        self._calendar = calendar
        self._clock = clock

    async def __call__(self, actor: Actor) -> list[ScheduleRow]:
        """Sorted by id; `next_slot` is None for what is off or cannot be read."""
        actor.require(Permission.JOBS_VIEW)
        now = self._clock()
        rows = await self._reader.schedules()
        return [replace(row, next_slot=self._next(row, now)) for row in rows]

    def _next(self, row: ScheduleRow, now: datetime) -> datetime | None:
        if not row.is_active:
            return None
        try:
            plan = plan_of(row)
            if isinstance(plan, Every):
                return latest_interval(plan, now) + timedelta(seconds=plan.seconds)
            return self._calendar.following(plan, now)
        except PlanInvalid:
            return None


class ChangeSchedule:
    """Change when a job is due; schedulers follow within two seconds."""

    def __init__(self, work: OperationsWork, calendar: CronCalendar, clock: Clock) -> None:
        self._work = work
        self._calendar = calendar
        self._clock = clock

    async def __call__(self, actor: Actor, schedule_id: str, change: ScheduleChange) -> ScheduleRow:
        """The schedule after the change, audited.

        Raises:
            NotFound: there is no such schedule.
            PlanInvalid: both kinds of plan at once, or one that cannot be read.
        """
        actor.require(Permission.JOBS_MANAGE)
        now = self._clock()
        async with self._work() as work:
            before = await work.schedules.lock(schedule_id)
            if before is None:
                raise NotFound("schedule_id")
            after = _changed(before, change, now)
            plan = plan_of(after)
            if isinstance(plan, Cron):
                self._calendar.following(plan, now)  # refuses what cannot be read
            await work.schedules.change(after)
            recorded = Change(
                "operations.schedule_changed", "schedule", schedule_id, before=_told(before), after=_told(after)
            )
            await work.audit.record(actor, recorded)
            await work.commit()
        return after


def plan_of(row: ScheduleRow) -> Plan:
    """The plan of a schedule; raises PlanInvalid."""
    if row.cron is not None:
        return Cron(row.cron, row.zone)
    return Every(row.every_seconds or 0)


def _changed(row: ScheduleRow, change: ScheduleChange, now: datetime) -> ScheduleRow:
    if change.cron is not UNSET and change.every_seconds is not UNSET:
        raise PlanInvalid("cron", reason="cron, every_seconds")
    given = {name: value for name in change.__struct_fields__ if (value := getattr(change, name)) is not UNSET}
    if "cron" in given:
        given["every_seconds"] = None
    elif "every_seconds" in given:
        given["cron"] = None
    return replace(row, **given, updated_at=now)


def _told(row: ScheduleRow) -> dict[str, Any]:
    names = ("cron", "every_seconds", "zone", "overlap", "is_active")
    return {name: value for name, value in to_builtins(row).items() if name in names}
