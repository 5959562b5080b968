"""What documents need from the outside: reads by scope, one transaction for what ERPs send, a store of files."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.documents.views import DocumentDetails, DocumentPage, DocumentQuery, DocumentSummary
from b2b_dvizhenie.application.messaging import MessageOutbox
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog
from b2b_dvizhenie.domain.documents import DeclaredFile, DocumentContent, FileFormat, Happening
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import CompanyId, DocumentId, FirmId, NodeId, OrderId


class StoredContent(Struct, frozen=True):
    """The bytes of a file in the store; `sha256` in hex is their name there."""

    sha256: str
    format: FileFormat
    size: int


class DocumentFiles(Protocol):
    """Port: content-addressed storage of files of documents; nobody gets at it but through a document.

    Contract: what was put is there after a crash at any moment, whole or not at all; equal content is stored once; at
    most one buffer of a file is held in memory. Several processes may use one store.
    """

    @abstractmethod
    async def store(self, chunks: AsyncIterator[bytes], declared: DeclaredFile) -> StoredContent:
        """Store what the chunks make together.

        Raises:
            DocumentFileRefused: it is not what was declared, or no file that is kept; nothing is stored then.
            OSError: the store cannot be written.
        """
        ...

    @abstractmethod
    def place(self, sha256: str) -> Path | None:
        """Where a content lies; None when there is none of that name. Blocks for a moment."""
        ...


class LocatedFile(Struct, frozen=True):
    """A file of a document that somebody may download, with what the audit tells of it."""

    name: str
    format: FileFormat
    size: int
    sha256: str
    number: str
    company_id: CompanyId


class DocumentReader(Protocol):
    """Port: documents as people see them.

    Contract: one predicate by actor and scope decides for page, count, details, files. Orders are linked only where
    the viewer sees them in `orders`, None for none. What an ERP withdrew does not exist. The number of statements does
    not depend on the number of rows.
    """

    @abstractmethod
    async def page(self, actor: Actor, scope: Scope, orders: Scope | None, query: DocumentQuery) -> DocumentPage:
        """A page, the latest first."""
        ...

    @abstractmethod
    async def details(
        self, actor: Actor, scope: Scope, orders: Scope | None, document_id: DocumentId
    ) -> DocumentDetails | None:
        """One document; None if it is not there to see."""
        ...

    @abstractmethod
    async def of_order(
        self, actor: Actor, scope: Scope, orders: Scope, order_id: OrderId
    ) -> tuple[DocumentSummary, ...]:
        """Documents that belong to an order, the latest first; none for an order that is not there to see."""
        ...

    @abstractmethod
    async def counts(
        self, actor: Actor, scope: Scope, orders: Scope, order_ids: Collection[OrderId]
    ) -> Mapping[OrderId, int]:
        """How many documents belong to each of these orders; those without any are left out. One statement."""
        ...


class CompanyOfDocument(Struct, frozen=True):
    """The company that an ERP's ref stands for, and the firm of its agreement in force."""

    company_id: CompanyId
    firm_id: FirmId | None


class OrderOfDocument(Struct, frozen=True):
    """An order that a document may name, and the seller's firm it was placed with."""

    company_id: CompanyId
    number: str
    ref: str
    firm_id: FirmId | None


class HeldDocument(Struct, frozen=True):
    """A document as it is kept, held for a change."""

    document_id: DocumentId
    content: DocumentContent


class HeldFile(Struct, frozen=True):
    """A file row of a document, held for a change. Without `content` its bytes have yet to come."""

    file_id: UUID
    document_id: DocumentId
    ref: str
    declared: DeclaredFile
    content: StoredContent | None


class ToldDocument(Struct, frozen=True):
    """What a letter tells of a document."""

    number: str
    day: date
    company_id: CompanyId
    company: str


class DocumentBook(Protocol):
    """Port: documents of one ERP within a transaction."""

    @abstractmethod
    async def hold(self, node_id: NodeId) -> None:
        """Let nobody else change documents of the node until the end of the transaction."""
        ...

    @abstractmethod
    async def companies(self, node_id: NodeId, refs: Collection[str]) -> Mapping[str, CompanyOfDocument]:
        """Companies of the node by ref; one statement."""
        ...

    @abstractmethod
    async def orders(
        self, node_id: NodeId, numbers: Collection[str], refs: Collection[str]
    ) -> tuple[OrderOfDocument, ...]:
        """Orders with one of the numbers, or with one of the refs in this node; one statement."""
        ...

    @abstractmethod
    async def documents(self, node_id: NodeId, refs: Collection[str]) -> Mapping[str, HeldDocument]:
        """Documents of the node by ref, withdrawn ones too; one statement."""
        ...

    @abstractmethod
    async def put(self, node_id: NodeId, documents: Mapping[str, HeldDocument], now: datetime) -> None:
        """Write documents of a held node, new and known, by ref."""
        ...

    @abstractmethod
    async def forget(self, document_ids: Collection[DocumentId]) -> None:
        """Delete history and files of documents that another company has now."""
        ...

    @abstractmethod
    async def tell(self, happenings: Sequence[tuple[DocumentId, Happening]], now: datetime) -> None:
        """Add to the histories."""
        ...

    @abstractmethod
    async def files(self, node_id: NodeId, refs: Collection[str]) -> Mapping[str, HeldFile]:
        """File rows of the node by ref; one statement."""
        ...

    @abstractmethod
    async def put_files(self, node_id: NodeId, files: Sequence[HeldFile], now: datetime) -> None:
        """Write file rows of a held node, new and known."""
        ...

    @abstractmethod
    async def drop_files(self, node_id: NodeId, refs: Collection[str]) -> int:
        """Delete file rows of a held node; how many there were."""
        ...

    @abstractmethod
    async def located(self, actor: Actor, scope: Scope, document_id: DocumentId, file_id: UUID) -> LocatedFile | None:
        """A file whose document is there to see, by the predicate of `DocumentReader`."""
        ...

    @abstractmethod
    async def told_of(self, actor: Actor, scope: Scope, document_id: DocumentId) -> ToldDocument | None:
        """A document that is there to see, by the same predicate."""
        ...

    @abstractmethod
    async def recipient(self, actor: Actor, company_id: CompanyId, email: str) -> str | None:
        """The language of an active person of this address who buys for the company, or is the actor himself."""
        ...


class DocumentsTransaction(Protocol):
    """Port: one transaction of documents; leaving without `commit` rolls back."""

    documents: DocumentBook
    audit: AuditLog
    outbox: MessageOutbox

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


DocumentsWork = Callable[[], AbstractAsyncContextManager[DocumentsTransaction]]
