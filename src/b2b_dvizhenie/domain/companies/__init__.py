"""Buyer companies, seller firms, agreements and memberships."""

from b2b_dvizhenie.domain.companies.access_requests import (
    AccessRequestsOff,
    AskedAccess,
    RequestDecided,
    RequestState,
    checked_request,
)
from b2b_dvizhenie.domain.companies.agreements import (
    MAX_LIMIT,
    Agreement,
    AgreementState,
    LimitInvalid,
    PeriodInvalid,
    TradingTerms,
    checked_terms,
    in_force,
    state_of,
)
from b2b_dvizhenie.domain.companies.requisites import BankAccount, Requisites, checked, checked_inn
from b2b_dvizhenie.domain.companies.settings import ACCESS_REQUESTS, SETTINGS
from b2b_dvizhenie.domain.companies.terms import CompanyKind, CompanyRequired, CompanyUnnamed, Terms
from b2b_dvizhenie.domain.companies.texts import FieldRequired, TextTooLong, TextUnreadable, clean_text

__all__ = [
    "ACCESS_REQUESTS",
    "MAX_LIMIT",
    "SETTINGS",
    "AccessRequestsOff",
    "Agreement",
    "AgreementState",
    "AskedAccess",
    "BankAccount",
    "CompanyKind",
    "CompanyRequired",
    "CompanyUnnamed",
    "FieldRequired",
    "LimitInvalid",
    "PeriodInvalid",
    "RequestDecided",
    "RequestState",
    "Requisites",
    "Terms",
    "TextTooLong",
    "TextUnreadable",
    "TradingTerms",
    "checked",
    "checked_inn",
    "checked_request",
    "checked_terms",
    "clean_text",
    "in_force",
    "state_of",
]
