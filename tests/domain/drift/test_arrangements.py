"""Lines are compared by goods, however the ERP arranged them; orders without an explanation by what they have."""

from decimal import Decimal
from itertools import permutations
from uuid import UUID

import pytest
from drift_documents import explanations, sold_of
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from b2b_dvizhenie.domain.drift import (
    Comparison,
    DriftKind,
    ErpDiscount,
    ErpDocument,
    ErpLine,
    SoldLine,
    SoldOrder,
    Step,
    Tolerance,
    compare,
    compare_line,
)
from b2b_dvizhenie.domain.pricing import Explanation
from b2b_dvizhenie.domain.shared.ids import OrderId

ORDER = OrderId(UUID(int=77))
ONE, TEN = Decimal(1), Decimal(10)


def sold(position: int, ref: str, quantity: Decimal = TEN, price: Decimal = TEN, variant: str = "") -> SoldLine:
    return SoldLine(
        position=position,
        ref=ref,
        variant_ref=variant,
        article=f"A-{ref}",
        name=f"Goods {ref}",
        quantity=quantity,
        unit_price=price,
        amount=quantity * price,
    )


def held(ref: str, quantity: Decimal = TEN, price: Decimal = TEN, **more: object) -> ErpLine:
    return ErpLine(ref=ref, quantity=quantity, price=price, amount=quantity * price, **more)  # type: ignore[arg-type]


def compared(ours: tuple[SoldLine, ...], *theirs: ErpLine) -> Comparison:
    total = sum((one.amount for one in ours), Decimal(0))
    return compare(SoldOrder(ORDER, "RUB", True, total, ours), ErpDocument(theirs))


def test_a_line_that_the_erp_split_over_two_warehouses_is_one_line() -> None:
    halves = [held("x", Decimal(4)), held("x", Decimal(6))]
    assert compared((sold(1, "x"),), *halves).lines == ()
    dearer = replace(halves[0], price=Decimal(11), amount=Decimal(44))
    found = compared((sold(1, "x"),), dearer, halves[1])
    assert [(one.kind, one.difference) for one in found.lines] == [(DriftKind.BASE_PRICE, 4)]


def test_lines_of_the_same_goods_are_paired_whatever_their_order() -> None:
    ours = (sold(1, "x", ONE), sold(2, "x", TEN), sold(3, "x", ONE, Decimal(7)))
    theirs = [held("x", ONE, Decimal(7)), held("x", TEN, Decimal(12)), held("x", ONE)]
    for arranged in permutations(theirs):
        found = compared(ours, *arranged)
        assert [(one.position, one.kind, one.difference) for one in found.lines] == [(2, DriftKind.BASE_PRICE, 20)]


def test_lines_that_differ_in_their_discounts_alone_are_arranged_too() -> None:
    ours = (sold(1, "x", ONE), sold(2, "x", ONE))
    plain = replace(held("x", ONE, Decimal(9)), amount=Decimal(9))
    named = replace(plain, discounts=(ErpDiscount("D", TEN, ONE),))
    one, other = compared(ours, plain, named), compared(ours, named, plain)
    assert one == other
    assert {line.kind for line in one.lines} == {DriftKind.BASE_PRICE, DriftKind.DISCOUNT_EXTRA}


def test_lines_that_the_erp_joined_are_compared_as_a_whole() -> None:
    ours = (sold(1, "x", ONE), sold(2, "x", TEN))
    assert compared(ours, held("x", Decimal(11))).lines == ()
    dearer, fewer = compared(ours, held("x", Decimal(11), Decimal(11))), compared(ours, held("x"))
    assert [(one.kind, one.diverging.step, one.difference) for one in (*dearer.lines, *fewer.lines)] == [
        (DriftKind.AMOUNT, Step.AMOUNT, 11),
        (DriftKind.QUANTITY, Step.QUANTITY, -10),
    ]


