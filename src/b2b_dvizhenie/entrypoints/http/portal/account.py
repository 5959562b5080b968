"""The person's own pages: profile and companies; sessions and password."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery
from litestar.response import Redirect
from msgspec import UNSET, Struct

from b2b_dvizhenie.application.companies import ShowProfile
from b2b_dvizhenie.application.identity import (
    ChangePassword,
    CloseOtherSessions,
    CloseSession,
    ListSessions,
    RefreshToken,
    ResetTokens,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import PasswordLength, TooManyAttempts, WrongPassword
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.entrypoints.http.api.identity import client_address
from b2b_dvizhenie.entrypoints.http.authentication import COOKIE, session_cookie
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages.account import AccountCompany, ProfileView, SecurityView, SessionRow
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.portal.devices import device_of
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.portal.site import Site
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

UNPROCESSABLE = 422
_FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
_DONE = {
    "closed": N_("The session is closed."),
    "ended": N_("That session had already ended."),
    "others": N_("You are logged out everywhere else."),
    "refreshed": N_("This device has a new token."),
    "password": N_("The password is changed, the other sessions are closed."),
}
"""What was just done, by the word in the address one is redirected to."""


class SessionForm(Struct, frozen=True):
    """The session whose button was pressed."""

    session: UUID


class PasswordForm(Struct, frozen=True):
    """The form of the password."""

    current_password: str = ""
    new_password: str = ""


@get("/account", permission=Permission.PROFILE_VIEW, include_in_schema=False)
async def profile(
    request: Request[Actor, Any, Any], frame: NamedDependency[Frame], show_profile: NamedDependency[ShowProfile]
) -> Response[str]:
    """Who one is and for whom one buys, at which prices."""
    person = await show_profile(request.user)
    companies = tuple(
        AccountCompany(
            name=one.name,
            inn=one.inn,
            kpp=one.kpp,
            terms=None if one.price_type is UNSET else one.price_type,
            current=one.is_selected,
        )
        for one in person.companies
    )
    view = ProfileView(
        name=person.name,
        role=person.role,
        email=person.email or "",
        phone=person.phone or "",
        companies=companies,
        prices=request.user.may(Permission.PRICES_VIEW),
    )
    shell = await frame.shell(request, "account")
    return frame.page(request, "pages/profile.html", {"shell": shell, "view": view})


async def _security(
    request: Request[Actor, Any, Any],
    frame: Frame,
    list_sessions: ListSessions,
    *,
    done: str = "",
    refusal: DomainError | None = None,
) -> Response[str]:
    actor = request.user
    language = language_of(request)
    rows = tuple(
        SessionRow(
            id=str(one.session_id),
            device=device_of(one.user_agent),
            address=one.address,
            started_at=one.created_at,
            seen_at=one.last_seen_at,
            expires_at=one.expires_at,
            current=str(one.session_id) == actor.session_id,
        )
        for one in await list_sessions(actor)
    )
    errors = {}
    if refusal is not None:
        errors[refusal.field or ""] = error_text(refusal.code, refusal.params, language)
    flashes = (Flash(text=frame.site.texts(language).gettext(_DONE[done])),) if done in _DONE else ()
    shell = await frame.shell(request, "account", flashes=flashes)
    view = SecurityView(sessions=rows, password_form=Form({}, errors))
    answer = frame.page(request, "pages/security.html", {"shell": shell, "view": view})
    if refusal is not None:
        answer.status_code = UNPROCESSABLE
    return answer


@get("/account/sessions", permission=Permission.PROFILE_VIEW, include_in_schema=False)
async def security(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_sessions: NamedDependency[ListSessions],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Where one is logged in, and the form of the password."""
    return await _security(request, frame, list_sessions, done=done)


@post("/account/sessions/close", permission=Permission.PROFILE_VIEW, include_in_schema=False)
async def close(
    request: Request[Actor, Any, Any],
    data: Annotated[SessionForm, _FORM],
    close_session: NamedDependency[CloseSession],
) -> Redirect:
    """Log a device out; one that is gone already, by a second click or by itself, is no failure."""
    try:
        await close_session(request.user, data.session)
    except NotFound:
        return Redirect("/account/sessions?done=ended", status_code=303)
    return Redirect("/account/sessions?done=closed", status_code=303)


@post("/account/sessions/close-others", permission=Permission.PROFILE_VIEW, include_in_schema=False)
async def close_others(
    request: Request[Actor, Any, Any], close_other_sessions: NamedDependency[CloseOtherSessions]
) -> Redirect:
    """Log out everywhere but here."""
    await close_other_sessions(request.user)
    return Redirect("/account/sessions?done=others", status_code=303)


@post("/account/token/refresh", permission=Permission.PROFILE_VIEW, include_in_schema=False)
async def refresh(
    request: Request[Actor, str, Any], site: NamedDependency[Site], refresh_token: NamedDependency[RefreshToken]
) -> Redirect:
    """A new token for this device; the session goes on (TOK-2)."""
    opened = await refresh_token(request.user, request.auth)
    cookie = session_cookie(opened.token, max_age=opened.seconds, secure=site.secure)
    return Redirect("/account/sessions?done=refreshed", status_code=303, cookies=[cookie])


@post("/account/token/reset", permission=Permission.PROFILE_VIEW, include_in_schema=False)
async def reset(request: Request[Actor, Any, Any], reset_tokens: NamedDependency[ResetTokens]) -> Redirect:
    """Log out everywhere, here too (TOK-5)."""
    await reset_tokens(request.user)
    answer = Redirect("/login", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


@post("/account/password", permission=Permission.PROFILE_VIEW, include_in_schema=False)
async def password(
    request: Request[Actor, Any, Any],
    data: Annotated[PasswordForm, _FORM],
    frame: NamedDependency[Frame],
    list_sessions: NamedDependency[ListSessions],
    change_password: NamedDependency[ChangePassword],
) -> Response[Any]:
    """Change the password; a refusal brings the page back with the reason at its field and nothing typed in it."""
    address = client_address(request)
    try:
        await change_password(request.user, data.current_password, data.new_password, address=address)
    except (PasswordLength, WrongPassword, TooManyAttempts) as refusal:
        return await _security(request, frame, list_sessions, refusal=refusal)
    return Redirect("/account/sessions?done=password", status_code=303)


ROUTES = [profile, security, close, close_others, refresh, reset, password]
