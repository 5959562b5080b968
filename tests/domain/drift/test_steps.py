"""The steps of a line side by side, in figures; and how far a rounded price of a unit excuses a sum."""

from decimal import Decimal
from uuid import UUID

import pytest
from drift_documents import itemised, sold_of, stated
from msgspec.structs import replace
from pricing_worlds import BRAND, discounts, line, terms

from b2b_dvizhenie.domain.drift import DriftKind, ErpDiscount, ErpLine, Pair, SoldLine, Step, compare_line
from b2b_dvizhenie.domain.pricing import Effect, Group, Kind, Limits, Rule, Strategy, explanation_of, quote_line
from b2b_dvizhenie.domain.shared.money import RoundingPolicy

FIRST, SECOND = UUID(int=1), UUID(int=2)


def D(text: str) -> Decimal:  # noqa: N802 - figures are read in columns
    return Decimal(text)


def sold(price: str, quantity: str, *percents: str, limits: Limits | None = None, **group: object) -> SoldLine:
    rules = tuple(
        Rule(UUID(int=place), Kind.BRAND, Effect.PERCENT, Decimal(percent), brand_id=BRAND, order=place)
        for place, percent in enumerate(percents, 1)
    )
    tree = Group(UUID(int=99), rules, **{"strategy": Strategy.SUM, "cap_percent": None, **group})  # type: ignore[arg-type]
    priced = line(Decimal(price), Decimal(quantity), **({"limits": limits} if limits else {}))
    return sold_of(explanation_of(quote_line(terms(), priced, discounts(tree)), "RUB"))


def found(ours: SoldLine, theirs: ErpLine) -> tuple[DriftKind, Step, int, Decimal]:
    one = compare_line(ours, theirs, "RUB")
    assert one is not None
    return one.kind, one.diverging.step, one.first, one.difference


def test_the_steps_of_a_line_stand_in_their_order() -> None:
    ours = sold("100", "10", "10", "5")
    assert (ours.amount, ours.vat_amount) == (850, D("153.28"))
    theirs = replace(
        itemised(ours),
        discounts=(ErpDiscount("Своя", D("5"), D("50")),),
        amount=D("950"),
        vat_amount=D("171.31"),
    )
    one = compare_line(ours, theirs, "RUB")
    assert one is not None
    assert one.pairs == (
        Pair(Step.QUANTITY, D("10"), D("10")),
        Pair(Step.BASE, D("100"), D("100")),
        Pair(Step.DISCOUNT, D("100"), None, FIRST, "", D("10"), None),
        Pair(Step.DISCOUNT, D("50"), D("50"), SECOND, "Своя", D("5"), D("5")),
        Pair(Step.PRICE, D("85"), D("95")),
        Pair(Step.AMOUNT, D("850"), D("950")),
        Pair(Step.VAT, D("153.28"), D("171.31"), our_percent=D("22"), their_percent=D("22")),
    )
    assert (one.kind, one.first, one.difference) == (DriftKind.DISCOUNT_MISSING, 2, 100)
    assert (one.position, one.article, one.name) == (1, "A-1", "Goods 1")


def test_a_percent_without_a_sum_is_the_same_discount_and_vat_stands_where_it_is_said() -> None:
    ours = sold("100", "10", "10")
    theirs = replace(itemised(ours), discounts=(ErpDiscount("Своя", D("10")),), amount=D("905"), vat_amount=None)
    one = compare_line(ours, theirs, "RUB")
    assert one is not None
    assert one.pairs[2] == Pair(Step.DISCOUNT, D("100"), D("100"), FIRST, "Своя", D("10"), D("10"))
    assert one.pairs[-1] == Pair(Step.VAT, ours.vat_amount, None, our_percent=D("22"), their_percent=D("22"))
    assert (one.kind, one.diverging.step) == (DriftKind.AMOUNT, Step.AMOUNT)
    silent = compare_line(ours, replace(theirs, vat_rate=None), "RUB")
    assert silent is not None
    assert silent.pairs[-1].step is Step.AMOUNT
    only_sum = compare_line(ours, replace(theirs, vat_rate=None, vat_amount=D("1")), "RUB")
    assert only_sum is not None
    assert only_sum.pairs[-1].step is Step.VAT


