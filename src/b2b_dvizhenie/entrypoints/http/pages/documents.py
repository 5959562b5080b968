"""Documents of trade: the list with filters, one document with its orders, files and history."""

from datetime import date, datetime

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, Pager


class FileLink(Struct, frozen=True, kw_only=True):
    """A file to download; `kind` is a key of labels["document_file"]."""

    url: str
    name: str
    kind: str
    format: str
    size: int


class DocumentRow(Struct, frozen=True, kw_only=True):
    """A document in the list. `kind` and `state` are keys of labels; `words` is what the ERP calls its state."""

    url: str
    kind: str
    number: str
    day: date
    company: str
    state: str
    words: str = ""
    total: Money | None = None
    due_on: date | None = None
    orders: tuple[Link, ...] = ()
    files: tuple[FileLink, ...] = ()


class DocumentsView(Struct, frozen=True, kw_only=True):
    """The list. `action` is its address without filters; `wrong` says what of the filters makes no sense."""

    rows: tuple[DocumentRow, ...]
    pager: Pager
    action: str
    kinds: tuple[Choice, ...]
    states: tuple[Choice, ...]
    query: str = ""
    order: str = ""
    client: str = ""
    since: date | None = None
    until: date | None = None
    amount_from: str = ""
    amount_to: str = ""
    of_many: bool = False  # the viewer sees documents of several companies at once
    filtered: bool = False
    wrong: str = ""


class DocumentEntry(Struct, frozen=True, kw_only=True):
    """An entry of the history, in words."""

    at: datetime
    text: str
    note: str = ""


class DocumentView(Struct, frozen=True, kw_only=True):
    """The page of one document."""

    document: DocumentRow
    vat: Money | None = None
    send_url: str = ""  # takes the address of a colleague
    send_to: str = ""  # the viewer's own
    events: tuple[DocumentEntry, ...] = ()
