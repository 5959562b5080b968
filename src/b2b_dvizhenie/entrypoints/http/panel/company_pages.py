"""The panel's buyer companies: the list, adding one, requisites, personal manager, switching off (MUL, REG-8)."""

import base64
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from b2b_dvizhenie.application.companies import (
    AssignManager,
    BrowseCompanies,
    ChangeCompany,
    CompanyExists,
    CompanyQuery,
    CompanyState,
    CreateCompany,
    FindCompany,
    FindPerson,
    ShowCompany,
    SwitchCompany,
)
from b2b_dvizhenie.application.companies import CompanyRow as Row
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import CompanyKind
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import parse_login
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, VersionConflict
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.entrypoints.http.filters import person_id
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages import companies as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.company_forms import (
    FORGIVEN,
    UNPROCESSABLE,
    errors_of,
    fields_of,
    filled,
    head_of,
    kind_choices,
    requisites_form,
    requisites_of,
    typed_fields,
)
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

ROWS = 50
LIST = "/panel/companies"
_NOBODY = "none"
_DONE = {
    "saved": N_("Saved."),
    "added": N_("The company is added."),
    "manager": N_("The manager is assigned."),
    "switched": N_("The state is changed."),
}


def _packed(key: tuple[str, CompanyId] | None) -> str:
    if key is None:
        return ""
    return base64.urlsafe_b64encode(msgspec.json.encode([key[0], str(key[1])])).decode().rstrip("=")


def _unpacked(text: str) -> tuple[str, CompanyId] | None:
    """Where to go on; an address that was tampered with begins anew."""
    try:
        name, key = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=tuple[str, UUID])
    except (ValueError, msgspec.DecodeError):
        return None
    return None if "\x00" in name else (name, CompanyId(key))


def _row(row: Row) -> views.CompanyRow:
    return views.CompanyRow(
        url=f"{LIST}/{row.company_id}",
        name=row.name,
        inn=row.inn,
        kpp=row.kpp,
        kind=row.kind.value,
        state="active" if row.is_active else "inactive",
        node=row.node,
        manager=row.manager,
        price_type=row.price_type,
        buyers=row.buyers,
    )


@get(LIST, permission=Permission.COMPANIES_VIEW, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    browse_companies: NamedDependency[BrowseCompanies],
    show_company: NamedDependency[ShowCompany],
    q: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    manager: FromQuery[str] = "",
    after: FromQuery[str] = "",
    wanted: Annotated[str, QueryParameter(name="state")] = "active",
) -> Response[str]:
    """Companies the actor may see, by name, read on by a key. Nonsense in the address filters by nothing."""
    states = {"active": CompanyState.ACTIVE, "inactive": CompanyState.INACTIVE}
    state = wanted if wanted in states else "any"
    kinds = {one.value: one for one in CompanyKind}
    start = _unpacked(after) if after else None
    query = CompanyQuery(
        text=q,
        kind=kinds.get(kind),
        state=states.get(state),
        manager_id=person_id(manager),
        unmanaged=manager == _NOBODY,
        limit=ROWS,
        after=start,
    )
    actor = request.user
    found = await browse_companies(actor, query)
    managers = await show_company.managers(actor)
    texts = frame.site.texts(language_of(request))

    def url(**changes: str) -> str:
        kept = {"q": q.strip(), "kind": kind if kind in kinds else "", "manager": manager, "state": state} | changes
        pairs = {name: value for name, value in kept.items() if value and (name, value) != ("state", "active")}
        return f"{LIST}?{urlencode(pairs)}" if pairs else LIST

    may_add = actor.may(Permission.COMPANIES_MANAGE)
    view = views.CompanyListView(
        rows=tuple(map(_row, found.items)),
        total=found.total,
        states=tuple(Link(one, url(state=one), one == state) for one in ("active", "inactive", "any")),
        kinds=tuple(Choice(one.value, one.title, one.selected) for one in kind_choices(frame, request, kind or "")),
        managers=(
            Choice(_NOBODY, texts.gettext("nobody"), manager == _NOBODY),
            *(Choice(str(one.user_id), one.name, str(one.user_id) == manager) for one in managers),
        )
        if managers
        else (),
        query=q,
        state=state,
        filtered=bool(q.strip() or kind or manager or state != "active"),
        next_url=url(after=_packed(found.next)) if found.next else None,
        first_url=url() if start is not None else None,
        new_url=f"{LIST}/new" if may_add else None,
        firms_url="/panel/firms",
    )
    shell = await panel_shell(frame, request, "companies")
    return frame.page(request, "pages/company_list.html", {"shell": shell, "view": view})


