"""Pricing a whole catalogue gives what pricing line by line does (features §7.10 P11)."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
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
    OTHER_BRAND,
    ROOT,
    RUNNABLE,
    TYPE,
    discounts,
    groups,
    line,
    policies,
    prices,
    quantities,
    terms,
)

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import (
    BulkPricer,
    Buyer,
    Discounts,
    Effect,
    Goods,
    Group,
    Kind,
    Limits,
    LineInput,
    PricePoint,
    Rule,
    RuleBook,
    Shelf,
    Strategy,
    quote_line,
)
from b2b_dvizhenie.domain.shared.money import RoundingPolicy

_some = st.none() | st.decimals("0.01", 100_000, places=2)
_limits = st.builds(Limits, _some, _some, st.just(Decimal(10)), st.none() | st.just(Decimal(20)))
_paths = st.sampled_from([(ROOT, MIDDLE, LEAF), (ROOT, MIDDLE), (ROOT,), (), (ELSEWHERE,), (ELSEWHERE, LEAF)])
_goods = st.builds(
    Goods, st.sampled_from(["A-1", " A-1", "B", ""]), st.sampled_from([BRAND, OTHER_BRAND, None]), _paths
)


def same(terms_: Terms, lines: list[LineInput], found: Discounts | None) -> None:
    pricer = BulkPricer(terms_, found)
    for one in lines:
        told, bulk = quote_line(terms_, one, found), pricer.price(one)
        for name in bulk.__struct_fields__:
            assert getattr(bulk, name) == getattr(told, name), name


@given(
    st.one_of(groups(), groups([Strategy.MAX]), groups([Strategy.MAX, Strategy.REFUSE])),
    policies,
    st.lists(st.builds(line, prices, quantities, limits=st.just(Limits()) | _limits), min_size=1, max_size=3),
    st.lists(_goods, min_size=3, max_size=3),
)
def test_p11_a_catalogue_costs_what_its_lines_do(
    group: Group, policy: RoundingPolicy, lines: list[LineInput], goods: list[Goods]
) -> None:
    """All strategies, roundings and limits; the same goods twice, so that what was looked up is used again."""
    placed = [replace(one, goods=what) for one, what in zip(lines, goods, strict=False)]
    same(terms(policy), [*lines, *placed, *lines], discounts(group))
    same(terms(policy), lines, None)


@pytest.mark.parametrize("strategy", RUNNABLE)
def test_p11_every_strategy_decides_for_a_whole_catalogue_too(strategy: Strategy) -> None:
    """Rules that all match, of every kind, so that no way of choosing among them comes to what another does."""
    rules = (
        Rule(UUID(int=1), Kind.BRAND, Effect.PERCENT, Decimal(5), brand_id=BRAND),
        Rule(UUID(int=2), Kind.CATEGORY, Effect.PERCENT, Decimal(20), category_id=LEAF),
        Rule(UUID(int=3), Kind.CATEGORY_BRAND, Effect.PERCENT, Decimal(10), category_id=MIDDLE, brand_id=BRAND),
        Rule(UUID(int=4), Kind.ARTICLES, Effect.PERCENT, Decimal(3), articles=frozenset({"A-1"})),
    )
    group = Group(UUID(int=5), rules, strategy=strategy, kind_order=(Kind.ARTICLES, Kind.BRAND))
    same(terms(), [line(Decimal(100), Decimal(n)) for n in (1, 12)], discounts(group))


def test_a_catalogue_of_a_book_over_another() -> None:
    """A company's own rules over those for everybody, as books are loaded."""
    root = UUID(int=5)
    common = Rule(UUID(int=1), Kind.CATEGORY, Effect.PERCENT, Decimal(5), category_id=MIDDLE)
    own = Rule(UUID(int=2), Kind.BRAND, Effect.PERCENT, Decimal(7), brand_id=BRAND, minimum=Decimal(3))
    book = RuleBook(Group(root, (own,)), RuleBook(Group(root, (common,))))
    found = replace(discounts(Group(root)), book=book)
    same(terms(), [line(Decimal(100), Decimal(number)) for number in (1, 3)], found)
    assert [BulkPricer(terms(), found).price(line(Decimal(100), Decimal(n))).amount for n in (1, 3)] == [95, 279]


def test_a_catalogue_line_without_a_price_says_why() -> None:
    dear = PricePoint(TYPE, Decimal(9), "USD")
    late = PricePoint(TYPE, Decimal(9), "RUB", Decimal(50))
    lines = [replace(line(Decimal(1), Decimal(1)), prices=points) for points in ((), (dear,), (late,))]
    same(terms(), lines, discounts(Group(UUID(int=5))))


def test_p11_bites() -> None:
    """The control: two goods that differ in one section do not share what was looked up for the other."""
    rule = Rule(UUID(int=1), Kind.CATEGORY, Effect.PERCENT, Decimal(5), category_id=ROOT)
    pricer = BulkPricer(terms(), discounts(Group(UUID(int=5), (rule,))))
    inside, outside = line(Decimal(100), Decimal(1)), line(Decimal(100), Decimal(1))
    outside = replace(outside, goods=replace(GOODS, path=(ELSEWHERE, LEAF)))
    assert [pricer.price(one).amount for one in (inside, outside, inside)] == [95, 100, 95]


@given(
    st.one_of(groups(), groups([Strategy.MAX])),
    policies,
    st.lists(st.builds(line, prices, quantities, limits=_limits), min_size=1, max_size=3),
)
def test_p11_a_shelf_prices_every_buyer_as_his_own_book(
    group: Group, policy: RoundingPolicy, lines: list[LineInput]
) -> None:
    """Rules for everybody are looked up once for all buyers; one after the other must not meet the other's."""
    shelf = Shelf(group, NOW)
    for buyer in (BUYER, Buyer(UUID(int=99)), BUYER, Buyer(UUID(int=7), UUID(int=8))):
        pricer, found = shelf.pricer(terms(policy), buyer), Discounts(RuleBook(group), buyer, NOW)
        for one in lines:
            told, bulk = quote_line(terms(policy), one, found), pricer.price(one)
            assert (bulk.amount, bulk.unit_price, bulk.limited_by) == (told.amount, told.unit_price, told.limited_by)
