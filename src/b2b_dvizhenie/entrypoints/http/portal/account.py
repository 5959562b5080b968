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
    RefreshToken,
    ResetTokens,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import PasswordLength, TooManyAttempts, WrongPassword
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.entrypoints.http.api.identity import client_address
from b2b_dvizhenie.entrypoints.http.authentication import COOKIE, session_cookie
from b2b_dvizhenie.entrypoints.http.pages.account import AccountCompany, ProfileView
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.portal.security import SecurityPage
from b2b_dvizhenie.entrypoints.http.portal.site import Site

_FORM = Body(media_type=RequestEncodingType.URL_ENCODED)


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
        role=person.role_name or person.role,
        email=person.email or "",
        phone=person.phone or "",
        companies=companies,
        prices=request.user.may(Permission.PRICES_VIEW),
    )
    shell = await frame.shell(request, "account")
    return frame.page(request, "pages/profile.html", {"shell": shell, "view": view})


@get("/account/sessions", permission=Permission.PROFILE_VIEW, while_due=True, include_in_schema=False)
async def security(
    request: Request[Actor, Any, Any],
    security_page: NamedDependency[SecurityPage],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Where one is logged in, the form of the password, the second step."""
    return await security_page.answer(request, done=done)


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
    security_page: NamedDependency[SecurityPage],
    change_password: NamedDependency[ChangePassword],
) -> Response[Any]:
    """Change the password; a refusal brings the page back with the reason at its field and nothing typed in it."""
    address = client_address(request)
    try:
        await change_password(request.user, data.current_password, data.new_password, address=address)
    except (PasswordLength, WrongPassword, TooManyAttempts) as refusal:
        return await security_page.answer(request, form="password", refusal=refusal)
    return Redirect("/account/sessions?done=password", status_code=303)


ROUTES = [profile, security, close, close_others, refresh, reset, password]