@pytest.mark.parametrize(
    ("ours", "taken"),
    [
        (sold("100", "10", "10", "5", cap_percent=Decimal(12)), "120"),
        (sold("100", "10", "10", "5", limits=Limits(floor=Decimal(88))), "120"),
    ],
    ids=["capped", "held"],
)
def test_what_a_limit_left_is_a_step_of_its_own(ours: SoldLine, taken: str) -> None:
    assert ours.amount == 880
    theirs = replace(itemised(ours), amount=D("850"))
    one = compare_line(ours, theirs, "RUB")
    assert one is not None
    assert one.diverging == Pair(Step.LIMIT, D(taken), D("150"))
    assert found(ours, replace(stated(ours), price=D("85"), amount=D("850")))[:2] == (DriftKind.LIMIT, Step.LIMIT)
    free = compare_line(sold("100", "10", "10"), replace(stated(sold("100", "10", "10")), amount=D("1")), "RUB")
    assert free is not None
    assert Step.LIMIT not in {pair.step for pair in free.pairs}


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "kind", "step"),
    [
        ("1000", "0.34", "340.00", DriftKind.ROUNDING, Step.AMOUNT),  # 1C keeps prices of two digits
        ("1000", "0.34", "340.01", DriftKind.ROUNDING, Step.AMOUNT),
        ("1000", "0.34", "340.02", DriftKind.AMOUNT, Step.AMOUNT),
        ("1000", "0.34", "329.98", DriftKind.AMOUNT, Step.AMOUNT),
        ("1000", "0.35", "350.00", DriftKind.BASE_PRICE, Step.BASE),
        ("1", "0.34", "0.35", DriftKind.ROUNDING, Step.AMOUNT),
        ("1", "0.34", "0.36", DriftKind.AMOUNT, Step.AMOUNT),
    ],
)
def test_a_rounded_price_excuses_half_a_kopeck_a_unit(
    quantity: str, price: str, amount: str, kind: DriftKind, step: Step
) -> None:
    ours = sold("0.335", quantity)
    theirs = replace(stated(ours), price=D(price), amount=D(amount))
    assert found(ours, theirs) == (kind, step, 1 if step is Step.BASE else 3, D(amount) - ours.amount)


@pytest.mark.parametrize(
    ("price", "amount", "kind", "step"),
    [
        ("9.3333", "93.33", DriftKind.ROUNDING, Step.AMOUNT),
        ("10", "100.01", DriftKind.DISCOUNT_MISSING, Step.DISCOUNT),
        ("11", "110.00", DriftKind.BASE_PRICE, Step.BASE),
        ("9.10", "91.00", DriftKind.AMOUNT, Step.PRICE),
    ],
)
def test_a_bare_sum_is_named_as_far_as_it_goes(price: str, amount: str, kind: DriftKind, step: Step) -> None:
    ours = replace(sold("10", "10", "6.67"), unit_price=D("9.33"))
    assert ours.amount == D("93.33")
    theirs = replace(stated(ours), price=D(price), amount=D(amount))
    if amount == "93.33":
        assert compare_line(ours, theirs, "RUB") is None
        theirs = replace(theirs, amount=D("93.30"))
    assert found(ours, theirs)[:2] == (kind, step)


@pytest.mark.parametrize(("vat", "kind"), [("153.29", DriftKind.ROUNDING), ("153.30", DriftKind.VAT)])
def test_a_kopeck_of_vat_is_rounding_and_more_is_not(vat: str, kind: DriftKind) -> None:
    ours = sold("100", "10", "10", "5")
    one = compare_line(ours, replace(stated(ours), vat_amount=D(vat)), "RUB")
    assert one is not None
    assert (one.kind, one.diverging.step, one.difference) == (kind, Step.VAT, D(vat) - D("153.28"))


def test_goods_without_vat_are_not_those_at_another_rate() -> None:
    ours = replace(sold("100", "10"), vat_rate=None, vat_amount=D("0"))
    assert compare_line(ours, replace(stated(ours), vat_rate=D("0")), "RUB") is None
    assert found(ours, replace(stated(ours), vat_rate=D("22")))[:2] == (DriftKind.VAT, Step.VAT)


def test_discounts_that_come_to_the_same_together_are_the_same() -> None:
    """One automatic discount of 15 % for two of ours; what differs then is the last kopeck of the sum."""
    ours = sold("100", "10", "10", "5")
    whole = replace(itemised(ours), discounts=(ErpDiscount("Вместе", D("15"), D("150")),))
    assert compare_line(ours, whole, "RUB") is None
    assert found(ours, replace(whole, amount=D("849.99")))[:2] == (DriftKind.ROUNDING, Step.AMOUNT)


def test_a_kopeck_of_a_discount_is_rounding_where_nothing_else_differs() -> None:
    ours = sold("100", "10", "10", "5")
    penny = (ErpDiscount("D0", D("10"), D("100.01")), ErpDiscount("D1", D("5"), D("50")))
    theirs = replace(itemised(ours), discounts=penny, amount=D("849.99"))
    assert found(ours, theirs)[:3] == (DriftKind.ROUNDING, Step.DISCOUNT, 2)
    both = (penny[0], ErpDiscount("D1", D("4"), D("40")))
    other = replace(itemised(ours), discounts=both, amount=D("859.99"))
    assert found(ours, other)[:3] == (DriftKind.DISCOUNT_OTHER, Step.DISCOUNT, 3)


