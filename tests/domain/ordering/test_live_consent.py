"""No order has a line dearer than what was shown, agreed to or promised and agreed to, whatever prices do meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import find, given
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from msgspec import Struct

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.ordering import (
    Accepted,
    Consent,
    Draft,
    DraftLine,
    Goods,
    OrderPolicy,
    Seen,
    decide,
    price_version,
    promised,
    seen_now,
)
from b2b_dvizhenie.domain.pricing import (
    LineInput,
    LivePrice,
    PricePoint,
    Promise,
    at_live,
    locked_lines,
    quote_line,
    settled,
)
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId, ProductId, VariantId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy
from b2b_dvizhenie.domain.shared.quantity import QuantityRule

TYPE = PriceTypeId(UUID(int=1))
VARIANT = VariantId(UUID(int=3))
NOW = datetime(2026, 11, 25, tzinfo=UTC)
GOODS = Goods(VARIANT, ProductId(VARIANT), UUID(int=9), "Lamp", "A", rule=QuantityRule(Decimal("0.001")), vat_rate=None)
prices = st.decimals("0.01", 20, places=4)


class Story(Struct, frozen=True):
    """A line from the page to the order: stored price, what was shown, what the ERP told then and tells now."""

    rounding: RoundingPolicy
    quantity: Decimal
    stored: Decimal
    seen: Decimal | None
    then: Decimal | None
    now: Decimal | None
    accepted: Decimal | None
    ticked: bool


stories = st.builds(
    Story,
    st.sampled_from(RoundingPolicy),
    st.decimals("0.001", 1000, places=3),
    prices,
    st.none() | prices,
    st.none() | prices,
    st.none() | prices,
    st.none() | prices,
    st.booleans(),
)


def told(price: Decimal | None) -> LivePrice | None:
    return None if price is None else LivePrice(price, NOW)


def is_fair(story: Story, deciding: Callable[[Draft, OrderPolicy, Consent], object] = decide) -> bool:
    """Whether the order, if it is made, costs no more than the buyer knew and agreed to."""
    terms = Terms(CompanyId(UUID(int=2)), None, TYPE, rounding=story.rounding)
    stored = quote_line(terms, LineInput(VARIANT, story.quantity, (PricePoint(TYPE, story.stored, "RUB"),)))

    def shown(price: Decimal | None) -> Seen | None:
        if price is None:
            return None
        line = at_live(terms, stored, LivePrice(price, NOW))
        return seen_now(line.unit_price, line.amount, "RUB")

    def drafted(live: LivePrice | None, locked: LivePrice | None = None) -> Draft:
        line = settled(terms, stored, live, locked)
        return Draft(terms, (DraftLine("lines.0", GOODS, story.quantity, line, shown(story.seen)),))

    page = drafted(told(story.then))
    promise = Promise(
        *(terms.company_id, None, "RUB", terms.vat_included, NOW + timedelta(minutes=1), price_version(page)),
        locked_lines(line.quote for line in page.lines),
    )
    draft = drafted(told(story.now), told(story.then))
    accepted = {} if story.accepted is None else {VARIANT: Seen(story.accepted, None, "RUB")}
    if story.ticked:
        accepted |= promised(draft, promise)
    consent = Consent(price_version(page) if story.ticked else "", accepted=accepted)
    if not isinstance(deciding(draft, OrderPolicy(), consent), Accepted):
        return True
    line = draft.lines[0].quote
    known = [shown(story.seen)]
    if story.accepted is not None:
        known.append(Seen(story.accepted, None, "RUB"))
    if story.ticked:
        on_page = page.lines[0].quote
        known.append(seen_now(on_page.unit_price, on_page.amount, "RUB"))
    assert line.unit_price is not None
    assert line.amount is not None
    return any(
        one is not None and line.unit_price <= one.price and (one.amount is None or line.amount <= one.amount)
        for one in known
    )


@given(stories)
def test_no_line_is_dearer_than_what_was_shown_or_agreed_to(story: Story) -> None:
    assert is_fair(story)


def test_control_a_shop_that_charges_what_the_erp_tells_is_found_out() -> None:
    def careless(*_: object) -> Accepted:
        return Accepted()

    try:
        find(stories, lambda story: not is_fair(story, careless))
    except NoSuchExample:
        pytest.fail("the property sees no unfair order")
