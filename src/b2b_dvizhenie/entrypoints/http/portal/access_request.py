"""A stranger's request for access: a form that says the same whoever and whatever company is named."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from msgspec import structs

from b2b_dvizhenie.application.companies import RequestAccess
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import AccessRequestsOff, AskedAccess
from b2b_dvizhenie.domain.identity import TooManyAttempts
from b2b_dvizhenie.domain.shared.errors import Invalid
from b2b_dvizhenie.entrypoints.http.api.identity import client_address
from b2b_dvizhenie.entrypoints.http.pages.access_requests import AskView
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.panel.company_forms import errors_of, typed_fields
from b2b_dvizhenie.entrypoints.http.portal.entering import UNPROCESSABLE
from b2b_dvizhenie.entrypoints.http.portal.frame import bare_shell
from b2b_dvizhenie.entrypoints.http.portal.site import Site
from b2b_dvizhenie.entrypoints.http.responses import language_of, page

PATH = "/login/request"


def _page(request: Request[Any, Any, Any], site: Site, view: AskView) -> Response[Any]:
    status = UNPROCESSABLE if view.form.errors else 200
    context = {"shell": bare_shell(request, site), "view": view}
    return page(request, site.renderer, "pages/access_request.html", context, status=status)


@get(PATH, public=True, include_in_schema=False)
async def form(
    request: Request[Actor | None, Any, Any],
    site: NamedDependency[Site],
    request_access: NamedDependency[RequestAccess],
) -> Response[Any]:
    """The form; an unknown address while administrators have switched it off."""
    if not await request_access.is_offered():
        raise NotFoundException
    return _page(request, site, AskView())


@post(PATH, public=True, status_code=200, include_in_schema=False)
async def send(
    request: Request[Actor | None, Any, Any],
    site: NamedDependency[Site],
    request_access: NamedDependency[RequestAccess],
) -> Response[Any]:
    """Keep the request; what is wrong comes back with the form."""
    fields = await typed_fields(request)
    asked = AskedAccess(**{name: fields.get(name, "") for name in structs.asdict(AskedAccess())})
    try:
        await request_access(asked, address=client_address(request))
    except AccessRequestsOff as refusal:
        raise NotFoundException from refusal
    except (Invalid, TooManyAttempts) as refusal:
        return _page(request, site, AskView(Form(fields, errors_of(refusal, language_of(request)))))
    return _page(request, site, AskView(sent=True))


ROUTES = [form, send]
