"""A forgotten password, and links of invitations and recovery. Looking at a link uses nothing up."""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from msgspec import Struct

from b2b_dvizhenie.application.identity import AskForRecovery, OpenLink, SetPasswordByLink
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.identity import LoginInvalid, PasswordLength, TooManyAttempts
from b2b_dvizhenie.entrypoints.http.api.identity import client_address, visitor_of
from b2b_dvizhenie.entrypoints.http.pages.login import LoginView
from b2b_dvizhenie.entrypoints.http.portal.entering import entered, entrance_page, refused_form
from b2b_dvizhenie.entrypoints.http.portal.site import Site
from b2b_dvizhenie.entrypoints.http.responses import language_of

_FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
_LONGEST = 200


class RecoveryForm(Struct, frozen=True):
    """Phone or e-mail."""

    login: str = ""


class NewPasswordForm(Struct, frozen=True):
    """The password from now on."""

    password: str = ""


@get("/login/recovery", public=True, include_in_schema=False)
async def recovery_page(request: Request[Actor | None, Any, Any], site: NamedDependency[Site]) -> Response[Any]:
    """The form that asks for a link to a new password."""
    return entrance_page(request, site, LoginView(step="recovery"))


@post("/login/recovery", public=True, include_in_schema=False)
async def recover(
    request: Request[Actor | None, Any, Any],
    data: Annotated[RecoveryForm, _FORM],
    site: NamedDependency[Site],
    ask_for_recovery: NamedDependency[AskForRecovery],
) -> Response[Any]:
    """Ask for the link; the answer is the same whoever asks."""
    try:
        await ask_for_recovery(data.login, address=client_address(request), language=language_of(request))
    except (LoginInvalid, TooManyAttempts) as refusal:
        form = refused_form(request, refusal, {"login": data.login[:254]}, ("login",))
        return entrance_page(request, site, LoginView(form=form, step="recovery"), refused=True)
    return entrance_page(request, site, LoginView(step="recovery", sent_to="sent"))


def _action(token: str) -> str:
    return f"/login/link?{urlencode({'token': token[:_LONGEST]})}"


@get("/login/link", public=True, include_in_schema=False)
async def link_page(
    request: Request[Actor | None, Any, Any],
    site: NamedDependency[Site],
    open_link: NamedDependency[OpenLink],
    token: Annotated[str, QueryParameter(name="token")] = "",
) -> Response[Any]:
    """The form of the new password; a dead link says so."""
    await open_link(token[:_LONGEST])
    return entrance_page(request, site, LoginView(step="new_password", next_url=_action(token)))


@post("/login/link", public=True, include_in_schema=False)
async def set_password(
    request: Request[Actor | None, Any, Any],
    data: Annotated[NewPasswordForm, _FORM],
    site: NamedDependency[Site],
    set_password_by_link: NamedDependency[SetPasswordByLink],
    token: Annotated[str, QueryParameter(name="token")] = "",
) -> Response[Any]:
    """Set the password and enter; one that is too short brings the form back, and the link still works."""
    try:
        entry = await set_password_by_link(token[:_LONGEST], data.password, visitor_of(request))
    except PasswordLength as refusal:
        form = refused_form(request, refusal, {}, ("password",))
        view = LoginView(form=form, step="new_password", next_url=_action(token))
        return entrance_page(request, site, view, refused=True)
    return entered(site, entry, "/")


ROUTES = [recovery_page, recover, link_page, set_password]
