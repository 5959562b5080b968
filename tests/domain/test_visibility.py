"""What is open to a buyer, and which sums: one decision, by sets (LVL-3, LVL-5, A4)."""

from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.visibility import (
    EVERYTHING,
    NOTHING,
    PRICE_GROUPS,
    HiddenPrices,
    Information,
    known_information,
    opened_to_buyer,
    priced_by,
    sums_are_open,
)

groups = st.frozensets(st.sampled_from(Information))
policies = st.sampled_from(HiddenPrices)


@given(groups, groups)
def test_what_a_segment_closes_no_level_opens(level: frozenset[Information], closed: frozenset[Information]) -> None:
    found = opened_to_buyer(level, closed)
    assert found <= level
    assert not found & closed
    assert opened_to_buyer(None, closed) == NOTHING


@given(groups, policies)
def test_prices_are_made_of_closed_groups_only_where_they_are_concealed(
    opened: frozenset[Information], policy: HiddenPrices
) -> None:
    made_of = priced_by(opened, policy)
    assert made_of <= PRICE_GROUPS
    if policy is HiddenPrices.DEFAULT_PRICE_TYPE:
        assert made_of <= opened


@given(groups, groups, groups, st.booleans())
def test_opening_more_never_hides_a_sum(
    opened: frozenset[Information], more: frozenset[Information], made_of: frozenset[Information], is_own: bool
) -> None:
    if sums_are_open(opened, made_of, is_own=is_own):
        assert sums_are_open(opened | more, made_of, is_own=is_own)
    assert sums_are_open(EVERYTHING, made_of, is_own=is_own)
    assert not sums_are_open(opened - {Information.DISCOUNTS}, {Information.DISCOUNTS}, is_own=True)


def test_a_group_of_a_later_version_opens_nothing_and_locks_nobody_out() -> None:
    assert known_information(["debt", "of_another_version"]) == {Information.DEBT}
