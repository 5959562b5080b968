"""Accepting an order: checks, consent, and what counts as shown (DESIGN §6.6, reliability.md P5)."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.ordering import (
    Accepted,
    CartEntry,
    Consent,
    Draft,
    DraftLine,
    Goods,
    OrderPolicy,
    PriceChanged,
    PutMode,
    Refused,
    Seen,
    StockPolicy,
    after_putting,
    after_showing,
    combined,
    decide,
    is_rise,
    lines_of,
    merged,
    price_version,
    seen_now,
)
from b2b_dvizhenie.domain.pricing import LineInput, LineQuote, PricePoint, quote_line
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId, ProductId, VariantId
from b2b_dvizhenie.domain.shared.quantity import QuantityInvalid, QuantityRule

TYPE = PriceTypeId(UUID(int=1))
SOURCE = UUID(int=9)
TERMS = Terms(CompanyId(UUID(int=2)), None, TYPE)
ANY_QUANTITY = QuantityRule(Decimal("0.001"))
prices = st.decimals(min_value="0.0001", max_value=1000, places=4)
quantities = st.decimals(min_value="0.001", max_value=1000, places=3)


def variant(number: int) -> VariantId:
    return VariantId(UUID(int=100 + number))


def line(
    number: int = 0,
    price: str | Decimal | None = "100",
    quantity: str | Decimal = "1",
    *,
    seen: Seen | None = None,
    rule: QuantityRule = ANY_QUANTITY,
    orderable: bool = True,
    source: UUID = SOURCE,
    available: str | None = None,
) -> DraftLine:
    goods = Goods(
        variant(number),
        ProductId(variant(number)),
        source,
        f"Goods {number}",
        f"A{number}",
        rule=rule,
        vat_rate=Decimal(22),
        is_orderable=orderable,
        available=None if available is None else Decimal(available),
    )
    points = () if price is None else (PricePoint(TYPE, Decimal(price), "RUB"),)
    quote = quote_line(TERMS, LineInput(goods.variant_id, Decimal(quantity), points))
    return DraftLine(f"lines.{number}", goods, Decimal(quantity), quote, seen)


def shown(quote: LineQuote) -> Seen | None:
    return seen_now(quote.unit_price, quote.amount, "RUB")


def draft(*lines: DraftLine) -> Draft:
    return Draft(TERMS, lines)


ANY = Consent(any_price=True)


@pytest.mark.parametrize(
    ("lines", "policy", "told"),
    [
        ((), OrderPolicy(), {("ordering.cart_empty", "")}),
        ((line(orderable=False),), OrderPolicy(), {("ordering.not_on_sale", "lines.0.variant_id")}),
        ((line(price=None),), OrderPolicy(), {("ordering.no_price", "lines.0.variant_id")}),
        (
            (line(quantity="5", rule=QuantityRule(Decimal(4))),),
            OrderPolicy(),
            {("shared.quantity_not_multiple", "lines.0.quantity")},
        ),
        ((line(), line(1)), OrderPolicy(max_lines=1), {("ordering.too_many_lines", "")}),
        ((line(), line(1, source=UUID(int=8))), OrderPolicy(), {("ordering.other_source", "lines.1.variant_id")}),
        ((line(),), OrderPolicy(minimum_amount=Decimal("100.01")), {("ordering.below_minimum", "")}),
        (
            (line(quantity="3", available="2"),),
            OrderPolicy(stock=StockPolicy.WITHIN_STOCK),
            {("ordering.not_enough_stock", "lines.0.quantity")},
        ),
        ((line(price="1e9", quantity="1e7"),), OrderPolicy(), {("ordering.amount_too_large", "")}),
    ],
)
def test_each_check_refuses_by_field(
    lines: tuple[DraftLine, ...], policy: OrderPolicy, told: set[tuple[str, str]]
) -> None:
    outcome = decide(draft(*lines), policy, ANY)
    assert isinstance(outcome, Refused)
    assert {(reason.code, reason.field) for reason in outcome.reasons} == told


def test_stock_is_no_reason_unless_the_seller_says_so() -> None:
    assert decide(draft(line(quantity="3", available="0")), OrderPolicy(), ANY) == Accepted()


@given(prices, prices, quantities)
def test_nothing_is_charged_above_what_was_shown_without_consent(old: Decimal, new: Decimal, quantity: Decimal) -> None:
    seen = shown(line(price=old, quantity=quantity).quote)
    one = draft(line(price=new, quantity=quantity, seen=seen))
    outcome = decide(one, OrderPolicy(), Consent())
    charged = one.lines[0].quote
    assert seen is not None
    assert charged.amount is not None
    assert charged.unit_price is not None
    assert seen.amount is not None
    if isinstance(outcome, Accepted):
        assert charged.amount <= seen.amount
        assert charged.unit_price <= seen.price
    else:
        assert isinstance(outcome, PriceChanged)
        assert charged.amount > seen.amount or charged.unit_price > seen.price
        assert decide(one, OrderPolicy(), Consent(outcome.price_version)) == Accepted()
        assert decide(one, OrderPolicy(), Consent("x" * 32)) == outcome


@given(st.lists(st.tuples(prices, quantities), min_size=1, max_size=5), st.data())
def test_price_version_changes_with_any_cost_and_with_nothing_else(
    priced: list[tuple[Decimal, Decimal]], data: st.DataObject
) -> None:
    lines = [line(index, price, quantity) for index, (price, quantity) in enumerate(priced)]
    version = price_version(draft(*lines))
    assert price_version(draft(*data.draw(st.permutations(lines)))) == version
    index = data.draw(st.integers(0, len(lines) - 1))
    price, quantity = data.draw(prices), data.draw(quantities)
    other = line(index, price, quantity)
    changed = price_version(draft(*lines[:index], other, *lines[index + 1 :]))
    before = lines[index]
    same = (before.quantity, before.quote.unit_price, before.quote.amount) == (
        other.quantity,
        other.quote.unit_price,
        other.quote.amount,
    )
    assert (changed == version) == same


@given(st.lists(prices, min_size=1, max_size=8))
def test_while_a_cart_is_only_looked_at_the_lowest_shown_price_holds(walk: list[Decimal]) -> None:
    """Rises stay marked whatever came in between; what is agreed to silently is never above the lowest shown."""
    seen = None
    lowest = None
    for price in walk:
        now = shown(line(price=price).quote)
        assert now is not None
        seen = after_showing(seen, now)
        lowest = now.price if lowest is None else min(lowest, now.price)
        assert seen is not None
        assert seen.price == lowest


def test_another_currency_cannot_be_compared() -> None:
    rubles, dollars = Seen(Decimal(100), Decimal(100), "RUB"), Seen(Decimal(1), Decimal(1), "USD")
    assert is_rise(rubles, dollars)
    assert after_showing(rubles, dollars) == dollars
    assert after_putting(rubles, dollars, dollars) == dollars


@given(prices, prices, quantities, quantities)
def test_changing_the_quantity_forgets_no_rise(old: Decimal, new: Decimal, few: Decimal, many: Decimal) -> None:
    seen = shown(line(price=old, quantity=few).quote)
    before, now = shown(line(price=new, quantity=few).quote), shown(line(price=new, quantity=many).quote)
    after = after_putting(seen, before, now)
    assert seen is not None
    assert before is not None
    assert now is not None
    assert after is not None
    if is_rise(seen, before):
        assert after.price == seen.price
    else:
        assert after == now


@given(st.lists(st.tuples(st.integers(0, 4), quantities), max_size=12))
def test_merging_adds_up_repeated_goods(asked: list[tuple[int, Decimal]]) -> None:
    entries = merged(CartEntry(variant(number), quantity) for number, quantity in asked)
    assert [entry.variant_id for entry in entries] == list(dict.fromkeys(variant(number) for number, _ in asked))
    assert sum(entry.quantity for entry in entries) == sum(quantity for _, quantity in asked)


def test_merging_stops_at_what_a_quantity_can_be() -> None:
    with pytest.raises(QuantityInvalid):
        merged([CartEntry(variant(0), Decimal(9_999_999))] * 2)


@given(quantities, quantities)
def test_modes(held: Decimal, asked: Decimal) -> None:
    assert combined(PutMode.SET, held, asked) == asked
    assert combined(PutMode.ADD, held, asked) == held + asked
    once = combined(PutMode.AT_LEAST, held, asked)
    assert combined(PutMode.AT_LEAST, once, asked) == once >= max(held, asked)
    assert all(combined(mode, None, asked) == asked for mode in PutMode)


def test_lines_of_an_order_keep_the_moment() -> None:
    one = draft(line(price="33.335", quantity="3"))
    kept = lines_of(one)[0]
    assert (kept.unit_price, kept.amount, kept.vat_amount) == (Decimal("33.34"), Decimal("100.01"), Decimal("18.03"))
    assert kept.explanation["base"]["amount"] == "33.335"
    assert kept.position == 1
