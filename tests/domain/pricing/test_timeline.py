"""When which version is in force: a new period never leaves a gap, an overlap or another past."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from b2b_dvizhenie.domain.pricing import Insertion, Period, StartPassed, StartTaken, insertion

NOW = datetime(2026, 11, 25, tzinfo=UTC)
TICK = timedelta(microseconds=1)
NEW = UUID(int=99)


def at(day: int) -> datetime:
    return NOW + timedelta(days=day)


def period(number: int, first: int, last: int | None = None) -> Period:
    return Period(UUID(int=number), at(first), None if last is None else at(last))


RUNNING, ENDED, PLANNED = period(1, -5, 4), period(2, -9, -5), period(3, 4)


@pytest.mark.parametrize(
    ("periods", "wanted", "found"),
    [
        ([], None, (0, None, None)),
        ([], 3, (3, None, None)),
        ([period(1, -5)], None, (0, None, 1)),
        ([period(1, -5)], 3, (3, None, 1)),
        ([ENDED, RUNNING, PLANNED], None, (0, 4, 1)),
        ([ENDED, RUNNING, PLANNED], 2, (2, 4, 1)),
        ([ENDED, RUNNING, PLANNED], 5, (5, None, 3)),
        ([ENDED], None, (0, None, None)),
        ([period(1, -5, 3)], 3, (3, None, None)),
        ([period(2, 7), PLANNED, ENDED], None, (0, 4, None)),
    ],
)
def test_a_version_holds_until_the_next_planned_start(
    periods: list[Period], wanted: int | None, found: tuple[int, int | None, int | None]
) -> None:
    first, last, shortened = found
    assert insertion(periods, None if wanted is None else at(wanted), NOW) == Insertion(
        at(first), None if last is None else at(last), None if shortened is None else UUID(int=shortened)
    )


def test_now_comes_after_every_start_there_has_been() -> None:
    """Two publications in one microsecond: the later one wins, and each has its moment."""
    first = replace(period(1, 0), ends_at=None)
    assert insertion([first], None, NOW) == Insertion(NOW + TICK, None, first.period_id)
    second = Period(UUID(int=2), NOW + TICK, None)
    with pytest.raises(StartTaken):
        insertion([replace(first, ends_at=second.starts_at), second], None, NOW)


def test_a_start_is_in_the_future_and_free() -> None:
    for passed in (NOW, NOW - TICK):
        with pytest.raises(StartPassed, match="starts_at"):
            insertion([], passed, NOW)
    assert insertion([], NOW + TICK, NOW).starts_at == NOW + TICK
    with pytest.raises(StartTaken, match="starts_at"):
        insertion([RUNNING, PLANNED], at(4), NOW)


def in_force(periods: list[Period], moment: datetime) -> list[UUID]:
    ends = [(one, one.ends_at) for one in periods if one.starts_at <= moment]
    return [one.period_id for one, end in ends if end is None or moment < end]


@given(st.lists(st.integers(-5, 5), unique=True, max_size=5).map(sorted), st.booleans(), st.none() | st.integers(1, 6))
def test_only_what_the_new_period_covers_changes(starts: list[int], ends: bool, wanted: int | None) -> None:
    """At any moment exactly one version holds that held before, but the new one within its period."""
    lasts = [*starts[1:], starts[-1] + 1 if ends else None] if starts else []
    before = [period(number, first, last) for number, (first, last) in enumerate(zip(starts, lasts, strict=True))]
    try:
        found = insertion(before, None if wanted is None else at(wanted), NOW)
    except StartTaken:
        assert wanted in starts
        return
    after = [replace(one, ends_at=found.starts_at) if one.period_id == found.shortened else one for one in before]
    after.append(Period(NEW, found.starts_at, found.ends_at))
    for half in range(-12, 16):
        moment = NOW + timedelta(hours=12 * half)
        is_new = found.starts_at <= moment and (found.ends_at is None or moment < found.ends_at)
        assert in_force(after, moment) == ([NEW] if is_new else in_force(before, moment))
