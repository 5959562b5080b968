"""Documents: the list with filters in the address, one document, its files to download."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import File, Redirect
from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.documents import (
    DocumentPage,
    ListDocuments,
    OpenDocumentFile,
    PeriodReversed,
    RecipientUnknown,
    SendDocument,
    ShowDocument,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import LoginInvalid
from b2b_dvizhenie.domain.shared.ids import DocumentId
from b2b_dvizhenie.entrypoints.http.authentication import for_company
from b2b_dvizhenie.entrypoints.http.documents import download
from b2b_dvizhenie.entrypoints.http.pages.documents import DocumentsView
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.portal.document_views import ROWS, asked_of, document_view, documents_view
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

_REFUSALS = (LoginInvalid.code, RecipientUnknown.code)


class SendForm(Struct, frozen=True):
    """To whom the link goes."""

    to: str = ""


async def listed(
    request: Request[Actor, Any, Any], list_documents: ListDocuments, page: int, action: str
) -> DocumentsView:
    """The list that filters leave; where they make no sense, an empty one that says why."""
    asked, number = asked_of(request), max(page, 1)
    query = replace(asked.query, limit=ROWS, offset=(number - 1) * ROWS)
    try:
        found = await list_documents(request.user, query)
    except PeriodReversed as refusal:
        said = error_text(refusal.code, refusal.params, language_of(request))
        return documents_view(request.user, asked, DocumentPage((), 0, more=False), 1, action, wrong=said)
    return documents_view(request.user, asked, found, number, action)


@get("/documents", permission=Permission.DOCUMENTS_VIEW, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_documents: NamedDependency[ListDocuments],
    page: FromQuery[int] = 1,
) -> Response[str]:
    """Documents the actor may see, the latest first."""
    view = await listed(request, list_documents, page, "/documents")
    context = {"shell": await frame.shell(request, "documents"), "view": view}
    return frame.page(request, "pages/documents.html", context, fragment="pages/documents/fragment.html")


@get("/documents/{document_id:uuid}", permission=Permission.DOCUMENTS_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    document_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_document: NamedDependency[ShowDocument],
    sent: FromQuery[bool] = False,
    refused: FromQuery[str] = "",
) -> Response[str]:
    """One document with its orders, files and history."""
    found = await show_document(request.user, DocumentId(document_id))
    texts = frame.site.texts(language_of(request))
    flashes: tuple[Flash, ...] = ()
    if sent:
        flashes = (Flash(text=texts.gettext("The link is on its way."), tone="ok"),)
    elif refused in _REFUSALS:
        flashes = (Flash(text=error_text(refused, {}, language_of(request)), tone="bad"),)
    shell = await frame.shell(request, "documents", flashes=flashes)
    view = document_view(found, texts, shell.viewer.login if shell.viewer else "")
    return frame.page(request, "pages/document.html", {"shell": shell, "view": view})


@get(
    "/documents/{document_id:uuid}/files/{file_id:uuid}", permission=Permission.DOCUMENTS_VIEW, include_in_schema=False
)
async def file(
    request: Request[Actor, Any, Any],
    document_id: FromPath[UUID],
    file_id: FromPath[UUID],
    open_document_file: NamedDependency[OpenDocumentFile],
) -> File:
    """A file to download; told to the audit trail."""
    return download(await open_document_file(request.user, DocumentId(document_id), file_id))


@post("/documents/{document_id:uuid}/send", permission=Permission.DOCUMENTS_VIEW, include_in_schema=False)
async def send(
    request: Request[Actor, Any, Any],
    document_id: FromPath[UUID],
    data: Annotated[SendForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
    send_document: NamedDependency[SendDocument],
) -> Redirect:
    """Send a link to the document to a colleague."""
    try:
        await send_document(request.user, DocumentId(document_id), data.to)
    except (LoginInvalid, RecipientUnknown) as refusal:
        return Redirect(for_company(request, f"/documents/{document_id}?refused={refusal.code}"), status_code=303)
    return Redirect(for_company(request, f"/documents/{document_id}?sent=1"), status_code=303)


ROUTES = [list_, show, file, send]
