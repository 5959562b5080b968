"""Moonshot 4: whatever one step is planted in a document that otherwise counts as we do, exactly that step is named."""

from decimal import Decimal
from random import Random
from uuid import UUID

from drift_documents import PENNY, discounted, document_of, explanations, itemised, kopecks, order_of, sold_of, stated
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace
from pricing_worlds import BRAND, discounts, line, terms

from b2b_dvizhenie.domain.drift import (
    DriftKind,
    ErpDiscount,
    ErpDocument,
    ErpLine,
    Step,
    Tolerance,
    compare,
    compare_line,
)
from b2b_dvizhenie.domain.pricing import (
    Explanation,
    Group,
    Kind,
    Limits,
    Rule,
    Strategy,
    explanation_of,
    quote_line,
)
from b2b_dvizhenie.domain.shared.money import RoundingPolicy


@given(st.lists(explanations(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_equal_documents_have_no_drift_however_they_are_written_and_arranged(
    told: list[Explanation], random: Random
) -> None:
    sold = [sold_of(one, place, f"g{place}") for place, one in enumerate(told, 1)]
    for spelling in (stated, itemised):
        lines = [spelling(one) for one in sold]
        random.shuffle(lines)
        found = compare(order_of(*sold), document_of(*lines))
        assert (found.lines, found.kinds, found.difference, found.within) == ((), (), 0, 0)


@given(explanations(), st.decimals(1, 1000, places=2))
def test_another_base_price_is_named_with_both_prices(told: Explanation, dearer: Decimal) -> None:
    sold = sold_of(told)
    theirs = itemised(sold)
    price = told.base.amount + dearer
    more = kopecks(price * sold.quantity) - kopecks(told.base.amount * sold.quantity)
    assume(more != 0)
    found = compare_line(sold, replace(theirs, price=price, amount=theirs.amount + more), "RUB")
    assert found is not None
    assert (found.kind, found.diverging.step) == (DriftKind.BASE_PRICE, Step.BASE)
    assert (found.diverging.ours, found.difference) == (told.base.amount, more)


@given(discounted(), st.data())
def test_a_missing_discount_is_named(told: Explanation, data: st.DataObject) -> None:
    sold = sold_of(told)
    theirs = itemised(sold)
    gone = data.draw(st.integers(0, len(told.applied) - 1))
    lost = told.applied[gone]
    kept = tuple(one for place, one in enumerate(theirs.discounts) if place != gone)
    amount = sold.amount + lost.discount
    found = compare_line(sold, replace(theirs, discounts=kept, amount=amount), "RUB")
    assert found is not None
    assert found.diverging.rule_id == lost.rule_id
    assert (found.kind, found.difference) == (DriftKind.DISCOUNT_MISSING, lost.discount)


@given(discounted(), st.data())
def test_a_discount_missing_from_a_bare_sum_is_found_by_what_the_sum_would_be(
    told: Explanation, data: st.DataObject
) -> None:
    """The document states a price and a sum; 1C took all discounts but one, from what was left where they stack."""
    sold = sold_of(told)
    gone = data.draw(st.integers(0, len(told.applied) - 1))
    stacks = any(one.remainder != told.applied[0].remainder for one in told.applied)
    left = base = told.base_amount
    for place, one in enumerate(told.applied):
        if place != gone:
            left -= kopecks((left if stacks else base) * one.value / 100)
    theirs = replace(stated(sold), price=kopecks(left / sold.quantity), amount=left)
    found = compare_line(sold, theirs, "RUB")
    assert found is not None
    assert (found.kind, found.diverging.rule_id) == (DriftKind.DISCOUNT_MISSING, told.applied[gone].rule_id)


@given(discounted(), st.decimals(1, 5, places=1), st.data())
def test_another_percent_is_named_with_both_percents(told: Explanation, more: Decimal, data: st.DataObject) -> None:
    sold = sold_of(told)
    theirs = itemised(sold)
    place = data.draw(st.integers(0, len(told.applied) - 1))
    own = told.applied[place]
    percent = own.value + more
    assume(all(one.value != percent for one in told.applied))
    other = kopecks(own.remainder * percent / 100)
    assume(other > own.discount + PENNY)
    changed = list(theirs.discounts)
    changed[place] = ErpDiscount("other", percent, other)
    amount = sold.amount - other + own.discount
    found = compare_line(sold, replace(theirs, discounts=tuple(changed), amount=amount), "RUB")
    assert found is not None
    assert (found.kind, found.diverging.rule_id) == (DriftKind.DISCOUNT_OTHER, own.rule_id)
    assert (found.diverging.our_percent, found.diverging.their_percent) == (own.value, percent)


@given(discounted(), st.decimals("21.5", 30, places=1))
def test_a_discount_that_only_the_erp_has_is_named(told: Explanation, percent: Decimal) -> None:
    sold = sold_of(told)
    theirs = itemised(sold)
    extra = min(kopecks(told.base_amount * percent / 100), sold.amount)
    named = (*theirs.discounts, ErpDiscount("Акция", percent, extra))
    found = compare_line(sold, replace(theirs, discounts=named, amount=sold.amount - extra), "RUB")
    assert found is not None
    assert (found.kind, found.diverging.title) == (DriftKind.DISCOUNT_EXTRA, "Акция")
    assert (found.diverging.ours, found.difference) == (None, -extra)


@given(discounted(), st.decimals(1, 30, places=1))
def test_a_discount_on_top_of_our_price_is_extra_and_no_other_base_price(told: Explanation, percent: Decimal) -> None:
    """1C loads an order at the price sold, discounts inside it, and then its automatic discounts strike."""
    sold = sold_of(told)
    extra = kopecks(sold.amount * percent / 100)
    assume(extra > 0)
    named = (ErpDiscount("Автоматическая", percent, extra),)
    theirs = replace(stated(sold), price=told.amount / told.quantity, discounts=named, amount=sold.amount - extra)
    found = compare_line(sold, theirs, "RUB")
    assert found is not None
    assert (found.kind, found.diverging.title) == (DriftKind.DISCOUNT_EXTRA, "Автоматическая")
    assert [pair.theirs for pair in found.pairs if pair.step is Step.BASE] == [None]


@given(discounted(most=2))
def test_the_same_percents_joined_otherwise_are_told_from_other_percents(told: Explanation) -> None:
    assume(len(told.applied) == 2)
    sold = sold_of(told)
    first, second = told.applied
    stacks = second.remainder != first.remainder
    other = kopecks((told.base_amount if stacks else told.base_amount - first.discount) * second.value / 100)
    assume(abs(other - second.discount) > PENNY)
    named = (
        ErpDiscount("D1", first.value, first.discount),
        ErpDiscount("D2", second.value, other),
    )
    amount = told.base_amount - first.discount - other
    found = compare_line(sold, replace(itemised(sold), discounts=named, amount=amount), "RUB")
    assert found is not None
    assert (found.kind, found.diverging.rule_id) == (DriftKind.JOINING, second.rule_id)


@given(explanations(), st.integers(1, 5))
def test_another_quantity_comes_before_everything(told: Explanation, more: int) -> None:
    sold = sold_of(told)
    quantity = sold.quantity + more
    theirs = replace(stated(sold), quantity=quantity, price=Decimal(1), amount=quantity, vat_rate=Decimal(0))
    found = compare_line(sold, theirs, "RUB")
    assert found is not None
    assert (found.kind, found.first, found.diverging.difference) == (DriftKind.QUANTITY, 0, more)


@given(explanations(), st.sampled_from([Decimal(0), Decimal(10), Decimal(20)]))
def test_another_vat_is_drift_although_the_sum_is_the_same(told: Explanation, rate: Decimal) -> None:
    sold = sold_of(told)
    vat = kopecks(sold.amount * rate / (100 + rate))
    found = compare_line(sold, replace(stated(sold), vat_rate=rate, vat_amount=vat), "RUB")
    assert found is not None
    assert (found.kind, found.diverging.step) == (DriftKind.VAT, Step.VAT)
    assert found.difference == vat - sold.vat_amount


@given(discounted(), st.sampled_from([RoundingPolicy.LINE_ONCE, RoundingPolicy.UNIT_THEN_LINE]))
def test_another_rounding_of_the_same_discounts_is_named(told: Explanation, policy: RoundingPolicy) -> None:
    sold = sold_of(told)
    rules = tuple(
        Rule(one.rule_id, Kind.BRAND, one.effect, one.value, brand_id=BRAND, order=place)
        for place, one in enumerate(told.applied)
    )
    stacks = any(one.remainder != told.applied[0].remainder for one in told.applied)
    tree = Group(UUID(int=99), rules, strategy=Strategy.COMPOUND if stacks else Strategy.SUM, cap_percent=None)
    other = quote_line(terms(policy), line(told.base.amount, told.quantity), discounts(tree))
    assert other.amount is not None
    assert other.unit_price is not None
    assume(other.amount != sold.amount)
    found = compare_line(sold, replace(stated(sold), price=other.unit_price, amount=other.amount), "RUB")
    assert found is not None
    assert (found.kind, found.diverging.step) == (DriftKind.ROUNDING, Step.AMOUNT)


@given(discounted(most=1), st.decimals("0.1", "0.9", places=1))
def test_a_floor_that_only_we_hold_is_named(told: Explanation, part: Decimal) -> None:
    own = told.applied[0]
    rule = Rule(own.rule_id, Kind.BRAND, own.effect, own.value, brand_id=BRAND)
    floor = kopecks((told.base_amount - own.discount * part) / told.quantity)
    priced = line(told.base.amount, told.quantity, limits=Limits(floor=floor))
    held = explanation_of(quote_line(terms(), priced, discounts(Group(UUID(int=99), (rule,)))), "RUB")
    assume(held.limit is not None and held.amount != told.amount)
    sold = sold_of(held)
    for theirs in (
        replace(itemised(sold), amount=told.amount),
        replace(stated(sold), price=told.unit_price, amount=told.amount),
    ):
        found = compare_line(sold, theirs, "RUB")
        assert found is not None
        assert (found.kind, found.diverging.step) == (DriftKind.LIMIT, Step.LIMIT)


@given(st.lists(explanations(), min_size=2, max_size=4), st.data())
def test_lines_that_only_one_side_has_are_named_and_nothing_else(told: list[Explanation], data: st.DataObject) -> None:
    sold = [sold_of(one, place, f"g{place}") for place, one in enumerate(told, 1)]
    gone = data.draw(st.integers(0, len(sold) - 1))
    kept = [stated(one) for place, one in enumerate(sold) if place != gone]
    gift = ErpLine(ref="other", name="Gift", quantity=Decimal(1), price=Decimal(5), amount=Decimal(5))
    found = compare(order_of(*sold), document_of(*kept, gift))
    assert [(one.kind, one.position) for one in found.lines] == [
        (DriftKind.LINE_ABSENT, gone + 1),
        (DriftKind.LINE_ADDED, None),
    ]
    assert [one.difference for one in found.lines] == [-sold[gone].amount, 5]
    assert found.difference == Decimal(5) - sold[gone].amount


@given(explanations(), st.decimals("0.01", 1000, places=2))
def test_a_total_that_the_lines_do_not_make_is_drift_of_the_document(told: Explanation, more: Decimal) -> None:
    sold = sold_of(told)
    found = compare(order_of(sold), ErpDocument((stated(sold),), sold.amount + more))
    assert (found.lines, found.kinds, found.unexplained) == ((), (DriftKind.TOTAL,), more)
    assert compare(order_of(sold), ErpDocument((stated(sold),))).kinds == ()


@given(st.lists(discounted(), min_size=2, max_size=4))
def test_pennies_that_the_erp_spread_over_the_document_are_forgiven_together_or_not_at_all(
    told: list[Explanation],
) -> None:
    sold = [sold_of(one, place, f"g{place}") for place, one in enumerate(told, 1)]
    lines = [itemised(one) for one in sold]
    first, second, *rest = lines
    moved = [replace(first, amount=first.amount + PENNY), replace(second, amount=second.amount - PENNY), *rest]
    spread = compare(order_of(*sold), document_of(*moved), Tolerance(1, 0))
    assert (spread.lines, spread.within) == ((), 2)
    assert [one.kind for one in compare(order_of(*sold), document_of(*moved)).lines] == [DriftKind.ROUNDING] * 2
    uneven = [replace(first, amount=first.amount + PENNY), second, *rest]
    found = compare(order_of(*sold), document_of(*uneven), Tolerance(1, 0))
    assert [one.kind for one in found.lines] == [DriftKind.ROUNDING]
    assert (found.difference, found.within) == (PENNY, 0)
