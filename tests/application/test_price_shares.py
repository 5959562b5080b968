"""No price lies outside the shares of a rule book (P12 rests on it), and shares are not trivially wide."""

from collections.abc import Iterable
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
    ROOT,
    discounts,
    groups,
    line,
    policies,
    terms,
)
from pricing_worlds import prices as amounts

from b2b_dvizhenie.application.pricing.sharing import KeptShares
from b2b_dvizhenie.domain.pricing import (
    Discounts,
    Effect,
    Goods,
    Group,
    Kind,
    Limits,
    Rule,
    RuleBook,
    SetLimits,
    Share,
    Shares,
    Steps,
    Strategy,
    combined,
    quote_line,
)
from b2b_dvizhenie.domain.shared.ids import PriceTypeId

WAYS = {ROOT: (ROOT,), MIDDLE: (ROOT, MIDDLE), LEAF: GOODS.path, ELSEWHERE: (ELSEWHERE,)}
NO_LIMITS = SetLimits()
ONE = Decimal(1)
quantities = st.one_of(st.sampled_from([ONE, Decimal(10), Decimal(12)]), st.decimals(1, 1000, places=3))
limits = st.one_of(
    st.just((NO_LIMITS, Limits())),
    st.just((SetLimits(max_total_percent=Decimal(15)), Limits(max_total_percent=Decimal(15)))),
    st.just((SetLimits(floor_price_type_id=PriceTypeId(UUID(int=7))), Limits(floor=Decimal(50)))),
)


def shares_of(root: Group, of_set: SetLimits = NO_LIMITS) -> Shares:
    return KeptShares().shares(discounts(root), "RUB", of_set, WAYS)


def _at(steps: Steps, quantity: Decimal) -> Share | None:
    reached = [share for first, share in steps if quantity >= first]
    return reached[-1] if reached else None


def said(shares: Shares, goods: Goods, quantity: Decimal) -> Share:
    """What the shares say of a good, as the statements of the catalogue look it up."""
    leaf, brand = goods.path[-1], goods.brand_id
    found = [
        share
        for layer in shares.layers
        for steps in (
            layer.sections.get(leaf, ()),
            layer.brands.get(brand, ()) if brand else (),
            layer.pairs.get((leaf, brand), ()) if brand else (),
            layer.articles.get(goods.article, ()),
        )
        if (share := _at(steps, quantity)) is not None
    ]
    share = combined(shares.combining, found)
    return Share(min(share.least, shares.kept), min(share.most, shares.cap))


def holds(shares: Shares, share: Share, base: Decimal, price: Decimal) -> bool:
    """Whether a share says that the base can become the price: in the sense of a row, and of a span."""
    lowest = base * (1 - share.most) - shares.tolerance
    highest = base * (1 - share.least) + shares.tolerance
    span = shares.stored(share, price, price)
    within = span is not None and span[0] <= base and (span[1] is None or base <= span[1])
    assert within == (lowest <= price <= highest) or share.least == 1
    return within


@given(groups(), amounts, quantities, policies, limits)
def test_every_price_lies_within_its_shares_and_in_some_level(
    root: Group, base: Decimal, quantity: Decimal, policy: object, held: tuple[SetLimits, Limits]
) -> None:
    shares = shares_of(root, held[0])
    found = quote_line(terms(policy), line(base, quantity, limits=held[1]), discounts(root))  # type: ignore[arg-type]
    price = found.unit_price
    assert price is not None
    assert holds(shares, said(shares, GOODS, quantity), base, price)
    if GOODS.article not in shares.apart:
        assert any(holds(shares, level, base, price) for level in shares.levels)
        assert any(low <= base and (high is None or base <= high) for low, high in shares.spans(price, price))


@given(groups(), groups(start=500), amounts, quantities)
def test_rules_for_everybody_beside_a_buyers_own_are_as_one_book(
    mine: Group, everybodys: Group, base: Decimal, quantity: Decimal
) -> None:
    mine = replace(mine, groups=())
    everybodys = replace(mine, rules=tuple(replace(rule, target=BUYER_ALL) for rule in everybodys.rules))
    both = Discounts(RuleBook(mine, RuleBook(everybodys)), BUYER, NOW)
    shares = KeptShares().shares(both, "RUB", NO_LIMITS, WAYS)
    price = quote_line(terms(), line(base, quantity), both).unit_price
    assert price is not None
    assert holds(shares, said(shares, GOODS, quantity), base, price)
    if GOODS.article not in shares.apart:
        assert any(holds(shares, level, base, price) for level in shares.levels)


BUYER_ALL = Rule(UUID(int=1), Kind.BRAND, Effect.PERCENT, ONE, brand_id=BRAND).target


def _brand(number: int, percent: int, minimum: int = 0) -> Rule:
    return Rule(
        UUID(int=number), Kind.BRAND, Effect.PERCENT, Decimal(percent), brand_id=BRAND, minimum=Decimal(minimum)
    )


