"""The panel's people of a company: who buys for it, with which access level (LVL-4, LVL-5)."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from b2b_dvizhenie.application.companies import (
    AccessLevelInvalid,
    AssignBuyer,
    FindPerson,
    MemberLine,
    RemoveBuyer,
    ShowCompany,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.visibility import NameLevels
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import parse_login
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import CompanyId, UserId
from b2b_dvizhenie.entrypoints.http.information_texts import level_title
from b2b_dvizhenie.entrypoints.http.pages import companies as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.panel.company_forms import UNPROCESSABLE, errors_of, head_of, typed_fields
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.panel.users import NEW
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

PATH = "/panel/companies/{company_id:uuid}/people"


def _row(member: MemberLine) -> views.MemberRow:
    return views.MemberRow(
        id=str(member.user_id),
        name=member.name,
        login=member.email or member.phone or "",
        role=member.role_name or member.role,
        state="active" if member.is_active else "blocked",
        level=member.access_level,
        seen_at=member.last_seen_at,
    )


def level_of(text: str) -> int:
    """The access level that a form names; raises AccessLevelInvalid for what is no number."""
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise AccessLevelInvalid("access_level")
    return int(text)


async def _page(
    request: Request[Actor, Any, Any],
    frame: Frame,
    show_company: ShowCompany,
    name_levels: NameLevels,
    company_id: UUID,
    form: Form,
) -> Response[str]:
    actor = request.user
    card = await show_company(actor, CompanyId(company_id))
    members = await show_company.members(actor, CompanyId(company_id))
    manages = actor.may(Permission.COMPANIES_MANAGE) and actor.may(Permission.USERS_VIEW)
    texts = frame.site.texts(language_of(request))
    view = views.PeopleView(
        head=head_of(card, actor, "people"),
        rows=tuple(map(_row, members)),
        form=form,
        action=f"/panel/companies/{company_id}/people" if manages else None,
        new_url=f"{NEW}?company={company_id}" if manages and actor.may(Permission.USERS_MANAGE) else None,
        levels=tuple(Choice(str(level), level_title(level, name, texts)) for level, name in await name_levels(actor))
        if manages
        else (),
        links=actor.may(Permission.USERS_VIEW),
    )
    shell = await panel_shell(frame, request, "companies")
    answer = frame.page(request, "pages/company/people.html", {"shell": shell, "view": view})
    answer.status_code = UNPROCESSABLE if form.errors else 200
    return answer


@get(PATH, permission=Permission.COMPANIES_VIEW, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
    name_levels: NamedDependency[NameLevels],
) -> Response[str]:
    """Who buys for the company."""
    return await _page(request, frame, show_company, name_levels, company_id, Form())


@post(PATH, permission=Permission.COMPANIES_MANAGE, status_code=200, include_in_schema=False)
async def add(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
    name_levels: NamedDependency[NameLevels],
    find_person: NamedDependency[FindPerson],
    assign_buyer: NamedDependency[AssignBuyer],
) -> Response[Any]:
    """Let somebody buy for the company."""
    fields, actor = await typed_fields(request), request.user
    await show_company(actor, CompanyId(company_id))  # a foreign company tells nothing about logins
    try:
        level = level_of(fields.get("level", "").strip() or "1")
        login = parse_login(fields.get("login", ""), "login")
        user_id = await find_person(actor, login.value, "login")
        await assign_buyer(actor, user_id, CompanyId(company_id), level)
    except DomainError as error:
        if error.kind is not Kind.INVALID:
            raise
        form = Form(fields, errors_of(error, language_of(request)))
        return await _page(request, frame, show_company, name_levels, company_id, form)
    return Redirect(f"/panel/companies/{company_id}/people", status_code=303)


@post(PATH + "/{user_id:uuid}", permission=Permission.COMPANIES_MANAGE, status_code=200, include_in_schema=False)
async def set_level(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    user_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
    name_levels: NamedDependency[NameLevels],
    assign_buyer: NamedDependency[AssignBuyer],
) -> Response[Any]:
    """Change a member's access level."""
    fields = await typed_fields(request)
    try:
        level = level_of(fields.get("level", "").strip())
        await assign_buyer(request.user, UserId(user_id), CompanyId(company_id), level)
    except DomainError as error:
        if error.kind is not Kind.INVALID:
            raise
        said = " ".join(errors_of(error, language_of(request)).values())
        return await _page(request, frame, show_company, name_levels, company_id, Form({}, {"": said}))
    return Redirect(f"/panel/companies/{company_id}/people", status_code=303)


@post(PATH + "/{user_id:uuid}/remove", permission=Permission.COMPANIES_MANAGE, include_in_schema=False)
async def remove(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    user_id: FromPath[UUID],
    remove_buyer: NamedDependency[RemoveBuyer],
) -> Redirect:
    """Let a member buy for the company no more."""
    await remove_buyer(request.user, UserId(user_id), CompanyId(company_id))
    return Redirect(f"/panel/companies/{company_id}/people", status_code=303)


ROUTES = [list_, add, set_level, remove]