def test_goods_without_a_ref_are_known_by_article_or_name_and_variants_are_goods_of_their_own() -> None:
    ours = (sold(1, "x"), sold(2, "y", variant="red"), sold(3, "y", variant="blue"))
    named = [held("", name="Goods x"), held("y", variant_ref="blue"), held("y", variant_ref="red")]
    assert compared(ours, *named).lines == ()
    assert compared(ours[:1], held("", article="A-x")).lines == ()
    other = compared(ours[:1], held("", name="Goods z"))
    assert [one.kind for one in other.lines] == [DriftKind.LINE_ABSENT, DriftKind.LINE_ADDED]


def test_the_largest_difference_leads_the_kinds() -> None:
    found = compared((sold(1, "x"), sold(2, "y")), held("x", Decimal(9)), held("y", TEN, Decimal(99)))
    assert found.kinds == (DriftKind.BASE_PRICE, DriftKind.QUANTITY)
    assert (found.compared, found.difference) == (2, 880)


def test_an_order_without_an_explanation_is_compared_by_what_it_has() -> None:
    assert compare_line(sold(1, "x"), held("x"), "RUB") is None
    discount = ErpDiscount("Скидка", Decimal(10), TEN)
    less = replace(held("x"), amount=Decimal(90), discounts=(discount,))
    found = compare_line(sold(1, "x"), less, "RUB")
    assert found is not None
    assert (found.kind, found.diverging.title, found.diverging.theirs) == (DriftKind.DISCOUNT_EXTRA, "Скидка", 10)


def test_a_price_that_already_holds_its_discounts_is_told_by_the_sums() -> None:
    """`УчтеноВСумме`: the price may be written after the discounts; that is no other base price."""
    discount = ErpDiscount("Скидка", Decimal(10), TEN)
    inside = ErpLine(ref="x", quantity=TEN, price=Decimal(9), amount=Decimal(90), discounts=(discount,))
    found = compare_line(sold(1, "x"), inside, "RUB")
    assert found is not None
    base = next(pair for pair in found.pairs if pair.step is Step.BASE)
    assert (found.kind, base.theirs, base.difference) == (DriftKind.DISCOUNT_EXTRA, 10, 0)


def test_a_sum_that_is_not_price_times_quantity_is_only_a_sum() -> None:
    found = compare_line(sold(1, "x"), replace(held("x"), amount=Decimal(95)), "RUB")
    assert found is not None
    assert (found.kind, found.diverging.step, found.difference) == (DriftKind.AMOUNT, Step.AMOUNT, -5)


def test_vat_on_top_is_part_of_the_total_and_not_of_the_lines() -> None:
    ours = replace(sold(1, "x"), vat_rate=Decimal(20), vat_amount=Decimal(20))
    order = SoldOrder(ORDER, "RUB", False, Decimal(120), (ours,))
    same = replace(held("x"), vat_rate=Decimal(20), vat_amount=Decimal(20))
    assert compare(order, ErpDocument((same,), Decimal(120))).kinds == ()
    other = replace(same, vat_rate=TEN, vat_amount=TEN)
    found = compare(order, ErpDocument((other,), Decimal(110)))
    assert (found.kinds, found.difference, found.unexplained) == ((DriftKind.VAT,), -10, 0)


def test_sums_that_the_erp_writes_without_vat_are_compared_with_it() -> None:
    ours = replace(sold(1, "x"), vat_rate=Decimal(25), vat_amount=Decimal(20))
    order = SoldOrder(ORDER, "RUB", True, Decimal(100), (ours,))
    bare = replace(held("x", TEN, Decimal(8)), vat_rate=Decimal(25), vat_amount=Decimal(20), vat_included=False)
    assert compare(order, ErpDocument((bare,), Decimal(100))).kinds == ()
    unsaid = compare(order, ErpDocument((replace(bare, vat_included=None),), Decimal(80)))
    assert unsaid.kinds == (DriftKind.BASE_PRICE,)


