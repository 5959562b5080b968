"""Rows of the gateway: versions, what supersedes what, the end of a full export (T26)."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.exchange.gateway import (
    MAX_FULL_AGE,
    Full,
    FullOver,
    FullPartInvalid,
    FullScopeChanged,
    RowState,
    close_full,
    is_older,
    place,
    take_part,
)
from b2b_dvizhenie.domain.exchange.generations import GenerationState

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
FULL = Full(1, {}, NOW, 0)
NUMBERS = st.integers(-(10**39), 10**39)
VERSIONS = st.one_of(NUMBERS.map(str), st.datetimes().map(datetime.isoformat), st.sampled_from(["", "a", "AAAAAQ=="]))


@given(NUMBERS, NUMBERS)
def test_integers_are_compared_as_numbers(one: int, other: int) -> None:
    assert is_older(str(one), str(other)) == (one < other)


@given(st.datetimes(timezones=st.just(UTC)), st.timedeltas(timedelta(0), timedelta(days=9)))
def test_times_are_compared_as_times(moment: datetime, later: timedelta) -> None:
    try:
        newer = moment + later
    except OverflowError:
        return
    assert is_older(moment.isoformat(), newer.isoformat()) == (later > timedelta(0))
    assert not is_older(newer.isoformat(), moment.isoformat())


@pytest.mark.parametrize(
    ("version", "known", "older"),
    [
        ("9", "10", True),
        ("10", "9", False),
        ("2026-01-15T10:00:00+03:00", "2026-01-15T08:00:00+00:00", True),
        ("2026-01-15", "2026-01-16T00:00:00", True),
        ("2026-01-15", "2026-01-16T00:00:00+00:00", False),
        ("a", "b", False),
        ("", "7", False),
        ("7", "", False),
        ("7", "2026-01-15", False),
    ],
)
def test_what_cannot_be_compared_goes_by_arrival(version: str, known: str, older: bool) -> None:
    assert is_older(version, known) is older


@given(VERSIONS, VERSIONS)
def test_two_versions_are_never_older_than_each_other(one: str, other: str) -> None:
    assert not (is_older(one, other) and is_older(other, one))


ROWS = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 5).map(str)), max_size=12)


@given(ROWS, st.dictionaries(st.sampled_from("ab"), st.integers(0, 5).map(str)))
def test_the_newest_row_of_a_key_is_the_one_that_stays(rows: list[tuple[str, str]], standing: dict[str, str]) -> None:
    states = place(rows, standing)
    for key in "ab":
        mine = [(version, state) for (one, version), state in zip(rows, states, strict=True) if one == key]
        new = [version for version, state in mine if state is RowState.NEW]
        highest = max((int(version) for version, _ in mine), default=-1)
        if highest >= int(standing.get(key, "0")) and mine:
            assert new == [str(highest)]
        else:
            assert new == []
            assert {state for _, state in mine} <= {RowState.SKIPPED}


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_and_the_borders_of_messages_do_not_matter(rows: list[tuple[str, str]], random: Random) -> None:
    """Replays, stale versions, messages that overtook each other: what stays is the same."""

    def told(messages: list[list[tuple[str, str]]]) -> dict[str, str]:
        standing: dict[str, str] = {}
        for message in messages:
            for row, state in zip(message, place(message, standing), strict=True):
                if state is RowState.NEW:
                    standing[row[0]] = row[1]
        return standing

    shuffled = [*rows, *rows]
    random.shuffle(shuffled)
    assert told([rows]) == told([[row] for row in shuffled])


@given(st.permutations(range(1, 5)), st.lists(st.integers(1, 4), max_size=4))
def test_parts_come_in_any_order_and_again(order: list[int], again: list[int]) -> None:
    full = FULL
    seen: set[int] = set()
    for part in [*order, *again]:
        assert full.is_complete == (seen == {1, 2, 3, 4})
        full = take_part(full, part=part, is_last=part == 4, scope={}, now=NOW)
        seen.add(part)
    assert full.is_complete


def test_a_part_must_fit_what_was_said() -> None:
    last = take_part(FULL, part=2, is_last=True, scope={}, now=NOW)
    for part, is_last in ((3, False), (1, True), (3, True)):
        with pytest.raises(FullPartInvalid):
            take_part(last, part=part, is_last=is_last, scope={}, now=NOW)
    third = take_part(FULL, part=3, is_last=False, scope={}, now=NOW)
    with pytest.raises(FullPartInvalid):
        take_part(third, part=2, is_last=True, scope={}, now=NOW)
    with pytest.raises(FullScopeChanged):
        take_part(FULL, part=1, is_last=False, scope={"company_id": "c"}, now=NOW)
    with pytest.raises(FullOver):
        take_part(FULL, part=1, is_last=False, scope={}, now=NOW + MAX_FULL_AGE + timedelta(seconds=1))
    for state in GenerationState:
        if state is not GenerationState.OPEN:
            with pytest.raises(FullOver):
                take_part(Full(1, {}, NOW, 0, state=state), part=1, is_last=True, scope={}, now=NOW)


@pytest.mark.parametrize(
    ("scope", "named", "active", "absent", "rejected", "state"),
    [
        ({}, 5, 5, 0, 0, GenerationState.CLOSED),
        ({}, 5, 5, 0, 3, GenerationState.CLOSED),
        ({}, 5, 25, 20, 0, GenerationState.APPLIED),
        ({}, 5, 26, 21, 0, GenerationState.NEEDS_CONFIRMATION),
        ({}, 300, 330, 30, 0, GenerationState.APPLIED),
        ({}, 5, 6, 1, 1, GenerationState.NEEDS_CONFIRMATION),
        ({}, 0, 3, 3, 0, GenerationState.NEEDS_CONFIRMATION),
        ({"company_id": "c"}, 0, 3, 3, 0, GenerationState.APPLIED),
        ({"company_id": "c"}, 0, 30, 30, 0, GenerationState.NEEDS_CONFIRMATION),
    ],
)
def test_few_absent_rows_go_at_once_and_many_wait(
    scope: dict[str, str], named: int, active: int, absent: int, rejected: int, state: GenerationState
) -> None:
    closing = close_full(Full(1, scope, NOW, 0, rejected=rejected), named=named, active=active, absent=absent)
    assert closing.state is state
    assert closing.hide == (state is GenerationState.APPLIED)
