"""Where a quantity, a limit or an explanation turns: at the very number, not somewhere about it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace
from pricing_worlds import BRAND, BUYER, LEAF, NOW, OTHER_BRAND, TYPE, discounts, line, terms

from b2b_dvizhenie.domain.pricing import (
    Applied,
    BulkPricer,
    Discounts,
    Effect,
    Group,
    Kind,
    LimitKind,
    Limits,
    LineInput,
    LineQuote,
    NotReplayable,
    PricePoint,
    Rule,
    RuleBook,
    explanation_of,
    quote_line,
    replay,
)
from b2b_dvizhenie.domain.shared.money import RoundingPolicy

ONE, TEN = Decimal(1), Decimal(10)


def off(percent: int, **more: Any) -> Group:
    return Group(
        UUID(int=500), (Rule(UUID(int=1), Kind.BRAND, Effect.PERCENT, Decimal(percent), brand_id=BRAND, **more),)
    )


def priced(one: LineInput, group: Group, policy: RoundingPolicy = RoundingPolicy.LINE_EACH_DISCOUNT) -> LineQuote:
    """The same by both ways there are."""
    found = quote_line(terms(policy), one, discounts(group))
    bulk = BulkPricer(terms(policy), discounts(group)).price(one)
    assert (bulk.unit_price, bulk.amount, bulk.limited_by) == (found.unit_price, found.amount, found.limited_by)
    return found


def test_a_break_holds_from_its_quantity_on() -> None:
    points = (PricePoint(TYPE, Decimal(100), "RUB"), PricePoint(TYPE, Decimal(90), "RUB", TEN))
    for quantity, price in (("9.999", 100), ("10", 90)):
        asked = replace(line(ONE, Decimal(quantity)), prices=points)
        assert priced(asked, off(0)).unit_price == price


@pytest.mark.parametrize(
    ("limits", "left", "held"),
    [
        (Limits(floor=Decimal(80)), 240, None),
        (Limits(floor=Decimal("80.01")), Decimal("240.03"), LimitKind.FLOOR),
        (Limits(cost=Decimal(80), minimal_margin=Decimal(10)), 264, LimitKind.MARGIN),
        (Limits(cost=Decimal(80)), 240, None),
        (Limits(minimal_margin=Decimal(10)), 240, None),
        (Limits(max_total_percent=Decimal(20)), 240, None),
        (Limits(max_total_percent=Decimal(15)), 255, LimitKind.TOTAL_PERCENT),
        (Limits(floor=Decimal(90), cost=Decimal(80), minimal_margin=Decimal(10)), 270, LimitKind.FLOOR),
        (Limits(floor=Decimal(85), cost=Decimal(80), minimal_margin=Decimal(10)), 264, LimitKind.MARGIN),
        (Limits(floor=Decimal(120)), 300, LimitKind.FLOOR),
        (Limits(), 240, None),
    ],
)
def test_the_highest_limit_holds_and_one_that_is_just_reached_does_not(
    limits: Limits, left: Decimal, held: LimitKind | None
) -> None:
    """Three pieces for 100 each, 20 % off: whole line and unit by unit."""
    for policy in RoundingPolicy:
        found = priced(line(Decimal(100), Decimal(3), limits=limits), off(20), policy)
        assert (found.amount, found.limited_by, found.limit is None) == (left, held, held is None)
        assert replay(explanation_of(found, "RUB")) == (found.unit_price, found.amount)


def test_rules_that_do_not_match_are_told_only_to_who_asks() -> None:
    group = Group(UUID(int=500), (Rule(UUID(int=1), Kind.BRAND, Effect.PERCENT, TEN, brand_id=OTHER_BRAND),))
    asked = line(Decimal(100), ONE)
    assert quote_line(terms(), asked, Discounts(RuleBook(group), BUYER, NOW)).verdicts == ()
    assert len(quote_line(terms(), asked, Discounts(RuleBook(group), BUYER, NOW, explain_misses=True)).verdicts) == 1


def test_a_percent_holds_in_every_currency_and_an_amount_in_its_own() -> None:
    rule = Rule(UUID(int=1), Kind.CATEGORY, Effect.AMOUNT, TEN, category_id=LEAF, currency="USD")
    assert not rule.is_in_force("RUB", NOW)
    assert rule.is_in_force("USD", NOW)
    assert replace(rule, effect=Effect.PERCENT).is_in_force("RUB", NOW)


# explanations --------------------------------------------------------------------------------------------------------


def test_a_line_without_a_price_took_nothing_off_and_has_no_explanation() -> None:
    whole = priced(line(Decimal(100), ONE), off(10))
    assert whole.discount == 10
    for missing in ("amount", "base_amount"):
        assert replace(whole, **{missing: None}).discount == 0
    for missing in ("unit_price", "amount", "base"):
        with pytest.raises(ValueError, match="without a price"):
            explanation_of(replace(whole, **{missing: None}), "RUB")


def test_a_line_whose_base_was_not_kept_explains_itself_by_its_price() -> None:
    whole = priced(line(Decimal(100), Decimal(2)), off(10))
    kept = explanation_of(whole, "RUB")
    assert (kept.base_unit_price, kept.base_amount) == (100, 200)
    lost = explanation_of(replace(whole, base_unit_price=None, base_amount=None), "RUB")
    assert (lost.base_unit_price, lost.base_amount) == (90, 180)


def test_more_was_never_taken_than_the_parts_or_the_base() -> None:
    told = explanation_of(priced(line(Decimal(100), ONE), off(10)), "RUB")
    for taken in (Decimal("10.01"), Decimal("-0.01")):
        with pytest.raises(NotReplayable, match="taken"):
            replay(replace(told, taken=taken))
    (one,) = told.applied
    assert isinstance(one, Applied)
    all_of_it = replace(one, value=Decimal(100), discount=Decimal(100))
    with pytest.raises(NotReplayable, match="taken"):
        replay(replace(told, applied=(all_of_it, all_of_it), taken=Decimal(150)))
    assert replay(replace(told, applied=(all_of_it, all_of_it), taken=Decimal(100))) == (0, 0)
