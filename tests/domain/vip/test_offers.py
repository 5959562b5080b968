"""Offers of partners: what is stored, and where an offer stands on a day (VIP-3)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.companies import FieldRequired, TextTooLong, TextUnreadable
from b2b_dvizhenie.domain.shared.errors import Invalid
from b2b_dvizhenie.domain.shared.ids import CompanyId, new_id
from b2b_dvizhenie.domain.vip import (
    NobodyChosen,
    OfferDraft,
    OfferPeriodReversed,
    OfferState,
    checked_offer,
    is_offered,
    state_of_offer,
)

DAY = date(2026, 11, 25)
OURS, OTHERS = CompanyId(new_id()), CompanyId(new_id())
NEAR = st.integers(-3, 3).map(lambda days: DAY + timedelta(days=days))


def offer(**more: object) -> OfferDraft:
    return OfferDraft(**{"partner": "Partner", "title": "Title", "text": "Text"} | more)


def refusals(draft: OfferDraft) -> dict[str | None, type]:
    with pytest.raises(Invalid) as refused:
        checked_offer(draft)
    return {one.field: type(one) for one in refused.value.errors}


def test_lines_of_the_text_stay_and_spaces_do_not() -> None:
    kept = checked_offer(offer(title="  Two   words ", text="first  line\r\n\n second\n"))
    assert (kept.title, kept.text) == ("Two words", "first line\n\nsecond")


def test_every_wrong_field_is_named() -> None:
    wrong = offer(
        partner=" ",
        title="\u202ereversed",
        text="x" * 4001,
        valid_from=DAY,
        valid_to=DAY - timedelta(days=1),
        companies=frozenset(),
    )
    assert refusals(wrong) == {
        "partner": FieldRequired,
        "title": TextUnreadable,
        "text": TextTooLong,
        "valid_to": OfferPeriodReversed,
        "companies": NobodyChosen,
    }


def test_what_was_stored_is_stored_so_again() -> None:
    once = checked_offer(offer(text="a\n\nb", companies=frozenset({OURS}), valid_from=DAY, valid_to=DAY))
    assert checked_offer(once) == once


@given(
    first=st.none() | NEAR, last=st.none() | NEAR, active=st.booleans(), listed=st.sampled_from([None, OURS, OTHERS])
)
def test_an_offer_is_made_within_its_days_to_whom_it_is_for(
    first: date | None, last: date | None, active: bool, listed: CompanyId | None
) -> None:
    companies = None if listed is None else frozenset({listed})
    one = offer(valid_from=first, valid_to=last, is_active=active, companies=companies)
    within = (first or DAY) <= DAY <= (last or DAY)
    assert is_offered(one, OURS, DAY) is (active and within and listed is not OTHERS)
    assert (state_of_offer(one, DAY) is OfferState.OFFERED) is (active and within)


def test_states_that_are_not_offered() -> None:
    later, earlier = DAY + timedelta(days=1), DAY - timedelta(days=1)
    assert state_of_offer(offer(valid_from=later), DAY) is OfferState.FUTURE
    assert state_of_offer(offer(valid_to=earlier), DAY) is OfferState.PAST
    assert state_of_offer(offer(is_active=False, valid_to=earlier), DAY) is OfferState.HIDDEN
