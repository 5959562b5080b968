"""Shares to the digit: the properties prove that none is too narrow, these that none is wider than it need be."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pricing_worlds import BRAND, ELSEWHERE, GOODS, LEAF, MIDDLE, ROOT

from b2b_dvizhenie.domain.pricing import (
    Combining,
    Effect,
    Group,
    Kind,
    Layer,
    Rule,
    SetLimits,
    Share,
    Shares,
    Sharing,
    Strategy,
    combined,
    no_shares,
)
from b2b_dvizhenie.domain.shared.ids import PriceTypeId

WAYS = {ROOT: (ROOT,), MIDDLE: (ROOT, MIDDLE), LEAF: GOODS.path, ELSEWHERE: (ELSEWHERE,)}
ONE = Decimal(1)
FLOOR = SetLimits(floor_price_type_id=PriceTypeId(UUID(int=7)))
COST = SetLimits(cost_price_type_id=PriceTypeId(UUID(int=7)), minimal_margin=Decimal(5))


def share(least: str, most: str | None = None) -> Share:
    return Share(Decimal(least), Decimal(least if most is None else most))


def off(number: int, percent: str, effect: Effect = Effect.PERCENT, **more: Any) -> Rule:
    kind = {"brand_id": Kind.BRAND, "category_id": Kind.CATEGORY, "articles": Kind.ARTICLES}
    named = [kind[one] for one in kind if one in more]
    return Rule(
        UUID(int=number), named[0] if len(named) == 1 else Kind.CATEGORY_BRAND, effect, Decimal(percent), **more
    )


def sharing(*strategies: Strategy, limits: SetLimits | None = None, **more: Any) -> Sharing:
    first, *others = strategies or (Strategy.MAX,)
    below = tuple(Group(UUID(int=600 + place), strategy=one) for place, one in enumerate(others))
    return Sharing(Group(UUID(int=500), groups=below, strategy=first, **more), limits or SetLimits())


def together(rules: Iterable[Rule], *strategies: Strategy, **more: Any) -> Shares:
    made = sharing(*strategies, **more)
    return made.together([made.layer(rules, WAYS)], "RUB")


# what shares come to -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("combining", "found", "of_much"),
    [
        (Combining.LARGEST, share("0.3", "0.5"), share("0.8", "0.9")),
        (Combining.ONE, share("0.1", "0.5"), share("0.7", "0.9")),
        (Combining.SUM, share("0.4", "0.7"), share("1")),
        (Combining.COMPOUND, share("0.37", "0.60"), share("0.94", "0.99")),
        (Combining.TOGETHER, share("0.3", "0.7"), share("0.8", "1")),
        (Combining.AT_MOST, share("0", "0.7"), share("0", "1")),
    ],
)
def test_shares_of_one_good_come_to_what_the_tree_makes_of_them(
    combining: Combining, found: Share, of_much: Share
) -> None:
    assert combined(combining, [share("0.1", "0.2"), share("0.3", "0.5")]) == found
    assert combined(combining, [share("0.7", "0.9"), share("0.8", "0.9")]) == of_much
    assert combined(combining, []) == share("0")


def test_stored_prices_of_own_ones() -> None:
    found = Shares(tolerance=Decimal("0.5"))
    assert found.stored(share("0.1", "0.2"), Decimal("90.5"), Decimal("159.5")) == (100, 200)
    assert found.stored(share("0.1", "0.2"), Decimal("0.4"), None) == (0, None)
    assert found.stored(share("0.5", "1"), None, Decimal(9)) == (0, None), "all of a price may be taken off"
    assert found.stored(share("1"), Decimal("0.5"), None) == (0, None), "what is left of nothing is rounding"
    assert found.stored(share("1"), Decimal("0.6"), Decimal(9)) is None


@pytest.mark.parametrize(
    ("levels", "spans"),
    [
        (["0", "0.5"], [(80, 100), (160, 200)]),
        (["0.5", "0"], [(80, 100), (160, 200)]),
        (["0", "0.2"], [(80, 125)]),
        (["0", "1"], [(80, 100)]),
    ],
)
def test_spans_are_apart_and_in_order(levels: list[str], spans: list[tuple[int, int]]) -> None:
    assert Shares(levels=tuple(map(share, levels))).spans(Decimal(80), Decimal(100)) == spans


def test_a_wide_span_takes_in_what_lies_in_it() -> None:
    for wide, end in ((share("0", "0.5"), 200), (share("0", "1"), None)):
        for levels in ((wide, share("0.1")), (share("0.1"), wide), (wide, share("0.1"), share("0.15"))):
            assert Shares(levels=levels).spans(Decimal(80), Decimal(100)) == [(80, end)]
    assert Shares(levels=(share("0.1"), share("0.05", "1"))).spans(Decimal(76), Decimal(81)) == [(80, None)]


def test_rounding_may_change_half_of_the_least_coin() -> None:
    halves = {currency: no_shares(currency).tolerance for currency in ("RUB", "JPY", "KWD")}
    assert halves == {"RUB": Decimal("0.005"), "JPY": Decimal("0.5"), "KWD": Decimal("0.0005")}


# what groups and limits make of rules --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("strategies", "combining"),
    [
        ((Strategy.MAX, Strategy.REFUSE, Strategy.BEST_PRICE), Combining.LARGEST),
        ((Strategy.MAX, Strategy.MIN), Combining.ONE),
        ((Strategy.DISPLACE,), Combining.ONE),
        ((Strategy.SUM, Strategy.SUM), Combining.SUM),
        ((Strategy.COMPOUND,), Combining.COMPOUND),
        ((Strategy.SUM, Strategy.COMPOUND), Combining.TOGETHER),
        ((Strategy.SUM, Strategy.MAX), Combining.TOGETHER),
        ((Strategy.MAX, Strategy.REFUSE, Strategy.BEST_PRICE, Strategy.SUM, Strategy.COMPOUND), Combining.TOGETHER),
        ((Strategy.SUM, Strategy.MIN), Combining.AT_MOST),
        ((Strategy.PRIORITY_STACK,), Combining.AT_MOST),
    ],
)
def test_how_shares_combine_is_told_by_all_groups(strategies: tuple[Strategy, ...], combining: Combining) -> None:
    assert together([], *strategies).combining is combining


@pytest.mark.parametrize(
    ("strategy", "inner", "combining"),
    [
        (Strategy.EXCLUSIVE_IF_BETTER, Strategy.MAX, Combining.LARGEST),
        (Strategy.EXCLUSIVE_IF_BETTER, Strategy.SUM, Combining.TOGETHER),
        (Strategy.EXCLUSIVE_IF_BETTER, Strategy.MIN, Combining.ONE),
        (Strategy.BY_KIND, Strategy.MAX, Combining.ONE),
        (Strategy.BY_KIND, Strategy.SUM, Combining.AT_MOST),
    ],
)
def test_what_is_used_inside_counts_too(strategy: Strategy, inner: Strategy, combining: Combining) -> None:
    assert together([], strategy, inner=inner).combining is combining


@pytest.mark.parametrize(
    ("strategies", "more", "halves"),
    [
        ((Strategy.MAX,), {}, 3),
        ((Strategy.MIN,), {}, 3),
        ((Strategy.MAX,), {"limits": FLOOR}, 4),
        ((Strategy.MAX,), {"limits": COST}, 4),
        ((Strategy.MAX,), {"limits": SetLimits(max_total_percent=Decimal(15))}, 4),
        ((Strategy.BEST_PRICE,), {}, 5),
        ((Strategy.MAX, Strategy.BEST_PRICE), {}, 5),
        ((Strategy.EXCLUSIVE_IF_BETTER,), {"inner": Strategy.BEST_PRICE}, 5),
        ((Strategy.SUM,), {}, 5),
        ((Strategy.SUM,), {"limits": FLOOR}, 6),
    ],
)
def test_every_rounding_on_the_way_is_allowed_for(
    strategies: tuple[Strategy, ...], more: dict[str, Any], halves: int
) -> None:
    """Of the base, of the unit and of each discount; one for a limit, two where sums are compared."""
    rules = [off(1, "5", brand_id=BRAND), off(2, "5", brand_id=BRAND), off(3, "5", articles=frozenset({"A"}))]
    assert together(rules, *strategies, **more).tolerance == halves * Decimal("0.005")


def test_what_is_never_taken_and_what_is_sure() -> None:
    capped = {"cap_percent": Decimal(30)}
    of_15 = SetLimits(max_total_percent=Decimal(15))
    found = {
        (cap, kept)
        for shares in (together([], Strategy.SUM, **capped), together([], Strategy.SUM, limits=of_15, **capped))
        for cap, kept in [(shares.cap, shares.kept)]
    }
    assert found == {(Decimal("0.3"), Decimal("0.3")), (Decimal("0.15"), Decimal("0.15"))}
    mixed = together([], Strategy.COMPOUND, **capped)
    assert (mixed.cap, mixed.kept) == (1, Decimal("0.3")), "a group that may be capped is not sure of more"
    alone = together([], Strategy.MAX, limits=of_15, **capped)
    assert (alone.cap, alone.kept) == (Decimal("0.15"), Decimal("0.15"))
    plain = together([], Strategy.SUM, cap_percent=None)
    assert (plain.cap, plain.kept) == (1, 1)
    assert (together([], Strategy.MAX, **capped).kept, together([]).cap) == (1, 1), "one rule is capped by no sum"


RULES = (
    off(1, "10", brand_id=BRAND),
    off(2, "20", brand_id=BRAND, minimum=Decimal(10)),
    off(3, "5", category_id=MIDDLE),
    off(4, "7", category_id=MIDDLE, brand_id=BRAND),
    off(5, "30", articles=frozenset({"A-1", "B"})),
    off(6, "50", Effect.FIXED_PRICE, articles=frozenset({"B"})),
)


def test_rules_are_kept_by_what_goods_have_in_common() -> None:
    def steps(*found: tuple[int, Share]) -> tuple[tuple[Decimal, Share], ...]:
        return tuple((Decimal(first), one) for first, one in found)

    found = sharing().layer(RULES, WAYS)
    expected = Layer(
        sections={one: steps((1, share("0.05"))) for one in (MIDDLE, LEAF)},
        brands={BRAND: steps((1, share("0.1")), (10, share("0.2")))},
        pairs={(one, BRAND): steps((1, share("0.07"))) for one in (MIDDLE, LEAF)},
        articles={"A-1": steps((1, share("0.3"))), "B": steps((1, share("0.3", "1")))},
        percents=frozenset(map(Decimal, ("0.05", "0.07", "0.1", "0.2"))),
        most_at_once=6,
        alike={frozenset({Decimal("0.3")}): frozenset({"A-1"}), None: frozenset({"B"})},
    )
    assert {name: getattr(found, name) for name in found.__struct_fields__} == {
        name: getattr(expected, name) for name in found.__struct_fields__
    }
    guarded = sharing(limits=FLOOR).layer(RULES, WAYS)
    assert guarded.brands == {BRAND: steps((1, share("0", "0.1")), (10, share("0", "0.2")))}, "a limit may hold it up"
    amount = sharing().layer([off(1, "10", Effect.AMOUNT, brand_id=BRAND)], WAYS)
    assert (amount.percents, amount.brands) == (None, {BRAND: steps((1, share("0", "1")))})
    capped = sharing(limits=SetLimits(max_total_percent=Decimal(15))).layer(RULES, WAYS)
    assert capped.percents == frozenset(map(Decimal, ("0.05", "0.07", "0.1", "0.15")))
    assert sharing().layer([], WAYS).most_at_once == 0


def levels(shares: Shares) -> list[tuple[Decimal, Decimal]]:
    return [(one.least, one.most) for one in shares.levels]


def plain(*percents: str) -> list[tuple[Decimal, Decimal]]:
    return [(Decimal(one), Decimal(one)) for one in percents]


def test_where_one_percent_is_taken_each_is_a_level() -> None:
    found = together(RULES)
    assert (levels(found), found.apart) == (plain("0", "0.05", "0.07", "0.1", "0.2"), {"A-1", "B"})
    listed = together([*RULES, off(7, "8", articles=frozenset({"C"})), off(8, "20", articles=frozenset({"D"}))])
    assert (levels(listed), listed.apart) == (plain("0", "0.05", "0.07", "0.08", "0.1", "0.2"), {"A-1", "B"})
    twice = together([RULES[1], *(off(number, str(number), articles=frozenset({"C"})) for number in (8, 30))])
    assert (levels(twice), twice.apart) == (plain("0", "0.08", "0.2"), {"C"}), "the larger of its lists counts"


def test_three_hundred_articles_are_apart_and_more_are_not() -> None:
    some = off(1, "30", articles=frozenset(map(str, range(300))))
    found = together([some, RULES[0]])
    assert (levels(found), len(found.apart)) == (plain("0", "0.1"), 300)
    more = together([some, off(2, "40", articles=frozenset({"A"})), RULES[0]])
    assert (levels(more), more.apart) == (plain("0", "0.1", "0.3", "0.4"), set())


@pytest.mark.parametrize("more", [{"limits": FLOOR}, {"limits": COST}])
def test_limits_of_goods_make_levels_wide(more: dict[str, Any]) -> None:
    found = together(RULES, **more)
    assert found.apart == {"A-1", "B"}
    assert max(levels(found)) == (0, Decimal("0.2"))
    assert {least for least, _ in levels(found)} == {0}


def test_an_amount_makes_levels_wide() -> None:
    found = together([off(1, "10", Effect.AMOUNT, brand_id=BRAND), *RULES])
    assert (max(levels(found)), found.apart) == ((Decimal("0.2"), Decimal(1)), {"A-1", "B"})


def of_section(number: int, percent: str) -> Rule:
    return off(number, percent, category_id=UUID(int=number))


def summed(count: int, *more: Rule, **limits: Any) -> Shares:
    """`count` sections, each with another percent, and a rule of a brand beside them."""
    made = sharing(Strategy.SUM, **limits)
    rules = [of_section(1000 + one, f"0.{one:03}") for one in range(1, count + 1)]
    ways = {UUID(int=1000 + one): (UUID(int=1000 + one),) for one in range(1, count + 1)}
    return made.together([made.layer([*rules, *more], ways)], "RUB")


def test_sums_are_told_apart_up_to_sixty_four() -> None:
    assert len(summed(63).levels) == 64
    assert levels(summed(64)) == [(0, Decimal("0.00064"))]
    beside = summed(64, off(1, "10", brand_id=BRAND))
    assert levels(beside) == [(0, Decimal("0.10064"))], "what makes one wide level counts all that may add up"
    both = summed(2, off(1, "10", brand_id=BRAND))
    assert sorted(levels(both)) == plain("0", "0.00001", "0.00002", "0.1", "0.10001", "0.10002")
    capped = summed(64, off(1, "10", brand_id=BRAND), cap_percent=Decimal(5))
    assert levels(capped) == [(0, Decimal("0.05"))]
    held = summed(2, off(1, "10", brand_id=BRAND), cap_percent=Decimal(5))
    assert sorted(levels(held)) == plain("0", "0.00001", "0.00002", "0.05")


def test_a_step_holds_what_is_reached() -> None:
    three = [off(one, str(one), brand_id=BRAND, minimum=Decimal(minimum)) for one, minimum in ((1, 0), (2, 1), (3, 5))]
    found = sharing(Strategy.SUM).layer(three, WAYS)
    assert found.brands == {BRAND: ((ONE, share("0.03")), (Decimal(5), share("0.06")))}


def test_layers_add_up() -> None:
    made = sharing(Strategy.SUM)
    layers = [made.layer([off(number, "10", brand_id=BRAND)], WAYS) for number in (1, 2)]
    found = made.together(layers, "RUB")
    assert sorted(levels(found)) == plain("0", "0.1", "0.2")
    assert (found.layers, found.tolerance) == (tuple(layers), Decimal("0.020"))
