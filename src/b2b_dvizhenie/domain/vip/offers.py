"""What partners offer to VIP companies, with the conditions of the bonus (VIP-3).

An offer holds from its first day to its last, both included, in the seller's zone. It is for every VIP company or for
the listed ones; a listed company that is no VIP any more is offered nothing.
"""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.companies import clean_text
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, Kind
from b2b_dvizhenie.domain.shared.ids import CompanyId

MAX_LINE = 200
MAX_TEXT = 4000
MAX_COMPANIES = 1000


class OfferPeriodReversed(DomainError):
    """The offer would end before it begins."""

    code = "vip.offer_period_reversed"


class NobodyChosen(DomainError):
    """An offer for listed companies lists at least one, and at most `maximum`."""

    code = "vip.nobody_chosen"


class AgreementNotInForce(DomainError):
    """The terms of a VIP company are one of its own agreements that is not closed."""

    code = "vip.agreement_not_in_force"
    kind = Kind.CONFLICT


class AssortmentUnknown(DomainError):
    """The assortment of a VIP company is a segment that exists."""

    code = "vip.assortment_unknown"


class OfferState(StrEnum):
    """Where an offer stands on a day."""

    OFFERED = "offered"
    FUTURE = "future"
    PAST = "past"
    HIDDEN = "hidden"  # by hand


class OfferDraft(Struct, frozen=True, kw_only=True):
    """An offer as it was written. `companies` are those it is for; None for every VIP company."""

    partner: str
    title: str
    text: str
    valid_from: date | None = None
    valid_to: date | None = None
    is_active: bool = True
    companies: frozenset[CompanyId] | None = None


def checked_offer(draft: OfferDraft) -> OfferDraft:
    """The offer as it is stored; the text keeps its lines.

    Raises:
        Invalid: with a refusal per field: nothing written, too much, signs that cannot be read, a period turned round,
            a list of companies without one.
    """
    faults: list[DomainError] = []

    def line(value: str, field: str, maximum: int, *, required: bool) -> str:
        try:
            return clean_text(value, field, maximum, required=required)
        except DomainError as fault:
            faults.append(fault)
            return ""

    partner = line(draft.partner, "partner", MAX_LINE, required=True)
    title = line(draft.title, "title", MAX_LINE, required=True)
    written = draft.text[: 4 * MAX_TEXT + 1].strip()
    before = len(faults)
    line(written, "text", MAX_TEXT, required=True)
    lines = (
        [] if len(faults) > before else [line(one, "text", MAX_TEXT, required=False) for one in written.splitlines()]
    )
    if draft.valid_from is not None and draft.valid_to is not None and draft.valid_to < draft.valid_from:
        faults.append(OfferPeriodReversed("valid_to"))
    if draft.companies is not None and not 0 < len(draft.companies) <= MAX_COMPANIES:
        faults.append(NobodyChosen("companies", maximum=MAX_COMPANIES))
    if faults:
        raise Invalid(faults)
    return OfferDraft(
        partner=partner,
        title=title,
        text="\n".join(lines),
        valid_from=draft.valid_from,
        valid_to=draft.valid_to,
        is_active=draft.is_active,
        companies=draft.companies,
    )


def state_of_offer(offer: OfferDraft, day: date) -> OfferState:
    """Where the offer stands on the day."""
    if not offer.is_active:
        return OfferState.HIDDEN
    if offer.valid_to is not None and offer.valid_to < day:
        return OfferState.PAST
    return OfferState.FUTURE if offer.valid_from is not None and day < offer.valid_from else OfferState.OFFERED


def is_offered(offer: OfferDraft, company_id: CompanyId, day: date) -> bool:
    """Whether a VIP company is offered it on the day."""
    is_for = offer.companies is None or company_id in offer.companies
    return is_for and state_of_offer(offer, day) is OfferState.OFFERED