async def _new_page(
    request: Request[Actor, Any, Any],
    frame: Frame,
    find_company: FindCompany,
    form: Form,
    *,
    notice: str = "",
    existing: str = "",
) -> Response[str]:
    fields = requisites_form(frame, request, form, f"{LIST}/new", may_fill=find_company.is_enabled)
    view = views.CompanyNewView(requisites=fields, existing_url=existing or None, notice=notice)
    shell = await panel_shell(frame, request, "companies")
    answer = frame.page(request, "pages/company/new.html", {"shell": shell, "view": view})
    answer.status_code = UNPROCESSABLE if form.errors else 200
    return answer


@get(f"{LIST}/new", permission=Permission.COMPANIES_MANAGE, include_in_schema=False)
async def new(
    request: Request[Actor, Any, Any], frame: NamedDependency[Frame], find_company: NamedDependency[FindCompany]
) -> Response[str]:
    """The form of a new company."""
    return await _new_page(request, frame, find_company, Form())


@post(f"{LIST}/new", permission=Permission.COMPANIES_MANAGE, status_code=200, include_in_schema=False)
async def add(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    find_company: NamedDependency[FindCompany],
    create_company: NamedDependency[CreateCompany],
) -> Response[Any]:
    """Fill the form by INN, or add the company; what is wrong comes back with the form."""
    fields = await typed_fields(request)
    if fields.get("act") == "fill":
        form, notice = await filled(request, frame, find_company, fields)
        return await _new_page(request, frame, find_company, form, notice=notice)
    try:
        company_id = await create_company(request.user, requisites_of(fields))
    except DomainError as error:
        if error.kind not in FORGIVEN:
            raise
        existing = f"{LIST}/{error.params['company_id']}" if isinstance(error, CompanyExists) else ""
        form = Form(fields, errors_of(error, language_of(request)))
        return await _new_page(request, frame, find_company, form, existing=existing)
    return Redirect(f"{LIST}/{company_id}?done=added", status_code=303)


class CompanyPages:
    """Puts the first part of a company together; several handlers end on it."""

    def __init__(self, frame: Frame, show_company: ShowCompany, find_company: FindCompany) -> None:
        self._frame = frame
        self._show_company = show_company
        self._find_company = find_company

    async def page(
        self,
        request: Request[Actor, Any, Any],
        company_id: UUID,
        *,
        form: Form | None = None,
        manager_form: Form | None = None,
        notice: str = "",
        existing: str = "",
        done: str = "",
    ) -> Response[str]:
        """The page; raises NotFound."""
        actor = request.user
        card = await self._show_company(actor, CompanyId(company_id))
        base = f"{LIST}/{company_id}"
        manages = actor.may(Permission.COMPANIES_MANAGE)
        assigns = manages and actor.may(Permission.USERS_VIEW)
        managers = await self._show_company.managers(actor) if assigns else ()
        texts = self._frame.site.texts(language_of(request))
        stored = fields_of(card.requisites)
        shown = form or Form(stored)
        fields = views.RequisitesForm(
            form=shown,
            action=base,
            kinds=kind_choices(self._frame, request, shown.value("kind", card.row.kind.value)),
            may_change=manages and not card.row.node,
            may_fill=self._find_company.is_enabled,
            version=shown.value("version", card.updated_at.isoformat()),
        )
        view = views.CompanyView(
            head=head_of(card, actor, "requisites"),
            requisites=fields,
            manager=card.row.manager,
            manager_form=manager_form or Form(),
            managers=tuple((one.login, one.name) for one in managers),
            switch_url=f"{base}/state" if manages else None,
            manager_url=f"{base}/manager" if assigns else None,
            existing_url=existing or None,
            notice=notice,
        )
        flashes = (Flash(text=texts.gettext(_DONE[done])),) if done in _DONE else ()
        shell = await panel_shell(self._frame, request, "companies", flashes=flashes)
        answer = self._frame.page(request, "pages/company/requisites.html", {"shell": shell, "view": view})
        wrong = (form and form.errors) or (manager_form and manager_form.errors)
        answer.status_code = UNPROCESSABLE if wrong else 200
        return answer


