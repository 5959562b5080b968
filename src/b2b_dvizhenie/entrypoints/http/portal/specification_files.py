"""Specifications from pasted text and spreadsheets, with a word about every row, and into a spreadsheet."""

from collections.abc import Sequence
from gettext import GNUTranslations
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from b2b_dvizhenie.application.ordering import (
    MAX_FILE,
    ExportSpecification,
    ReadIntoSpecification,
    ReadList,
    ReadRow,
    ShowSpecification,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import SpecificationId
from b2b_dvizhenie.domain.shared.quantity import plain
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Link
from b2b_dvizhenie.entrypoints.http.pages.specifications import ReadingRow, ReadingView
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.portal.specification_pages import ONE, SpecificationPages, refused, version_of
from b2b_dvizhenie.entrypoints.http.portal.specifications import HOME
from b2b_dvizhenie.entrypoints.http.responses import language_of

SHOWN = 500
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_GOOD = ("found", "rounded")


def _columns(texts: GNUTranslations) -> Sequence[str]:
    said = texts.gettext
    return (
        said("Article"),
        said("Goods"),
        said("Quantity"),
        said("Unit"),
        said("Price"),
        said("Sum"),
        said("Currency"),
        said("Comment"),
    )


def _row(row: ReadRow) -> ReadingRow:
    return ReadingRow(
        row=row.row,
        text=row.text,
        outcome=row.outcome,
        name=row.name,
        article=row.article,
        asked="" if row.asked is None else plain(row.asked),
        put="" if row.put is None else plain(row.put),
        candidates=tuple(f"{one.article} {one.name}" for one in row.candidates),
    )


async def _page(
    request: Request[Actor, Any, Any],
    frame: Frame,
    show_specification: ShowSpecification,
    specification_id: UUID,
    *,
    form: Form | None = None,
    read: ReadList | None = None,
) -> Response[str]:
    found = await show_specification(request.user, SpecificationId(specification_id))
    here = f"{HOME}/{specification_id}"
    # What needs a look comes first; within that the order of the file stays.
    rows = sorted(read.rows if read else (), key=lambda one: (one.outcome in _GOOD, one.outcome != "rounded"))
    view = ReadingView(
        back=Link(found.listed.name, here),
        action=f"{here}/import",
        version=found.listed.version,
        form=form or Form(),
        done=read is not None,
        taken=sum(one.outcome in _GOOD for one in rows),
        total=len(rows),
        rows=tuple(map(_row, rows[:SHOWN])),
    )
    return await SpecificationPages(frame).form(
        request, "pages/specification_import.html", view, is_refused=form is not None
    )


@get(ONE + "/import", permission=Permission.SPECIFICATIONS_VIEW, include_in_schema=False)
async def reading(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_specification: NamedDependency[ShowSpecification],
) -> Response[str]:
    """Where a list is pasted or a file chosen."""
    return await _page(request, frame, show_specification, specification_id)


@post(
    ONE + "/import",
    permission=Permission.CART_EDIT,
    names_company=True,
    status_code=200,
    include_in_schema=False,
    request_max_body_size=MAX_FILE + 64 * 1024,
)
async def read(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_specification: NamedDependency[ShowSpecification],
    read_into_specification: NamedDependency[ReadIntoSpecification],
) -> Response[str]:
    """Read a text or a file into the list, and tell what became of every row."""
    form = await request.form()
    file, text = form.get("file"), str(form.get("text") or "")
    content = await file.read() if isinstance(file, UploadFile) else b""
    replace = bool(form.get("replace"))
    try:
        done = await read_into_specification(
            request.user,
            SpecificationId(specification_id),
            text=text,
            content=content,
            replace=replace,
            version=version_of(form) if replace else None,
        )
    except DomainError as error:
        told = " ".join(flash.text for flash in refused(error, language_of(request)))
        back = Form({"text": text}, {"": told})
        return await _page(request, frame, show_specification, specification_id, form=back)
    return await _page(request, frame, show_specification, specification_id, read=done)


@get(ONE + "/export.xlsx", permission=Permission.SPECIFICATIONS_VIEW, include_in_schema=False)
async def export(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    export_specification: NamedDependency[ExportSpecification],
) -> Response[bytes]:
    """The list with the prices of the company the actor buys for."""
    heads = _columns(frame.site.texts(language_of(request)))
    content = await export_specification(request.user, SpecificationId(specification_id), heads)
    headers = {"Content-Disposition": 'attachment; filename="specification.xlsx"', "Cache-Control": "no-store"}
    return Response(content, media_type=_XLSX, headers=headers)


ROUTES = [reading, read, export]
