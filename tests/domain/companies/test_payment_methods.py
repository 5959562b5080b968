"""Which ways to pay a company can choose from (features.md MUL-3, PAY-1, A16)."""

import random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.companies import (
    CardForOrganisations,
    Cards,
    CompanyKind,
    FieldRequired,
    MethodTerms,
    NoPaymentMethod,
    PaymentBasis,
    PaymentKind,
    PaymentMethod,
    PaymentMethodClosed,
    PositionInvalid,
    checked_method,
    chosen_method,
    offered_methods,
    uncovered_payers,
)
from b2b_dvizhenie.domain.shared.errors import Invalid
from b2b_dvizhenie.domain.shared.ids import FirmId, PaymentMethodId

FIRMS = [FirmId(UUID(int=number)) for number in (1, 2)]
CONNECTED, WIDENED = Cards(is_connected=True), Cards(is_connected=True, for_entrepreneurs=True)

terms = st.builds(
    MethodTerms,
    name=st.sampled_from(("A", "B")),
    kind=st.sampled_from(PaymentKind),
    payers=st.lists(st.sampled_from(CompanyKind), max_size=2, unique=True).map(tuple),
    firms=st.lists(st.sampled_from(FIRMS), max_size=2, unique=True).map(tuple),
    position=st.integers(0, 2),
    is_active=st.booleans(),
)
methods = st.lists(terms, max_size=6).map(
    lambda some: tuple(PaymentMethod(PaymentMethodId(UUID(int=n)), one) for n, one in enumerate(some, 10))
)
cards = st.builds(Cards, st.booleans(), st.booleans())


@st.composite
def bases(draw: st.DrawFn) -> PaymentBasis:
    some = draw(methods)
    allowed = draw(st.lists(st.sampled_from([one.method_id for one in some]), max_size=3)) if some else []
    return PaymentBasis(
        draw(st.sampled_from(CompanyKind)), draw(st.none() | st.sampled_from(FIRMS)), tuple(allowed), some
    )


def method(kind: PaymentKind, number: int = 1, **changes: object) -> PaymentMethod:
    values = {"name": kind.value, "kind": kind} | changes
    return PaymentMethod(PaymentMethodId(UUID(int=number)), MethodTerms(**values))  # type: ignore[arg-type]


def offered(one: PaymentMethod, payer: CompanyKind, taking: Cards = Cards(), **changes: object) -> bool:  # noqa: B008
    values = {"firm_id": None, "allowed": ()} | changes
    return bool(offered_methods(PaymentBasis(payer, methods=(one,), **values), taking))  # type: ignore[arg-type]


@given(bases(), cards, st.randoms(use_true_random=False))
def test_what_is_offered_is_allowed_fits_and_does_not_depend_on_the_order(
    basis: PaymentBasis, taking: Cards, dice: random.Random
) -> None:
    found = offered_methods(basis, taking)
    shuffled = dice.sample(basis.methods, len(basis.methods))
    assert offered_methods(PaymentBasis(basis.payer, basis.firm_id, basis.allowed, tuple(shuffled)), taking) == found
    for one in basis.methods:
        fits = (
            one.terms.is_active
            and (not one.terms.payers or basis.payer in one.terms.payers)
            and (not one.terms.firms or basis.firm_id in one.terms.firms)
            and (not basis.allowed or one.method_id in basis.allowed)
        )
        if one.terms.kind is PaymentKind.CARD:
            entrepreneur = basis.payer is CompanyKind.ENTREPRENEUR and taking.for_entrepreneurs
            fits = fits and taking.is_connected and (basis.payer is CompanyKind.PERSON or entrepreneur)
        assert (one in found) == fits
    places = [one.terms.position for one in found]
    assert places == sorted(places)


@given(bases(), cards)
def test_an_order_is_paid_by_the_first_or_by_what_was_chosen(basis: PaymentBasis, taking: Cards) -> None:
    found = offered_methods(basis, taking)
    for one in basis.methods:
        if one in found:
            assert chosen_method(basis, taking, one.method_id, "way") == one
        else:
            with pytest.raises(PaymentMethodClosed) as caught:
                chosen_method(basis, taking, one.method_id, "way")
            assert caught.value.field == "way"
    if found or not basis.methods:
        assert chosen_method(basis, taking, None, "way") == (found[0] if found else None)
    else:
        with pytest.raises(NoPaymentMethod):
            chosen_method(basis, taking, None, "way")


@pytest.mark.parametrize(
    ("payer", "taking", "is_offered"),
    [
        (CompanyKind.PERSON, Cards(), False),
        (CompanyKind.PERSON, Cards(for_entrepreneurs=True), False),
        (CompanyKind.PERSON, CONNECTED, True),
        (CompanyKind.ENTREPRENEUR, CONNECTED, False),
        (CompanyKind.ENTREPRENEUR, WIDENED, True),
        (CompanyKind.LEGAL, WIDENED, False),
    ],
)
def test_who_may_pay_by_card(payer: CompanyKind, taking: Cards, is_offered: bool) -> None:
    """PAY-1, A16: individuals; entrepreneurs by a right; organisations never; nobody without an acquirer."""
    assert offered(method(PaymentKind.CARD), payer, taking) is is_offered
    assert offered(method(PaymentKind.PREPAYMENT), payer, taking), "others do not depend on it"


def test_what_a_method_can_be() -> None:
    stored = checked_method(
        MethodTerms(
            name="  На   счёт ", kind=PaymentKind.CASH, payers=tuple(CompanyKind), firms=(FIRMS[1], FIRMS[0], FIRMS[1])
        )
    )
    assert (stored.name, stored.payers, stored.firms) == ("На счёт", (), tuple(FIRMS))
    with pytest.raises(Invalid) as caught:
        checked_method(MethodTerms(name=" ", kind=PaymentKind.CARD, payers=(CompanyKind.LEGAL,), position=10_000))
    assert [(type(one), one.field) for one in caught.value.errors] == [
        (FieldRequired, "name"),
        (CardForOrganisations, "payers"),
        (PositionInvalid, "position"),
    ]


def test_who_could_pay_by_nothing_is_known() -> None:
    account = method(PaymentKind.ON_ACCOUNT, payers=(CompanyKind.LEGAL,))
    card = method(PaymentKind.CARD, 2)
    assert uncovered_payers((), Cards()) == (), "a house without methods asks for none"
    assert uncovered_payers((account,), WIDENED) == (CompanyKind.ENTREPRENEUR, CompanyKind.PERSON)
    assert uncovered_payers((account, card), WIDENED) == ()
    assert uncovered_payers((account, card), Cards(for_entrepreneurs=True)) == (
        CompanyKind.ENTREPRENEUR,
        CompanyKind.PERSON,
    )


def test_words_of_the_gateway() -> None:
    """onec.md §5.4 knows three; only what is on account spends the limit."""
    assert [(one.erp_method, one.is_on_account) for one in PaymentKind] == [
        ("invoice", True),
        ("invoice", False),
        ("cash", False),
        ("card", False),
    ]
