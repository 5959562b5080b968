"""Take documents that an ERP sends (onec.md §5.3, table `documents`): row by row refused or kept, never lost."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.documents.ports import (
    CompanyOfDocument,
    DocumentBook,
    HeldDocument,
    OrderOfDocument,
)
from b2b_dvizhenie.domain.documents import (
    DocumentContent,
    DocumentDraft,
    Happening,
    belongs_to,
    checked_document,
    history_of,
)
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import DocumentId, FirmId, NodeId, new_id


class CompanyUnknown(DomainError):
    """A document is for a company that the ERP has not told of; params hold its `ref`."""

    code = "documents.company_unknown"


class DocumentRecord(Struct, frozen=True, kw_only=True):
    """A row of the table: the ERP's id of the document, of its company, and what it says."""

    ref: str
    company_ref: str
    draft: DocumentDraft


class DocumentsTaken(Struct, frozen=True):
    """What became of the rows: how many were new, changed, the same as before; and the refused ones by their place."""

    new: int = 0
    changed: int = 0
    same: int = 0
    refused: Mapping[int, DomainError] = {}


async def take_documents(
    book: DocumentBook, node_id: NodeId, records: Sequence[DocumentRecord], now: datetime
) -> DocumentsTaken:
    """Keep documents of a node in the book's transaction; a constant number of reads, whatever the number of rows.

    Rows are taken in their order: of two about the same document the later one counts. Every refusal is about a row
    alone: CompanyUnknown, and what `checked_document` refuses.
    """
    await book.hold(node_id)
    known = dict(await book.documents(node_id, {one.ref for one in records}))
    companies = await book.companies(node_id, {one.company_ref for one in records})
    orders = await book.orders(
        node_id,
        {number for one in records for number in one.draft.order_numbers},
        {ref for one in records for ref in one.draft.order_refs},
    )
    taken = _Taken(known)
    refused: dict[int, DomainError] = {}
    for place, record in enumerate(records):
        try:
            taken.take(record.ref, _content(record, companies, orders, taken.known.get(record.ref)))
        except DomainError as refusal:
            refused[place] = refusal
    await taken.write(book, node_id, now)
    return DocumentsTaken(taken.new, taken.changed, taken.same, refused)


async def withdraw_documents(book: DocumentBook, node_id: NodeId, refs: Iterable[str], now: datetime) -> int:
    """The ERP deleted documents: they disappear for everybody, and come back as they were if it sends them again.

    Returns:
        How many were there.
    """
    await book.hold(node_id)
    taken = _Taken(dict(await book.documents(node_id, set(refs))))
    for ref, held in list(taken.known.items()):
        taken.take(ref, replace(held.content, is_withdrawn=True))
    await taken.write(book, node_id, now)
    return taken.changed


class _Taken:
    """What a batch comes to, before it is written."""

    def __init__(self, known: dict[str, HeldDocument]) -> None:
        self.known = known
        self.new = self.changed = self.same = 0
        self._written: dict[str, HeldDocument] = {}
        self._moved: set[DocumentId] = set()
        self._happened: list[tuple[DocumentId, Happening]] = []

    def take(self, ref: str, content: DocumentContent) -> None:
        """A document as the ERP has it now."""
        before = self.known.get(ref)
        document_id = DocumentId(new_id()) if before is None else before.document_id
        if before is None:
            self.new += 1
        elif before.content == content:
            self.same += 1
            return
        else:
            self.changed += 1
            if before.content.company_id != content.company_id:
                self._moved.add(document_id)
                self._happened = [one for one in self._happened if one[0] != document_id]
        told = history_of(None if before is None else before.content, content)
        self._happened += [(document_id, one) for one in told]
        self._written[ref] = self.known[ref] = HeldDocument(document_id, content)

    async def write(self, book: DocumentBook, node_id: NodeId, now: datetime) -> None:
        """Write it."""
        if self._moved:
            await book.forget(self._moved)
        if self._written:
            await book.put(node_id, self._written, now)
        if self._happened:
            await book.tell(self._happened, now)


def _content(
    record: DocumentRecord,
    companies: Mapping[str, CompanyOfDocument],
    orders: Sequence[OrderOfDocument],
    before: HeldDocument | None,
) -> DocumentContent:
    company = companies.get(record.company_ref)
    if company is None:
        raise CompanyUnknown("company_id", ref=record.company_ref[:100])
    content = checked_document(record.draft, company.company_id)
    return replace(content, firm_id=_firm(content, company, orders, before))


def _firm(
    content: DocumentContent,
    company: CompanyOfDocument,
    orders: Sequence[OrderOfDocument],
    before: HeldDocument | None,
) -> FirmId | None:
    """The firm of the order it belongs to; without one, that of the company's agreement when the document first came.

    An agreement with another firm, made later, moves no document that is there already.
    """
    for one in orders:
        if belongs_to(content, one.company_id, one.number, one.ref):
            return one.firm_id
    if before is not None and before.content.company_id == content.company_id:
        return before.content.firm_id
    return company.firm_id
