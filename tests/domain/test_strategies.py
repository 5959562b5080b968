"""Properties of discount resolution (features §7.10 P1 to P11, reliability §5.1, pricing-semantics.md)."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace
from pricing_worlds import (
    BRAND,
    BUYER,
    GOODS,
    LEAF,
    MIDDLE,
    NOW,
    ROOT,
    RUNNABLE,
    discounts,
    groups,
    line,
    policies,
    prices,
    quantities,
    rules,
    terms,
)

from b2b_dvizhenie.domain.pricing import (
    Applied,
    Discounts,
    Effect,
    Explanation,
    Goods,
    Group,
    Kind,
    LimitKind,
    Limits,
    LineQuote,
    Loss,
    Lost,
    NotMatched,
    NotReplayable,
    Rule,
    RuleBook,
    Strategy,
    ambiguities,
    explanation_of,
    quote_line,
    replay,
)
from b2b_dvizhenie.domain.shared.money import RoundingPolicy, round_money

KOPECK = Decimal("0.01")


def price(group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy) -> LineQuote:
    return quote_line(terms(policy), line(base, quantity), discounts(group))


def amount(quoted: LineQuote) -> Decimal:
    assert quoted.amount is not None
    return quoted.amount


def shuffled(group: Group, data: st.DataObject) -> Group:
    children = tuple(shuffled(child, data) for child in group.groups)
    members = tuple(data.draw(st.permutations(group.rules)))
    return replace(group, rules=members, groups=tuple(data.draw(st.permutations(children))))


@given(groups(), prices, quantities, policies, st.data())
def test_p1_order_of_rules_changes_neither_price_nor_explanation(
    group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy, data: st.DataObject
) -> None:
    first, second = price(group, base, quantity, policy), price(shuffled(group, data), base, quantity, policy)
    assert replace(first, verdicts=()) == replace(second, verdicts=())
    assert [one for one in first.verdicts if isinstance(one, Applied)] == [
        one for one in second.verdicts if isinstance(one, Applied)
    ]
    assert set(first.verdicts) == set(second.verdicts)


@given(groups(), prices, quantities, policies, st.data())
def test_p2_rules_that_do_not_match_change_nothing(
    group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy, data: st.DataObject
) -> None:
    extra = data.draw(rules(900))
    if extra.mismatch(BUYER, GOODS, quantity, "RUB", NOW) is None:
        extra = replace(extra, is_active=False)
    with_extra = replace(group, rules=(*group.rules, extra))
    assert amount(price(group, base, quantity, policy)) == amount(price(with_extra, base, quantity, policy))


@given(groups(), prices, quantities, policies)
def test_every_rule_has_exactly_one_verdict(
    group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy
) -> None:
    quoted = quote_line(terms(policy), line(base, quantity), discounts(group, misses=True))
    told = [verdict.rule_id for verdict in quoted.verdicts]
    assert sorted(told, key=lambda one: one.int) == sorted(
        (rule.rule_id for rule in group.all_rules()), key=lambda one: one.int
    )
    for verdict in quoted.verdicts:
        rule = next(one for one in group.all_rules() if one.rule_id == verdict.rule_id)
        miss = rule.mismatch(BUYER, GOODS, quantity, "RUB", NOW)
        assert isinstance(verdict, NotMatched) == (miss is not None)


@given(groups(), prices, quantities, policies)
def test_index_finds_every_rule_that_matches(
    group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy
) -> None:
    plain = price(group, base, quantity, policy)
    all_looked_at = quote_line(terms(policy), line(base, quantity), discounts(group, misses=True))
    assert amount(plain) == amount(all_looked_at)


@given(groups(), prices, quantities, policies, st.data())
def test_p4_bounds_and_limits(
    group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy, data: st.DataObject
) -> None:
    some = st.none() | st.decimals("0.01", 100_000, places=2)
    limits = Limits(
        floor=data.draw(some),
        cost=data.draw(some),
        minimal_margin=data.draw(st.none() | st.decimals(0, 50, places=1)),
        max_total_percent=data.draw(st.none() | st.decimals(0, 100, places=1)),
    )
    free = price(group, base, quantity, policy)
    held = quote_line(terms(policy), line(base, quantity, limits=limits), discounts(group))
    undiscounted = amount(quote_line(terms(policy), line(base, quantity)))
    assert 0 <= amount(free) <= undiscounted
    assert amount(free) <= amount(held) <= undiscounted
    assert held.base_amount == undiscounted
    if held.limited_by is None:
        assert amount(held) == amount(free)
    if limits.floor is not None and amount(held) < undiscounted:
        lowest = (
            round_money(limits.floor, "RUB") * quantity
            if policy is RoundingPolicy.UNIT_THEN_LINE
            else limits.floor * quantity
        )
        assert amount(held) >= round_money(lowest, "RUB") - KOPECK


@given(groups([Strategy.MAX, Strategy.BEST_PRICE], depth=1), prices, quantities, policies, st.data())
def test_p5_another_rule_never_raises_the_price(
    group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy, data: st.DataObject
) -> None:
    more = replace(group, rules=(*group.rules, data.draw(rules(900))))
    assert amount(price(more, base, quantity, policy)) <= amount(price(group, base, quantity, policy))


@given(groups([Strategy.MIN], depth=1), prices, quantities, policies, st.data())
def test_p5_another_rule_never_lowers_the_price_of_min(
    group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy, data: st.DataObject
) -> None:
    plain = replace(group, ignore_zero=False)
    extra = data.draw(rules(900))
    assume(any(rule.mismatch(BUYER, GOODS, quantity, "RUB", NOW) is None for rule in plain.rules))
    more = replace(plain, rules=(*plain.rules, extra))
    assert amount(price(more, base, quantity, policy)) >= amount(price(plain, base, quantity, policy))


@given(groups([Strategy.MAX], depth=1), prices, quantities, policies)
def test_p6_the_more_is_combined_the_lower_the_price(
    group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy
) -> None:
    percents = replace(group, rules=tuple(replace(r, effect=Effect.PERCENT) for r in group.rules), cap_percent=None)
    ladder = [Strategy.SUM, Strategy.COMPOUND, Strategy.MAX, Strategy.MIN]
    found = [amount(price(replace(percents, strategy=one), base, quantity, policy)) for one in ladder]
    tolerance = KOPECK * len(group.rules) * max(Decimal(1), quantity)
    assert all(low <= high + tolerance for low, high in pairwise(found))


@given(groups([Strategy.MAX, Strategy.MIN], depth=1), prices, quantities, policies)
def test_p7_nesting_the_same_selection_changes_nothing(
    group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy
) -> None:
    plain = replace(group, ignore_zero=False)
    outer = Group(UUID(int=7777), groups=(plain,), strategy=plain.strategy, ignore_zero=False)
    assert amount(price(outer, base, quantity, policy)) == amount(price(plain, base, quantity, policy))


@given(groups([Strategy.DISPLACE], depth=1), prices, quantities, policies)
def test_p8_displace_is_the_first_candidate(
    group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy
) -> None:
    quoted = price(group, base, quantity, policy)
    matching = [r for r in group.rules if r.mismatch(BUYER, GOODS, quantity, "RUB", NOW) is None]
    if not matching:
        assert quoted.verdicts == () or all(isinstance(v, NotMatched) for v in quoted.verdicts)
        return
    first = min(rule.order for rule in matching)
    applied = [v for v in quoted.verdicts if isinstance(v, Applied)]
    assert len(applied) == 1
    assert next(r.order for r in matching if r.rule_id == applied[0].rule_id) == first


@given(groups(), prices, quantities, policies, st.data())
def test_p3_the_explanation_recomputes_the_price(
    group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy, data: st.DataObject
) -> None:
    some = st.none() | st.decimals("0.01", 100_000, places=2)
    limits = Limits(data.draw(some), data.draw(some), Decimal(10), data.draw(st.none() | st.just(Decimal(20))))
    quoted = quote_line(terms(policy), line(base, quantity, limits=limits), discounts(group))
    kept = msgspec.json.encode(msgspec.to_builtins(explanation_of(quoted, "RUB")))
    told = msgspec.json.decode(kept, type=Explanation)
    assert replay(told) == (quoted.unit_price, quoted.amount)
    for verdict in told.applied:
        assert 0 <= verdict.discount <= verdict.remainder


@given(groups(), prices, quantities, policies)
def test_an_explanation_that_was_tampered_with_does_not_add_up(
    group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy
) -> None:
    """The control of P3."""
    told = explanation_of(price(group, base, quantity, policy), "RUB")
    assume(told.applied)
    one = replace(told.applied[0], discount=told.applied[0].discount + KOPECK)
    with pytest.raises(NotReplayable):
        replay(replace(told, applied=(one, *told.applied[1:])))


@given(
    groups(), prices, quantities, policies, st.lists(st.sampled_from([ROOT, MIDDLE, LEAF]), max_size=6), st.booleans()
)
def test_a_section_named_twice_counts_once(
    group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy, path: list[UUID], misses: bool
) -> None:
    """Paths come from a foreign system's tree: a repeated section neither doubles a discount nor ties with itself."""
    lines = [
        replace(line(base, quantity), goods=replace(GOODS, path=tuple(sections)))
        for sections in (path, dict.fromkeys(path))
    ]
    repeated, once = (quote_line(terms(policy), one, discounts(group, misses=misses)) for one in lines)
    assert repeated == once