def test_numbers_beyond_computing_are_an_error_that_callers_can_name() -> None:
    huge = ErpLine(ref="x", quantity=Decimal("1e60"), price=Decimal("1e60"), amount=Decimal("1e60"))
    with pytest.raises(ArithmeticError):
        compared((sold(1, "x"),), huge)
    for amount, fits in ((Decimal("1e14"), True), (Decimal("1e14") + ONE, False)):
        gift = ErpLine(ref="y", quantity=ONE, price=amount, amount=amount)
        theirs = (held("x"), gift)
        if fits:
            assert compared((sold(1, "x"),), *theirs).difference == amount
        else:
            with pytest.raises(OverflowError):
                compared((sold(1, "x"),), *theirs)


numbers = st.one_of(st.sampled_from([Decimal(0), ONE, TEN, Decimal(-1)]), st.decimals(-1000, 1000, places=4))
maybe = st.one_of(st.none(), numbers)
discounts = st.builds(ErpDiscount, st.sampled_from(["", "A"]), maybe, maybe)
lines = st.builds(
    ErpLine,
    ref=st.sampled_from(["x", "y", ""]),
    name=st.sampled_from(["Goods x", ""]),
    quantity=numbers,
    price=numbers,
    amount=numbers,
    discounts=st.lists(discounts, max_size=3).map(tuple),
    vat_rate=maybe,
    vat_amount=maybe,
    vat_included=st.sampled_from([None, True, False]),
)


@given(explanations(), st.lists(lines, max_size=4), maybe)
def test_whatever_the_document_says_it_is_compared_and_adds_up(
    told: Explanation, theirs: list[ErpLine], total: Decimal | None
) -> None:
    ours = (replace(sold_of(told), ref="x"), sold(2, "y"), sold(3, "y", ONE))
    order = SoldOrder(ORDER, "RUB", True, sum((one.amount for one in ours), Decimal(0)), ours)
    found = compare(order, ErpDocument(tuple(theirs), total))
    for one in found.lines:
        assert 0 <= one.first < len(one.pairs)
    assert found == compare(order, ErpDocument(tuple(reversed(theirs)), total))
    assert (found.kinds == ()) == (not found.lines and not found.unexplained)


@pytest.mark.parametrize(
    ("currency", "more", "kinds"),
    [
        ("RUB", "0.02", ()),
        ("RUB", "-0.02", ()),
        ("RUB", "0.03", (DriftKind.TOTAL,)),
        ("JPY", "2", ()),
        ("JPY", "3", (DriftKind.TOTAL,)),
    ],
)
def test_pennies_of_a_total_are_forgiven_in_the_currencys_own(
    currency: str, more: str, kinds: tuple[DriftKind, ...]
) -> None:
    order = SoldOrder(ORDER, currency, True, Decimal(100), (sold(1, "x"),))
    found = compare(order, ErpDocument((held("x"),), Decimal(100) + Decimal(more)), Tolerance(1, 2))
    assert found.kinds == kinds
    assert found.difference == Decimal(more)


def test_sums_that_the_erp_writes_with_vat_are_compared_without_it() -> None:
    ours = replace(sold(1, "x"), vat_rate=Decimal(20), vat_amount=Decimal(20))
    order = SoldOrder(ORDER, "RUB", False, Decimal(120), (ours,))
    discount = ErpDiscount("D", Decimal(50), Decimal(120))
    gross = replace(
        held("x", TEN, Decimal(24), discounts=(discount,)),
        amount=Decimal(120),
        vat_rate=Decimal(20),
        vat_amount=Decimal(20),
        vat_included=True,
    )
    assert compare(order, ErpDocument((gross,), Decimal(120))).kinds == ()
    (line,) = compare(order, ErpDocument((replace(gross, amount=Decimal(114), vat_amount=Decimal(19)),))).lines
    assert (line.kind, line.difference) == (DriftKind.BASE_PRICE, Decimal(-5))
    base = next(pair for pair in line.pairs if pair.step is Step.BASE)
    assert base.theirs == Decimal(20)
