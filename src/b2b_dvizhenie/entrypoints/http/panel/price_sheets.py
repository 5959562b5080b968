"""The panel's spreadsheets of discounts: the whole draft out, and back in with every wrong row named."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from b2b_dvizhenie.application.pricing import (
    COLUMNS,
    MAX_BYTES,
    ExportRules,
    ImportRules,
    Rejected,
    RuleQuery,
    ShowRuleSet,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.entrypoints.http.pages import prices as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.panel.price_rules import back_to
from b2b_dvizhenie.entrypoints.http.panel.price_views import HOME, UNPROCESSABLE, refused
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

SHOWN = 200
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def _page(
    request: Request[Actor, Any, Any],
    rule_set_id: UUID,
    frame: Frame,
    show_rule_set: ShowRuleSet,
    *,
    form: Form | None = None,
    rejected: Rejected | None = None,
) -> Response[str]:
    language = language_of(request)
    content = await show_rule_set(request.user, rule_set_id, RuleQuery(limit=1))
    faults = rejected.faults if rejected else ()
    view = views.ImportView(
        back=back_to(content, frame.site.texts(language)),
        action=f"{HOME}/{rule_set_id}/import",
        form=form or Form(),
        columns=COLUMNS,
        faults=tuple(
            views.RowFault(one.row, one.fault.field or "", error_text(one.fault.code, one.fault.params, language))
            for one in faults[:SHOWN]
        ),
        total=len(faults),
        export_url=f"{HOME}/{rule_set_id}/export",
    )
    shell = await panel_shell(frame, request, "prices")
    answer = frame.page(request, "pages/rule_import.html", {"shell": shell, "view": view})
    if form is not None or rejected is not None:
        answer.status_code = UNPROCESSABLE
    return answer


@get(HOME + "/{rule_set_id:uuid}/export", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def export(
    request: Request[Actor, Any, Any], rule_set_id: FromPath[UUID], export_rules: NamedDependency[ExportRules]
) -> Response[bytes]:
    """Every discount of the version as a spreadsheet."""
    content = await export_rules(request.user, rule_set_id)
    headers = {"Content-Disposition": 'attachment; filename="discounts.xlsx"'}
    return Response(content, media_type=_XLSX, headers=headers)


@get(HOME + "/{rule_set_id:uuid}/import", permission=Permission.PRICES_MANAGE, include_in_schema=False)
async def upload(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_rule_set: NamedDependency[ShowRuleSet],
) -> Response[str]:
    """The form for a file."""
    return await _page(request, rule_set_id, frame, show_rule_set)


@post(
    HOME + "/{rule_set_id:uuid}/import",
    permission=Permission.PRICES_MANAGE,
    include_in_schema=False,
    request_max_body_size=MAX_BYTES + 64 * 1024,
)
async def import_(
    request: Request[Actor, Any, Any],
    rule_set_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_rule_set: NamedDependency[ShowRuleSet],
    import_rules: NamedDependency[ImportRules],
) -> Response[str] | Redirect:
    """Load a spreadsheet into the draft: all of its rows, or none and what is wrong with which."""
    form = await request.form()
    file = form.get("file")
    content = await file.read() if isinstance(file, UploadFile) else b""
    try:
        done = await import_rules(request.user, rule_set_id, content, replace=form.get("replace") is not None)
    except DomainError as error:
        wrong = Form({}, refused(error, language_of(request)))
        return await _page(request, rule_set_id, frame, show_rule_set, form=wrong)
    if isinstance(done, Rejected):
        return await _page(request, rule_set_id, frame, show_rule_set, rejected=done)
    return Redirect(f"{HOME}/{rule_set_id}?done=imported", status_code=303)


ROUTES = [export, upload, import_]