@given(groups(), prices, quantities, policies)
def test_p11_one_line_or_many(group: Group, base: Decimal, quantity: Decimal, policy: RoundingPolicy) -> None:
    from b2b_dvizhenie.domain.pricing import quote

    lines = [line(base, quantity), line(base * 2, quantity)]
    together = quote(terms(policy), lines, NOW, discounts(group))
    assert list(together.lines) == [quote_line(terms(policy), one, discounts(group)) for one in lines]


# examples and dominance axioms -----------------------------------------------------------------------------------


def rule(number: int, kind: Kind, percent: str, **more: object) -> Rule:
    fields: dict[str, object] = {"category_id": LEAF} if kind is Kind.CATEGORY else {}
    fields |= {"brand_id": BRAND} if kind is Kind.BRAND else {}
    fields |= {"category_id": LEAF, "brand_id": BRAND} if kind is Kind.CATEGORY_BRAND else {}
    fields |= {"articles": frozenset({"A-1"})} if kind is Kind.ARTICLES else {}
    return Rule(UUID(int=number), kind, Effect.PERCENT, Decimal(percent), **(fields | more))  # type: ignore[arg-type]


def winner(group: Group) -> int:
    quoted = price(group, Decimal(100), Decimal(1), RoundingPolicy.LINE_EACH_DISCOUNT)
    (applied,) = [verdict for verdict in quoted.verdicts if isinstance(verdict, Applied)]
    return applied.rule_id.int


