"""Ways to pay an order: data of the house, and which of them a company can choose (features.md MUL-3, PAY-1, A16).

A method fits a company by its legal form and by the firm that sells to it; an agreement may name the ones it allows,
and naming none allows all that fit. Cards are for people without an account of their own: never for organisations, for
entrepreneurs only where the buyer has the right to it (DESIGN §6.7), and for nobody while no acquirer is connected.
"""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.companies.terms import CompanyKind
from b2b_dvizhenie.domain.companies.texts import clean_text
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, Kind
from b2b_dvizhenie.domain.shared.ids import FirmId, PaymentMethodId

MAX_METHOD_NAME = 100
MAX_POSITION = 9999


class PaymentKind(StrEnum):
    """What choosing a method means for the seller."""

    ON_ACCOUNT = "on_account"  # goods first, paid within the term of the agreement: spends the credit limit
    PREPAYMENT = "prepayment"  # an invoice that is paid before the goods leave
    CASH = "cash"
    CARD = "card"  # through an acquirer

    @property
    def is_on_account(self) -> bool:
        """Whether an order paid so spends the credit limit."""
        return self is PaymentKind.ON_ACCOUNT

    @property
    def erp_method(self) -> str:
        """The word of the gateway's orders: `invoice`, `card` or `cash` (onec.md §5.4)."""
        return self.value if self in (PaymentKind.CARD, PaymentKind.CASH) else "invoice"


class PaymentMethodClosed(DomainError):
    """The method does not exist, or is not for this company under its agreement; the two are told apart nowhere."""

    code = "companies.payment_method_closed"


class NoPaymentMethod(DomainError):
    """There are ways to pay, and none of them is for this company under its agreement."""

    code = "companies.no_payment_method"
    kind = Kind.CONFLICT


class CardForOrganisations(DomainError):
    """Cards are for individuals, and with the right to it for entrepreneurs; organisations get an invoice (PAY-1)."""

    code = "companies.card_for_organisations"


class PositionInvalid(DomainError):
    """A place in a list is a whole number from 0 to `maximum`."""

    code = "companies.position_invalid"


class MethodTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an administrator decides about a way to pay. `payers` and `firms` empty stand for every one of them."""

    name: str
    kind: PaymentKind
    payers: tuple[CompanyKind, ...] = ()
    firms: tuple[FirmId, ...] = ()
    position: int = 0
    is_active: bool = True


class PaymentMethod(Struct, frozen=True):
    """A way to pay. It is never deleted, only switched off: orders keep its id."""

    method_id: PaymentMethodId
    terms: MethodTerms


class Cards(Struct, frozen=True):
    """Whether cards can be taken at all, and whether this buyer may pay by one for an entrepreneur."""

    is_connected: bool = False
    for_entrepreneurs: bool = False


class PaymentBasis(Struct, frozen=True):
    """What decides which methods a company can choose.

    `firm_id` is the firm that would sell to it, `allowed` what its agreement names, `methods` are those switched on.
    """

    payer: CompanyKind
    firm_id: FirmId | None
    allowed: tuple[PaymentMethodId, ...]
    methods: tuple[PaymentMethod, ...]


def _is_for(terms: MethodTerms, payer: CompanyKind, cards: Cards) -> bool:
    if terms.payers and payer not in terms.payers:
        return False
    if terms.kind is not PaymentKind.CARD:
        return True
    widened = payer is CompanyKind.ENTREPRENEUR and cards.for_entrepreneurs
    return cards.is_connected and (payer is CompanyKind.PERSON or widened)


def offered_methods(basis: PaymentBasis, cards: Cards) -> tuple[PaymentMethod, ...]:
    """The methods the company can choose, by place, then by name; the first one stands where nobody chose."""
    found = (
        one
        for one in basis.methods
        if one.terms.is_active
        and _is_for(one.terms, basis.payer, cards)
        and (not one.terms.firms or basis.firm_id in one.terms.firms)
        and (not basis.allowed or one.method_id in basis.allowed)
    )
    return tuple(sorted(found, key=lambda one: (one.terms.position, one.terms.name, one.method_id)))


def chosen_method(
    basis: PaymentBasis, cards: Cards, wanted: PaymentMethodId | None, field: str
) -> PaymentMethod | None:
    """The method an order is paid by: the wanted one, or the first; None in a house that has no methods at all.

    Raises:
        PaymentMethodClosed: by the field, for a method that is not offered.
        NoPaymentMethod: none is offered although there are some.
    """
    choices = offered_methods(basis, cards)
    if wanted is not None:
        found = next((one for one in choices if one.method_id == wanted), None)
        if found is None:
            raise PaymentMethodClosed(field)
        return found
    if not choices and basis.methods:
        raise NoPaymentMethod(field)
    return choices[0] if choices else None


def uncovered_payers(methods: Iterable[PaymentMethod], cards: Cards) -> tuple[CompanyKind, ...]:
    """Legal forms that could pay by no method, whoever sells and whatever is agreed: they cannot order."""
    known = [one for one in methods if one.terms.is_active]
    if not known:
        return ()
    return tuple(kind for kind in CompanyKind if not any(_is_for(one.terms, kind, cards) for one in known))


def checked_method(typed: MethodTerms) -> MethodTerms:
    """The terms as they are stored: a clean name, every payer and firm once, in one order.

    Raises:
        Invalid: a name that is empty, too long or cannot be read; cards for organisations; an impossible place.
    """
    faults: list[DomainError] = []
    name = ""
    try:
        name = clean_text(typed.name, "name", MAX_METHOD_NAME, required=True)
    except DomainError as fault:
        faults.append(fault)
    if typed.kind is PaymentKind.CARD and CompanyKind.LEGAL in typed.payers:
        faults.append(CardForOrganisations("payers"))
    if not 0 <= typed.position <= MAX_POSITION:
        faults.append(PositionInvalid("position", maximum=MAX_POSITION))
    if faults:
        raise Invalid(faults)
    payers = tuple(kind for kind in CompanyKind if kind in typed.payers)
    return MethodTerms(
        name=name,
        kind=typed.kind,
        # All of them is no restriction, and stays none when there is one legal form more.
        payers=() if len(payers) == len(CompanyKind) else payers,
        firms=tuple(sorted(set(typed.firms))),
        position=typed.position,
        is_active=typed.is_active,
    )
