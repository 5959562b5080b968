"""Axioms of discount resolution that algebra does not see (reliability §5.1): who matches, and who beats whom."""

from decimal import Decimal
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from pricing_worlds import (
    BRAND,
    BUYER,
    COMPANY,
    ELSEWHERE,
    GOODS,
    LEAF,
    MIDDLE,
    NOW,
    OTHER_BRAND,
    ROOT,
    SEGMENT,
    groups,
    line,
    prices,
    quantities,
    rules,
    terms,
)

from b2b_dvizhenie.domain.pricing import (
    Applied,
    Buyer,
    Discounts,
    Effect,
    Goods,
    Group,
    Kind,
    Loss,
    Lost,
    Mismatch,
    Rule,
    RuleBook,
    Strategy,
    Target,
    quote_line,
)

AGREEMENT = UUID(int=31)
ME = Buyer(COMPANY, AGREEMENT, frozenset({SEGMENT}))


def off(number: int, percent: str, **more: object) -> Rule:
    fields: dict[str, object] = {"kind": Kind.BRAND, "brand_id": BRAND} | more
    return Rule(UUID(int=number), effect=Effect.PERCENT, value=Decimal(percent), **fields)  # type: ignore[arg-type]


def paid(group: Group, buyer: Buyer = ME, goods: Goods = GOODS, price: str = "100", quantity: str = "1") -> Decimal:
    asked = replace(line(Decimal(price), Decimal(quantity)), goods=goods)
    found = quote_line(terms(), asked, Discounts(RuleBook(group), buyer, NOW))
    assert found.amount is not None
    return found.amount


def of(strategy: Strategy, *members: Rule, **more: object) -> Group:
    return Group(UUID(int=1), members, strategy=strategy, **more)  # type: ignore[arg-type]


def test_company_isolation() -> None:
    """A rule holds for whom it names, in any of three ways, and for nobody else."""
    stranger = Buyer(UUID(int=98), UUID(int=97), frozenset({UUID(int=96)}))
    for target in (
        Target(companies=frozenset({COMPANY})),
        Target(agreements=frozenset({AGREEMENT})),
        Target(segments=frozenset({SEGMENT})),
    ):
        group = of(Strategy.MAX, off(2, "10", target=target))
        assert (paid(group), paid(group, stranger), paid(group, Buyer(UUID(int=95)))) == (90, 100, 100)
    assert paid(of(Strategy.MAX, off(2, "10")), stranger) == 90


def test_every_condition_of_a_pair_is_needed() -> None:
    pair = of(Strategy.MAX, off(2, "10", kind=Kind.CATEGORY_BRAND, category_id=MIDDLE))
    places = [(BRAND, (ROOT, MIDDLE, LEAF)), (BRAND, (ROOT,)), (OTHER_BRAND, (ROOT, MIDDLE)), (None, (ROOT, MIDDLE))]
    assert [paid(pair, goods=Goods("X", brand, path)) for brand, path in places] == [90, 100, 100, 100]
    listed = of(Strategy.MAX, off(2, "10", kind=Kind.ARTICLES, brand_id=None, articles=frozenset({"A-1"})))
    assert [paid(listed, goods=Goods(one)) for one in ("A-1", " A-1 ", "A-10", "")] == [90, 90, 100, 100]