def two(strategy: Strategy, *members: Rule, **more: object) -> Group:
    return Group(UUID(int=1), tuple(members), strategy=strategy, **more)  # type: ignore[arg-type]


def test_the_larger_discount_always_wins() -> None:
    """PRC-4, the customer's first example."""
    assert winner(two(Strategy.MAX, rule(1, Kind.BRAND, "10"), rule(2, Kind.CATEGORY, "15"))) == 2


def test_brand_always_beats_category() -> None:
    """PRC-4, the customer's second example."""
    members = rule(1, Kind.BRAND, "10"), rule(2, Kind.CATEGORY, "15")
    assert winner(two(Strategy.BY_KIND, *members, kind_order=(Kind.BRAND, Kind.CATEGORY))) == 1
    assert winner(two(Strategy.BY_KIND, *members, kind_order=(Kind.CATEGORY, Kind.BRAND))) == 2


def test_deeper_category_beats_shallower_inside_a_kind() -> None:
    deep, high = rule(1, Kind.CATEGORY, "5", category_id=LEAF), rule(2, Kind.CATEGORY, "20", category_id=ROOT)
    assert winner(two(Strategy.BY_KIND, deep, high)) == 1
    assert winner(two(Strategy.MAX, deep, high)) == 2


@pytest.mark.parametrize(
    ("better", "worse", "reason"),
    [
        ({"priority": 2}, {"priority": 1}, Loss.TIE_PRIORITY),
        ({"kind": Kind.ARTICLES}, {"kind": Kind.BRAND}, Loss.TIE_KIND),
        ({"category_id": LEAF}, {"category_id": MIDDLE}, Loss.TIE_DEPTH),
        ({"order": 1}, {"order": 2}, Loss.TIE_ORDER),
        ({}, {}, Loss.TIE_ID),
    ],
)
def test_ties_are_decided_by_one_attribute_after_another(
    better: dict[str, object], worse: dict[str, object], reason: Loss
) -> None:
    def made(number: int, change: dict[str, object]) -> Rule:
        kind = change.pop("kind", Kind.CATEGORY)
        assert isinstance(kind, Kind)
        return rule(number, kind, "10", **change)

    # The better one has the larger id, except where the id itself decides.
    first, second = (
        made(1 if reason is Loss.TIE_ID else 2, dict(better)),
        made(2 if reason is Loss.TIE_ID else 1, dict(worse)),
    )
    quoted = price(two(Strategy.MAX, first, second), Decimal(100), Decimal(1), RoundingPolicy.LINE_ONCE)
    assert winner(two(Strategy.MAX, first, second)) == first.rule_id.int
    assert Lost(second.rule_id, Decimal(10), reason, first.rule_id) in quoted.verdicts


