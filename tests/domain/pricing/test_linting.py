"""The check before publishing, rule by rule: what it tells, and what it must not tell."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace
from pricing_worlds import BRAND, BUYER, COMPANY, GOODS, LEAF, MIDDLE, NOW, SEGMENT, TYPE, terms

from b2b_dvizhenie.domain.pricing import (
    Buyer,
    Discounts,
    Effect,
    Fault,
    Finding,
    Group,
    Kind,
    Linter,
    PricePoint,
    Rule,
    RuleBook,
    SetLimits,
    Strategy,
    Target,
    Witness,
)
from b2b_dvizhenie.domain.shared.ids import PriceTypeId, VariantId

FLOOR = PriceTypeId(UUID(int=8))
MINE, OURS, THEIRS = (
    Target(companies=frozenset({COMPANY})),
    Target(segments=frozenset({SEGMENT})),
    Target(companies=frozenset({UUID(int=99)})),
)
WITNESS = Witness(
    VariantId(UUID(int=9)),
    "A-1",
    "Bolt",
    GOODS,
    (PricePoint(TYPE, Decimal(100), "RUB"), PricePoint(FLOOR, Decimal(90), "RUB")),
    "Company",
    terms(),
    BUYER,
)


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def rule(number: int, percent: int = 10, **more: Any) -> Rule:
    plain: dict[str, Any] = {"kind": Kind.CATEGORY, "effect": Effect.PERCENT}
    if more.get("kind", Kind.CATEGORY) is Kind.CATEGORY:
        plain["category_id"] = MIDDLE
    return Rule(rule_id=UUID(int=number), value=Decimal(percent), **(plain | more))


def checked(
    *rules: Rule,
    strategy: Strategy = Strategy.MAX,
    limits: SetLimits | None = None,
    witness: Witness = WITNESS,
    unseen: Iterable[int] = (),
    below: tuple[Group, ...] = (),
) -> list[Finding]:
    root = Group(UUID(int=500), rules, below, strategy)
    seen = {one.rule_id: witness for one in root.all_rules() if one.rule_id.int not in unseen}
    return list(Linter(root, limits or SetLimits(), seen, Discounts(RuleBook(root), witness.buyer, NOW))())


def told(findings: list[Finding]) -> list[tuple[Fault, int, int | None]]:
    return [(one.fault, one.rule_id.int, one.other and one.other.int) for one in findings]


# what never goes first -----------------------------------------------------------------------------------------------

ARTICLES = {"kind": Kind.ARTICLES, "articles": frozenset({"A-1"})}
PAIR = {"kind": Kind.CATEGORY_BRAND, "category_id": MIDDLE, "brand_id": BRAND}


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ({}, {}),
        ({}, {"category_id": LEAF}),
        (PAIR, PAIR | {"category_id": LEAF}),
        ({"kind": Kind.BRAND, "brand_id": BRAND}, {"kind": Kind.BRAND, "brand_id": BRAND}),
        (ARTICLES, ARTICLES),
        (ARTICLES | {"articles": frozenset({"A-1", "B"})}, ARTICLES),
        ({}, {"target": MINE}),
        ({"target": OURS}, {"target": OURS}),
        ({}, {"minimum": Decimal(10)}),
        ({"minimum": Decimal(10)}, {"minimum": Decimal(10)}),
        ({}, {"starts_at": day(-3)}),
        ({"starts_at": day(-3)}, {"starts_at": day(-3)}),
        ({"starts_at": day(-4)}, {"starts_at": day(-3)}),
        ({}, {"ends_at": day(3)}),
        ({"ends_at": day(3)}, {"ends_at": day(3)}),
        ({"ends_at": day(4)}, {"ends_at": day(3)}),
    ],
)
def test_what_a_larger_rule_covers_never_goes_first(wide: dict[str, Any], narrow: dict[str, Any]) -> None:
    assert told(checked(rule(1, 10, **wide), rule(2, 5, **narrow))) == [(Fault.UNREACHABLE, 2, 1)]


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ({"category_id": LEAF}, {}),
        ({}, {"kind": Kind.BRAND, "brand_id": BRAND}),
        (ARTICLES, ARTICLES | {"articles": frozenset({"A-1", "B"})}),
        ({"currency": "USD"}, {}),
        ({"target": MINE}, {}),
        ({"target": MINE}, {"target": OURS}),
        ({"target": Target(agreements=frozenset({UUID(int=4)}))}, {"target": OURS}),
        ({"minimum": Decimal(1)}, {}),
        ({"starts_at": day(-3)}, {}),
        ({"starts_at": day(-3)}, {"starts_at": day(-4)}),
        ({"ends_at": day(3)}, {}),
        ({"ends_at": day(3)}, {"ends_at": day(4)}),
        ({"is_active": False}, {}),
    ],
)
def test_what_holds_elsewhere_too_is_not_told(wide: dict[str, Any], narrow: dict[str, Any]) -> None:
    buyer = replace(BUYER, agreement_id=UUID(int=4))
    found = checked(rule(1, 10, **wide), rule(2, 5, **narrow), witness=replace(WITNESS, buyer=buyer))
    assert told(found) == []


@pytest.mark.parametrize(
    ("strategy", "first", "never"),
    [
        (Strategy.MAX, (10, {}), True),
        (Strategy.MAX, (5, {"priority": 1}), False),
        (Strategy.MAX, (10, {"effect": Effect.AMOUNT}), False),
        (Strategy.BEST_PRICE, (10, {}), True),
        (Strategy.DISPLACE, (1, {"order": -1}), True),
        (Strategy.DISPLACE, (10, {"priority": 1}), False),
        (Strategy.PRIORITY_MAX, (1, {"priority": 1}), True),
        (Strategy.PRIORITY_MAX, (10, {"order": -1}), False),
        (Strategy.SUM, (10, {"priority": 1, "order": -1}), False),
        (Strategy.MIN, (1, {}), False),
    ],
)
def test_each_strategy_has_its_own_first(strategy: Strategy, first: tuple[int, dict[str, Any]], *, never: bool) -> None:
    percent, more = first
    found = checked(rule(1, percent, **more), rule(2, 5), strategy=strategy)
    assert told(found) == ([(Fault.UNREACHABLE, 2, 1)] if never else [])


def test_an_amount_is_never_sure_to_be_less_than_a_percent() -> None:
    assert told(checked(rule(1, 10), rule(2, 5, effect=Effect.AMOUNT))) == []


# what nobody decided -------------------------------------------------------------------------------------------------


def test_two_rules_of_a_group_that_demands_a_decision_are_told_once() -> None:
    both = checked(rule(1), rule(2, 5), strategy=Strategy.REFUSE)
    assert told(both) == [(Fault.AMBIGUOUS, 1, 2)]
    expired = rule(2, 5, ends_at=NOW)
    assert told(checked(rule(1), expired, strategy=Strategy.REFUSE)) == []
    assert told(checked(expired, rule(1), strategy=Strategy.REFUSE)) == []
    apart = Group(UUID(int=501), (rule(2, 5),), strategy=Strategy.REFUSE)
    assert told(checked(rule(1), strategy=Strategy.REFUSE, below=(apart,))) == []


def test_a_tie_that_only_age_decides_is_told() -> None:
    assert told(checked(rule(1), rule(2))) == [(Fault.TIE_BY_ID, 2, 1)]
    assert told(checked(rule(1), rule(2), rule(3))) == [(Fault.TIE_BY_ID, 2, 1), (Fault.TIE_BY_ID, 3, 1)]
    assert told(checked(rule(1), rule(2, category_id=LEAF))) == [], "the deeper section decides"


def test_rules_for_everybody_meet_a_buyers_own() -> None:
    """By company, by agreement and by segment; what is for others is none of his."""
    by_agreement = Target(agreements=frozenset({UUID(int=4)}))
    of_agreement = replace(WITNESS, buyer=Buyer(COMPANY, UUID(int=4), frozenset({SEGMENT})))
    for target in (MINE, OURS, by_agreement):
        found = checked(rule(1), rule(2, target=target), witness=of_agreement)
        assert told(found) == [(Fault.TIE_BY_ID, 2, 1)]
    assert told(checked(rule(1), rule(2, target=THEIRS))) == []
    found = checked(rule(1), rule(2, target=THEIRS), witness=replace(WITNESS, buyer=Buyer(UUID(int=77))))
    assert told(found) == []


# limits and quantities -----------------------------------------------------------------------------------------------


def test_a_rule_that_a_limit_holds_up_is_told_with_the_sum() -> None:
    floor = SetLimits(floor_price_type_id=FLOOR)
    (found,) = checked(rule(1, 20), limits=floor)
    assert found == Finding(
        fault=Fault.BELOW_LIMIT,
        rule_id=UUID(int=1),
        company="Company",
        article="A-1",
        quantity=Decimal(1),
        amount=Decimal(90),
        currency="RUB",
    )
    assert told(checked(rule(1, 10), limits=floor)) == [], "exactly at the limit is not below it"
    beside = checked(rule(1, 20), rule(2, 5, kind=Kind.BRAND, brand_id=BRAND), limits=floor)
    assert told(beside) == [(Fault.BELOW_LIMIT, 1, None)], "only the rule that makes the price"


def test_more_that_costs_less_is_told_with_both_sums() -> None:
    (found,) = checked(rule(1, 20, minimum=Decimal(10)))
    assert (found.fault, found.quantity, found.amount, found.less) == (Fault.QUANTITY_CLIFF, 10, 800, 900)
    assert told(checked(rule(1, 10, minimum=Decimal(10)))) == [], "the same sum is not less"
    assert [one.fault for one in checked(rule(1, 90, minimum=Decimal(2)))] == [Fault.QUANTITY_CLIFF]
    later = replace(WITNESS, prices=(PricePoint(TYPE, Decimal(100), "RUB", Decimal(10)),))
    assert told(checked(rule(1, 20, minimum=Decimal(10)), witness=later)) == [], "nine cannot be bought at all"
    elsewhere = replace(WITNESS, prices=(PricePoint(TYPE, Decimal(100), "USD"),))
    assert told(checked(rule(1, 20, minimum=Decimal(10)), witness=elsewhere)) == [], "nor has ten a price"


# periods -------------------------------------------------------------------------------------------------------------


def test_two_periods_of_one_discount_that_overlap_are_told() -> None:
    early, late = rule(1, 5, starts_at=day(1), ends_at=day(5)), rule(2, 7, starts_at=day(4), ends_at=day(9))
    (found,) = checked(early, late)
    assert told([found]) == [(Fault.OVERLAP, 2, 1)]
    assert (found.company, found.article, found.quantity) == ("Company", "A-1", 1)
    assert told(checked(late, early)) == [(Fault.OVERLAP, 2, 1)], "in the order of time, not of writing"
    (of_ten,) = checked(*(replace(one, minimum=Decimal(10)) for one in (early, late)))
    assert of_ten.quantity == 10


@pytest.mark.parametrize(
    "more",
    [
        {"starts_at": day(5)},
        {"is_active": False},
        {"starts_at": None},
        {"ends_at": None},
        {"category_id": LEAF},
        {"target": MINE},
        {"minimum": Decimal(10)},
    ],
)
def test_periods_of_two_discounts_may_overlap(more: dict[str, Any]) -> None:
    early, late = rule(1, 5, starts_at=day(1), ends_at=day(5)), rule(2, 7, starts_at=day(4), ends_at=day(9))
    assert Fault.OVERLAP not in {one.fault for one in checked(early, replace(late, **more))}


def test_without_goods_that_show_it_nothing_is_told() -> None:
    early, late = rule(1, 5, starts_at=day(1), ends_at=day(5)), rule(2, 7, starts_at=day(4), ends_at=day(9))
    assert told(checked(early, late, unseen=[2])) == []
    assert told(checked(rule(1, 10), rule(2, 5), unseen=[2])) == []
    assert told(checked(rule(1, 10), rule(2, 5), unseen=[1])) == [(Fault.UNREACHABLE, 2, 1)]