def test_what_does_not_match_says_its_first_reason() -> None:
    def miss(**more: object) -> Mismatch | None:
        return off(2, "10", **more).mismatch(BUYER, GOODS, Decimal(5), "RUB", NOW)

    other = Target(companies=frozenset({UUID(int=99)}))
    assert miss() is None
    assert miss(is_active=False, target=other) is Mismatch.INACTIVE
    assert miss(target=other, starts_at=NOW.replace(year=2030)) is Mismatch.TARGET
    assert miss(starts_at=NOW.replace(year=2030), brand_id=OTHER_BRAND) is Mismatch.NOT_YET
    assert miss(ends_at=NOW, brand_id=OTHER_BRAND) is Mismatch.EXPIRED
    assert miss(kind=Kind.CATEGORY_BRAND, category_id=ELSEWHERE, brand_id=OTHER_BRAND) is Mismatch.CATEGORY
    assert miss(kind=Kind.CATEGORY_BRAND, category_id=MIDDLE, brand_id=OTHER_BRAND) is Mismatch.BRAND
    assert miss(brand_id=OTHER_BRAND, minimum=Decimal(9)) is Mismatch.BRAND
    assert miss(minimum=Decimal(6)) is Mismatch.QUANTITY
    assert miss(minimum=Decimal(5)) is None
    amount = replace(off(2, "10"), effect=Effect.AMOUNT, currency="USD")
    assert amount.mismatch(BUYER, GOODS, Decimal(5), "RUB", NOW) is Mismatch.CURRENCY
    assert miss(currency="USD") is None, "a percent is in no currency"


@pytest.mark.parametrize("strategy", [Strategy.MAX, Strategy.BY_KIND, Strategy.PRIORITY_MAX, Strategy.BEST_PRICE])
def test_the_higher_percent_wins_inside_a_kind(strategy: Strategy) -> None:
    for members in permutations([off(2, "5"), off(3, "7"), off(4, "6")]):
        assert paid(of(strategy, *members)) == 93


def test_the_smallest_ignores_zero_unless_all_are_zero() -> None:
    none, some, more = off(2, "0"), off(3, "5"), off(4, "9")
    assert paid(of(Strategy.MIN, none, some, more)) == 95
    assert paid(of(Strategy.MIN, none, some, more, ignore_zero=False)) == 100
    assert paid(of(Strategy.MIN, none)) == 100
    found = quote_line(
        terms(), line(Decimal(100), Decimal(1)), Discounts(RuleBook(of(Strategy.MIN, none, some, more)), ME, NOW)
    )
    lost = {one.rule_id.int: one.reason for one in found.verdicts if isinstance(one, Lost)}
    assert lost == {2: Loss.ZERO_IGNORED, 4: Loss.LARGER_DISCOUNT}


def test_exclusive_loses_a_draw() -> None:
    alone, other = off(2, "10", exclusive=True), off(3, "10")
    group = of(Strategy.EXCLUSIVE_IF_BETTER, alone, other)
    found = quote_line(terms(), line(Decimal(100), Decimal(1)), Discounts(RuleBook(group), ME, NOW))
    assert [type(one) for one in found.verdicts if one.rule_id == other.rule_id] == [Applied]
    assert Lost(alone.rule_id, Decimal(10), Loss.EXCLUSIVE_NOT_BETTER, other.rule_id) in found.verdicts


def test_only_the_top_priority_counts() -> None:
    top, low = off(2, "5", priority=2), off(3, "50", priority=1)
    assert paid(of(Strategy.PRIORITY_MAX, low, top)) == 95
    assert paid(of(Strategy.PRIORITY_MAX, low, top, off(4, "6", priority=2))) == 94


def test_a_sum_is_capped_and_takes_all_at_most() -> None:
    members = [off(2, "60"), off(3, "70")]
    assert paid(of(Strategy.SUM, *members)) == 0
    assert paid(of(Strategy.SUM, *members, cap_percent=None)) == 0
    assert paid(of(Strategy.SUM, *members, cap_percent=Decimal(40))) == 60


def test_amounts_are_per_unit_and_take_all_at_most() -> None:
    amount = replace(off(2, "30"), effect=Effect.AMOUNT)
    assert paid(of(Strategy.MAX, amount), quantity="3") == 210
    assert paid(of(Strategy.MAX, amount), price="20", quantity="3") == 0
    fixed = replace(off(2, "30"), effect=Effect.FIXED_PRICE)
    assert paid(of(Strategy.MAX, fixed), quantity="3") == 90


