"""Properties of prices that ask for more than one line, buyer or moment (features §7.10 P13 and P15, reliability §5.1).

The others stand beside what they are about; `test_every_property_has_a_test` finds them all by name.
"""

import re
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace
from pricing_worlds import (
    BRAND,
    BUYER,
    ELSEWHERE,
    GOODS,
    LEAF,
    MIDDLE,
    NOW,
    ROOT,
    RUNNABLE,
    TYPE,
    discounts,
    groups,
    line,
    policies,
    prices,
    quantities,
    rules,
    terms,
)

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import (
    Applied,
    Buyer,
    Discounts,
    Effect,
    Fault,
    Finding,
    Goods,
    Group,
    Kind,
    LineInput,
    LineQuote,
    Linter,
    NotMatched,
    PricePoint,
    Rule,
    RuleBook,
    SetLimits,
    Shelf,
    Strategy,
    Target,
    Witness,
    quote_line,
)
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId, VariantId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy

TESTS = Path(__file__).parents[1]
CHOOSING = [Strategy.MAX, Strategy.DISPLACE, Strategy.PRIORITY_MAX, Strategy.BY_KIND, Strategy.BEST_PRICE]
"""Strategies that pick one rule by what the rules are, not by which others there are."""
THEIRS = Buyer(UUID(int=99), UUID(int=97), frozenset({UUID(int=96)}))
THEIR_TYPE = PriceTypeId(UUID(int=4))


def test_every_property_has_a_test() -> None:
    """features §7.10: each of the fifteen is named by a test at least once."""
    text = "".join(one.read_text() for one in sorted(TESTS.rglob("test_*.py")))
    named = {int(number) for number in re.findall(r"def test_p(\d+)_", text)}
    assert set(range(1, 16)) - named == set()


def amount(told: LineQuote) -> Decimal:
    assert told.amount is not None
    return told.amount


def paid(group: Group, asked: LineInput, policy: RoundingPolicy = RoundingPolicy.LINE_EACH_DISCOUNT) -> Decimal:
    return amount(quote_line(terms(policy), asked, discounts(group)))


def brand(number: int, percent: str, **more: object) -> Rule:
    return Rule(UUID(int=number), Kind.BRAND, Effect.PERCENT, Decimal(percent), brand_id=BRAND, **more)  # type: ignore[arg-type]


# companies (P13) -----------------------------------------------------------------------------------------------------

_named_others = st.sampled_from(
    [
        Target(companies=frozenset({THEIRS.company_id})),
        Target(agreements=frozenset({UUID(int=97)})),
        Target(segments=THEIRS.segments),
        Target(companies=frozenset({THEIRS.company_id}), segments=THEIRS.segments),
    ]
)


def _with_theirs(group: Group, theirs: list[Rule]) -> Group:
    """The same tree where another company has these rules in every group."""
    own = tuple(rule for rule in group.rules if rule.target.covers(BUYER))
    moved = tuple(replace(one, rule_id=UUID(int=one.rule_id.int + group.group_id.int * 10)) for one in theirs)
    return replace(group, rules=own + moved, groups=tuple(_with_theirs(one, theirs) for one in group.groups))


@given(
    groups(),
    st.lists(rules(700), max_size=1),
    st.lists(rules(800), min_size=1, max_size=1),
    _named_others,
    prices,
    prices,
    quantities,
    policies,
)
def test_p13_prices_read_only_what_is_the_selected_companys(
    group: Group,
    before: list[Rule],
    after: list[Rule],
    target: Target,
    price: Decimal,
    dear: Decimal,
    quantity: Decimal,
    policy: RoundingPolicy,
) -> None:
    """Rules and prices of another company may be whatever they like: not even the explanation of mine changes."""
    told = []
    for theirs, their_price in ((before, price), (after, dear)):
        points = (PricePoint(THEIR_TYPE, their_price, "RUB"), PricePoint(TYPE, price, "RUB"))
        asked = replace(line(price, quantity), prices=points)
        shelf = Shelf(_with_theirs(group, [replace(one, target=target) for one in theirs]), NOW)
        told.append(quote_line(terms(policy), asked, Discounts(shelf.book(BUYER), BUYER, NOW)))
    own = replace(group, rules=tuple(one for one in group.rules if one.target.covers(BUYER)))
    assert told[0] == told[1]
    alone = quote_line(terms(policy), line(price, quantity), Discounts(RuleBook(_with_theirs(own, [])), BUYER, NOW))
    assert replace(told[0], verdicts=()) == replace(alone, verdicts=())