@get(f"{LIST}/{{company_id:uuid}}", permission=Permission.COMPANIES_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
    find_company: NamedDependency[FindCompany],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Requisites and personal manager of a company."""
    return await CompanyPages(frame, show_company, find_company).page(request, company_id, done=done)


def _version(text: str) -> datetime:
    try:
        seen = datetime.fromisoformat(text)
    except ValueError as error:
        raise VersionConflict from error
    if seen.tzinfo is None:
        raise VersionConflict
    return seen


@post(f"{LIST}/{{company_id:uuid}}", permission=Permission.COMPANIES_MANAGE, status_code=200, include_in_schema=False)
async def change(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
    find_company: NamedDependency[FindCompany],
    change_company: NamedDependency[ChangeCompany],
) -> Response[Any]:
    """Fill the form by INN, or write the requisites; what is wrong comes back with the form."""
    pages = CompanyPages(frame, show_company, find_company)
    fields = await typed_fields(request)
    if fields.get("act") == "fill":
        form, notice = await filled(request, frame, find_company, fields)
        return await pages.page(request, company_id, form=form, notice=notice)
    try:
        version = _version(fields.get("version", ""))
        await change_company(request.user, CompanyId(company_id), requisites_of(fields), version)
    except DomainError as error:
        if error.kind not in (Kind.INVALID, Kind.CONFLICT):
            raise
        existing = f"{LIST}/{error.params['company_id']}" if isinstance(error, CompanyExists) else ""
        form = Form(fields, errors_of(error, language_of(request)))
        return await pages.page(request, company_id, form=form, existing=existing)
    return Redirect(f"{LIST}/{company_id}?done=saved", status_code=303)


@post(f"{LIST}/{{company_id:uuid}}/state", permission=Permission.COMPANIES_MANAGE, include_in_schema=False)
async def switch(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    switch_company: NamedDependency[SwitchCompany],
) -> Redirect:
    """Switch the company off, or on again."""
    fields = await typed_fields(request)
    await switch_company(request.user, CompanyId(company_id), is_active=fields.get("on") == "1")
    return Redirect(f"{LIST}/{company_id}?done=switched", status_code=303)


@post(
    f"{LIST}/{{company_id:uuid}}/manager",
    permission=Permission.COMPANIES_MANAGE,
    status_code=200,
    include_in_schema=False,
)
async def assign(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
    find_company: NamedDependency[FindCompany],
    find_person: NamedDependency[FindPerson],
    assign_manager: NamedDependency[AssignManager],
) -> Response[Any]:
    """Give the company its personal manager, or none."""
    fields = await typed_fields(request)
    actor = request.user
    await show_company(actor, CompanyId(company_id))  # a foreign company tells nothing about logins
    try:
        manager_id = None
        if not fields.get("nobody"):
            login = parse_login(fields.get("manager", ""), "manager")
            manager_id = await find_person(actor, login.value, "manager")
        await assign_manager(actor, CompanyId(company_id), manager_id)
    except DomainError as error:
        if error.kind is not Kind.INVALID:
            raise
        wrong = Form(fields, errors_of(error, language_of(request)))
        pages = CompanyPages(frame, show_company, find_company)
        return await pages.page(request, company_id, manager_form=wrong)
    return Redirect(f"{LIST}/{company_id}?done=manager", status_code=303)


ROUTES = [list_, new, add, show, change, switch, assign]
