"""Cron expressions in time zones."""

from datetime import UTC, datetime

import pytest

from b2b_dvizhenie.adapters.cron import CronsimCalendar
from b2b_dvizhenie.domain.operations import Cron, PlanInvalid

CALENDAR = CronsimCalendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "zone", "now", "latest", "following"),
    [
        ("*/15 * * * *", "UTC", "2026-11-25T12:07:30", "2026-11-25T12:00:00", "2026-11-25T12:15:00"),
        ("*/15 * * * *", "UTC", "2026-11-25T12:15:00", "2026-11-25T12:15:00", "2026-11-25T12:30:00"),
        ("0 3 * * *", "Europe/Moscow", "2026-11-25T12:00:00", "2026-11-25T00:00:00", "2026-11-26T00:00:00"),
        ("0 3 * * *", "Asia/Kamchatka", "2026-11-25T12:00:00", "2026-11-24T15:00:00", "2026-11-25T15:00:00"),
        ("30 9 * * 1-5", "Europe/Moscow", "2026-11-29T12:00:00", "2026-11-27T06:30:00", "2026-11-30T06:30:00"),
        ("0 0 29 2 *", "UTC", "2026-11-25T12:00:00", "2024-02-29T00:00:00", "2028-02-29T00:00:00"),
        # The night the clocks of Berlin go forward has no 02:30: it is due once, when the hour is over.
        ("30 2 * * *", "Europe/Berlin", "2026-03-29T12:00:00", "2026-03-29T01:00:00", "2026-03-30T00:30:00"),
    ],
)
def test_slots(expression: str, zone: str, now: str, latest: str, following: str) -> None:
    plan = Cron(expression, zone)
    assert CALENDAR.latest(plan, at(now)) == at(latest)
    assert CALENDAR.following(plan, at(now)) == at(following)


@pytest.mark.parametrize(
    ("expression", "zone", "field"),
    [
        ("61 * * * *", "UTC", "cron"),
        ("* * * *", "UTC", "cron"),
        ("* * * * * *", "UTC", "cron"),
        ("", "UTC", "cron"),
        ("0 0 31 2 *", "UTC", "cron"),
        ("0 3 * * *", "Europe/Nowhere", "zone"),
        ("0 3 * * *", "../etc/passwd", "zone"),
        ("0 3 * * *", "", "zone"),
    ],
)
def test_what_is_no_plan_is_refused(expression: str, zone: str, field: str) -> None:
    with pytest.raises(PlanInvalid) as refused:
        CALENDAR.latest(Cron(expression, zone), at("2026-11-25T12:00:00"))
    assert refused.value.field == field
