"""Schedules: a job that is due again and again, in deterministic slots.

A slot is the moment a run is for, not the moment it happens to start. Two schedulers that look at the same plan
at any time find the same slot, so one conditional update makes sure that one job is made of it.
"""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import DomainError

SHORTEST = 1
LONGEST = 366 * 24 * 3600
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PlanInvalid(DomainError):
    """The plan can never be due or cannot be read."""

    code = "operations.plan_invalid"


class Every(Struct, frozen=True, tag="every"):
    """Every so many seconds, counted from 1970 UTC: every 3600 means at each full hour."""

    seconds: int

    def __post_init__(self) -> None:
        if not SHORTEST <= self.seconds <= LONGEST:
            raise PlanInvalid("every_seconds", reason=f"{SHORTEST}..{LONGEST}")


class Cron(Struct, frozen=True, tag="cron"):
    """By a cron expression of five fields, read in an IANA time zone."""

    expression: str
    zone: str


Plan = Every | Cron


def latest_interval(plan: Every, now: datetime) -> datetime:
    """The newest slot of an interval that is not in the future."""
    passed = (now - _EPOCH) // timedelta(seconds=plan.seconds)
    return _EPOCH + timedelta(seconds=plan.seconds) * passed


def is_due(slot: datetime | None, last_slot: datetime | None, planned_at: datetime) -> bool:
    """Whether a job is to be made of a slot.

    Args:
        slot: the newest slot that is not in the future; None where the plan never was due.
        last_slot: the newest slot a job was made of.
        planned_at: when the plan was made or changed; slots before it were never meant. A slot that was missed
            because nothing ran is still due, but only the newest one.
    """
    return slot is not None and slot > planned_at and (last_slot is None or slot > last_slot)
