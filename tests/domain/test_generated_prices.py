"""Discount resolution over a great many seeded cases: a generator without shrinking, a hundred times as fast."""

from decimal import Decimal
from random import Random
from uuid import UUID

import pytest
from msgspec.structs import replace
from pricing_worlds import BRAND, BUYER, ELSEWHERE, LEAF, MIDDLE, NOW, OTHER_BRAND, ROOT, RUNNABLE, SIMPLE, line, terms

from b2b_dvizhenie.domain.pricing import (
    BulkPricer,
    Discounts,
    Effect,
    Group,
    Kind,
    Limits,
    Rule,
    RuleBook,
    explanation_of,
    quote_line,
    replay,
)
from b2b_dvizhenie.domain.shared.money import RoundingPolicy

LINES = 10
"""Lines priced under every generated tree."""


def rule(random: Random, number: int) -> Rule:
    kind = random.choice(list(Kind))
    paired = kind is Kind.CATEGORY_BRAND
    return Rule(
        UUID(int=1000 + number),
        kind,
        random.choice(list(Effect)),
        Decimal(random.choice([0, 500, 1000, 1250, random.randint(0, 10_000)])).scaleb(-2),
        category_id=random.choice([ROOT, MIDDLE, LEAF, ELSEWHERE]) if paired or kind is Kind.CATEGORY else None,
        brand_id=random.choice([BRAND, BRAND, OTHER_BRAND]) if paired or kind is Kind.BRAND else None,
        articles=frozenset({"A-1"}) if kind is Kind.ARTICLES else frozenset(),
        minimum=Decimal(random.choice([0, 0, 10])),
        priority=random.randint(0, 2),
        order=random.randint(0, 3),
        stop_level=random.random() < 0.2,
        stop_all=random.random() < 0.1,
        exclusive=random.random() < 0.3,
    )


def tree(random: Random, start: int = 0, depth: int = 2) -> Group:
    children = (tree(random, start + 100, depth - 1),) if depth > 1 and random.random() < 0.4 else ()
    return Group(
        UUID(int=5000 + start),
        tuple(rule(random, start + place) for place in range(random.randint(0, 4))),
        children,
        strategy=random.choice(RUNNABLE),
        inner=random.choice(SIMPLE),
        cap_percent=random.choice([Decimal(100), Decimal(30), None]),
        ignore_zero=random.random() < 0.5,
        priority=random.randint(0, 2),
        order=random.randint(0, 3),
        exclusive=random.random() < 0.3,
    )


def turned(group: Group) -> Group:
    """The same tree with its members the other way round."""
    return replace(group, rules=group.rules[::-1], groups=tuple(map(turned, group.groups[::-1])))


def check(seed: int, cases: int) -> None:
    """P1, P3, P4 and P11 of every case."""
    random = Random(seed)  # noqa: S311 - reproducible cases
    for _ in range(cases // LINES):
        group, policy = tree(random), random.choice(list(RoundingPolicy))
        found, other = (Discounts(RuleBook(one), BUYER, NOW) for one in (group, turned(group)))
        mine = terms(policy)
        pricer = BulkPricer(mine, found)
        for _ in range(LINES):
            price = Decimal(random.randint(1, 10_000_000)).scaleb(-random.randint(0, 4))
            limits = random.choice([Limits(), Limits(floor=price), Limits(max_total_percent=Decimal(20))])
            asked = line(price, Decimal(random.choice([1, 10, random.randint(1, 900_000)])).scaleb(0), limits=limits)
            told, bulk = quote_line(mine, asked, found), pricer.price(asked)
            assert told.amount is not None
            assert told.base_amount is not None
            assert 0 <= told.amount <= told.base_amount, (seed, group, asked)
            assert (bulk.amount, bulk.unit_price, bulk.limited_by) == (
                told.amount,
                told.unit_price,
                told.limited_by,
            ), (seed, group, asked)
            assert quote_line(mine, asked, other).amount == told.amount, (seed, group, asked)
            assert replay(explanation_of(told, "RUB")) == (told.unit_price, told.amount), (seed, group, asked)


def test_generated_cases_hold() -> None:
    check(7, 3_000)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(10))
def test_a_million_generated_cases_hold(seed: int) -> None:
    """Reliability P7: ten times a hundred thousand."""
    check(100 + seed, 100_000)
