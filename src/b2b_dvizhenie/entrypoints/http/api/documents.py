"""API: look for documents of trade, download their files."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import File
from msgspec import Struct

from b2b_dvizhenie.application.documents import (
    DocumentDetails,
    DocumentQuery,
    DocumentSummary,
    ListDocuments,
    OpenDocumentFile,
    ShowDocument,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.documents import DocumentKind, DocumentKindUnknown, DocumentState
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import CompanyId, DocumentId
from b2b_dvizhenie.entrypoints.http.documents import download


class DocumentCursorInvalid(DomainError):
    """The cursor is none that a page of this list gave."""

    code = "documents.cursor_invalid"


class DocumentStateUnknown(DomainError):
    """A filter names a state that does not exist; params hold it and the ones that do."""

    code = "documents.state_unknown"


class DocumentList(Struct, frozen=True):
    """A page of documents, the latest first. `next_cursor` continues behind the last one; null at the end.

    Where `total_is_exact` is false, there are at least `total`: a long list is not counted to its end.
    """

    documents: tuple[DocumentSummary, ...]
    total: int
    next_cursor: str | None
    total_is_exact: bool = True


def kinds_of(text: str) -> tuple[DocumentKind, ...]:
    """Kinds of a filter, separated by commas; raises DocumentKindUnknown."""
    found = []
    for name in filter(None, text.split(",")):
        if name not in set(DocumentKind):
            raise DocumentKindUnknown("kind", kind=name[:50], known=", ".join(DocumentKind))
        found.append(DocumentKind(name))
    return tuple(found)


def states_of(text: str) -> tuple[DocumentState, ...]:
    """States of a filter, separated by commas; raises DocumentStateUnknown."""
    found = []
    for name in filter(None, text.split(",")):
        if name not in set(DocumentState):
            raise DocumentStateUnknown("state", state=name[:50], known=", ".join(DocumentState))
        found.append(DocumentState(name))
    return tuple(found)


def _cursor(document: DocumentSummary) -> str:
    return urlsafe_b64encode(f"{document.day.isoformat()} {document.document_id}".encode()).decode().rstrip("=")


def _after(cursor: str | None) -> tuple[date, DocumentId] | None:
    if not cursor:
        return None
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        day, _, document_id = text.rpartition(" ")
        return date.fromisoformat(day), DocumentId(UUID(document_id))
    except ValueError as error:
        raise DocumentCursorInvalid("cursor") from error


@get("/api/v1/documents", permission=Permission.DOCUMENTS_VIEW, tags=["documents"])
async def list_(
    request: Request[Actor, Any, Any],
    list_documents: NamedDependency[ListDocuments],
    kind: FromQuery[str] = "",
    wanted: Annotated[str, QueryParameter(name="state")] = "",
    q: FromQuery[str] = "",
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
    amount_from: FromQuery[Decimal | None] = None,
    amount_to: FromQuery[Decimal | None] = None,
    order: FromQuery[str] = "",
    company_id: FromQuery[UUID | None] = None,
    limit: FromQuery[int] = 50,
    cursor: FromQuery[str | None] = None,
) -> DocumentList:
    """Documents you may see, the latest first. `kind` and `state` take several, separated by commas; `q` is a part of
    the number, `order` one of the numbers of an order.
    """
    query = DocumentQuery(
        kinds=kinds_of(kind),
        states=states_of(wanted),
        text=q,
        since=since,
        until=until,
        amount_from=amount_from,
        amount_to=amount_to,
        order=order,
        company_id=CompanyId(company_id) if company_id else None,
        limit=limit,
        after=_after(cursor),
    )
    page = await list_documents(request.user, query)
    following = _cursor(page.documents[-1]) if page.more else None
    return DocumentList(page.documents, page.total, following, page.exact)


@get("/api/v1/documents/{document_id:uuid}", permission=Permission.DOCUMENTS_VIEW, tags=["documents"])
async def show(
    request: Request[Actor, Any, Any], document_id: FromPath[UUID], show_document: NamedDependency[ShowDocument]
) -> DocumentDetails:
    """A document with its orders, files and history."""
    return await show_document(request.user, DocumentId(document_id))


@get(
    "/api/v1/documents/{document_id:uuid}/files/{file_id:uuid}",
    permission=Permission.DOCUMENTS_VIEW,
    tags=["documents"],
)
async def file(
    request: Request[Actor, Any, Any],
    document_id: FromPath[UUID],
    file_id: FromPath[UUID],
    open_document_file: NamedDependency[OpenDocumentFile],
) -> File:
    """The bytes of a file. Every download stands in the audit trail."""
    return download(await open_document_file(request.user, DocumentId(document_id), file_id))


ROUTES = [list_, show, file]