def test_prices_of_other_digits_are_the_same_base_where_they_come_to_the_same() -> None:
    """33.335 and 33.34 of one unit come to the same kopeck; of three they do not."""
    ours = sold("33.335", "1", "10")
    theirs = replace(itemised(ours), price=D("33.34"), discounts=(), amount=D("33.34"))
    assert found(ours, replace(theirs, discounts=(ErpDiscount("D", D("5"), D("1.67")),), amount=D("31.67")))[:2] == (
        DriftKind.DISCOUNT_OTHER,
        Step.DISCOUNT,
    )
    three = sold("33.335", "3", "10")
    dearer = replace(itemised(three), price=D("33.34"), amount=three.amount + D("0.01"))
    assert found(three, dearer)[:2] == (DriftKind.ROUNDING, Step.BASE)
    exact = replace(itemised(three), discounts=(ErpDiscount("D", D("5"), D("5")),), amount=D("95.01"))
    assert found(three, exact)[:2] == (DriftKind.DISCOUNT_OTHER, Step.DISCOUNT)


def test_a_discount_of_nothing_is_no_discount() -> None:
    ours = sold("100", "10", "10")
    nothing = ErpDiscount("Пустая", D("0"), D("0"))
    extra = ErpDiscount("Своя", D("0.1"), D("1"))
    on_top = replace(stated(ours), discounts=(nothing, extra), amount=D("899"))
    assert found(ours, on_top)[:3] == (DriftKind.DISCOUNT_EXTRA, Step.DISCOUNT, 4)
    empty = replace(stated(ours), discounts=(nothing,), amount=D("899"))
    assert found(ours, empty)[:2] == (DriftKind.BASE_PRICE, Step.BASE)
    beside = replace(itemised(ours), discounts=(*itemised(ours).discounts, nothing, extra), amount=D("899"))
    assert found(ours, beside)[:3] == (DriftKind.DISCOUNT_EXTRA, Step.DISCOUNT, 4)
    free = sold("0.10", "1", "1")
    assert free.amount == D("0.10")
    assert found(free, replace(stated(free), amount=D("0.08"), discounts=(ErpDiscount("Своя", D("20"), D("0.02")),)))[
        :2
    ] == (DriftKind.DISCOUNT_OTHER, Step.DISCOUNT)


@pytest.mark.parametrize("taken", ["120", "150", "150.01"])
def test_a_cap_without_the_floor_and_neither_are_both_limits(taken: str) -> None:
    ours = sold("100", "10", "10", "5", cap_percent=Decimal(12), limits=Limits(floor=Decimal(89)))
    assert ours.amount == 890
    theirs = replace(itemised(ours), discounts=(ErpDiscount("D", None, D(taken)),), amount=1000 - D(taken))
    assert found(ours, theirs)[:2] == (DriftKind.LIMIT, Step.LIMIT)
    other = replace(itemised(ours), discounts=(ErpDiscount("D", None, D("131")),), amount=D("869"))
    assert found(ours, other)[:2] == (DriftKind.DISCOUNT_OTHER, Step.DISCOUNT)


def test_a_sum_off_a_unit_has_no_percent_to_compare() -> None:
    rule = Rule(FIRST, Kind.BRAND, Effect.AMOUNT, D("3.333"), brand_id=BRAND)
    ours = sold_of(
        explanation_of(quote_line(terms(), line(D("100"), D("1")), discounts(Group(SECOND, (rule,)))), "RUB")
    )
    assert ours.amount == D("96.67")
    theirs = replace(itemised(ours), discounts=(ErpDiscount("D", D("3.34"), D("3.34")),), amount=D("96.66"))
    assert found(ours, theirs)[:2] == (DriftKind.ROUNDING, Step.DISCOUNT)
    percent = sold("100", "1", "3.33")
    other = replace(itemised(percent), discounts=(ErpDiscount("D", D("3.34"), D("3.34")),), amount=D("96.66"))
    assert found(percent, other)[:2] == (DriftKind.DISCOUNT_OTHER, Step.DISCOUNT)


def test_discounts_of_a_unit_are_compared_as_those_of_the_line() -> None:
    """Under `UNIT_THEN_LINE` the explanation counts one unit, the document the line."""
    rule = Rule(FIRST, Kind.BRAND, Effect.PERCENT, D("10"), brand_id=BRAND)
    policy = terms(RoundingPolicy.UNIT_THEN_LINE)
    ours = sold_of(
        explanation_of(quote_line(policy, line(D("33.335"), D("3")), discounts(Group(SECOND, (rule,)))), "RUB")
    )
    assert ours.amount == 90
    theirs = replace(stated(ours), price=D("33.34"), discounts=(ErpDiscount("D", D("5"), D("5")),), amount=D("95.02"))
    one = compare_line(ours, theirs, "RUB")
    assert one is not None
    assert one.diverging == Pair(Step.DISCOUNT, D("10.00"), D("5"), FIRST, "D", D("10"), D("5"))
    forgotten = replace(stated(ours), price=D("33.34"), amount=D("100.02"))
    assert found(ours, forgotten)[:2] == (DriftKind.DISCOUNT_MISSING, Step.DISCOUNT)
    each = replace(stated(ours), amount=D("90.01"))
    assert found(ours, each)[:2] == (DriftKind.ROUNDING, Step.AMOUNT)
