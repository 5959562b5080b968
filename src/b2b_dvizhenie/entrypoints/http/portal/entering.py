"""What the pages of the way in share: the page, the cookie that binds a question, what follows a first step."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.response import Redirect

from b2b_dvizhenie.application.identity import NewSession, SecondStep
from b2b_dvizhenie.domain.identity import CODE_LIFETIME
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.entrypoints.http.authentication import session_cookie
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.login import LoginView
from b2b_dvizhenie.entrypoints.http.portal.frame import bare_shell
from b2b_dvizhenie.entrypoints.http.portal.site import Site
from b2b_dvizhenie.entrypoints.http.responses import language_of, page
from b2b_dvizhenie.entrypoints.texts import error_text

UNPROCESSABLE = 422
CHALLENGE = "b2b_challenge"
PATH = "/login"


def kept(secret: str, *, secure: bool) -> Cookie:
    """The cookie that binds a code to the browser; only the way in gets it."""
    seconds = int(CODE_LIFETIME.total_seconds())
    return Cookie(key=CHALLENGE, value=secret, path=PATH, max_age=seconds, httponly=True, secure=secure, samesite="lax")


def entered(site: Site, entry: NewSession | SecondStep, target: str) -> Redirect:
    """On to where the person was going, or to the second step of who has one."""
    if isinstance(entry, SecondStep):
        address = f"{PATH}/second-factor?next={quote(target, safe='')}"
        return Redirect(address, status_code=303, cookies=[kept(entry.challenge, secure=site.secure)])
    cookie = session_cookie(entry.token, max_age=entry.seconds, secure=site.secure)
    answer = Redirect(target, status_code=303, cookies=[cookie])
    answer.delete_cookie(CHALLENGE, path=PATH)
    return answer


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
