"""Logging in and out, and turning a token into an Actor."""

from b2b_dvizhenie.application.identity.ports import (
    IdentityTransaction,
    IdentityWork,
    PasswordHasher,
    SessionReader,
)
from b2b_dvizhenie.application.identity.use_cases import (
    Authenticate,
    CreateUser,
    LogIn,
    LogOut,
    NewSession,
    SelectCompany,
)

__all__ = [
    "Authenticate",
    "CreateUser",
    "IdentityTransaction",
    "IdentityWork",
    "LogIn",
    "LogOut",
    "NewSession",
    "PasswordHasher",
    "SelectCompany",
    "SessionReader",
]
