"""P14: `LINE_EACH_DISCOUNT` equals 1C's algorithm, written a second time from its description (features.md §7.1).

The oracle shares nothing with the engine but the shape of the tree: it works on kopecks as whole numbers.
"""

from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from pricing_worlds import BRAND, discounts, line, prices, terms

from b2b_dvizhenie.domain.pricing import Effect, Group, Kind, Rule, Strategy, quote_line

MODES = {
    "addition": Strategy.SUM,
    "multiplication": Strategy.COMPOUND,
    "max": Strategy.MAX,
    "minimum": Strategy.MIN,
    "exclusion": Strategy.DISPLACE,
}
quantities = st.one_of(st.sampled_from([Decimal(1), Decimal(12)]), st.decimals(1, 500, places=3))


def kopecks(amount: Decimal) -> int:
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))


@st.composite
def trees(draw: st.DrawFn, start: int = 1, depth: int = 3) -> Group:
    """A tree as 1C knows it: percents and amounts, a mode per group, an order within it; shares add up to < 100 %."""
    number = draw(st.integers(1 if depth == 1 else 0, 3))
    rules = tuple(
        Rule(
            UUID(int=start * 100 + place),
            Kind.BRAND,
            draw(st.sampled_from([Effect.PERCENT, Effect.PERCENT, Effect.AMOUNT])),
            draw(st.decimals("0.01", 8, places=2)),
            brand_id=BRAND,
            order=place,
        )
        for place in range(number)
    )
    groups = ()
    if depth > 1:
        groups = tuple(draw(trees(start * 10 + place, depth - 1)) for place in range(draw(st.integers(0, 2))))
    mode = draw(st.sampled_from(sorted(MODES)))
    return Group(
        UUID(int=start),
        rules,
        groups,
        strategy=MODES[mode],
        cap_percent=None,
        ignore_zero=False,
        order=draw(st.integers(3, 6)),
    )


def one_discount(rule: Rule, base: int, quantity: Decimal) -> int:
    if rule.effect is Effect.PERCENT:
        return kopecks(Decimal(base) * rule.value / 100 / 100)
    return min(kopecks(rule.value * quantity), base)


def place_in_order(member: Rule | Group) -> tuple[int, bool, int]:
    is_group = isinstance(member, Group)
    return member.order, is_group, member.group_id.int if isinstance(member, Group) else member.rule_id.int


def by_1c(group: Group, base: int, quantity: Decimal) -> int | None:
    """Kopecks that the group takes off a line of `base` kopecks; None where nothing matches."""
    members: list[Rule | Group] = sorted([*group.rules, *group.groups], key=place_in_order)

    def taken(member: Rule | Group, left: int) -> int | None:
        return one_discount(member, left, quantity) if isinstance(member, Rule) else by_1c(member, left, quantity)

    mode = next(name for name, strategy in MODES.items() if strategy is group.strategy)
    if mode == "multiplication":
        left, matched = base, False
        for member in members:
            discount = taken(member, left)
            if discount is not None:
                left, matched = left - discount, True
        return base - left if matched else None
    amounts = [discount for member in members if (discount := taken(member, base)) is not None]
    if not amounts:
        return None
    if mode == "addition":
        return min(sum(amounts), base)
    if mode == "exclusion":
        return amounts[0]
    return max(amounts) if mode == "max" else min(amounts)


def expected(tree: Group, price: Decimal, quantity: Decimal) -> Decimal:
    base = kopecks(price * quantity)
    return Decimal(base - (by_1c(tree, base, quantity) or 0)) / 100


@given(trees(), prices, quantities)
def test_p14_the_engine_agrees_with_1c_to_the_kopeck(tree: Group, price: Decimal, quantity: Decimal) -> None:
    found = quote_line(terms(), line(price, quantity), discounts(tree))
    assert found.amount == expected(tree, price, quantity)


def test_rounding_once_per_line_would_be_caught() -> None:
    """The control: 1C rounds every discount; three discounts of half a kopeck show it."""
    rules = tuple(
        Rule(UUID(int=place), Kind.BRAND, Effect.PERCENT, Decimal("0.5"), brand_id=BRAND, order=place)
        for place in range(1, 4)
    )
    tree = Group(UUID(int=9), rules, strategy=Strategy.SUM, cap_percent=None)
    price = Decimal("1.00")
    assert expected(tree, price, Decimal(1)) == Decimal("0.97")
    assert quote_line(terms(), line(price, Decimal(1)), discounts(tree)).amount == Decimal("0.97")
    exact = price - price * sum(rule.value for rule in rules) / 100
    assert exact.quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal("0.99")
