"""API: ways in besides the password: one-time codes, invitations, forgotten passwords."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from b2b_dvizhenie.application.identity import (
    AskForCode,
    AskForRecovery,
    InvitePerson,
    LogInByCode,
    SetPasswordByLink,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import UserId
from b2b_dvizhenie.entrypoints.http.api.identity import Token, TotpRequired, client_address, told, visitor_of
from b2b_dvizhenie.entrypoints.http.responses import language_of


class Who(Struct, frozen=True, forbid_unknown_fields=True):
    """E-mail or phone in any spelling."""

    login: str


class Asked(Struct, frozen=True):
    """A secret to be sent with the code, and until when the code works. Says nothing of whether it was sent."""

    challenge: str
    expires_at: datetime


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    """The secret that came with the question, and the code."""

    challenge: str
    code: str


class NewPassword(Struct, frozen=True, forbid_unknown_fields=True):
    """The token of the link, and the password from now on (8 to 1024 characters)."""

    token: str
    password: str


@post("/api/v1/auth/code", public=True, status_code=202, tags=["identity"])
async def ask_for_code(
    request: Request[Any, Any, Any], data: JSONBody[Who], ask_for_code: NamedDependency[AskForCode]
) -> Asked:
    """Ask for a one-time code by SMS or mail, where this way in is switched on."""
    asked = await ask_for_code(data.login, address=client_address(request), language=language_of(request))
    return Asked(asked.challenge, asked.expires_at)


@post("/api/v1/auth/code/check", public=True, status_code=200, tags=["identity"])
async def log_in_by_code(
    request: Request[Any, Any, Any], data: JSONBody[Answer], log_in_by_code: NamedDependency[LogInByCode]
) -> Token | TotpRequired:
    """Log in by the code; who has a second step gets its question in place of the token."""
    return told(await log_in_by_code(data.challenge, data.code, visitor_of(request)))


@post("/api/v1/auth/recovery", public=True, status_code=202, tags=["identity"])
async def ask_for_recovery(
    request: Request[Any, Any, Any], data: JSONBody[Who], ask_for_recovery: NamedDependency[AskForRecovery]
) -> None:
    """Ask for a link to a new password; the answer is the same whoever asks."""
    await ask_for_recovery(data.login, address=client_address(request), language=language_of(request))


@post("/api/v1/auth/link", public=True, status_code=200, tags=["identity"])
async def set_password(
    request: Request[Any, Any, Any],
    data: JSONBody[NewPassword],
    set_password_by_link: NamedDependency[SetPasswordByLink],
) -> Token | TotpRequired:
    """Set a password by the link of an invitation or a recovery, and log in; every other session is closed."""
    return told(await set_password_by_link(data.token, data.password, visitor_of(request)))


@post("/api/v1/users/{user_id:uuid}/invitation", permission=Permission.USERS_MANAGE, status_code=202, tags=["identity"])
async def invite(
    request: Request[Actor, Any, Any], user_id: FromPath[UUID], invite_person: NamedDependency[InvitePerson]
) -> None:
    """Send a person the link to their first password."""
    await invite_person(request.user, UserId(user_id))


ROUTES = [ask_for_code, log_in_by_code, ask_for_recovery, set_password, invite]
