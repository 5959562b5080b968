"""Slots of schedules: deterministic, used once, never those before the plan was made."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.operations import Every, PlanInvalid, is_due, latest_interval

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zone is added


@given(moments, st.integers(1, 366 * 24 * 3600))
def test_every_look_within_a_slot_finds_the_same_slot(now: datetime, seconds: int) -> None:
    plan = Every(seconds)
    slot = latest_interval(plan, now)
    assert slot <= now < slot + timedelta(seconds=seconds)
    assert latest_interval(plan, slot) == slot
    assert latest_interval(plan, slot + timedelta(seconds=seconds) - timedelta(microseconds=1)) == slot


@pytest.mark.parametrize("seconds", [0, -1, 366 * 24 * 3600 + 1])
def test_interval_has_bounds(seconds: int) -> None:
    with pytest.raises(PlanInvalid):
        Every(seconds)


def test_due_once_per_slot_and_not_for_slots_before_the_plan() -> None:
    before = NOON - timedelta(hours=1)
    assert is_due(NOON, None, before)
    assert is_due(NOON, before, before)
    assert not is_due(NOON, NOON, before)
    assert not is_due(NOON, NOON + timedelta(hours=1), before)  # a clock that was set back
    assert not is_due(NOON, None, NOON)
    assert not is_due(NOON, None, NOON + timedelta(seconds=1))
    assert not is_due(None, None, before)
