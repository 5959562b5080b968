"""API: the caller's own sessions and password."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from b2b_dvizhenie.application.identity import ChangePassword, CloseOtherSessions, CloseSession, ListSessions
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.entrypoints.http.api.identity import Closed, client_address


class Session(Struct, frozen=True):
    """A session of yours that is alive; `current` is the one this request came with."""

    session_id: UUID
    user_agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool


class NewPassword(Struct, frozen=True, forbid_unknown_fields=True):
    """The password now, and the one from now on (8 to 1024 characters)."""

    current_password: str
    new_password: str


@get("/api/v1/sessions", permission=Permission.PROFILE_VIEW, tags=["identity"])
async def sessions(
    request: Request[Actor, Any, Any], list_sessions: NamedDependency[ListSessions]
) -> Sequence[Session]:
    """Where you are logged in, the latest login first."""
    here = request.user.session_id
    return [
        Session(
            one.session_id,
            one.user_agent,
            one.address,
            one.created_at,
            one.last_seen_at,
            one.expires_at,
            str(one.session_id) == here,
        )
        for one in await list_sessions(request.user)
    ]


@delete("/api/v1/sessions/{session_id:uuid}", permission=Permission.PROFILE_VIEW, status_code=204, tags=["identity"])
async def close(
    request: Request[Actor, Any, Any], session_id: FromPath[UUID], close_session: NamedDependency[CloseSession]
) -> None:
    """Log one of your devices out; its token is dead at once."""
    await close_session(request.user, session_id)


@post("/api/v1/sessions/close-others", permission=Permission.PROFILE_VIEW, status_code=200, tags=["identity"])
async def close_others(
    request: Request[Actor, Any, Any], close_other_sessions: NamedDependency[CloseOtherSessions]
) -> Closed:
    """Log out everywhere but here."""
    return Closed(await close_other_sessions(request.user))


@post("/api/v1/me/password", permission=Permission.PROFILE_VIEW, status_code=204, tags=["identity"])
async def change_password(
    request: Request[Actor, Any, Any], data: JSONBody[NewPassword], change_password: NamedDependency[ChangePassword]
) -> None:
    """Change your password; every other session of yours is closed."""
    address = client_address(request)
    await change_password(request.user, data.current_password, data.new_password, address=address)


ROUTES = [sessions, close, close_others, change_password]
