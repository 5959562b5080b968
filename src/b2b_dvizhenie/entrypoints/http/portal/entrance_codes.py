"""Logging in by a one-time code: ask for it, type it. The browser keeps a secret that the code is bound to."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from msgspec import Struct

from b2b_dvizhenie.application.identity import AskForCode, LogInByCode
from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.identity import (
    CODE_LOGIN,
    CodeLoginOff,
    LoginInvalid,
    TooManyAttempts,
    WrongCode,
)
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.entrypoints.http.api.identity import client_address, visitor_of
from b2b_dvizhenie.entrypoints.http.pages.login import LoginView
from b2b_dvizhenie.entrypoints.http.portal.entering import CHALLENGE, entered, entrance_page, kept, refused_form
from b2b_dvizhenie.entrypoints.http.portal.site import Site
from b2b_dvizhenie.entrypoints.http.responses import language_of, local_path

_FORM = Body(media_type=RequestEncodingType.URL_ENCODED)


class AskForm(Struct, frozen=True):
    """Phone or e-mail, and where the person was going."""

    login: str = ""
    next: str = "/"


class CodeForm(Struct, frozen=True):
    """The code, and where the person was going."""

    code: str = ""
    next: str = "/"


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
    answer.set_cookie(kept(asked.challenge, secure=site.secure))
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
        entry = await log_in_by_code(request.cookies.get(CHALLENGE, ""), data.code, visitor_of(request))
    except (WrongCode, TooManyAttempts, CodeLoginOff) as refusal:
        form = refused_form(request, refusal, {}, ("code",))
        return entrance_page(request, site, LoginView(form=form, step="code", next_url=target), refused=True)
    return entered(site, entry, target)


ROUTES = [ask_page, ask, check]
