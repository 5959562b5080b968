"""Download a file of a document (DOC-4): what leaves the house stands in the audit trail."""

from pathlib import Path
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.documents.listing import scope_of
from b2b_dvizhenie.application.documents.ports import DocumentFiles, DocumentsWork
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.domain.documents import FileFormat
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import DocumentId


class OpenedFile(Struct, frozen=True):
    """A file that may be handed over."""

    path: Path
    name: str
    format: FileFormat
    size: int


class OpenDocumentFile:
    """Open a file for a download that is told to the audit trail."""

    def __init__(self, work: DocumentsWork, files: DocumentFiles) -> None:
        self._work = work
        self._files = files

    async def __call__(self, actor: Actor, document_id: DocumentId, file_id: UUID) -> OpenedFile:
        """Where it lies and what it is called; whoever looks through another's eyes is refused (ViewOnly).

        Raises:
            Forbidden: the right is not granted.
            NotFound: no such file, or its document is not there to see.
        """
        scope = scope_of(actor)
        async with self._work() as work:
            found = await work.documents.located(actor, scope, document_id, file_id)
            path = None if found is None else self._files.place(found.sha256)
            if found is None or path is None:
                raise NotFound("file_id")
            told = {"number": found.number, "name": found.name, "company_id": str(found.company_id)}
            change = Change("documents.file_downloaded", "document", str(document_id), after=told)
            await work.audit.record(actor, change)
            await work.commit()
        return OpenedFile(path, found.name, found.format, found.size)
