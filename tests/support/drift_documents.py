"""Orders as they were sold and the documents of an ERP about them, for tests of what is found between the two."""

from decimal import Decimal
from uuid import UUID

from hypothesis import assume
from hypothesis import strategies as st
from msgspec.structs import replace
from pricing_worlds import BRAND, discounts, groups, line, prices, quantities, terms

from b2b_dvizhenie.domain.drift import ErpDiscount, ErpDocument, ErpLine, SoldLine, SoldOrder
from b2b_dvizhenie.domain.pricing import (
    Effect,
    Explanation,
    Group,
    Kind,
    Rule,
    Strategy,
    explanation_of,
    quote_line,
)
from b2b_dvizhenie.domain.shared.ids import OrderId
from b2b_dvizhenie.domain.shared.money import round_money

ORDER = OrderId(UUID(int=77))
PENNY = Decimal("0.01")


def kopecks(amount: Decimal) -> Decimal:
    return round_money(amount, "RUB")


def sold_of(told: Explanation, position: int = 1, ref: str = "g1") -> SoldLine:
    vat = kopecks(told.amount * 22 / 122)
    return SoldLine(
        position=position,
        ref=ref,
        article=f"A-{position}",
        name=f"Goods {position}",
        quantity=told.quantity,
        unit_price=told.unit_price,
        amount=told.amount,
        vat_rate=Decimal(22),
        vat_amount=vat,
        told=told,
    )


def stated(sold: SoldLine) -> ErpLine:
    """The document of an ERP that states the price after discounts and nothing of them."""
    return ErpLine(
        ref=sold.ref,
        article=sold.article,
        name=sold.name,
        quantity=sold.quantity,
        price=sold.unit_price,
        amount=sold.amount,
        vat_rate=sold.vat_rate,
        vat_amount=sold.vat_amount,
    )


def itemised(sold: SoldLine) -> ErpLine:
    """The document of an ERP that states the price before discounts and each of them, as УТ does."""
    told = sold.told
    assert told is not None
    named = tuple(
        ErpDiscount(f"D{place}", one.value if one.effect is Effect.PERCENT else None, one.discount)
        for place, one in enumerate(told.applied)
    )
    return replace(stated(sold), price=told.base.amount, discounts=named)


@st.composite
def explanations(draw: st.DrawFn) -> Explanation:
    """Prices of any tree, as 1C rounds them."""
    found = quote_line(terms(), line(draw(prices), draw(quantities)), discounts(draw(groups())))
    return explanation_of(found, "RUB")


@st.composite
def discounted(draw: st.DrawFn, most: int = 3) -> Explanation:
    """Prices with 1 to `most` percents that take something each, joined in 1C's ways."""
    count = draw(st.integers(1, most))
    values = draw(st.lists(st.decimals(1, 20, places=1), min_size=count, max_size=count, unique=True))
    rules = tuple(
        Rule(UUID(int=place + 1), Kind.BRAND, Effect.PERCENT, value, brand_id=BRAND, order=place)
        for place, value in enumerate(values)
    )
    strategy = draw(st.sampled_from([Strategy.SUM, Strategy.COMPOUND]))
    tree = Group(UUID(int=99), rules, strategy=strategy, cap_percent=None)
    price = draw(st.decimals(10, 10_000, places=2))
    told = explanation_of(quote_line(terms(), line(price, Decimal(draw(st.integers(1, 50)))), discounts(tree)), "RUB")
    assume(all(one.discount > 10 * PENNY for one in told.applied))
    return told


def order_of(*lines: SoldLine) -> SoldOrder:
    return SoldOrder(ORDER, "RUB", True, sum((one.amount for one in lines), Decimal(0)), lines)


def document_of(*lines: ErpLine) -> ErpDocument:
    return ErpDocument(lines, sum((one.amount for one in lines), Decimal(0)))