@given(groups(), prices, prices, quantities, policies)
def test_p13_there_and_back_gives_the_same_prices(
    group: Group, mine: Decimal, other: Decimal, quantity: Decimal, policy: RoundingPolicy
) -> None:
    """MC1, MC2: mine, another's, mine again over one shelf; and each as if it had been asked alone."""
    points = (PricePoint(TYPE, mine, "RUB"), PricePoint(THEIR_TYPE, other, "RUB"))
    asked = replace(line(mine, quantity), prices=points)
    sides = (
        (terms(policy), BUYER),
        (Terms(CompanyId(THEIRS.company_id), None, THEIR_TYPE, "RUB", policy), THEIRS),
    )
    shelf = Shelf(group, NOW)

    def asking(one: tuple[Terms, Buyer], shelf: Shelf) -> LineQuote:
        return quote_line(one[0], asked, Discounts(shelf.book(one[1]), one[1], NOW))

    switched = [asking(sides[place], shelf) for place in (0, 1, 0)]
    assert switched[0] == switched[2]
    assert switched[1] == asking(sides[1], Shelf(group, NOW))


def test_p13_bites() -> None:
    """The control: the book of another company does give another price."""
    group = Group(UUID(int=1), (brand(2, "10", target=Target(companies=frozenset({THEIRS.company_id}))),))
    shelf, asked = Shelf(group, NOW), line(Decimal(100), Decimal(1))
    mine = quote_line(terms(), asked, Discounts(shelf.book(BUYER), BUYER, NOW))
    swapped = quote_line(terms(), asked, Discounts(shelf.book(THEIRS), THEIRS, NOW))
    assert (mine.amount, swapped.amount) == (100, 90)


# quantities (P15) ----------------------------------------------------------------------------------------------------


def _cliffs(group: Group, price: Decimal) -> list[Finding]:
    witness = Witness(
        VariantId(UUID(int=9)), "A-1", "Bolt", GOODS, (PricePoint(TYPE, price, "RUB"),), "Company", terms(), BUYER
    )
    seen = {rule.rule_id: witness for rule in group.all_rules()}
    found = Linter(group, SetLimits(), seen, discounts(group))()
    return [one for one in found if one.fault is Fault.QUANTITY_CLIFF]


@given(groups(), prices, st.sampled_from([Decimal(2), Decimal(10)]))
def test_p15_buying_more_for_less_is_reported_where_it_happens(group: Group, price: Decimal, step: Decimal) -> None:
    """Nothing is assumed of quantities: where a threshold makes the sum smaller, the check says so, and only there."""

    def stepped(one: Group) -> Group:
        members = tuple(replace(rule, minimum=step if rule.minimum else rule.minimum) for rule in one.rules)
        return replace(one, rules=members, groups=tuple(map(stepped, one.groups)))

    tree = stepped(group)
    reached, before = (paid(tree, line(price, quantity)) for quantity in (step, step - 1))
    found = _cliffs(tree, price)
    steps = [rule for rule in tree.all_rules() if rule.minimum == step and rule.is_active]
    assert bool(found) == bool(steps and reached < before)
    for one in found:
        assert (one.quantity, one.amount, one.less) == (step, reached, before)