def _group(rules: Iterable[Rule], strategy: Strategy = Strategy.MAX, **more: object) -> Group:
    return Group(UUID(int=7), tuple(rules), strategy=strategy, **more)  # type: ignore[arg-type]


def _share(least: str, most: str) -> Share:
    return Share(Decimal(least), Decimal(most))


@pytest.mark.parametrize(
    ("strategy", "share"),
    [
        (Strategy.MAX, _share("0.25", "0.25")),
        (Strategy.MIN, _share("0.1", "0.25")),
        (Strategy.SUM, _share("0.35", "0.35")),
        (Strategy.COMPOUND, _share("0.325", "0.325")),
        (Strategy.PRIORITY_STACK, _share("0", "0.35")),
    ],
)
def test_strategies_narrow_shares_as_far_as_they_can(strategy: Strategy, share: Share) -> None:
    shares = shares_of(_group([_brand(1, 10), _brand(2, 25)], strategy))
    assert said(shares, GOODS, ONE) == share


def test_a_percent_makes_a_level_and_a_span_of_its_own() -> None:
    shares = shares_of(_group([_brand(1, 10), _brand(2, 50, minimum=10)]))
    assert [level.most for level in shares.levels] == [Decimal(0), Decimal("0.1"), Decimal("0.5")]
    assert said(shares, GOODS, ONE) == _share("0.1", "0.1")
    assert said(shares, GOODS, Decimal(10)) == _share("0.5", "0.5")
    spans = shares.spans(Decimal(90), Decimal(91))
    assert [(round(low), round(high or 0)) for low, high in spans] == [(90, 91), (100, 101), (180, 182)]
    assert len(shares.spans(Decimal(50), Decimal(100))) == 1
    assert shares.spans(None, None) == [(Decimal(0), None)]


def test_sums_of_a_few_discounts_are_levels_and_of_many_one_level() -> None:
    def of_section(number: int, percent: int) -> Rule:
        return Rule(UUID(int=number), Kind.CATEGORY, Effect.PERCENT, Decimal(percent), category_id=UUID(int=number))

    few = shares_of(_group([_brand(1, 10), of_section(MIDDLE.int, 5)], Strategy.SUM))
    assert sorted(level.most for level in few.levels) == [Decimal(one) for one in ("0", "0.05", "0.1", "0.15")]
    assert all(level.least == level.most for level in few.levels)
    root = _group([_brand(1, 50), *(of_section(1000 + percent, percent) for percent in range(1, 50))], Strategy.SUM)
    ways = {UUID(int=1000 + percent): (UUID(int=1000 + percent),) for percent in range(1, 50)}
    many = KeptShares().shares(discounts(root), "RUB", NO_LIMITS, ways)
    assert many.levels == (_share("0", "0.99"),)


def _listed(number: int, effect: Effect, value: int) -> Rule:
    return Rule(UUID(int=number), Kind.ARTICLES, effect, Decimal(value), articles=frozenset({f"A-{number}"}))


def test_articles_are_apart_where_they_would_widen_the_search() -> None:
    rules = [_brand(1, 20), _listed(2, Effect.PERCENT, 10), _listed(3, Effect.PERCENT, 90)]
    rules += [_listed(4, Effect.FIXED_PRICE, 5)]
    shares = shares_of(_group(rules))
    assert shares.apart == {"A-3", "A-4"}
    assert [level.most for level in shares.levels] == [Decimal(0), Decimal("0.1"), Decimal("0.2")]


def test_a_rule_that_begins_later_and_a_moved_section_are_seen() -> None:
    kept = KeptShares()
    soon = replace(_brand(1, 10), starts_at=NOW.replace(hour=1))
    of_section = Rule(UUID(int=2), Kind.CATEGORY, Effect.PERCENT, Decimal(30), category_id=MIDDLE)
    asked = Discounts(RuleBook(_group([soon, of_section])), BUYER, NOW)
    before = kept.shares(asked, "RUB", NO_LIMITS, WAYS)
    assert before.layers[0] is kept.shares(asked, "RUB", NO_LIMITS, WAYS).layers[0]
    assert before.layers[0].brands == {}
    later = kept.shares(replace(asked, now=NOW.replace(hour=2)), "RUB", NO_LIMITS, WAYS)
    assert BRAND in later.layers[0].brands
    moved = kept.shares(asked, "RUB", NO_LIMITS, WAYS | {LEAF: (ROOT, LEAF)})
    assert LEAF in before.layers[0].sections
    assert LEAF not in moved.layers[0].sections


def test_shares_that_are_too_narrow_are_caught() -> None:
    """The control: half of what is taken off is not enough, and the properties above would say so."""
    root = _group([_brand(1, 50)])
    honest = shares_of(root)
    found = quote_line(terms(), line(Decimal(100), ONE), discounts(root)).unit_price
    assert found == Decimal("50.00")
    assert holds(honest, said(honest, GOODS, ONE), Decimal(100), found)
    assert not holds(honest, _share("0.25", "0.25"), Decimal(100), found)
