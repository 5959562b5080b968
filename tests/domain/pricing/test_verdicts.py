"""What strategies say of each rule, to the word: prices alone do not show who lost to whom and why."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pricing_worlds import BRAND, LEAF, MIDDLE, ROOT, discounts, line, terms

from b2b_dvizhenie.domain.pricing import Applied, Effect, Group, Kind, LineQuote, Loss, Lost, Rule, Strategy, quote_line


def rule(number: int, percent: int | str = 10, kind: Kind = Kind.BRAND, **more: Any) -> Rule:
    named: dict[str, Any] = {
        "brand_id": BRAND if kind in (Kind.BRAND, Kind.CATEGORY_BRAND) else None,
        "category_id": LEAF if kind in (Kind.CATEGORY, Kind.CATEGORY_BRAND) else None,
        "articles": frozenset({"A-1"}) if kind is Kind.ARTICLES else frozenset(),
    }
    return Rule(UUID(int=number), kind, Effect.PERCENT, Decimal(percent), **(named | more))


def group(strategy: Strategy, *rules: Rule, **more: Any) -> Group:
    return Group(UUID(int=500), rules, strategy=strategy, **more)


def quoted(one: Group) -> LineQuote:
    return quote_line(terms(), line(Decimal(100), Decimal(1)), discounts(one))


def told(one: Group) -> list[tuple[int, Decimal | Loss, int | None]]:
    """Of each rule what it took off or why it lost, and to whom."""
    found: list[tuple[int, Decimal | Loss, int | None]] = []
    for verdict in quoted(one).verdicts:
        assert isinstance(verdict, Applied | Lost)
        if isinstance(verdict, Applied):
            found.append((verdict.rule_id.int, verdict.discount, None))
        else:
            found.append((verdict.rule_id.int, verdict.reason, verdict.to and verdict.to.int))
    return found


def test_a_tie_among_others_is_decided_whatever_the_order() -> None:
    assert told(group(Strategy.MAX, rule(3, 5), rule(2), rule(1))) == [
        (1, 10, None),
        (2, Loss.TIE_ID, 1),
        (3, Loss.SMALLER_DISCOUNT, 1),
    ]


def test_a_compound_knows_no_stop() -> None:
    stopping = (rule(1, 10, order=1, stop_all=True), rule(2, 20, order=2))
    assert told(group(Strategy.COMPOUND, *stopping)) == [(1, 10, None), (2, 18, None)]


@pytest.mark.parametrize("strategy", [Strategy.COMPOUND, Strategy.SUM, Strategy.MAX])
def test_who_lost_inside_a_group_is_told_outside(strategy: Strategy) -> None:
    inner = Group(UUID(int=501), (rule(1, 10), rule(2, 5)))
    assert told(group(strategy, groups=(inner,))) == [(1, 10, None), (2, Loss.SMALLER_DISCOUNT, 1)]


def test_a_stop_is_for_its_level_or_for_all() -> None:
    later = rule(2, 20, priority=2, order=2), rule(3, 50, priority=1)
    level = group(Strategy.PRIORITY_STACK, rule(1, 10, priority=2, order=1, stop_level=True), *later)
    assert told(level) == [(1, 10, None), (3, 45, None), (2, Loss.STOPPED, 1)]
    everything = group(Strategy.PRIORITY_STACK, rule(1, 10, priority=2, order=1, stop_all=True), *later)
    assert told(everything) == [(1, 10, None), (2, Loss.STOPPED, 1), (3, Loss.STOPPED, 1)]


def test_the_first_displaces_the_others() -> None:
    assert told(group(Strategy.DISPLACE, rule(1, 5, order=1), rule(2, 50, order=2), rule(3, 7, order=1))) == [
        (1, 5, None),
        (3, Loss.TIE_ID, 1),
        (2, Loss.LATER_ORDER, 1),
    ]


def test_lower_priorities_lose_and_each_has_one_verdict() -> None:
    rules = rule(1, 5, priority=1), rule(2, 50), rule(3, 7, priority=1)
    assert told(group(Strategy.PRIORITY_MAX, *rules)) == [
        (3, 7, None),
        (1, Loss.SMALLER_DISCOUNT, 3),
        (2, Loss.LOWER_PRIORITY, 3),
    ]


def test_the_smallest_counts_what_is_less_than_a_rouble() -> None:
    assert told(group(Strategy.MIN, rule(1, "0.5"), rule(2), rule(3, 0))) == [
        (1, Decimal("0.50"), None),
        (2, Loss.LARGER_DISCOUNT, 1),
        (3, Loss.ZERO_IGNORED, None),
    ]
    counted = group(Strategy.MIN, rule(1, "0.5"), rule(3, 0), ignore_zero=False)
    assert told(counted) == [(3, 0, None), (1, Loss.LARGER_DISCOUNT, 3)]


def test_by_kind_the_deepest_section_and_then_the_inner_strategy() -> None:
    rules = (
        rule(1, 30, Kind.CATEGORY),
        rule(2, 5, category_id=LEAF, kind=Kind.CATEGORY_BRAND),
        rule(3, 9, category_id=MIDDLE, kind=Kind.CATEGORY_BRAND),
        rule(4, 7, category_id=LEAF, kind=Kind.CATEGORY_BRAND),
    )
    assert told(group(Strategy.BY_KIND, *rules, inner=Strategy.MIN)) == [
        (2, 5, None),
        (4, Loss.LARGER_DISCOUNT, 2),
        (1, Loss.OUTRANKED_KIND, 2),
        (3, Loss.SHALLOWER_CATEGORY, 2),
    ]


def test_of_exclusive_rules_alone_the_largest_wins_and_of_others_alone_the_inner_strategy() -> None:
    both = [(5, 10), (10, 5)]
    for is_exclusive, (kept, lost) in zip((False, True), both, strict=True):
        rules = rule(1, 5, exclusive=is_exclusive), rule(2, 10, exclusive=is_exclusive)
        found = quoted(group(Strategy.EXCLUSIVE_IF_BETTER, *rules, inner=Strategy.MIN))
        assert (found.discount, lost) == (kept, 15 - kept)


def test_an_exclusive_rule_and_the_others_lose_to_the_first_of_the_other_side() -> None:
    others = rule(2, 6, order=1), rule(3, 7, order=2)
    better = group(Strategy.EXCLUSIVE_IF_BETTER, rule(1, 20, exclusive=True), *others, inner=Strategy.SUM)
    assert told(better) == [(1, 20, None), (2, Loss.EXCLUSIVE_BETTER, 1), (3, Loss.EXCLUSIVE_BETTER, 1)]
    worse = group(Strategy.EXCLUSIVE_IF_BETTER, rule(1, 13, exclusive=True), *others, inner=Strategy.SUM)
    assert told(worse) == [(2, 6, None), (3, 7, None), (1, Loss.EXCLUSIVE_NOT_BETTER, 2)]


@pytest.mark.parametrize(("section", "depth"), [(ROOT, 1), (MIDDLE, 2), (LEAF, 3), (UUID(int=9), 0)])
def test_depth_counts_sections_from_the_root(section: UUID, depth: int) -> None:
    goods = line(Decimal(1), Decimal(1)).goods
    assert rule(1, kind=Kind.CATEGORY, category_id=section).depth(goods) == depth
    assert rule(1).depth(goods) == 0


@pytest.mark.parametrize("percent", ["NaN", "-0.01", "100.01"])
def test_a_cap_is_a_percent(percent: str) -> None:
    with pytest.raises(ValueError, match="cap_percent"):
        group(Strategy.SUM, cap_percent=Decimal(percent))
    for outermost in (0, 100):
        assert group(Strategy.SUM, cap_percent=Decimal(outermost)).cap_percent == outermost