def test_p15_buying_more_may_cost_less() -> None:
    """Nine pieces for 900, ten for 800: priced as it is written, and reported."""
    group = Group(UUID(int=1), (brand(2, "20", minimum=Decimal(10)),))
    assert [paid(group, line(Decimal(100), Decimal(quantity))) for quantity in (9, 10)] == [900, 800]
    (found,) = _cliffs(group, Decimal(100))
    assert (found.quantity, found.amount, found.less) == (10, 800, 900)
    assert _cliffs(Group(UUID(int=1), (brand(2, "5", minimum=Decimal(10)),)), Decimal(100)) == [], "950 is not less"


@given(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=4), prices, st.integers(1, 50), policies)
def test_p15_a_unit_never_costs_more_with_quantity_where_one_rule_wins(
    percents: list[Decimal], price: Decimal, quantity: int, policy: RoundingPolicy
) -> None:
    """Quantity breaks by thresholds of rules: the share taken never shrinks, so neither does the sum per unit grow."""
    members = tuple(brand(10 + at, str(one), minimum=Decimal(at * 10)) for at, one in enumerate(percents))
    group = Group(UUID(int=1), members)
    sums = [paid(group, line(price, Decimal(one)), policy) / one for one in (quantity, quantity + 10, quantity + 20)]
    rounding = Decimal("0.01") if policy is RoundingPolicy.UNIT_THEN_LINE else Decimal("0.02") / quantity
    assert all(more <= less + rounding for less, more in pairwise(sums))


# axioms of reliability §5.1 ------------------------------------------------------------------------------------------


def _winners(group: Group, asked: LineInput) -> list[Rule]:
    told = quote_line(terms(), asked, discounts(group))
    names = {one.rule_id for one in told.verdicts if isinstance(one, Applied)}
    matching = {one.rule_id for one in told.verdicts}
    assert names <= matching, "a winner is one of the candidates"
    return [one for one in group.rules if one.rule_id in names]


@given(groups(CHOOSING, depth=1), st.data(), prices, quantities)
def test_choosing_from_parts_is_choosing_from_the_whole(
    group: Group, data: st.DataObject, price: Decimal, quantity: Decimal
) -> None:
    """Path independence: choose(A ∪ B) = choose({choose A, choose B}), which caching and lookups rest on."""
    plain = replace(group, inner=Strategy.MAX)
    asked = line(price, quantity)
    where = data.draw(st.lists(st.booleans(), min_size=len(plain.rules), max_size=len(plain.rules)))
    parts = [tuple(one for one, left in zip(plain.rules, where, strict=True) if left is side) for side in (True, False)]
    chosen = [rule for part in parts for rule in _winners(replace(plain, rules=part), asked)]
    assert _winners(replace(plain, rules=tuple(chosen)), asked) == _winners(plain, asked)


def test_what_accumulates_cannot_be_chosen_in_parts() -> None:
    """The control of path independence: a sum of two parts is not the sum of the whole where it is capped."""
    group = Group(UUID(int=1), (brand(2, "20"), brand(3, "20")), strategy=Strategy.SUM, cap_percent=Decimal(30))
    assert paid(group, line(Decimal(100), Decimal(1))) == 70
    assert [rule.rule_id.int for rule in _winners(group, line(Decimal(100), Decimal(1)))] == [2, 3]


@given(
    groups([*CHOOSING, Strategy.MIN], depth=1),
    st.data(),
    st.decimals(0, 100, places=2),
    prices,
    quantities,
    policies,
)
def test_a_larger_percent_never_raises_the_price(
    group: Group, data: st.DataObject, percent: Decimal, price: Decimal, quantity: Decimal, policy: RoundingPolicy
) -> None:
    assume(group.rules)
    plain = replace(group, inner=Strategy.MAX, ignore_zero=False)
    at = data.draw(st.integers(0, len(plain.rules) - 1))
    less, more = (
        replace(plain.rules[at], effect=Effect.PERCENT, value=value)
        for value in sorted([percent, min(plain.rules[at].value, Decimal(100))])
    )
    low, high = (replace(plain, rules=(*plain.rules[:at], one, *plain.rules[at + 1 :])) for one in (less, more))
    assert paid(high, line(price, quantity), policy) <= paid(low, line(price, quantity), policy)


