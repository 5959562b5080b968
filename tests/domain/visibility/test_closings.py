"""What segments close (HIER-7): one decision per section, brand and group of information, in whatever order."""

from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from b2b_dvizhenie.domain.shared.ids import BrandId, SectionId
from b2b_dvizhenie.domain.visibility import (
    MAX_WEIGHT,
    NOTHING,
    NOTHING_CLOSED,
    ClosedGoods,
    Information,
    SegmentRules,
    SegmentWeightInvalid,
    checked_weight,
    closed_sections,
    closed_to,
    enterable_sections,
    is_open,
    is_visible,
)

TREE = {SectionId(UUID(int=key)): SectionId(UUID(int=key // 2)) if key > 1 else None for key in range(1, 16)}
SECTIONS = tuple(TREE)
BRANDS = tuple(BrandId(UUID(int=100 + key)) for key in range(3))
weights = st.integers(-2, 2)
segments = st.builds(
    SegmentRules,
    weights,
    st.dictionaries(st.sampled_from(SECTIONS), st.booleans(), max_size=5),
    st.dictionaries(st.sampled_from(BRANDS), st.booleans()),
    st.dictionaries(st.sampled_from(Information), st.booleans(), max_size=3),
)
several = st.lists(segments, max_size=4)


def path(key):
    """From the section up to the root."""
    found = []
    while key is not None:
        found.append(key)
        key = TREE[key]
    return found


@given(several, st.randoms())
def test_the_order_of_segments_is_irrelevant(some, random):
    mixed = list(some)
    random.shuffle(mixed)
    assert closed_to(some, TREE) == closed_to(mixed, TREE)


@given(several)
def test_the_nearest_rule_upward_decides_and_none_opens(some):
    """Stated apart from the way it is computed: walk up, at the first section with rules look at nothing else."""
    closed = closed_sections(some, TREE)
    for key in SECTIONS:
        ruled = [one for one in path(key) if any(one in rules.sections for rules in some)]
        if not ruled:
            assert key not in closed
            continue
        heaviest = max(rules.weight for rules in some if ruled[0] in rules.sections)
        said = {rules.sections[ruled[0]] for rules in some if rules.weight == heaviest and ruled[0] in rules.sections}
        assert (key in closed) == (False in said)


@given(several, segments)
def test_a_rule_that_closes_more_never_shows_more(some, one):
    """Turning rules of one segment from opening to closing only takes away."""
    shut = replace(
        one,
        sections=dict.fromkeys(one.sections, False),
        brands=dict.fromkeys(one.brands, False),
        information=dict.fromkeys(one.information, False),
    )
    before, after = closed_to([*some, one], TREE), closed_to([*some, shut], TREE)
    assert set(before.goods.sections) <= set(after.goods.sections)
    assert set(before.goods.brands) <= set(after.goods.brands)
    assert before.information <= after.information


@given(several, segments)
def test_what_nobody_weighs_against_is_what_a_segment_says(some, one):
    """A segment heavier than all others decides everything that it names, and a tie only where it closes."""
    top = replace(one, weight=max((rules.weight for rules in some), default=0) + 1)
    closed = closed_to([*some, top], TREE)
    for key, opens in one.brands.items():
        assert (key in closed.goods.brands) is not opens
    for group, opens in one.information.items():
        assert (group in closed.information) is not opens
    for key, opens in one.sections.items():
        assert (key in closed.goods.sections) is not opens


@given(st.lists(st.tuples(weights, st.booleans())))
def test_the_heavier_wins_and_a_tie_closes(rules):
    heaviest = [opens for weight, opens in rules if weight == max(weight for weight, _ in rules)]
    assert is_open(rules) == all(heaviest)


@given(several)
def test_a_section_on_the_way_to_an_open_one_stays_enterable(some):
    closed = closed_sections(some, TREE)
    enterable = enterable_sections(closed, TREE)
    assert enterable == {step for key in SECTIONS if key not in closed for step in path(key)}


@given(several)
def test_a_good_is_visible_where_any_section_and_its_brand_are_open(some):
    closed = closed_to(some, TREE).goods
    for key, brand in product(SECTIONS[:6], (None, *BRANDS)):
        is_shown = key not in closed.sections and (brand is None or brand not in closed.brands)
        assert is_visible(closed, [key], brand) == is_shown
        assert is_visible(closed, [key, SECTIONS[-1]], brand) == (is_shown or is_visible(closed, [SECTIONS[-1]], brand))
    assert is_visible(closed, [], None)


def test_no_segment_closes_nothing_and_closing_one_section_closes_what_is_below():
    assert closed_to([], TREE) == closed_to([SegmentRules(5)], TREE)
    assert closed_to([], TREE).goods == NOTHING_CLOSED
    assert closed_to([], TREE).information == NOTHING
    assert not NOTHING_CLOSED
    two, four, five = (SectionId(UUID(int=key)) for key in (2, 4, 5))
    # A lighter segment opens a deeper section: the nearest rule decides, not the heaviest.
    found = closed_to([SegmentRules(9, {two: False}), SegmentRules(-9, {four: True})], TREE).goods
    below_five = {SectionId(UUID(int=key)) for key in (10, 11)}
    assert set(found.sections) == {two, five, *below_five}
    assert list(found.sections) == sorted(found.sections)
    assert bool(ClosedGoods(brands=BRANDS))


def test_a_ring_of_sections_ends():
    one, other = SECTIONS[:2]
    assert closed_sections([SegmentRules(0, {SECTIONS[5]: False})], {one: other, other: one}) == frozenset()
    assert enterable_sections([], {one: other, other: one}) == {one, other}


def test_weights_are_bounded():
    assert checked_weight(-MAX_WEIGHT) == -MAX_WEIGHT
    for weight in (MAX_WEIGHT + 1, -MAX_WEIGHT - 1):
        with pytest.raises(SegmentWeightInvalid) as caught:
            checked_weight(weight)
        assert caught.value.field == "weight"
