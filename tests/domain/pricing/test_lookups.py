"""What is looked up once and shared by buyers is each buyer's own in the end."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace
from pricing_worlds import BRAND, BUYER, COMPANY, ELSEWHERE, LEAF, MIDDLE, NOW, discounts, line, terms

from b2b_dvizhenie.domain.pricing import (
    BulkPricer,
    Buyer,
    Discounts,
    Effect,
    Group,
    Kind,
    Rule,
    RuleBook,
    Shelf,
    Target,
    quote_line,
)
from b2b_dvizhenie.domain.pricing.bulk import CommonLookups

AGREEMENT = UUID(int=4)
MINE, ANOTHER = Buyer(COMPANY, AGREEMENT), Buyer(UUID(int=99), UUID(int=98))
ASKED = line(Decimal(100), Decimal(1))


def off(number: int, percent: int, **more: Any) -> Rule:
    plain: dict[str, Any] = {"kind": Kind.BRAND, "brand_id": BRAND, "effect": Effect.PERCENT}
    return Rule(rule_id=UUID(int=number), value=Decimal(percent), **(plain | more))


def root(*rules: Rule) -> Group:
    return Group(UUID(int=500), rules)


def over(own: tuple[Rule, ...], common: tuple[Rule, ...]) -> RuleBook:
    return RuleBook(root(*own), RuleBook(root(*common)))


def test_a_shelf_holds_the_rules_of_companies_agreements_and_segments() -> None:
    rules = (
        off(1, 1),
        off(2, 5, target=Target(companies=frozenset({COMPANY}))),
        off(3, 7, target=Target(agreements=frozenset({AGREEMENT}))),
        off(4, 9, target=Target(segments=BUYER.segments)),
    )
    shelf = Shelf(root(*rules), NOW)
    for buyer, amount in ((MINE, 93), (Buyer(COMPANY), 95), (BUYER, 91), (ANOTHER, 99)):
        assert shelf.pricer(terms(), buyer).price(ASKED).amount == amount
        assert quote_line(terms(), ASKED, Discounts(shelf.book(buyer), buyer, NOW)).amount == amount


def test_what_is_for_everybody_is_looked_up_once() -> None:
    lookups, common = CommonLookups(), RuleBook(root(off(1, 5), off(2, 50, ends_at=NOW)))
    found = lookups.of(common, "RUB", NOW)
    assert found is not None
    assert lookups.of(common, "RUB", NOW) is found
    assert lookups.of(common, "USD", NOW) is not found
    book = RuleBook(root(off(3, 7, target=Target(companies=frozenset({COMPANY})))), common)
    for buyer, amount in ((MINE, 93), (ANOTHER, 95)):
        priced = BulkPricer(terms(), Discounts(book, buyer, NOW), lookups).price(ASKED)
        assert priced.amount == amount


def test_a_book_with_a_target_is_not_for_everybody() -> None:
    """Even where it stands as the common one: its rules are asked for whom they are."""
    lookups = CommonLookups()
    book = over((), (off(1, 5), off(2, 7, target=Target(companies=frozenset({COMPANY})))))
    assert book.common is not None
    assert lookups.of(book.common, "RUB", NOW) is None
    for buyer, amount in ((MINE, 93), (ANOTHER, 95)):
        assert BulkPricer(terms(), Discounts(book, buyer, NOW), lookups).price(ASKED).amount == amount


def test_a_book_alone_needs_no_common_one() -> None:
    pricer = BulkPricer(terms(), discounts(root(off(1, 5))), CommonLookups())
    assert pricer.price(ASKED).amount == 95


def test_goods_of_another_way_to_a_section_are_looked_up_anew() -> None:
    pricer = BulkPricer(terms(), discounts(root(off(1, 5, kind=Kind.CATEGORY, brand_id=None, category_id=MIDDLE))))
    moved = replace(ASKED, goods=replace(ASKED.goods, path=(ELSEWHERE, LEAF)))
    assert [pricer.price(one).amount for one in (ASKED, moved, ASKED)] == [95, 100, 95]


def test_the_lowest_fixed_price_of_several_lookups_wins() -> None:
    def fixed(number: int, price: int, **more: Any) -> Rule:
        return off(number, price, effect=Effect.FIXED_PRICE, **more)

    listed = {"kind": Kind.ARTICLES, "brand_id": None, "articles": frozenset({"A-1"})}
    for prices in ((80, 90), (90, 80)):
        rules = fixed(1, prices[0]), fixed(2, prices[1], **listed)
        assert BulkPricer(terms(), discounts(root(*rules))).price(ASKED).amount == 80


def test_a_book_over_another_knows_both() -> None:
    book = over(
        (off(1, 5), off(2, 5, kind=Kind.CATEGORY, brand_id=None, category_id=LEAF)),
        (off(3, 5, kind=Kind.CATEGORY_BRAND, category_id=MIDDLE), off(4, 5, starts_at=NOW + timedelta(days=1))),
    )
    assert book.sections == {LEAF, MIDDLE}
    assert RuleBook(root(off(1, 5))).sections == frozenset()
    assert {book.group_of(UUID(int=number)).int for number in (1, 2, 3, 4)} == {500}
    assert [rule.rule_id.int for rule in book.rules] == [1, 2, 3, 4]
    for unknown in (book, RuleBook(root())):
        with pytest.raises(KeyError):
            unknown.group_of(UUID(int=5))
