"""Users, their logins, session tokens."""

from b2b_dvizhenie.domain.identity.logins import Login, LoginInvalid, LoginKind, LoginTaken, parse_login
from b2b_dvizhenie.domain.identity.passwords import (
    MAX_PASSWORD,
    MIN_PASSWORD,
    PasswordLength,
    WrongPassword,
    check_new_password,
)
from b2b_dvizhenie.domain.identity.sessions import (
    AuthenticationRequired,
    BadCredentials,
    TooManyAttempts,
    is_alive,
    new_token,
    token_hash,
)
from b2b_dvizhenie.domain.identity.settings import SETTINGS, TOKEN_LIFETIME_DAYS, token_lifetime

__all__ = [
    "MAX_PASSWORD",
    "MIN_PASSWORD",
    "SETTINGS",
    "TOKEN_LIFETIME_DAYS",
    "AuthenticationRequired",
    "BadCredentials",
    "Login",
    "LoginInvalid",
    "LoginKind",
    "LoginTaken",
    "PasswordLength",
    "TooManyAttempts",
    "WrongPassword",
    "check_new_password",
    "is_alive",
    "new_token",
    "parse_login",
    "token_hash",
    "token_lifetime",
]
