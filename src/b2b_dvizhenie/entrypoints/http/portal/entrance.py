"""Ways in and out of the portal, and for which company one acts."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from b2b_dvizhenie.application.identity import LogIn, LogOut, SelectCompany
from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import ACCESS_REQUESTS
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import CODE_LOGIN, BadCredentials, TooManyAttempts
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.entrypoints.http.api.identity import client_address
from b2b_dvizhenie.entrypoints.http.authentication import COOKIE, with_company
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.login import LoginView
from b2b_dvizhenie.entrypoints.http.portal.access_request import PATH as REQUEST_PATH
from b2b_dvizhenie.entrypoints.http.portal.entering import entered, entrance_page, refused_form
from b2b_dvizhenie.entrypoints.http.portal.site import Site
from b2b_dvizhenie.entrypoints.http.responses import local_path

MAX_LOGIN = 254
_FORM = Body(media_type=RequestEncodingType.URL_ENCODED)


class LoginForm(Struct, frozen=True):
    """What the login page sends; `next` is where the person was going."""

    login: str = ""
    password: str = ""
    next: str = "/"


class CompanyForm(Struct, frozen=True):
    """The pressed company of the menu; `next` is where the menu was opened."""

    company: UUID
    next: str = "/"


async def _login_page(
    request: Request[Any, Any, Any],
    site: Site,
    current: CurrentSettings,
    form: LoginForm,
    refusal: DomainError | None = None,
) -> Response[str]:
    typed = {"login": form.login[:MAX_LOGIN]}
    view = LoginView(
        form=Form(typed) if refusal is None else refused_form(request, refusal, typed),
        next_url=local_path(form.next),
        recovery=True,
        access_request_url=REQUEST_PATH if await current(ACCESS_REQUESTS) else None,
        code_login=await current(CODE_LOGIN),
    )
    return entrance_page(request, site, view, refused=refusal is not None)


@get("/login", public=True, include_in_schema=False)
async def login_page(
    request: Request[Actor | None, Any, Any],
    site: NamedDependency[Site],
    current_settings: NamedDependency[CurrentSettings],
    target: Annotated[str, QueryParameter(name="next")] = "/",
) -> Response[Any]:
    """The login form; who is logged in already goes on."""
    if request.user is not None:
        return Redirect(local_path(target))
    return await _login_page(request, site, current_settings, LoginForm(next=target))


@post("/login", public=True, include_in_schema=False)
async def login(
    request: Request[Actor | None, Any, Any],
    data: Annotated[LoginForm, _FORM],
    site: NamedDependency[Site],
    log_in: NamedDependency[LogIn],
    current_settings: NamedDependency[CurrentSettings],
) -> Response[Any]:
    """Log in and go where the person was going; a wrong password brings the form back."""
    agent = request.headers.get("user-agent", "")
    try:
        entry = await log_in(data.login, data.password, address=client_address(request), user_agent=agent)
    except (BadCredentials, TooManyAttempts) as refusal:
        return await _login_page(request, site, current_settings, data, refusal)
    return entered(site, entry, local_path(data.next))


@post("/logout", public=True, while_viewing=True, include_in_schema=False)
async def logout(request: Request[Actor | None, Any, Any], log_out: NamedDependency[LogOut]) -> Redirect:
    """Close the session and forget what the browser kept of it; doing it twice is fine."""
    if request.user is not None:
        await log_out(request.user)
    answer = Redirect("/login", status_code=303, headers={"Clear-Site-Data": '"cache", "storage"'})
    answer.delete_cookie(COOKIE)
    return answer


@post("/companies/select", permission=Permission.PROFILE_VIEW, include_in_schema=False)
async def select_company(
    request: Request[Actor, Any, Any],
    data: Annotated[CompanyForm, _FORM],
    select_company: NamedDependency[SelectCompany],
) -> Redirect:
    """Act for another company from now on: the cart stays, prices and limits change."""
    await select_company(request.user, CompanyId(data.company))
    return Redirect(with_company(local_path(data.next), ""), status_code=303)


ROUTES = [login_page, login, logout, select_company]