def test_compound_takes_each_from_what_is_left() -> None:
    members = rule(1, Kind.BRAND, "10", order=1), rule(2, Kind.CATEGORY, "10", order=2)
    quoted = price(two(Strategy.COMPOUND, *members), Decimal(100), Decimal(1), RoundingPolicy.LINE_EACH_DISCOUNT)
    assert amount(quoted) == Decimal("81.00")
    assert amount(price(two(Strategy.SUM, *members), Decimal(100), Decimal(1), RoundingPolicy.LINE_ONCE)) == 80


def test_stack_stops() -> None:
    def left(**flags: bool) -> Decimal:
        first = rule(1, Kind.BRAND, "10", priority=2, order=1, **flags)
        second = rule(2, Kind.CATEGORY, "10", priority=2, order=2)
        third = rule(3, Kind.ARTICLES, "10", priority=1)
        group = two(Strategy.PRIORITY_STACK, first, second, third)
        return amount(price(group, Decimal(100), Decimal(1), RoundingPolicy.LINE_EACH_DISCOUNT))

    assert left() == Decimal("72.90")
    assert left(stop_level=True) == Decimal("81.00")
    assert left(stop_all=True) == Decimal("90.00")


def test_exclusive_only_if_strictly_better() -> None:
    def left(percent: str) -> Decimal:
        alone = rule(1, Kind.BRAND, percent, exclusive=True)
        others = rule(2, Kind.CATEGORY, "10"), rule(3, Kind.ARTICLES, "5")
        group = two(Strategy.EXCLUSIVE_IF_BETTER, alone, *others, inner=Strategy.SUM)
        return amount(price(group, Decimal(100), Decimal(1), RoundingPolicy.LINE_EACH_DISCOUNT))

    assert [left("14"), left("15"), left("16")] == [Decimal(85), Decimal(85), Decimal(84)]


def test_a_dearer_fixed_price_matches_with_nothing() -> None:
    fixed = Rule(UUID(int=1), Kind.BRAND, Effect.FIXED_PRICE, Decimal(120), brand_id=BRAND)
    quoted = price(two(Strategy.MAX, fixed), Decimal(100), Decimal(2), RoundingPolicy.LINE_EACH_DISCOUNT)
    assert amount(quoted) == 200
    assert quoted.discount == 0
    cheaper = replace(fixed, value=Decimal(80))
    assert amount(price(two(Strategy.MAX, cheaper), Decimal(100), Decimal(2), RoundingPolicy.LINE_EACH_DISCOUNT)) == 160


