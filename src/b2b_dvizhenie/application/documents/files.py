"""Take files of documents: announced in rows of the gateway, their bytes in the row or in a request of their own."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.documents.ports import (
    DocumentBook,
    DocumentFiles,
    DocumentsWork,
    HeldDocument,
    HeldFile,
    StoredContent,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.documents import (
    MAX_INLINE,
    DeclaredFile,
    DocumentFileRefused,
    Happening,
    checked_file,
    file_happening,
)
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import DocumentId, NodeId, new_id


class DocumentUnknown(DomainError):
    """A file is of a document that the ERP has not told of; params hold its `ref`."""

    code = "documents.document_unknown"


class DocumentFileMissing(NotFound):
    """Bytes came for a file that no row has announced."""

    code = "documents.file_not_announced"


class FileRecord(Struct, frozen=True, kw_only=True):
    """A row of the table `document_files`. `content` are its bytes; without them they come in a request of their own.

    A `url` is not fetched: what a process of ours asks for by itself is set by administrators, never by data.
    """

    ref: str
    document_ref: str
    name: str
    kind: str = "print"
    mime: str = ""
    sha256: str = ""
    size: int | None = None
    content: bytes | None = None
    url: str = ""


class FilesTaken(Struct, frozen=True):
    """What became of the rows; `awaited` are those whose bytes have yet to come."""

    stored: int = 0
    awaited: int = 0
    same: int = 0
    refused: Mapping[int, DomainError] = {}


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def take_files(
    book: DocumentBook, files: DocumentFiles, node_id: NodeId, records: Sequence[FileRecord], now: datetime
) -> FilesTaken:
    """Keep file rows of a node in the book's transaction, and the bytes that are in them.

    Rows are taken in their order. Bytes are stored before rows are written: what no row names does no harm. Every
    refusal is about a row alone: DocumentUnknown, and what `checked_file` and the store refuse.
    """
    refused: dict[int, DomainError] = {}
    ready: dict[int, tuple[DeclaredFile, StoredContent | None]] = {}
    for place, record in enumerate(records):
        try:
            ready[place] = await _checked(files, record)
        except DomainError as refusal:
            refused[place] = refusal
    await book.hold(node_id)
    documents = await book.documents(node_id, {one.document_ref for one in records})
    known = dict(await book.files(node_id, {one.ref for one in records}))
    counts = {"stored": 0, "awaited": 0, "same": 0}
    written: dict[str, HeldFile] = {}
    happened: list[tuple[DocumentId, Happening]] = []
    for place, (declared, content) in ready.items():
        record = records[place]
        document = documents.get(record.document_ref)
        if document is None:
            refused[place] = DocumentUnknown("document_id", ref=record.document_ref[:100])
            continue
        before = known.get(record.ref)
        after = _file(record.ref, document, before, declared, content)
        if before == after:
            counts["same"] += 1
            continue
        known[record.ref] = written[record.ref] = after
        counts["awaited" if after.content is None else "stored"] += 1
        if after.content is not None:
            happened.append((after.document_id, _told(before, after)))
    if written:
        await book.put_files(node_id, list(written.values()), now)
    if happened:
        await book.tell(happened, now)
    return FilesTaken(**counts, refused=refused)


class ReceiveDocumentFile:
    """`PUT …/files/{id}`: the bytes of a file that a row has announced."""

    def __init__(self, work: DocumentsWork, files: DocumentFiles, clock: Clock) -> None:
        self._work = work
        self._files = files
        self._clock = clock

    async def __call__(self, actor: Actor, node_id: NodeId, ref: str, chunks: AsyncIterator[bytes]) -> StoredContent:
        """Store the bytes, show the file. The same bytes twice are the same file.

        Raises:
            Forbidden: the actor does not run the exchange.
            DocumentFileMissing: no row announced it, or it was taken back meanwhile.
            DocumentFileRefused: the bytes are not those announced, or no file that is kept.
        """
        actor.require(Permission.EXCHANGE_MANAGE)
        awaited = await self._awaited(node_id, ref)
        content = await self._files.store(chunks, awaited.declared)
        now = self._clock()
        async with self._work() as work:
            await work.documents.hold(node_id)
            held = (await work.documents.files(node_id, {ref})).get(ref)
            if held is None or held.declared != awaited.declared or held.document_id != awaited.document_id:
                raise DocumentFileMissing("id", ref=ref[:100])
            if held.content == content:
                return content
            await work.documents.put_files(node_id, [replace(held, content=content)], now)
            await work.documents.tell([(held.document_id, _told(held, held))], now)
            await work.commit()
        return content

    async def _awaited(self, node_id: NodeId, ref: str) -> HeldFile:
        async with self._work() as work:
            found = (await work.documents.files(node_id, {ref})).get(ref)
        if found is None:
            raise DocumentFileMissing("id", ref=ref[:100])
        return found


async def _checked(files: DocumentFiles, record: FileRecord) -> tuple[DeclaredFile, StoredContent | None]:
    declared = checked_file(record.name, record.kind, record.mime, record.sha256, record.size)
    if record.url:
        raise DocumentFileRefused("url", reason="url")
    if record.content is None:
        return declared, None
    if len(record.content) > MAX_INLINE:
        raise DocumentFileRefused("content_base64", reason="too_large", maximum=MAX_INLINE)
    return declared, await files.store(_once(record.content), declared)


def _told(before: HeldFile | None, after: HeldFile) -> Happening:
    shown = before is not None and before.content is not None and before.document_id == after.document_id
    return file_happening(after.declared.name, after.declared.kind, is_new=not shown)


def _file(
    ref: str,
    document: HeldDocument,
    before: HeldFile | None,
    declared: DeclaredFile,
    content: StoredContent | None,
) -> HeldFile:
    """The row as it is to be. Without bytes it keeps those there are, where it announces no others.

    A file that another document has now is another file: links to the old one must not lead to it.
    """
    if before is None or before.document_id != document.document_id:
        return HeldFile(new_id(), document.document_id, ref, declared, content)
    kept = before.content
    if content is None and kept is not None and declared.sha256 in ("", kept.sha256):
        content = kept if declared.size in (None, kept.size) and declared.format in (None, kept.format) else None
    return HeldFile(before.file_id, document.document_id, ref, declared, content)
