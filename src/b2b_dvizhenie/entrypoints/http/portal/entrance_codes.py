"""Logging in by a one-time code: ask for it, type it. The browser keeps a secret that the code is bound to."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from b2b_dvizhenie.application.identity import AskForCode, LogInByCode
from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.identity import (
    CODE_LIFETIME,
    CODE_LOGIN,
    CodeLoginOff,
    LoginInvalid,
    TooManyAttempts,
    WrongCode,
)
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.entrypoints.http.api.identity import client_address, visitor_of
from b2b_dvizhenie.entrypoints.http.authentication import session_cookie
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.login import LoginView
from b2b_dvizhenie.entrypoints.http.portal.frame import bare_shell
from b2b_dvizhenie.entrypoints.http.portal.site import Site
from b2b_dvizhenie.entrypoints.http.responses import language_of, local_path, page
from b2b_dvizhenie.entrypoints.texts import error_text

UNPROCESSABLE = 422
CHALLENGE = "b2b_challenge"
_PATH = "/login"
_FORM = Body(media_type=RequestEncodingType.URL_ENCODED)


class AskForm(Struct, frozen=True):
    """Phone or e-mail, and where the person was going."""

    login: str = ""
    next: str = "/"


class CodeForm(Struct, frozen=True):
    """The code, and where the person was going."""

    code: str = ""
    next: str = "/"


def kept(secret: str, *, seconds: int, secure: bool) -> Cookie:
    """The cookie that binds a code to the browser; only the way in gets it."""
    return Cookie(
        key=CHALLENGE, value=secret, path=_PATH, max_age=seconds, httponly=True, secure=secure, samesite="lax"
    )


def entrance_page(
    request: Request[Any, Any, Any], site: Site, view: LoginView, *, refused: bool = False
) -> Response[Any]:
    """A page of the way in."""
    context = {"shell": bare_shell(request, site), "view": view}
    return page(request, site.renderer, "pages/login.html", context, status=UNPROCESSABLE if refused else 200)


def refused_form(
    request: Request[Any, Any, Any], refusal: DomainError, values: dict[str, str], fields: tuple[str, ...] = ()
) -> Form:
    """A form with the reason at its field, or over it where it belongs to none of the fields."""
    name = refusal.field if refusal.field in fields else ""
    return Form(values, {name or "": error_text(refusal.code, refusal.params, language_of(request))})


def masked(login: str) -> str:
    """Enough of a login to recognise one's own: b…@example.ru, +7 … 67."""
    if "@" in login:
        name, _, domain = login.partition("@")
        return f"{name[:1]}…@{domain}"[:64]
    return f"…{login[-2:]}"


@get("/login/code", public=True, include_in_schema=False)
async def ask_page(
    request: Request[Actor | None, Any, Any],
    site: NamedDependency[Site],
    current_settings: NamedDependency[CurrentSettings],
    target: Annotated[str, QueryParameter(name="next")] = "/",
) -> Response[Any]:
    """The form that asks for a code; there is none while this way in is switched off."""
    if not await current_settings(CODE_LOGIN):
        raise NotFound
    return entrance_page(request, site, LoginView(step="code_request", next_url=local_path(target), recovery=True))


@post("/login/code", public=True, include_in_schema=False)
async def ask(
    request: Request[Actor | None, Any, Any],
    data: Annotated[AskForm, _FORM],
    site: NamedDependency[Site],
    ask_for_code: NamedDependency[AskForCode],
) -> Response[Any]:
    """Ask for a code; the answer is the same whoever asks."""
    target = local_path(data.next)
    try:
        asked = await ask_for_code(data.login, address=client_address(request), language=language_of(request))
    except (LoginInvalid, TooManyAttempts, CodeLoginOff) as refusal:
        form = refused_form(request, refusal, {"login": data.login[:254]}, ("login",))
        return entrance_page(request, site, LoginView(form=form, step="code_request", next_url=target), refused=True)
    view = LoginView(step="code", next_url=target, sent_to=masked(data.login.strip()))
    answer = entrance_page(request, site, view)
    answer.set_cookie(kept(asked.challenge, seconds=int(CODE_LIFETIME.total_seconds()), secure=site.secure))
    return answer


@post("/login/code/check", public=True, include_in_schema=False)
async def check(
    request: Request[Actor | None, Any, Any],
    data: Annotated[CodeForm, _FORM],
    site: NamedDependency[Site],
    log_in_by_code: NamedDependency[LogInByCode],
) -> Response[Any]:
    """Log in by the code; a wrong one brings the form back."""
    target = local_path(data.next)
    try:
        opened = await log_in_by_code(request.cookies.get(CHALLENGE, ""), data.code, visitor_of(request))
    except (WrongCode, TooManyAttempts, CodeLoginOff) as refusal:
        form = refused_form(request, refusal, {}, ("code",))
        return entrance_page(request, site, LoginView(form=form, step="code", next_url=target), refused=True)
    answer = Redirect(
        target, status_code=303, cookies=[session_cookie(opened.token, max_age=opened.seconds, secure=site.secure)]
    )
    answer.delete_cookie(CHALLENGE, path=_PATH)
    return answer


ROUTES = [ask_page, ask, check]
