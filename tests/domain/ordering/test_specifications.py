"""Specifications: names, who may do what, and what a reader is told of prices that moved."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from b2b_dvizhenie.domain.ordering import (
    MAX_SPECIFICATION_NAME,
    Access,
    CartLine,
    Noted,
    Seen,
    Sharing,
    Specification,
    SpecificationNameInvalid,
    access_of,
    compared_with,
    specification_name,
    to_note,
)
from b2b_dvizhenie.domain.shared.ids import CompanyId, SpecificationId, UserId, VariantId
from b2b_dvizhenie.domain.visibility import Information

NOW = datetime(2026, 11, 25, tzinfo=UTC)
OWNER, OTHER = UserId(UUID(int=1)), UserId(UUID(int=2))
LIST = Specification(
    specification_id=SpecificationId(UUID(int=3)), owner_id=OWNER, company_id=CompanyId(UUID(int=4)), name="Site"
)
RANK = list(Access)

prices = st.decimals("0.01", 1000, places=2)
seen = st.builds(Seen, prices, st.none() | prices, st.sampled_from(["RUB", "USD"]))
made_of = st.frozensets(st.sampled_from(list(Information)), max_size=3)
lines = st.builds(
    CartLine, st.just(VariantId(UUID(int=5))), st.sampled_from([Decimal(1), Decimal(10)]), st.just(NOW), st.just("")
)


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "zero\u200bwidth", "x" * (MAX_SPECIFICATION_NAME + 1)])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(SpecificationNameInvalid) as refused:
        specification_name(text)
    assert (refused.value.field, refused.value.params) == ("name", {"maximum": MAX_SPECIFICATION_NAME})


def test_a_name_has_one_spelling() -> None:
    assert specification_name("  Building \t site\n4 ") == "Building site 4"
    assert specification_name("x" * MAX_SPECIFICATION_NAME) == "x" * MAX_SPECIFICATION_NAME


@given(st.sampled_from(Sharing), st.booleans())
def test_the_owner_may_everything_wherever_he_buys(sharing: Sharing, are_colleagues: bool) -> None:
    assert access_of(replace(LIST, sharing=sharing), OWNER, are_colleagues=are_colleagues) is Access.OWN


def test_colleagues_may_what_the_owner_lets_them_and_others_nothing() -> None:
    found = {one: access_of(replace(LIST, sharing=one), OTHER, are_colleagues=True) for one in Sharing}
    assert found == {Sharing.PRIVATE: Access.NONE, Sharing.READ: Access.READ, Sharing.EDIT: Access.EDIT}
    assert not any(access_of(replace(LIST, sharing=one), OTHER, are_colleagues=False).edits for one in Sharing)
    assert {access_of(replace(LIST, sharing=one), OTHER, are_colleagues=False) for one in Sharing} == {Access.NONE}


@given(st.sampled_from(Sharing), st.sampled_from(Sharing))
def test_sharing_more_never_lets_less(one: Sharing, other: Sharing) -> None:
    less, more = sorted((one, other), key=list(Sharing).index)
    first, second = (access_of(replace(LIST, sharing=it), OTHER, are_colleagues=True) for it in (less, more))
    assert RANK.index(first) <= RANK.index(second)


@given(lines, lines, seen, made_of, made_of, st.sampled_from(["RUB", "USD"]))
def test_a_price_is_compared_only_with_its_like(
    then: CartLine, now: CartLine, shown: Seen, was_made_of: frozenset[Information], is_made_of: frozenset[Information],
    currency: str,
) -> None:  # fmt: skip
    noted = Noted(replace(then, seen=shown), was_made_of)
    found = compared_with(noted, now, is_made_of, currency)
    alike = then.quantity == now.quantity and was_made_of == is_made_of and shown.currency == currency
    assert found == (shown if alike else None)


@given(lines, seen, made_of, made_of)
def test_what_a_level_has_closed_leaves_no_trace(
    line: CartLine, shown: Seen, before: frozenset[Information], after: frozenset[Information]
) -> None:
    """Two readers that differ only in what they were shown before a change of level are told the same after it."""
    assume(before != after)
    noted = Noted(replace(line, seen=shown), before)
    other = Noted(replace(line, seen=replace(shown, price=shown.price + 1)), before)
    told = {compared_with(one, line, after, shown.currency) for one in (noted, other, None)}
    assert told == {None}


@given(st.lists(st.none() | prices, min_size=1, max_size=6))
def test_the_first_price_stays_on_record_until_the_reader_agrees(moves: list[Decimal | None]) -> None:
    record: Seen | None = None
    first = next((price for price in moves if price is not None), None)
    for price in moves:
        today = None if price is None else Seen(price, price, "RUB")
        record = to_note(record, today) or record
    assert record == (None if first is None else Seen(first, first, "RUB"))


def test_nothing_is_noted_where_nothing_was_shown() -> None:
    assert to_note(None, None) is None
    assert compared_with(None, CartLine(VariantId(UUID(int=5)), Decimal(1), NOW), frozenset(), "RUB") is None
