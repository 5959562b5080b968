"""The panel's segments: the list, a segment with its companies (HIER-7)."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.visibility import (
    CreateSegment,
    DeleteSegment,
    ListSegments,
    PutEverybody,
    PutMember,
    RenameSegment,
    SegmentCard,
    ShowSegment,
)
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, SegmentId, new_id
from b2b_dvizhenie.domain.visibility import Segment
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages import segments as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Link
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

LIST = "/panel/segments"
ONE = f"{LIST}/{{segment_id:uuid}}"
UNPROCESSABLE = 422
_DONE = {
    "saved": N_("Saved. It works from everybody's next request."),
    "deleted": N_("The segment is deleted."),
}
"""What was just done, by the word in the address one is redirected to."""


def head_of(segment: Segment, actor: Actor, tab: str) -> views.SegmentHead:
    """What stands above every part of a segment; only parts that this viewer may see."""
    url = f"{LIST}/{segment.segment_id}"
    tabs = [("companies", url), ("rules", f"{url}/rules")]
    if actor.may(Permission.AUDIT_VIEW):
        tabs.append(("audit", f"{url}/audit"))
    return views.SegmentHead(
        name=segment.name,
        companies=segment.companies,
        vip_companies=segment.vip_companies,
        for_all=segment.for_all,
        url=url,
        tabs=tuple(Link(name, where, name == tab) for name, where in tabs),
    )


def list_view(found: tuple[Segment, ...], form: Form, *, may_change: bool) -> views.SegmentListView:
    """The list."""
    rows = tuple(
        views.SegmentRow(
            name=one.name,
            companies=one.companies,
            url=f"{LIST}/{one.segment_id}",
            weight=one.weight,
            for_all=one.for_all,
        )
        for one in found
    )
    return views.SegmentListView(rows=rows, form=form, may_change=may_change)


def card_view(
    card: SegmentCard, form: Form, actor: Actor, *, query: str = "", paged: bool = False, error: str = ""
) -> views.SegmentView:
    """The card; `paged` says that it does not begin at the first company."""
    url = f"{LIST}/{card.segment.segment_id}"
    kept = {"q": query} if query else {}
    onward = {"after": card.next[0], "after_id": str(card.next[1])} if card.next else {}
    return views.SegmentView(
        head=head_of(card.segment, actor, "companies"),
        form=form,
        rows=tuple(
            views.SegmentCompanyRow(company_id=str(one.company_id), name=one.name, inn=one.inn, is_member=one.is_member)
            for one in card.companies
        ),
        query=query,
        first_url=(f"{url}?{urlencode(kept)}" if kept else url) if paged else "",
        next_url=f"{url}?{urlencode(kept | onward)}" if onward else "",
        error=error,
        may_change=actor.may(Permission.SEGMENTS_MANAGE),
        may_change_for_all=actor.grants.get(Permission.SEGMENTS_MANAGE) is Scope.ALL,
    )


def said(refusal: DomainError, request: Request[Actor, Any, Any]) -> str:
    """What a refusal tells the person; what is no refusal of what was typed is raised again."""
    if refusal.kind not in (Kind.INVALID, Kind.CONFLICT):
        raise refusal
    return error_text(refusal.code, refusal.params, language_of(request))


async def _list_page(
    request: Request[Actor, Any, Any], frame: Frame, list_segments: ListSegments, form: Form, done: str = ""
) -> Response[str]:
    view = list_view(await list_segments(request.user), form, may_change=request.user.may(Permission.SEGMENTS_MANAGE))
    texts = frame.site.texts(language_of(request))
    flashes = (Flash(text=texts.gettext(_DONE[done])),) if done in _DONE else ()
    shell = await panel_shell(frame, request, "segments", flashes=flashes)
    answer = frame.page(request, "pages/segments.html", {"shell": shell, "view": view})
    answer.status_code = UNPROCESSABLE if form.errors else 200
    return answer


async def _card_page(
    request: Request[Actor, Any, Any],
    frame: Frame,
    show_segment: ShowSegment,
    segment_id: UUID,
    *,
    query: str = "",
    after: tuple[str, UUID] | None = None,
    form: Form | None = None,
    error: str = "",
    done: str = "",
) -> Response[str]:
    card = await show_segment(request.user, SegmentId(segment_id), query, after)
    view = card_view(
        card,
        form or Form({"name": card.segment.name}),
        request.user,
        query=query,
        paged=after is not None,
        error=error,
    )
    texts = frame.site.texts(language_of(request))
    flashes = (Flash(text=texts.gettext(_DONE[done])),) if done in _DONE else ()
    shell = await panel_shell(frame, request, "segments", flashes=flashes)
    answer = frame.page(request, "pages/segment/companies.html", {"shell": shell, "view": view})
    answer.status_code = UNPROCESSABLE if error or (form and form.errors) else 200
    return answer


@get(LIST, permission=Permission.SEGMENTS_VIEW, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_segments: NamedDependency[ListSegments],
    done: FromQuery[str] = "",
) -> Response[str]:
    """All segments."""
    return await _list_page(request, frame, list_segments, Form(), done)


@post(LIST, permission=Permission.SEGMENTS_MANAGE, status_code=200, include_in_schema=False)
async def add(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_segments: NamedDependency[ListSegments],
    create_segment: NamedDependency[CreateSegment],
) -> Response[Any]:
    """Make a segment; what is wrong comes back with the form."""
    name = str((await request.form()).get("name", ""))
    segment_id = SegmentId(new_id())
    try:
        await create_segment(request.user, segment_id, name)
    except DomainError as refusal:
        form = Form({"name": name}, {"name": said(refusal, request)})
        return await _list_page(request, frame, list_segments, form)
    return Redirect(f"{LIST}/{segment_id}", status_code=303)


@get(ONE, permission=Permission.SEGMENTS_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    segment_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_segment: NamedDependency[ShowSegment],
    q: FromQuery[str] = "",
    after: FromQuery[str] = "",
    after_id: FromQuery[UUID | None] = None,
    done: FromQuery[str] = "",
) -> Response[str]:
    """A segment with its members, or with the companies that were searched for."""
    place = None if after_id is None else (after, after_id)
    return await _card_page(request, frame, show_segment, segment_id, query=q[:200], after=place, done=done)


@post(f"{ONE}/name", permission=Permission.SEGMENTS_MANAGE, status_code=200, include_in_schema=False)
async def rename(
    request: Request[Actor, Any, Any],
    segment_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_segment: NamedDependency[ShowSegment],
    rename_segment: NamedDependency[RenameSegment],
) -> Response[Any]:
    """Give a segment another name; what is wrong comes back with the form."""
    name = str((await request.form()).get("name", ""))
    try:
        await rename_segment(request.user, SegmentId(segment_id), name)
    except DomainError as refusal:
        form = Form({"name": name}, {"name": said(refusal, request)})
        return await _card_page(request, frame, show_segment, segment_id, form=form)
    return Redirect(f"{LIST}/{segment_id}?done=saved", status_code=303)


@post(f"{ONE}/members", permission=Permission.SEGMENTS_MANAGE, status_code=200, include_in_schema=False)
async def put(
    request: Request[Actor, Any, Any],
    segment_id: FromPath[UUID],
    put_member: NamedDependency[PutMember],
) -> Response[Any]:
    """Let a company in (`put` names it), or out (`drop` does)."""
    sent = await request.form()
    is_member = "put" in sent
    try:
        company_id = CompanyId(UUID(str(sent.get("put" if is_member else "drop", ""))))
    except ValueError:
        raise NotFound("company") from None
    await put_member(request.user, SegmentId(segment_id), company_id, is_member=is_member)
    back = {"q": query} if (query := str(sent.get("q", ""))[:200]) else {}
    return Redirect(f"{LIST}/{segment_id}?{urlencode(back | {'done': 'saved'})}", status_code=303)


@post(f"{ONE}/everybody", permission=Permission.SEGMENTS_MANAGE, status_code=200, include_in_schema=False)
async def let_all_in(
    request: Request[Actor, Any, Any],
    segment_id: FromPath[UUID],
    put_everybody: NamedDependency[PutEverybody],
) -> Response[Any]:
    """Let every company be in it (`on` is 1), or only its members."""
    is_on = str((await request.form()).get("on", "")) == "1"
    await put_everybody(request.user, SegmentId(segment_id), for_all=is_on)
    return Redirect(f"{LIST}/{segment_id}?done=saved", status_code=303)


@post(f"{ONE}/delete", permission=Permission.SEGMENTS_MANAGE, status_code=200, include_in_schema=False)
async def remove(
    request: Request[Actor, Any, Any],
    segment_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_segment: NamedDependency[ShowSegment],
    delete_segment: NamedDependency[DeleteSegment],
) -> Response[Any]:
    """Delete a segment that no discount names."""
    try:
        await delete_segment(request.user, SegmentId(segment_id))
    except DomainError as refusal:
        return await _card_page(request, frame, show_segment, segment_id, error=said(refusal, request))
    return Redirect(f"{LIST}?done=deleted", status_code=303)


ROUTES = [list_, add, show, rename, put, let_all_in, remove]
