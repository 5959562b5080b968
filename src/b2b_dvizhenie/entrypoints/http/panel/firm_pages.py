"""The panel's seller firms: the list, adding one, its requisites, which one is the default."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from b2b_dvizhenie.application.companies import FindCompany, FirmLine, ListFirms, PutFirm
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import FirmId
from b2b_dvizhenie.entrypoints.http.pages import companies as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.panel.company_forms import (
    UNPROCESSABLE,
    errors_of,
    fields_of,
    filled,
    requisites_form,
    requisites_of,
    typed_fields,
)
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

LIST = "/panel/firms"


def _may_change(actor: Actor) -> bool:
    return actor.grants.get(Permission.COMPANIES_MANAGE) is Scope.ALL


@get(LIST, permission=Permission.COMPANIES_VIEW, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any], frame: NamedDependency[Frame], list_firms: NamedDependency[ListFirms]
) -> Response[str]:
    """The firms the actor may see."""
    changes = _may_change(request.user)
    rows = tuple(
        views.FirmRow(
            name=one.requisites.name,
            inn=one.requisites.inn,
            kpp=one.requisites.kpp,
            is_default=one.is_default,
            is_active=one.is_active,
            agreements=one.agreements,
            people=one.people,
            url=f"{LIST}/{one.firm_id}" if changes else None,
        )
        for one in await list_firms(request.user)
    )
    view = views.FirmListView(rows=rows, new_url=f"{LIST}/new" if changes else None)
    shell = await panel_shell(frame, request, "companies")
    return frame.page(request, "pages/firm_list.html", {"shell": shell, "view": view})


async def _found(list_firms: ListFirms, actor: Actor, firm_id: UUID) -> FirmLine:
    for firm in await list_firms(actor):
        if firm.firm_id == firm_id:
            return firm
    raise NotFound("firm_id")


async def _page(
    request: Request[Actor, Any, Any],
    frame: Frame,
    find_company: FindCompany,
    form: Form,
    firm: FirmLine | None = None,
) -> Response[str]:
    typed = form.values
    action = f"{LIST}/{firm.firm_id if firm else 'new'}"
    fields = requisites_form(frame, request, form, action, may_fill=find_company.is_enabled)
    view = views.FirmView(
        name=firm.requisites.name if firm else "",
        requisites=fields,
        is_default="default" in typed or (firm is not None and firm.is_default),
        is_active="active" in typed if form.errors or firm is None else firm.is_active,
        is_new=firm is None,
    )
    shell = await panel_shell(frame, request, "companies")
    answer = frame.page(request, "pages/firm.html", {"shell": shell, "view": view})
    answer.status_code = UNPROCESSABLE if form.errors else 200
    return answer


@get(f"{LIST}/new", permission=Permission.COMPANIES_MANAGE, include_in_schema=False)
async def new(
    request: Request[Actor, Any, Any], frame: NamedDependency[Frame], find_company: NamedDependency[FindCompany]
) -> Response[str]:
    """The form of a new firm."""
    return await _page(request, frame, find_company, Form())


@get(f"{LIST}/{{firm_id:uuid}}", permission=Permission.COMPANIES_MANAGE, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    firm_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_firms: NamedDependency[ListFirms],
    find_company: NamedDependency[FindCompany],
) -> Response[str]:
    """The form of a firm."""
    firm = await _found(list_firms, request.user, firm_id)
    return await _page(request, frame, find_company, Form(fields_of(firm.requisites)), firm)


async def _saved(
    request: Request[Actor, Any, Any],
    frame: Frame,
    find_company: FindCompany,
    put_firm: PutFirm,
    firm: FirmLine | None = None,
) -> Response[Any]:
    fields = await typed_fields(request)
    if fields.get("act") == "fill":
        form, _ = await filled(request, frame, find_company, fields)
        return await _page(request, frame, find_company, form, firm)
    try:
        await put_firm(
            request.user,
            requisites_of(fields),
            firm.firm_id if firm else None,
            is_default="default" in fields,
            is_active=firm is None or "active" in fields,
        )
    except DomainError as error:
        if error.kind not in (Kind.INVALID, Kind.CONFLICT):
            raise
        form = Form(fields, errors_of(error, language_of(request)))
        return await _page(request, frame, find_company, form, firm)
    return Redirect(LIST, status_code=303)


@post(f"{LIST}/new", permission=Permission.COMPANIES_MANAGE, status_code=200, include_in_schema=False)
async def add(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    find_company: NamedDependency[FindCompany],
    put_firm: NamedDependency[PutFirm],
) -> Response[Any]:
    """Add a firm; what is wrong comes back with the form."""
    return await _saved(request, frame, find_company, put_firm)


@post(f"{LIST}/{{firm_id:uuid}}", permission=Permission.COMPANIES_MANAGE, status_code=200, include_in_schema=False)
async def change(
    request: Request[Actor, Any, Any],
    firm_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_firms: NamedDependency[ListFirms],
    find_company: NamedDependency[FindCompany],
    put_firm: NamedDependency[PutFirm],
) -> Response[Any]:
    """Change a firm; what is wrong comes back with the form."""
    firm = await _found(list_firms, request.user, FirmId(firm_id))
    return await _saved(request, frame, find_company, put_firm, firm)


ROUTES = [list_, new, show, add, change]
