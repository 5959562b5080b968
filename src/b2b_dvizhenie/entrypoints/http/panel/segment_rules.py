"""The panel's rules of a segment: its weight, what it opens and closes, and what was changed of it (HIER-7)."""

from collections.abc import Mapping
from gettext import GNUTranslations
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.application.operations import AuditQuery, ReadAudit
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.visibility import (
    PutSegmentRule,
    SegmentRulesCard,
    SetSegmentWeight,
    ShowSegment,
    ShowSegmentRules,
)
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import SectionId, SegmentId
from b2b_dvizhenie.domain.visibility import (
    MAX_WEIGHT,
    RuleOn,
    SegmentRule,
    SegmentRuleInvalid,
    SegmentWeightInvalid,
)
from b2b_dvizhenie.entrypoints.http.filters import id_of
from b2b_dvizhenie.entrypoints.http.information_texts import INFORMATION
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages import segments as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Link
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.audit import row_of as trail_row
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.panel.segments import LIST, ONE, UNPROCESSABLE, head_of, said
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

ROWS = 50
MAX_QUERY = 200
_STATES = {"open": True, "close": False, "none": None}
_SAVED = N_("Saved. It works from everybody's next request.")


def _row(rule: SegmentRule) -> views.RuleRow:
    return views.RuleRow(on=rule.on.value, key=rule.key, name=rule.name, opens=rule.opens)


def rules_view(
    card: SegmentRulesCard, actor: Actor, texts: GNUTranslations, form: Form, *, query: str = "", error: str = ""
) -> views.SegmentRulesView:
    """The rules, the sections around a place, the brands that were found."""
    head = head_of(card.segment, actor, "rules")
    here = f"{head.url}/rules"
    kept = {"q": query} if query else {}
    said_of = {rule.key: rule.opens for rule in card.rules if rule.on is RuleOn.INFORMATION}

    def at(section_id: UUID) -> str:
        return f"{here}?{urlencode({'section': str(section_id)} | kept)}#sections"

    return views.SegmentRulesView(
        head=head,
        form=form,
        rules=tuple(_row(rule) for rule in card.rules if rule.on is not RuleOn.INFORMATION),
        path=tuple(Link(step.name, at(step.section_id)) for step in card.branch.path),
        sections=tuple(
            views.RuleRow(
                on=RuleOn.SECTION.value,
                key=str(one.section_id),
                name=one.name,
                opens=one.opens,
                url=at(one.section_id) if one.has_more else "",
            )
            for one in card.branch.below
        ),
        information=tuple(
            views.RuleRow(
                on=RuleOn.INFORMATION.value,
                key=group.value,
                name=texts.gettext(title),
                opens=said_of.get(group.value),
                hint=texts.gettext(hint),
            )
            for group, (title, hint) in INFORMATION.items()
        ),
        brands=tuple(map(_row, card.brands)),
        section=str(card.branch.path[-1].section_id) if card.branch.path else "",
        query=query,
        error=error,
        may_change=actor.may(Permission.SEGMENTS_MANAGE),
    )


async def _page(
    request: Request[Actor, Any, Any],
    frame: Frame,
    show_segment_rules: ShowSegmentRules,
    segment_id: UUID,
    *,
    section: UUID | None = None,
    query: str = "",
    form: Form | None = None,
    error: str = "",
    done: str = "",
) -> Response[str]:
    place = None if section is None else SectionId(section)
    card = await show_segment_rules(request.user, SegmentId(segment_id), place, query)
    texts = frame.site.texts(language_of(request))
    typed = form or Form({"weight": str(card.segment.weight)})
    view = rules_view(card, request.user, texts, typed, query=query, error=error)
    flashes = (Flash(text=texts.gettext(_SAVED)),) if done == "saved" else ()
    shell = await panel_shell(frame, request, "segments", flashes=flashes)
    answer = frame.page(request, "pages/segment/rules.html", {"shell": shell, "view": view})
    answer.status_code = UNPROCESSABLE if error or typed.errors else 200
    return answer