@given(groups([*CHOOSING, Strategy.MIN], depth=1), prices, prices, quantities, policies)
def test_a_dearer_base_is_never_cheaper(
    group: Group, one: Decimal, other: Decimal, quantity: Decimal, policy: RoundingPolicy
) -> None:
    low, high = sorted([one, other])
    plain = replace(group, inner=Strategy.MAX, ignore_zero=False)
    assert paid(plain, line(low, quantity), policy) <= paid(plain, line(high, quantity), policy)


@pytest.mark.parametrize("strategy", [Strategy.PRIORITY_MAX, Strategy.DISPLACE, Strategy.BY_KIND])
def test_by_rank_another_rule_may_raise_the_price(strategy: Strategy) -> None:
    """The counter-example that keeps P5 from being claimed for strategies that rank (reliability §5.1)."""
    large = Rule(UUID(int=2), Kind.CATEGORY, Effect.PERCENT, Decimal(30), category_id=LEAF, order=2)
    small = brand(3, "5", priority=1, order=1)
    asked = line(Decimal(100), Decimal(1))
    alone, both = (Group(UUID(int=1), members, strategy=strategy) for members in ((large,), (large, small)))
    assert (paid(alone, asked), paid(both, asked)) == (70, 95)


@given(groups(), st.sampled_from(RUNNABLE), st.sampled_from(RUNNABLE), prices, quantities)
def test_a_strategy_there_and_back_restores_every_price(
    group: Group, first: Strategy, second: Strategy, price: Decimal, quantity: Decimal
) -> None:
    told = [
        quote_line(terms(), line(price, quantity), discounts(replace(group, strategy=one)))
        for one in (first, second, first)
    ]
    assert told[0] == told[2]


@given(groups(), prices, quantities)
def test_a_section_that_moves_prices_its_goods_anew_and_no_others(
    group: Group, price: Decimal, quantity: Decimal
) -> None:
    """LEAF moves from MIDDLE to ELSEWHERE: its goods are priced as goods there are, goods of MIDDLE as before."""
    moved = Goods(GOODS.article, GOODS.brand_id, (ELSEWHERE, LEAF))
    stayed = Goods(GOODS.article, GOODS.brand_id, (ROOT, MIDDLE))

    def told(goods: Goods, members: Group) -> LineQuote:
        return quote_line(terms(), replace(line(price, quantity), goods=goods), discounts(members))

    def without(one: Group, *sections: UUID) -> Group:
        kept = tuple(rule for rule in one.rules if rule.category_id not in sections)
        return replace(one, rules=kept, groups=tuple(without(child, *sections) for child in one.groups))

    assert told(moved, group).amount == told(moved, without(group, ROOT, MIDDLE)).amount
    assert told(stayed, group).amount == told(stayed, without(group, LEAF, ELSEWHERE)).amount


@given(groups(depth=1), prices, quantities)
def test_back_to_back_periods_leave_no_gap_and_no_overlap(group: Group, price: Decimal, quantity: Decimal) -> None:
    """Each rule is cut in two at NOW: at the seam and a tick before it exactly one half holds, so the price stays."""
    whole = replace(group, rules=tuple(replace(one, starts_at=None, ends_at=None) for one in group.rules))
    halves = tuple(
        half
        for one in whole.rules
        for half in (replace(one, ends_at=NOW), replace(one, starts_at=NOW, rule_id=UUID(int=one.rule_id.int + 500)))
    )
    cut, asked = replace(whole, rules=halves), line(price, quantity)
    for moment in (NOW - timedelta(microseconds=1), NOW):
        told = [quote_line(terms(), asked, Discounts(RuleBook(one), BUYER, moment)) for one in (whole, cut)]
        assert told[0].amount == told[1].amount
        matched = [[rule for rule in told_of.verdicts if not isinstance(rule, NotMatched)] for told_of in told]
        assert len(matched[0]) == len(matched[1])
