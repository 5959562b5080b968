"""Logging in and out, turning a token into an Actor, one's own account, the directory of people."""

from b2b_dvizhenie.application.identity.account import (
    ChangePassword,
    CloseOtherSessions,
    CloseSession,
    ListSessions,
    ListSessionsOf,
)
from b2b_dvizhenie.application.identity.codes import CODE_JOB, AskedCode, AskForCode, LogInByCode, SendCode
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
from b2b_dvizhenie.application.identity.entering import NewSession, SecondStep, Visitor
from b2b_dvizhenie.application.identity.factor_ports import SecondFactor, SecondFactors
from b2b_dvizhenie.application.identity.links import (
    RECOVERY_JOB,
    AskForRecovery,
    InvitePerson,
    OpenLink,
    SendRecovery,
    SetPasswordByLink,
)
from b2b_dvizhenie.application.identity.ports import (
    IdentityTransaction,
    IdentityWork,
    OpenSession,
    PasswordHasher,
    SessionReader,
)
from b2b_dvizhenie.application.identity.second_factor import (
    BeginSecondFactor,
    ConfirmSecondFactor,
    FactorState,
    RenewRecoveryCodes,
    ResetSecondFactor,
    ShowSecondFactor,
    SwitchOffSecondFactor,
)
from b2b_dvizhenie.application.identity.second_step import PassSecondStep
from b2b_dvizhenie.application.identity.telling import tell
from b2b_dvizhenie.application.identity.tokens import RefreshToken, ResetTokens
from b2b_dvizhenie.application.identity.use_cases import (
    Authenticate,
    CreateUser,
    LogIn,
    LogOut,
    SelectCompany,
)
from b2b_dvizhenie.application.identity.viewing import BeginView, EndView, SeeAs

__all__ = [
    "CODE_JOB",
    "RECOVERY_JOB",
    "AskForCode",
    "AskForRecovery",
    "AskedCode",
    "Authenticate",
    "BeginSecondFactor",
    "BeginView",
    "BuysFor",
    "ChangePassword",
    "CloseOtherSessions",
    "CloseSession",
    "ConfirmSecondFactor",
    "CreateUser",
    "DirectoryReader",
    "EndView",
    "FactorState",
    "IdentityTransaction",
    "IdentityWork",
    "InvitePerson",
    "ListSessions",
    "ListSessionsOf",
    "ListUsers",
    "LogIn",
    "LogInByCode",
    "LogOut",
    "NewSession",
    "OpenLink",
    "OpenSession",
    "PassSecondStep",
    "PasswordHasher",
    "RefreshToken",
    "RenewRecoveryCodes",
    "ResetSecondFactor",
    "ResetTokens",
    "SecondFactor",
    "SecondFactors",
    "SecondStep",
    "SeeAs",
    "SelectCompany",
    "SendCode",
    "SendRecovery",
    "SessionReader",
    "SetPasswordByLink",
    "ShowSecondFactor",
    "SwitchOffSecondFactor",
    "UserCount",
    "UserLine",
    "UserPage",
    "UserQuery",
    "UserState",
    "Visitor",
    "tell",
]
