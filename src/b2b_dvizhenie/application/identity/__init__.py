"""Logging in and out, turning a token into an Actor, one's own account, the directory of people."""

from b2b_dvizhenie.application.identity.account import ChangePassword, CloseOtherSessions, CloseSession, ListSessions
from b2b_dvizhenie.application.identity.directory import (
    BuysFor,
    DirectoryReader,
    ListUsers,
    UserCount,
    UserLine,
    UserPage,
    UserQuery,
    UserState,
)
from b2b_dvizhenie.application.identity.ports import (
    IdentityTransaction,
    IdentityWork,
    OpenSession,
    PasswordHasher,
    SessionReader,
)
from b2b_dvizhenie.application.identity.tokens import RefreshToken, ResetTokens
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
    "BuysFor",
    "ChangePassword",
    "CloseOtherSessions",
    "CloseSession",
    "CreateUser",
    "DirectoryReader",
    "IdentityTransaction",
    "IdentityWork",
    "ListSessions",
    "ListUsers",
    "LogIn",
    "LogOut",
    "NewSession",
    "OpenSession",
    "PasswordHasher",
    "RefreshToken",
    "ResetTokens",
    "SelectCompany",
    "SessionReader",
    "UserCount",
    "UserLine",
    "UserPage",
    "UserQuery",
    "UserState",
]