def test_the_winner_of_a_kind_is_the_deepest_of_the_first_kind() -> None:
    deep = off(2, "5", kind=Kind.CATEGORY, brand_id=None, category_id=LEAF)
    shallow = off(3, "50", kind=Kind.CATEGORY, brand_id=None, category_id=MIDDLE)
    brand = off(4, "20")
    group = of(Strategy.BY_KIND, deep, shallow, brand, kind_order=(Kind.CATEGORY,))
    found = quote_line(terms(), line(Decimal(100), Decimal(1)), Discounts(RuleBook(group), ME, NOW))
    assert found.amount == 95
    lost = {one.rule_id.int: (one.reason, one.to) for one in found.verdicts if isinstance(one, Lost)}
    assert lost == {
        3: (Loss.SHALLOWER_CATEGORY, deep.rule_id),
        4: (Loss.OUTRANKED_KIND, deep.rule_id),
    }
    # Kinds that are not listed come after, in the default rank: a list of articles before a brand.
    listed = off(5, "1", kind=Kind.ARTICLES, brand_id=None, articles=frozenset({"A-1"}))
    assert paid(of(Strategy.BY_KIND, brand, listed, kind_order=(Kind.CATEGORY,))) == 99
    assert group.kind_rank(Kind.CATEGORY) < group.kind_rank(Kind.ARTICLES) < group.kind_rank(Kind.BRAND)


def test_a_group_ranks_after_rules_and_by_its_id() -> None:
    rule = off(9, "10")
    inner = [Group(UUID(int=5 + place), (off(20 + place, "10"),)) for place in range(2)]
    for nested in permutations(inner):
        found = quote_line(
            terms(),
            line(Decimal(100), Decimal(1)),
            Discounts(RuleBook(Group(UUID(int=1), (rule,), tuple(nested))), ME, NOW),
        )
        (applied,) = [one for one in found.verdicts if isinstance(one, Applied)]
        assert applied.rule_id == rule.rule_id
        only = quote_line(
            terms(), line(Decimal(100), Decimal(1)), Discounts(RuleBook(Group(UUID(int=1), (), nested)), ME, NOW)
        )
        (winner,) = [one for one in only.verdicts if isinstance(one, Applied)]
        assert winner.rule_id.int == 20


@given(groups([Strategy.MAX, Strategy.DISPLACE, Strategy.PRIORITY_MAX], depth=1), prices, quantities)
def test_removing_a_loser_keeps_the_winner(group: Group, price: Decimal, quantity: Decimal) -> None:
    """Independence of irrelevant alternatives, and with it path independence of selections."""

    def won(members: tuple[Rule, ...]) -> list[UUID]:
        asked = Discounts(RuleBook(replace(group, rules=members)), BUYER, NOW)
        found = quote_line(terms(), line(price, quantity), asked)
        return [one.rule_id for one in found.verdicts if isinstance(one, Applied)]

    winner = won(group.rules)
    for loser in group.rules:
        if loser.rule_id not in winner:
            assert won(tuple(one for one in group.rules if one is not loser)) == winner


@given(groups(depth=1), st.data(), prices, quantities)
def test_p10_a_copy_with_a_larger_id_never_wins(
    group: Group, data: st.DataObject, price: Decimal, quantity: Decimal
) -> None:
    """The tie-break is total: a duplicate changes nothing where one is selected."""
    one = data.draw(rules(1))
    copy = replace(one, rule_id=UUID(int=one.rule_id.int + 50))
    if group.strategy in (Strategy.SUM, Strategy.COMPOUND, Strategy.PRIORITY_STACK, Strategy.EXCLUSIVE_IF_BETTER):
        group = replace(group, strategy=Strategy.MAX)
    if group.inner in (Strategy.SUM, Strategy.COMPOUND, Strategy.PRIORITY_STACK):
        group = replace(group, inner=Strategy.MAX)
    alone, doubled = replace(group, rules=(one,)), replace(group, rules=(copy, one))
    found = [
        quote_line(terms(), line(price, quantity), Discounts(RuleBook(each), BUYER, NOW)) for each in (alone, doubled)
    ]
    assert found[0].amount == found[1].amount
    applied = [[v.rule_id for v in each.verdicts if isinstance(v, Applied)] for each in found]
    assert applied[0] == applied[1]
