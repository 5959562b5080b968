"""The panel's requests for access: the list, and the page that lets in or refuses."""

from gettext import GNUTranslations
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from b2b_dvizhenie.application.companies import (
    AccessRequest,
    ApproveRequest,
    ListAccessRequests,
    RefuseRequest,
    RequestAccess,
    SameCompany,
    ShowAccessRequest,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import RequestState
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages.access_requests import RequestRow, RequestsView, RequestView
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.company_forms import errors_of, typed_fields
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.problems import STATUS
from b2b_dvizhenie.entrypoints.http.responses import language_of

LIST = "/panel/requests"
PATH = LIST + "/{request_id:uuid}"
ROWS = 50
_LEGAL_INN = 10
_DONE = {
    "approved": N_("Let in; the invitation is on its way."),
    "refused": N_("Refused."),
}


def _row(found: AccessRequest) -> RequestRow:
    asked = found.asked
    return RequestRow(
        url=f"{LIST}/{found.request_id}",
        company=asked.company,
        inn=asked.inn,
        name=asked.name,
        contact=asked.email or asked.phone,
        created_at=found.created_at,
        state=found.state.value,
    )


def _state(text: str) -> RequestState | None:
    return RequestState(text) if text in set(RequestState) else None


@get(LIST, permission=Permission.REQUESTS_MANAGE, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_access_requests: NamedDependency[ListAccessRequests],
    request_access: NamedDependency[RequestAccess],
    wanted: Annotated[str, QueryParameter(name="state")] = "",
    page: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """Requests, the newest first; nonsense in the address filters by nothing."""
    texts, state = frame.site.texts(language_of(request)), _state(wanted)
    number = max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 8 else 1
    found = await list_access_requests(request.user, state, limit=ROWS, offset=(number - 1) * ROWS)
    kept = f"state={state.value}&" if state else ""
    view = RequestsView(
        rows=tuple(map(_row, found.items)),
        pager=numbered(found.total, number, ROWS, f"{LIST}?{kept}page={{page}}"),
        states=_states(found.counts, state, texts),
        offered=await request_access.is_offered(),
        settings_url="/panel/settings" if request.user.may(Permission.SETTINGS_VIEW) else None,
    )
    flashes = (Flash(text=texts.gettext(_DONE[done])),) if done in _DONE else ()
    shell = await panel_shell(frame, request, "requests", flashes=flashes)
    return frame.page(request, "pages/request_list.html", {"shell": shell, "view": view})


def _states(counts: dict[RequestState, int], chosen: RequestState | None, texts: GNUTranslations) -> tuple[Link, ...]:
    titles = {
        RequestState.WAITING: texts.gettext("Waiting"),
        RequestState.APPROVED: texts.gettext("Let in"),
        RequestState.REFUSED: texts.gettext("Refused"),
    }
    everything = Link(f"{texts.gettext('All')} {sum(counts.values())}", LIST, chosen is None)
    return (
        everything,
        *(Link(f"{titles[one]} {counts[one]}", f"{LIST}?state={one.value}", one is chosen) for one in RequestState),
    )


def _choices(companies: list[SameCompany], chosen: str, texts: GNUTranslations) -> tuple[Choice, ...]:
    known = [(str(one.company_id), f"{one.name}, {texts.gettext('KPP')} {one.kpp or '—'}") for one in companies]
    offered = [*known, ("", texts.gettext("make a new company"))]
    return tuple(Choice(key, title, key == chosen) for key, title in offered)


async def _page(
    request: Request[Actor, Any, Any],
    frame: Frame,
    show_access_request: ShowAccessRequest,
    request_id: UUID,
    *,
    approval: Form | None = None,
    refusal: Form | None = None,
) -> Response[str]:
    found, companies = await show_access_request(request.user, request_id)
    texts = frame.site.texts(language_of(request))
    first = str(companies[0].company_id) if companies else ""
    view = RequestView(
        url=f"{LIST}/{request_id}",
        row=_row(found),
        phone=found.asked.phone,
        email=found.asked.email,
        comment=found.asked.comment,
        waiting=found.state is RequestState.WAITING,
        decided_at=found.decided_at,
        decided_by=found.decided_by,
        reason=found.reason,
        companies=_choices(list(companies), approval.value("company") if approval else first, texts),
        needs_kpp=len(found.asked.inn) == _LEGAL_INN,
        approval=approval or Form(),
        refusal=refusal or Form(),
    )
    shell = await panel_shell(frame, request, "requests")
    return frame.page(request, "pages/request.html", {"shell": shell, "view": view})


@get(PATH, permission=Permission.REQUESTS_MANAGE, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    request_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_access_request: NamedDependency[ShowAccessRequest],
) -> Response[str]:
    """A request."""
    return await _page(request, frame, show_access_request, request_id)


def _errors(error: DomainError, fields: frozenset[str], language: str) -> dict[str, str]:
    """What is wrong by field; over the form where it is about none of its fields."""
    return {name if name in fields else "": said for name, said in errors_of(error, language).items()}


def _comes_back(error: DomainError) -> bool:
    return error.kind in (Kind.INVALID, Kind.CONFLICT)


@post(PATH + "/approve", permission=Permission.REQUESTS_MANAGE, include_in_schema=False)
async def approve(
    request: Request[Actor, Any, Any],
    request_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_access_request: NamedDependency[ShowAccessRequest],
    approve_request: NamedDependency[ApproveRequest],
) -> Response[Any]:
    """Let the person in."""
    fields = await typed_fields(request)
    try:
        company_id = CompanyId(UUID(fields["company"])) if fields.get("company") else None
    except ValueError as error:
        raise NotFound("company") from error
    try:
        await approve_request(request.user, request_id, company_id=company_id, kpp=fields.get("kpp", ""))
    except DomainError as error:
        if not _comes_back(error):
            raise
        form = Form(fields, _errors(error, frozenset({"kpp"}), language_of(request)))
        answer = await _page(request, frame, show_access_request, request_id, approval=form)
        answer.status_code = 422 if error.kind is Kind.INVALID else STATUS[error.kind]
        return answer
    return Redirect(f"{LIST}?done=approved", status_code=303)


@post(PATH + "/refuse", permission=Permission.REQUESTS_MANAGE, include_in_schema=False)
async def refuse(
    request: Request[Actor, Any, Any],
    request_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_access_request: NamedDependency[ShowAccessRequest],
    refuse_request: NamedDependency[RefuseRequest],
) -> Response[Any]:
    """Refuse, with a reason."""
    fields = await typed_fields(request)
    try:
        await refuse_request(request.user, request_id, fields.get("reason", ""))
    except DomainError as error:
        if not _comes_back(error):
            raise
        form = Form(fields, _errors(error, frozenset({"reason"}), language_of(request)))
        answer = await _page(request, frame, show_access_request, request_id, refusal=form)
        answer.status_code = 422 if error.kind is Kind.INVALID else STATUS[error.kind]
        return answer
    return Redirect(f"{LIST}?done=refused", status_code=303)


ROUTES = [list_, show, approve, refuse]
