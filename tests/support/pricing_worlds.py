"""Random rules, trees and lines for the properties of the price function."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import (
    Buyer,
    Discounts,
    Effect,
    Goods,
    Group,
    Kind,
    LineInput,
    PricePoint,
    Rule,
    RuleBook,
    Strategy,
    Target,
)
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId, VariantId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy

NOW = datetime(2026, 11, 25, tzinfo=UTC)
TYPE = PriceTypeId(UUID(int=1))
COMPANY, SEGMENT = UUID(int=2), UUID(int=3)
BUYER = Buyer(COMPANY, None, frozenset({SEGMENT}))
ROOT, MIDDLE, LEAF, ELSEWHERE = (UUID(int=number) for number in (11, 12, 13, 14))
BRAND, OTHER_BRAND = UUID(int=21), UUID(int=22)
GOODS = Goods("A-1", BRAND, (ROOT, MIDDLE, LEAF))

SIMPLE = [s for s in Strategy if s not in (Strategy.BY_KIND, Strategy.EXCLUSIVE_IF_BETTER, Strategy.REFUSE)]
RUNNABLE = [s for s in Strategy if s is not Strategy.REFUSE]

values = st.one_of(
    st.sampled_from([Decimal(n) for n in ("0", "5", "10", "12.5", "100")]),
    st.decimals(0, 100, places=2),
)


@st.composite
def rules(draw: st.DrawFn, number: int) -> Rule:
    """A rule that may or may not match GOODS for BUYER at NOW."""
    kind = draw(st.sampled_from(Kind))
    category = draw(st.sampled_from([ROOT, MIDDLE, LEAF, ELSEWHERE]))
    brand = draw(st.sampled_from([BRAND, OTHER_BRAND]))
    articles = draw(st.sampled_from([frozenset({"A-1", "B"}), frozenset({"B"})]))
    window = draw(st.sampled_from([(None, None), (-1, 1), (0, None), (None, 0), (1, None)]))
    return Rule(
        rule_id=UUID(int=1000 + number),
        kind=kind,
        effect=draw(st.sampled_from(Effect)),
        value=draw(values),
        category_id=category if kind in (Kind.CATEGORY, Kind.CATEGORY_BRAND) else None,
        brand_id=brand if kind in (Kind.BRAND, Kind.CATEGORY_BRAND) else None,
        articles=articles if kind is Kind.ARTICLES else frozenset(),
        target=draw(
            st.sampled_from(
                [
                    Target(),
                    Target(companies=frozenset({COMPANY})),
                    Target(segments=frozenset({SEGMENT})),
                    Target(companies=frozenset({UUID(int=99)})),
                ]
            )
        ),
        starts_at=None if window[0] is None else NOW + timedelta(days=window[0]),
        ends_at=None if window[1] is None else NOW + timedelta(days=window[1]),
        minimum=draw(st.sampled_from([Decimal(0), Decimal(0), Decimal(10)])),
        priority=draw(st.integers(0, 2)),
        order=draw(st.integers(0, 3)),
        stop_level=draw(st.booleans()),
        stop_all=draw(st.booleans()),
        exclusive=draw(st.booleans()),
        is_active=draw(st.sampled_from([True, True, True, False])),
    )


@st.composite
def groups(draw: st.DrawFn, strategies: list[Strategy] = RUNNABLE, depth: int = 2, start: int = 0) -> Group:
    """A tree of groups."""
    count = draw(st.integers(0, 4))
    members = tuple(draw(rules(start + number)) for number in range(count))
    children = ()
    if depth > 1 and draw(st.booleans()):
        children = (draw(groups(strategies, depth - 1, start + 100)),)
    return Group(
        group_id=UUID(int=5000 + start),
        rules=members,
        groups=children,
        strategy=draw(st.sampled_from(strategies)),
        inner=draw(st.sampled_from(SIMPLE)),
        kind_order=tuple(draw(st.permutations(list(Kind)))[: draw(st.integers(0, 4))]),
        cap_percent=draw(st.sampled_from([Decimal(100), Decimal(30), None])),
        ignore_zero=draw(st.booleans()),
        priority=draw(st.integers(0, 2)),
        order=draw(st.integers(0, 3)),
        exclusive=draw(st.booleans()),
    )


policies = st.sampled_from(RoundingPolicy)
prices = st.decimals("0.0001", 100_000, places=4)
quantities = st.one_of(st.sampled_from([Decimal(1), Decimal(10), Decimal(12)]), st.decimals("0.001", 1000, places=3))


def terms(rounding: RoundingPolicy = RoundingPolicy.LINE_EACH_DISCOUNT) -> Terms:
    """Terms of the buyer."""
    return Terms(CompanyId(COMPANY), None, TYPE, "RUB", rounding)


def line(price: Decimal, quantity: Decimal, **more: object) -> LineInput:
    """A line of GOODS with one stored price."""
    stored = (PricePoint(TYPE, price, "RUB"),)
    return LineInput(VariantId(UUID(int=9)), quantity, stored, goods=GOODS, **more)  # type: ignore[arg-type]


def discounts(group: Group, *, misses: bool = False) -> Discounts:
    """The group as a published book."""
    return Discounts(RuleBook(group), BUYER, NOW, misses)