def test_validity_is_half_open() -> None:
    """Back-to-back rules: exactly one of them holds at the seam."""
    before = rule(1, Kind.BRAND, "20", ends_at=NOW)
    after = rule(2, Kind.BRAND, "10", starts_at=NOW)
    group = two(Strategy.MAX, before, after)
    assert winner(group) == 2
    earlier = Discounts(RuleBook(group), BUYER, NOW - timedelta(microseconds=1))
    quoted = quote_line(terms(), line(Decimal(100), Decimal(1)), earlier)
    assert amount(quoted) == 80


@pytest.mark.parametrize(
    ("limits", "expected", "held"),
    [
        (Limits(floor=Decimal(85)), "85", LimitKind.FLOOR),
        (Limits(floor=Decimal(120)), "100", LimitKind.FLOOR),
        (Limits(cost=Decimal(80), minimal_margin=Decimal(10)), "88", LimitKind.MARGIN),
        (Limits(max_total_percent=Decimal(5)), "95", LimitKind.TOTAL_PERCENT),
        (Limits(floor=Decimal(70)), "80", None),
        (Limits(floor=Decimal(85), max_total_percent=Decimal(5)), "95", LimitKind.TOTAL_PERCENT),
    ],
)
def test_limits_hold_the_price(limits: Limits, expected: str, held: LimitKind | None) -> None:
    group = two(Strategy.MAX, rule(1, Kind.BRAND, "20"))
    quoted = quote_line(terms(), line(Decimal(100), Decimal(1), limits=limits), discounts(group))
    assert (amount(quoted), quoted.limited_by) == (Decimal(expected), held)


def test_limits_never_act_without_a_discount() -> None:
    quoted = quote_line(
        terms(), line(Decimal(100), Decimal(1), limits=Limits(floor=Decimal(120))), discounts(two(Strategy.MAX))
    )
    assert (amount(quoted), quoted.limited_by) == (Decimal(100), None)


def test_a_category_covers_its_whole_subtree_and_nothing_else() -> None:
    group = two(Strategy.MAX, rule(1, Kind.CATEGORY, "10", category_id=MIDDLE))
    for path, expected in (((ROOT, MIDDLE, LEAF), 90), ((ROOT, MIDDLE), 90), ((ROOT,), 100), ((), 100)):
        one = replace(line(Decimal(100), Decimal(1)), goods=Goods("A-1", BRAND, path))
        assert amount(quote_line(terms(), one, discounts(group))) == expected


def test_ambiguity_is_found_before_it_is_published() -> None:
    group = two(Strategy.REFUSE, rule(1, Kind.BRAND, "10"), rule(2, Kind.CATEGORY, "20"))
    (found,) = ambiguities(Group(UUID(int=9), groups=(group,)), [Goods("B"), GOODS])
    assert (found.first.int, found.second.int, found.witness) == (1, 2, GOODS)
    assert ambiguities(two(Strategy.MAX, *group.rules), [GOODS]) == []


@pytest.mark.parametrize(
    "change",
    [
        {"value": Decimal("NaN")},
        {"value": Decimal(-1)},
        {"value": Decimal(101)},
        {"minimum": Decimal("Infinity")},
        {"brand_id": None},
        {"category_id": LEAF},
        {"articles": frozenset({"A"})},
        {"starts_at": NOW, "ends_at": NOW},
    ],
)
def test_impossible_rules_cannot_be_made(change: dict[str, object]) -> None:
    fields = {
        "rule_id": UUID(int=1),
        "kind": Kind.BRAND,
        "effect": Effect.PERCENT,
        "value": Decimal(5),
        "brand_id": BRAND,
    }
    with pytest.raises(ValueError, match=r"\w+"):
        Rule(**(fields | change))  # type: ignore[arg-type]


@pytest.mark.parametrize("strategy", RUNNABLE)
def test_no_matching_rule_is_no_discount(strategy: Strategy) -> None:
    group = two(strategy, rule(1, Kind.BRAND, "10", is_active=False))
    quoted = price(group, Decimal(100), Decimal(1), RoundingPolicy.LINE_EACH_DISCOUNT)
    assert amount(quoted) == 100
