"""What people see of documents. Sums are in whole minor units of `currency`, with VAT as the ERP states it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.documents import DocumentKind, DocumentState, FileFormat, FileKind
from b2b_dvizhenie.domain.shared.ids import CompanyId, DocumentId, OrderId

MAX_PAGE = 200
COUNTED = 10_000
"""Documents are counted up to here; beyond, a list says that there are more."""


class DocumentQuery(Struct, frozen=True, kw_only=True):
    """Which documents a list shows (DOC-2). `text` is a part of the number, `order` a whole number of an order,
    `company` a part of the company's name or the beginning of its INN.
    """

    kinds: tuple[DocumentKind, ...] = ()
    states: tuple[DocumentState, ...] = ()
    text: str = ""
    since: date | None = None
    until: date | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    order: str = ""
    company: str = ""
    company_id: CompanyId | None = None
    limit: int = 50
    offset: int = 0
    after: tuple[date, DocumentId] | None = None
    """Continue behind this document, for lists that are read on and on."""


class LinkedOrder(Struct, frozen=True):
    """An order that a document belongs to and that the viewer sees."""

    order_id: OrderId
    number: str


class DocumentFileView(Struct, frozen=True, kw_only=True):
    """A file that can be downloaded. `sha256` is of its bytes, in hex."""

    file_id: UUID
    name: str
    kind: FileKind
    format: FileFormat
    size: int
    sha256: str
    received_at: datetime


class DocumentSummary(Struct, frozen=True, kw_only=True):
    """A row of the list. `erp_status` is the ERP's own word for the state, where it has one."""

    document_id: DocumentId
    kind: DocumentKind
    number: str
    day: date
    company_id: CompanyId
    company_name: str
    currency: str
    amount: Decimal | None
    vat_amount: Decimal | None
    state: DocumentState
    erp_status: str
    due_on: date | None
    orders: tuple[LinkedOrder, ...] = ()
    files: tuple[DocumentFileView, ...] = ()


class DocumentPage(Struct, frozen=True):
    """A page of documents, the latest first; `more` tells whether a next page exists.

    `total` counts all that match where `exact` says so; otherwise there are at least so many, and nobody counted on.
    """

    documents: tuple[DocumentSummary, ...]
    total: int
    more: bool
    exact: bool = True


class DocumentEvent(Struct, frozen=True):
    """Something that happened to a document; texts are made from `kind` and `params`."""

    at: datetime
    kind: str
    params: dict[str, Any]


class DocumentDetails(Struct, frozen=True, kw_only=True):
    """A document whole: what it is, its history, the oldest first."""

    summary: DocumentSummary
    events: tuple[DocumentEvent, ...]
