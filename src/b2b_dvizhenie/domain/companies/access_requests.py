"""A stranger's request for access: who asks, for which company; nobody can sign up alone (DESIGN §6.4)."""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.companies.requisites import MAX_NAME, checked_inn
from b2b_dvizhenie.domain.companies.texts import clean_text
from b2b_dvizhenie.domain.hierarchy import person_name
from b2b_dvizhenie.domain.identity import parse_logins
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, Kind

MAX_COMMENT = 1000
MAX_REASON = 500
REQUESTS_PER_ADDRESS = 5
"""Requests from one address within an hour."""
REQUESTS_IN_ALL = 100
"""Requests within an hour over all addresses: more than staff could read."""
REQUEST_WINDOW = timedelta(hours=1)


class RequestState(StrEnum):
    """What became of a request."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class RequestDecided(DomainError):
    """Somebody has decided about the request already."""

    code = "companies.request_decided"
    kind = Kind.CONFLICT


class AccessRequestsOff(DomainError):
    """Administrators have switched requests for access off."""

    code = "companies.access_requests_off"
    kind = Kind.NOT_FOUND


class AskedAccess(Struct, frozen=True, kw_only=True):
    """What the form holds: the company by name and INN, the person with e-mail or phone, a comment."""

    company: str = ""
    inn: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    comment: str = ""


def checked_request(typed: AskedAccess) -> AskedAccess:
    """The request as it is stored: numbers without spaces, logins canonical, "" for the one that was left out.

    Raises:
        Invalid: everything that is wrong, each by its field.
    """
    faults: list[DomainError] = []

    def take(judged: Callable[[], str]) -> str:
        try:
            return judged()
        except DomainError as fault:
            faults.append(fault)
            return ""

    email, phone = "", ""
    company = take(lambda: clean_text(typed.company, "company", MAX_NAME, required=True))
    inn = take(lambda: checked_inn(typed.inn))
    name = take(lambda: person_name(typed.name))
    try:
        found = parse_logins(typed.email, typed.phone)
    except DomainError as fault:
        faults.append(fault)
    else:
        email, phone = found[0] or "", found[1] or ""
    comment = take(lambda: clean_text(typed.comment, "comment", MAX_COMMENT))
    if faults:
        raise Invalid(faults)
    return AskedAccess(company=company, inn=inn, name=name, phone=phone, email=email, comment=comment)
