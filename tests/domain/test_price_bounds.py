"""The bound of a rule book never lies above a price (P12 rests on it), and is not trivially zero."""

from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from pricing_worlds import BRAND, GOODS, discounts, groups, line, policies, prices, terms

from b2b_dvizhenie.domain.pricing import (
    NOTHING_OFF,
    Bound,
    Effect,
    Group,
    Kind,
    Limits,
    Rule,
    RuleBook,
    Strategy,
    bound_of,
    quote_line,
)

quantities = st.one_of(st.sampled_from([Decimal(1), Decimal(10), Decimal(12)]), st.decimals(1, 1000, places=3))


@given(groups(), prices, quantities, policies, st.sampled_from([None, Decimal(1), Decimal(500)]))
def test_no_price_is_below_the_bound_nor_above_the_base(
    root: Group, price: Decimal, quantity: Decimal, policy: object, floor: Decimal | None
) -> None:
    bound = bound_of(root, RuleBook(root).covering(GOODS))
    asked = line(price, quantity, limits=Limits(floor=floor))
    found = quote_line(terms(policy), asked, discounts(root))  # type: ignore[arg-type]
    assert found.unit_price is not None
    assert found.unit_price >= bound.lowest(price)
    highest = bound.highest_base(found.unit_price)
    assert highest is None or price <= highest
    assert found.unit_price <= price + Decimal("0.01")


@given(groups())
def test_more_candidates_never_narrow_the_bound(root: Group) -> None:
    book = RuleBook(root)
    some, every = bound_of(root, book.covering(GOODS)), bound_of(root, book.rules)
    assert some.share <= every.share
    assert some.steps <= every.steps


def _brand(number: int, percent: int) -> Rule:
    return Rule(UUID(int=number), Kind.BRAND, Effect.PERCENT, Decimal(percent), brand_id=BRAND)


def test_selection_takes_the_largest_and_accumulation_the_sum() -> None:
    rules = (_brand(1, 10), _brand(2, 25))

    def bound(strategy: Strategy, **more: object) -> Bound:
        root = Group(UUID(int=7), rules, strategy=strategy, **more)  # type: ignore[arg-type]
        return bound_of(root, rules)

    assert bound(Strategy.MAX) == Bound(Decimal("0.25"), 1)
    assert bound(Strategy.COMPOUND) == Bound(Decimal("0.35"), 2)
    assert bound(Strategy.SUM, cap_percent=Decimal(30)) == Bound(Decimal("0.3"), 2)
    assert bound_of(Group(UUID(int=7), rules), ()) == NOTHING_OFF


def test_a_bound_below_the_price_is_caught() -> None:
    """The control: half the share is too narrow, and the property above would say so."""
    root = Group(UUID(int=7), (_brand(1, 50),))
    honest = bound_of(root, root.rules)
    sabotaged = Bound(honest.share / 2, honest.steps)
    found = quote_line(terms(), line(Decimal(100), Decimal(1)), discounts(root)).unit_price
    assert found == Decimal("50.00")
    assert honest.lowest(Decimal(100)) <= found < sabotaged.lowest(Decimal(100))
