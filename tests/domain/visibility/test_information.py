"""What is open to whom (LVL-3, LVL-5, LVL-6, A4): one decision, no numbers of levels in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.visibility import (
    EVERYTHING,
    NOTHING,
    PRICE_GROUPS,
    HiddenPrices,
    Information,
    LevelNameInvalid,
    LevelNumberInvalid,
    checked_name,
    checked_number,
    known_information,
    opened_to_buyer,
    priced_by,
    sums_are_open,
)

groups = st.frozensets(st.sampled_from(Information))
policies = st.sampled_from(HiddenPrices)


@given(st.none() | groups, groups)
def test_a_segment_closes_whatever_the_level_opens_and_opens_nothing(level, closed):
    opened = opened_to_buyer(level, closed)
    assert opened <= (level or NOTHING)
    assert not opened & closed
    assert opened_to_buyer(level) == (level or NOTHING)


def test_a_level_that_does_not_exist_opens_nothing():
    assert opened_to_buyer(None) == NOTHING


@given(st.lists(st.sampled_from([*Information, "future_group", ""])))
def test_unknown_names_open_nothing(names):
    assert known_information(names) == {Information(name) for name in names if name in set(Information)}


@given(groups, policies)
def test_prices_are_made_of_what_is_open_or_concealed(opened, policy):
    made_of = priced_by(opened, policy)
    actor = Actor(None, "", "client", {}, opened=opened, hidden_prices=policy)
    assert actor.priced_by == made_of
    if Information.INDIVIDUAL_PRICES in opened:
        assert made_of == opened & PRICE_GROUPS
        assert not actor.is_concealed
    elif policy is HiddenPrices.DEFAULT_PRICE_TYPE:
        assert made_of == NOTHING
        assert not actor.is_concealed
    else:
        assert made_of == PRICE_GROUPS
        assert actor.is_concealed


@given(groups, groups, policies, st.booleans())
def test_nobody_sees_sums_made_of_what_is_closed_to_him(viewer, author, policy, is_own):
    made_of = priced_by(author, policy)
    if sums_are_open(viewer, made_of, is_own=is_own):
        assert made_of <= viewer
        assert is_own or Information.ORDER_SUMS in viewer


@given(groups)
def test_one_sees_the_sums_of_ones_own_order_unless_prices_were_concealed(opened):
    assert sums_are_open(opened, priced_by(opened, HiddenPrices.DEFAULT_PRICE_TYPE), is_own=True)
    concealed = priced_by(opened, HiddenPrices.CONCEAL)
    seen = sums_are_open(opened, concealed, is_own=True)
    assert seen == (Information.INDIVIDUAL_PRICES in opened)


@given(groups, st.sampled_from(Information))
def test_levels_bind_buyers_and_not_staff(opened, information):
    actor = Actor(None, "", "client", {}, opened=opened)
    assert actor.opens(information) == (information in opened)
    assert all(actor.opens(information, scope) for scope in Scope if scope is not Scope.OWN)


def test_an_actor_without_a_level_sees_nothing():
    actor = Actor(None, "", "client", {})
    assert not any(actor.opens(one) for one in EVERYTHING)


@pytest.mark.parametrize("level", [0, -1, 100])
def test_numbers_of_levels_have_bounds(level):
    with pytest.raises(LevelNumberInvalid) as caught:
        checked_number(level)
    assert caught.value.field == "level"
    assert [checked_number(1), checked_number(99)] == [1, 99]


@pytest.mark.parametrize("name", ["x" * 61, "a\x00b", "a\u202eb"])
def test_names_of_levels_are_short_and_visible(name):
    with pytest.raises(LevelNameInvalid) as caught:
        checked_name(name)
    assert caught.value.field == "name"
    assert checked_name("  Старший\n закупщик ") == "Старший закупщик"
