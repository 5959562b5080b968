"""Session tokens: opaque, random, kept only as a hash (DESIGN §6.4, TOK)."""

import secrets
from datetime import datetime
from hashlib import sha256

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind


class AuthenticationRequired(DomainError):
    """No token, or a dead one."""

    code = "identity.authentication_required"
    kind = Kind.UNAUTHENTICATED


class BadCredentials(DomainError):
    """Login or password is wrong, or the account is switched off; which of them is not told."""

    code = "identity.bad_credentials"
    kind = Kind.UNAUTHENTICATED


class TooManyAttempts(DomainError):
    """The budget of login attempts for this account or address is used up; `retry_after` says seconds."""

    code = "identity.too_many_attempts"
    kind = Kind.LIMITED


def new_token() -> str:
    """A new session token: 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What is stored of a token. SHA-256 is enough because the token itself is 256 random bits."""
    return sha256(token.encode()).digest()


def is_alive(*, expires_at: datetime, revoked_at: datetime | None, user_active: bool, now: datetime) -> bool:
    """Whether a session opens doors at this moment (REG-7, TOK)."""
    return user_active and revoked_at is None and now < expires_at
