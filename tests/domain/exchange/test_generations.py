"""A full export in many portions, and what its end may do (onec.md §3.7)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.exchange.generations import (
    QUIET,
    AbsentGoods,
    Closing,
    FilePlan,
    Generation,
    GenerationState,
    close,
    is_small,
    plan_file,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
counts = st.integers(0, 200_000)


def running(minutes_ago: float) -> Generation:
    return Generation(1, "cat", NOW - timedelta(minutes=minutes_ago))


def test_the_first_portion_opens_and_later_ones_continue_while_it_is_not_quiet():
    assert plan_file(None, only_changes=False, now=NOW) == FilePlan(stamp=True, opens=True, supersedes=False)
    assert plan_file(running(29), only_changes=True, now=NOW) == FilePlan(stamp=True, opens=False, supersedes=False)
    assert plan_file(running(30), only_changes=True, now=NOW) == FilePlan(stamp=False, opens=False, supersedes=False)


def test_changes_without_a_full_export_belong_to_none():
    assert plan_file(None, only_changes=True, now=NOW) == FilePlan(stamp=False, opens=False, supersedes=False)


def test_a_new_full_export_ends_the_old_one_whatever_its_age():
    for minutes in (1, 300):
        assert plan_file(running(minutes), only_changes=False, now=NOW).supersedes


def test_a_few_absent_goods_go_at_once_and_many_wait_for_a_person():
    def confirm(absent: int, active: int) -> Closing:
        return close(AbsentGoods.CONFIRM, stamped=1, absent=absent, active=active, failed_files=0)

    assert confirm(0, 100) == Closing(GenerationState.CLOSED, hide=False)
    assert confirm(20, 30) == Closing(GenerationState.APPLIED, hide=True)
    assert confirm(21, 30) == Closing(GenerationState.NEEDS_CONFIRMATION, hide=False)
    assert confirm(100, 1000) == Closing(GenerationState.APPLIED, hide=True)
    assert confirm(101, 1000) == Closing(GenerationState.NEEDS_CONFIRMATION, hide=False)


@given(st.sampled_from(AbsentGoods), counts, counts, counts, st.integers(0, 3))
def test_nothing_is_hidden_on_the_word_of_an_export_that_is_empty_or_partly_unreadable(
    policy: AbsentGoods, stamped: int, absent: int, active: int, failed: int
):
    closing = close(policy, stamped=stamped, absent=absent, active=active, failed_files=failed)
    if stamped == 0 or failed or policy is AbsentGoods.KEEP:
        assert not closing.hide
    if closing.hide:
        assert absent > 0
        assert closing.state is GenerationState.APPLIED
        assert policy is AbsentGoods.AUTO or is_small(absent, active)


@given(counts, counts, counts, st.integers(0, 3))
def test_fewer_absent_goods_are_never_hidden_less_readily(stamped: int, absent: int, active: int, failed: int):
    more = close(AbsentGoods.CONFIRM, stamped=stamped, absent=absent + 1, active=active, failed_files=failed)
    fewer = close(AbsentGoods.CONFIRM, stamped=stamped, absent=absent, active=active, failed_files=failed)
    assert not more.hide or fewer.hide or absent == 0


@given(st.floats(0, 100), st.floats(0, 100))
def test_the_quiet_time_of_the_node_decides(minutes: float, quiet: float):
    plan = plan_file(running(minutes), only_changes=True, now=NOW, quiet=timedelta(minutes=quiet))
    assert plan.stamp == (NOW - running(minutes).last_file_at < timedelta(minutes=quiet))
    assert timedelta(minutes=30) == QUIET
