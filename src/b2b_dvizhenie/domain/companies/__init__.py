"""Buyer companies, seller firms, agreements and memberships."""

from b2b_dvizhenie.domain.companies.requisites import BankAccount, Requisites, checked, checked_inn
from b2b_dvizhenie.domain.companies.terms import CompanyKind, CompanyRequired, CompanyUnnamed, Terms
from b2b_dvizhenie.domain.companies.texts import FieldRequired, TextTooLong, TextUnreadable, clean_text

__all__ = [
    "BankAccount",
    "CompanyKind",
    "CompanyRequired",
    "CompanyUnnamed",
    "FieldRequired",
    "Requisites",
    "Terms",
    "TextTooLong",
    "TextUnreadable",
    "checked",
    "checked_inn",
    "clean_text",
]
