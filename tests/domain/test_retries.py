"""When a failed job is tried again and when it is given up."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.operations import LUCK, Bury, Retry, after_failure, back_off
from b2b_dvizhenie.domain.shared.errors import Kind

HOPELESS = [Kind.INVALID, Kind.NOT_FOUND, Kind.FORBIDDEN, Kind.CONFLICT, Kind.UNAUTHENTICATED]


@pytest.mark.parametrize("kind", HOPELESS)
def test_what_repeating_cannot_help_is_dead_at_once(kind: Kind) -> None:
    assert after_failure(kind, 1, 8, 0) == Bury()


@pytest.mark.parametrize("kind", [None, Kind.UNAVAILABLE, Kind.LIMITED])
def test_the_rest_is_tried_until_the_attempts_are_used_up(kind: Kind | None) -> None:
    assert isinstance(after_failure(kind, 1, 2, 0), Retry)
    assert after_failure(kind, 2, 2, 0) == Bury()


def test_delays_grow_to_a_limit_and_outlast_a_working_day() -> None:
    assert [back_off(attempt, LUCK - 1) for attempt in (1, 2)] == [timedelta(seconds=4.9975), timedelta(seconds=19.99)]
    assert back_off(50, 0) == timedelta(hours=3)
    least = sum((back_off(attempt, 0) for attempt in range(1, 8)), timedelta())
    most = sum((back_off(attempt, LUCK - 1) for attempt in range(1, 8)), timedelta())
    assert least > timedelta(hours=3)
    assert most < timedelta(hours=9)


@given(st.integers(1, 10_000), st.integers(0, LUCK - 1))
def test_half_of_the_delay_is_luck(attempt: int, luck: int) -> None:
    shortest, delay, longest = back_off(attempt, 0), back_off(attempt, luck), back_off(attempt, LUCK - 1)
    assert timedelta(0) < shortest <= delay <= longest < 2 * shortest
    assert back_off(attempt + 1, 0) >= shortest