@get(f"{ONE}/rules", permission=Permission.SEGMENTS_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    segment_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_segment_rules: NamedDependency[ShowSegmentRules],
    section: FromQuery[UUID | None] = None,
    q: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """What a segment opens and closes, with the sections below one and the brands that a text finds."""
    query = q[:MAX_QUERY]
    return await _page(request, frame, show_segment_rules, segment_id, section=section, query=query, done=done)


def _rule(sent: FormMultiDict) -> tuple[RuleOn, str, bool | None]:
    """The rule that a form asks for; raises SegmentRuleInvalid."""
    on, state = (str(sent.get(name, "")) for name in ("on", "state"))
    if on not in set(RuleOn):
        raise SegmentRuleInvalid("on")
    if state not in _STATES:
        raise SegmentRuleInvalid("state")
    return RuleOn(on), str(sent.get("key", "")), _STATES[state]


def _place(sent: FormMultiDict) -> tuple[UUID | None, str]:
    """Where on the page the form was sent from; a place that is none is the root."""
    return id_of(str(sent.get("section", ""))), str(sent.get("q", ""))[:MAX_QUERY]


@post(f"{ONE}/rules", permission=Permission.SEGMENTS_MANAGE, status_code=200, include_in_schema=False)
async def put(
    request: Request[Actor, Any, Any],
    segment_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_segment_rules: NamedDependency[ShowSegmentRules],
    put_segment_rule: NamedDependency[PutSegmentRule],
) -> Response[Any]:
    """Open or close a section, a brand or a group of information, or take the rule back."""
    sent = await request.form()
    section, query = _place(sent)
    try:
        await put_segment_rule(request.user, SegmentId(segment_id), *_rule(sent))
    except DomainError as refusal:
        told = said(refusal, request)
        return await _page(request, frame, show_segment_rules, segment_id, query=query, error=told)
    kept: Mapping[str, str] = {"section": str(section or ""), "q": query}
    back = {name: value for name, value in kept.items() if value} | {"done": "saved"}
    return Redirect(f"{LIST}/{segment_id}/rules?{urlencode(back)}", status_code=303)


@post(f"{ONE}/weight", permission=Permission.SEGMENTS_MANAGE, status_code=200, include_in_schema=False)
async def weigh(
    request: Request[Actor, Any, Any],
    segment_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_segment_rules: NamedDependency[ShowSegmentRules],
    set_segment_weight: NamedDependency[SetSegmentWeight],
) -> Response[Any]:
    """Give a segment another weight; what is wrong comes back with the form."""
    typed = str((await request.form()).get("weight", "")).strip()
    try:
        await set_segment_weight(request.user, SegmentId(segment_id), _number(typed))
    except DomainError as refusal:
        form = Form({"weight": typed}, {"weight": said(refusal, request)})
        return await _page(request, frame, show_segment_rules, segment_id, form=form)
    return Redirect(f"{LIST}/{segment_id}/rules?done=saved", status_code=303)


def _number(text: str) -> int:
    """A typed weight; nonsense is outside the bounds."""
    digits = text.removeprefix("-").removeprefix("\N{MINUS SIGN}")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 4):
        raise SegmentWeightInvalid("weight", maximum=MAX_WEIGHT)
    return int(digits) if digits == text else -int(digits)


@get(f"{ONE}/audit", permission=Permission.SEGMENTS_VIEW, include_in_schema=False)
async def trail(
    request: Request[Actor, Any, Any],
    segment_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_segment: NamedDependency[ShowSegment],
    read_audit: NamedDependency[ReadAudit],
    before: FromQuery[int | None] = None,
) -> Response[str]:
    """Changes of the segment, newest first; for who may see the audit trail as well."""
    card = await show_segment(request.user, SegmentId(segment_id))
    found = await read_audit(request.user, AuditQuery(cursor=before, limit=ROWS, segment_id=segment_id))
    texts = frame.site.texts(language_of(request))
    older = found.next_cursor
    view = views.SegmentTrailView(
        head=head_of(card.segment, request.user, "audit"),
        rows=tuple(trail_row(line, texts, found.names, orders=False) for line in found.items),
        older_url=None if older is None else f"{LIST}/{segment_id}/audit?before={older}",
    )
    shell = await panel_shell(frame, request, "segments")
    return frame.page(request, "pages/segment/trail.html", {"shell": shell, "view": view})


ROUTES = [show, put, weigh, trail]
