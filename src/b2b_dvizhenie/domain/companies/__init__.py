"""Buyer companies, seller firms, agreements and memberships."""

from b2b_dvizhenie.domain.companies.terms import CompanyKind, CompanyRequired, Terms

__all__ = ["CompanyKind", "CompanyRequired", "Terms"]
