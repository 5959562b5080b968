"""Buyer companies: whom a person buys for, on what terms, and who looks after them."""

from b2b_dvizhenie.application.companies.profile import Membership, Profile, ProfileReader, ShowProfile
from b2b_dvizhenie.application.companies.trade import (
    AccessLevelInvalid,
    AssignBuyer,
    AssignManager,
    CompanyRow,
    ListCompanies,
    SetTerms,
    TradeBook,
    TradeTransaction,
    TradeWork,
)

__all__ = [
    "AccessLevelInvalid",
    "AssignBuyer",
    "AssignManager",
    "CompanyRow",
    "ListCompanies",
    "Membership",
    "Profile",
    "ProfileReader",
    "SetTerms",
    "ShowProfile",
    "TradeBook",
    "TradeTransaction",
    "TradeWork",
]
