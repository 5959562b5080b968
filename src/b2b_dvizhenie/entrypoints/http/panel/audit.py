"""The panel's audit trail: who changed what, when, from what to what; in words where there are words."""

from collections.abc import Iterator, Mapping
from gettext import GNUTranslations
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from b2b_dvizhenie.application.operations import AuditLine, AuditQuery, ReadAudit
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.entrypoints.http.labels import LABELS, label_of
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Pager
from b2b_dvizhenie.entrypoints.http.pages.staff import AuditRow, AuditView
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

ROWS = 50
_SYSTEM = "system:"
_LABELLED = {"status": "order", "kind": "company_kind", "rounding": "rounding", "role": "role", "parent": "role"}
"""Fields whose values are states that the labels know."""


def flat(state: Mapping[str, Any] | None, within: str = "") -> Iterator[tuple[str, Any]]:
    """The values of a recorded state by dotted field; a value that holds nothing is no value."""
    for name, value in (state or {}).items():
        if isinstance(value, dict) and value:
            yield from flat(value, f"{within}{name}.")
        elif value not in (None, "", [], {}):
            yield f"{within}{name}", value


def changes(line: AuditLine, texts: GNUTranslations, names: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Field, before, after of everything that differs, in the order it was recorded."""
    before, after = dict(flat(line.before)), dict(flat(line.after))
    return tuple(
        (
            _title(field, texts),
            _said(field, before.get(field), texts, names),
            _said(field, after.get(field), texts, names),
        )
        for field in dict.fromkeys([*before, *after])
        if before.get(field) != after.get(field)
    )


def _title(field: str, texts: GNUTranslations) -> str:
    kind, name = ("permission", field) if field in LABELS["permission"] else ("field", field.rsplit(".", 1)[-1])
    return texts.gettext(label_of(kind, name).text)


def _said(field: str, value: Any, texts: GNUTranslations, names: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return texts.gettext("yes") if value else texts.gettext("no")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    kind = "scope" if field in LABELS["permission"] else _LABELLED.get(field.rsplit(".", 1)[-1])
    return texts.gettext(label_of(kind, str(value)).text) if kind else names.get(str(value), str(value))


def _subject(line: AuditLine, texts: GNUTranslations) -> str:
    if line.subject_type == "role":
        return texts.gettext(label_of("role", line.subject).text) if line.subject else line.subject_id
    return f"№ {line.subject}" if line.subject_type == "order" and line.subject else line.subject or line.subject_id


def row_of(line: AuditLine, texts: GNUTranslations, names: Mapping[str, str], *, orders: bool) -> AuditRow:
    """The line of the trail as pages show it."""
    is_order = line.subject_type == "order"
    return AuditRow(
        at=line.at,
        who=texts.gettext("The system") if line.actor.startswith(_SYSTEM) else line.actor,
        action=texts.gettext(label_of("change", line.action).text),
        subject=_subject(line, texts),
        subject_url=f"/orders/{line.subject_id}" if is_order and orders else None,
        changes=changes(line, texts, names),
    )


@get("/panel/audit", permission=Permission.AUDIT_VIEW, include_in_schema=False)
async def trail(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    read_audit: NamedDependency[ReadAudit],
    kind: FromQuery[str] = "",
    q: FromQuery[str] = "",
    before: FromQuery[int | None] = None,
) -> Response[str]:
    """Changes the actor may see, newest first; older ones follow by the id of the last one shown."""
    found = await read_audit(request.user, AuditQuery(kind, q, before, ROWS))
    texts = frame.site.texts(language_of(request))

    def url(**more: str) -> str:
        pairs = {name: value for name, value in ({"kind": kind, "q": q.strip()} | more).items() if value}
        return f"/panel/audit?{urlencode(pairs)}" if pairs else "/panel/audit"

    orders = request.user.may(Permission.ORDERS_VIEW)
    titles = ((code, texts.gettext(label.text)) for code, label in LABELS["change"].items())
    view = AuditView(
        rows=tuple(row_of(line, texts, found.names, orders=orders) for line in found.items),
        pager=Pager(
            first=0,
            last=0,
            total=0,
            next_url=url(before=str(found.next_cursor)) if found.next_cursor is not None else None,
        ),
        url=url(),
        newest_url=url() if before is not None else None,
        query=q,
        kinds=tuple(Choice(code, title, code == kind) for code, title in sorted(titles, key=lambda one: one[1])),
    )
    shell = await panel_shell(frame, request, "audit")
    return frame.page(request, "pages/audit.html", {"shell": shell, "view": view})


ROUTES = [trail]
