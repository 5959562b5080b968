"""API: log in, log out, who am I."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from b2b_dvizhenie.application.identity import (
    LogIn,
    LogOut,
    NewSession,
    PassSecondStep,
    RefreshToken,
    ResetTokens,
    SecondStep,
    Visitor,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import UserId


class Credentials(Struct, frozen=True, forbid_unknown_fields=True):
    """E-mail or phone in any spelling, and the password."""

    login: str
    password: str


class Token(Struct, frozen=True):
    """A session token, to be sent as `Authorization: Bearer`. It is told only here."""

    token: str
    expires_at: datetime


class TotpRequired(Struct, frozen=True, tag_field="step", tag="totp_required"):
    """The first step is passed; `POST /api/v1/auth/totp` with this challenge and a code gives the token."""

    challenge: str
    expires_at: datetime


class SecondStepCode(Struct, frozen=True, forbid_unknown_fields=True):
    """The challenge of `totp_required`, and a code of the authenticator app or a recovery code."""

    challenge: str
    code: str


class Closed(Struct, frozen=True):
    """How many sessions were closed."""

    closed: int


class Me(Struct, frozen=True):
    """The person behind the token and what they may do."""

    user_id: UUID | None
    name: str
    role: str
    company_id: UUID | None
    access_level: int
    permissions: dict[str, str]


def client_address(request: Request[Any, Any, Any]) -> str:
    """The address the request came from (behind a trusted proxy, the one the proxy names)."""
    return request.client.host if request.client else ""


def visitor_of(request: Request[Any, Any, Any]) -> Visitor:
    """Who knocks: the address and what the program calls itself."""
    return Visitor(client_address(request), request.headers.get("user-agent", ""))


def told(entry: NewSession | SecondStep) -> Token | TotpRequired:
    """What a first step is answered with."""
    if isinstance(entry, SecondStep):
        return TotpRequired(entry.challenge, entry.expires_at)
    return Token(entry.token, entry.expires_at)


@post("/api/v1/auth/login", public=True, status_code=200, tags=["identity"])
async def login(
    request: Request[Any, Any, Any], data: JSONBody[Credentials], log_in: NamedDependency[LogIn]
) -> Token | TotpRequired:
    """Log in by e-mail or phone and password; who has a second step gets its question in place of the token."""
    agent = request.headers.get("user-agent", "")
    return told(await log_in(data.login, data.password, address=client_address(request), user_agent=agent))


@post("/api/v1/auth/totp", public=True, status_code=200, tags=["identity"])
async def second_step(
    request: Request[Any, Any, Any],
    data: JSONBody[SecondStepCode],
    pass_second_step: NamedDependency[PassSecondStep],
) -> Token:
    """Pass the second step of a login."""
    opened = await pass_second_step(data.challenge, data.code, visitor_of(request))
    return Token(opened.token, opened.expires_at)


@post(
    "/api/v1/auth/logout",
    permission=Permission.PROFILE_VIEW,
    while_viewing=True,
    while_due=True,
    status_code=204,
    tags=["identity"],
)
async def logout(request: Request[Actor, Any, Any], log_out: NamedDependency[LogOut]) -> None:
    """Close the session of this token."""
    await log_out(request.user)


@post("/api/v1/token/refresh", permission=Permission.PROFILE_VIEW, status_code=200, tags=["identity"])
async def refresh(request: Request[Actor, str, Any], refresh_token: NamedDependency[RefreshToken]) -> Token:
    """Exchange this token for a new one; this one is dead at once, the end of the session stays."""
    opened = await refresh_token(request.user, request.auth)
    return Token(opened.token, opened.expires_at)


@post("/api/v1/token/reset", permission=Permission.PROFILE_VIEW, status_code=200, tags=["identity"])
async def reset(request: Request[Actor, Any, Any], reset_tokens: NamedDependency[ResetTokens]) -> Closed:
    """Kill all your tokens, this one too; the login is asked again everywhere."""
    return Closed(await reset_tokens(request.user))


@post(
    "/api/v1/users/{user_id:uuid}/token/reset", permission=Permission.USERS_MANAGE, status_code=200, tags=["identity"]
)
async def reset_of(
    request: Request[Actor, Any, Any], user_id: FromPath[UUID], reset_tokens: NamedDependency[ResetTokens]
) -> Closed:
    """Kill all tokens of a person you manage."""
    return Closed(await reset_tokens(request.user, UserId(user_id)))


@get("/api/v1/me", permission=Permission.PROFILE_VIEW, tags=["identity"])
async def me(request: Request[Actor, Any, Any]) -> Me:
    """Who is logged in."""
    actor = request.user
    return Me(
        user_id=actor.user_id,
        name=actor.name,
        role=actor.role,
        company_id=actor.company_id,
        access_level=actor.access_level,
        permissions={permission.value: scope.value for permission, scope in actor.grants.items()},
    )


ROUTES = [login, second_step, logout, refresh, reset, reset_of, me]
