"""What a live answer means for a quote, and a price that is promised (LIV-3, LIV-4)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.ordering import MAX_LINES
from b2b_dvizhenie.domain.pricing import (
    MAX_ASKED,
    AskedLine,
    LineInput,
    LivePrice,
    LiveRefused,
    PricePoint,
    Promise,
    Question,
    Told,
    ToldLine,
    explanation_of,
    heard,
    locked_lines,
    quote,
    quote_line,
    replay,
    settled,
    with_live,
)
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId, VariantId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy, round_money

OWN = PriceTypeId(UUID(int=1))
VARIANT = VariantId(UUID(int=9))
NOW = datetime(2026, 11, 25, 10, 5, tzinfo=UTC)

quantities = st.decimals("0.001", 10_000, places=3)
prices = st.decimals("0.01", 1_000_000, places=4)
terms_of_any = st.builds(
    Terms,
    company_id=st.just(CompanyId(UUID(int=5))),
    agreement_id=st.none(),
    price_type_id=st.just(OWN),
    rounding=st.sampled_from(RoundingPolicy),
)
TERMS = Terms(CompanyId(UUID(int=5)), None, OWN)


def line_of(terms: Terms, quantity: Decimal, stored: Decimal | None) -> LineInput:
    points = () if stored is None else (PricePoint(OWN, stored, terms.currency),)
    return LineInput(VARIANT, quantity, points)


def question(count: int = 3) -> Question:
    lines = tuple(AskedLine(VariantId(UUID(int=n)), Decimal(1), f"good {n}", "") for n in range(count))
    return Question("q", "company", "7707083893", "", "retail", "", "RUB", vat_included=True, lines=lines)


def answer(asked: Question, *told: str) -> Told:
    lines = (
        ToldLine(number, line.product_ref, line.variant_ref, Decimal(price))
        for (number, line), price in zip(enumerate(asked.lines, 1), told, strict=True)
    )
    return Told(asked.request_id, asked.company_ref, asked.inn, tuple(lines))


@given(terms_of_any, quantities, st.none() | prices, st.none() | prices, st.none() | prices)
def test_a_settled_line_is_the_lowest_word_of_the_erp_and_replays(
    terms: Terms, quantity: Decimal, stored: Decimal | None, live: Decimal | None, locked: Decimal | None
) -> None:
    before = quote_line(terms, line_of(terms, quantity, stored))
    told = None if live is None else LivePrice(live, NOW)
    promised = None if locked is None else LivePrice(locked, NOW)
    line = settled(terms, before, told, promised)
    words = [word for word in (live, locked) if word is not None]
    if not words:
        assert line == before
        return
    assert line.unit_price == round_money(min(words), terms.currency)
    assert line.live is not None
    assert line.live.how == ("told" if live is not None and live == min(words) else "locked")
    assert (line.live.unit_price, line.live.amount) == (before.unit_price, before.amount)
    assert replay(explanation_of(line, terms.currency)) == (line.unit_price, line.amount)
    if locked is not None:
        kept = settled(terms, before, None, promised)
        assert line.amount is not None
        assert kept.amount is not None
        assert line.amount <= kept.amount, "a promise is kept, whatever the ERP tells by then"


def test_a_quote_sums_what_was_settled() -> None:
    two = (line_of(TERMS, Decimal(2), Decimal(10)), line_of(TERMS, Decimal(3), Decimal(10)))
    live = {(VARIANT, Decimal(3)): LivePrice(Decimal("9.99"), NOW)}
    quoted = with_live(TERMS, quote(TERMS, two, NOW), live)
    assert quoted.amount == Decimal("49.97")
    assert [line.live is None for line in quoted.lines] == [True, False], "a price is for the quantity it was told for"


def test_a_whole_cart_is_one_question() -> None:
    assert MAX_ASKED == MAX_LINES


def test_what_is_believed() -> None:
    asked = question()
    told = answer(asked, "10", "0.0125", "99999999999999.9999")
    assert list(heard(asked, told).values()) == [Decimal(10), Decimal("0.0125"), Decimal("99999999999999.9999")]
    assert heard(asked, replace(told, lines=told.lines[1:])) == {
        (asked.lines[number].variant_id, Decimal(1)): told.lines[number].price for number in (1, 2)
    }
    assert list(heard(asked, answer(asked, "10", "20", "1e14")).values())[2] == Decimal("1e14"), "the most money can be"
    first_unknown = replace(told, lines=(replace(told.lines[0], price=None, error="not_found"), *told.lines[1:]))
    assert len(heard(asked, first_unknown)) == 2, "a line without a price says nothing of the next"
    unknown = tuple(replace(line, price=None, error="not_found") for line in told.lines)
    assert heard(asked, replace(told, lines=unknown)) == {}


@pytest.mark.parametrize(
    "price", ["NaN", "sNaN", "Infinity", "-Infinity", "-1", "0", "0.00001", "0.001", "1e15", "1e400"]
)
def test_a_price_that_makes_no_sense_leaves_its_line_only(price: str) -> None:
    asked = question()
    found = heard(asked, answer(asked, "10", price, "30"))
    assert list(found.values()) == [Decimal(10), Decimal(30)]
    with pytest.raises(LiveRefused, match="prices"):
        heard(question(1), answer(question(1), price))


def test_an_answer_about_something_else_is_refused_whole() -> None:
    asked = question()
    told = answer(asked, "1", "2", "3")
    first = told.lines[0]
    others = {
        "request": replace(told, request_id="p"),
        "company": replace(told, company_ref="another"),
        "goods": replace(told, lines=(*told.lines[:2], replace(told.lines[2], product_ref="good 0"))),
        "line": replace(told, lines=(*told.lines, first)),
    }
    for reason, lie in others.items():
        with pytest.raises(LiveRefused, match=reason):
            heard(asked, lie)
    for number in (0, -1, 4):
        with pytest.raises(LiveRefused, match="line"):
            heard(asked, replace(told, lines=(replace(first, number=number),)))
    by_inn = replace(asked, company_ref="")
    assert len(heard(by_inn, told)) == 3
    with pytest.raises(LiveRefused, match="company"):
        heard(by_inn, replace(told, inn="7736050003"))
    for odd in (replace(first, currency="USD"), replace(first, vat_included=False)):
        assert len(heard(asked, replace(told, lines=(odd, *told.lines[1:])))) == 2, "other money is no price here"


anything = st.decimals() | st.none()
texts = st.sampled_from(["good 0", "good 1", "company", "q", ""])
told_lines = st.builds(
    ToldLine, st.integers(-1, 4), texts, st.just(""), anything, texts, st.none() | st.booleans(), texts
)


@given(st.builds(Told, texts, texts, texts, st.lists(told_lines, max_size=4).map(tuple)))
def test_whatever_is_told_gives_prices_of_what_was_asked_or_one_error(told: Told) -> None:
    asked = question()
    try:
        found = heard(asked, told)
    except LiveRefused:
        return
    assert set(found) <= {(line.variant_id, line.quantity) for line in asked.lines}
    assert all(price.is_finite() and round_money(price, "RUB") > 0 for price in found.values())


def test_a_promise_is_for_one_agreement_and_some_minutes() -> None:
    line = settled(TERMS, quote_line(TERMS, line_of(TERMS, Decimal(2), Decimal(10))), LivePrice(Decimal("9.5"), NOW))
    stored = quote_line(TERMS, line_of(TERMS, Decimal(3), Decimal(10)))
    until = NOW + timedelta(minutes=10)
    kept = Promise(TERMS.company_id, None, "RUB", TERMS.vat_included, until, "version", locked_lines([line, stored]))
    assert kept.prices() == {(VARIANT, Decimal(2)): LivePrice(Decimal("9.5"), NOW)}, "stored prices are no promise"
    assert kept.holds_for(TERMS, until - timedelta(microseconds=1))
    assert not kept.holds_for(TERMS, until)
    for other in (
        replace(TERMS, company_id=CompanyId(UUID(int=6))),
        replace(TERMS, currency="USD"),
        replace(TERMS, vat_included=not TERMS.vat_included),
    ):
        assert not kept.holds_for(other, NOW)
