"""Rules for files of documents (onec.md §5.3): PDF, XLSX or XML by their first bytes, at most 20 MiB, as announced."""

import re
from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.companies import clean_text
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid

MAX_FILE = 20 * 1024 * 1024
"""Bytes of a file."""
MAX_INLINE = 5 * 1024 * 1024
"""Bytes of a file that comes inside a row of the gateway."""
MAX_NAME = 200
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|]')
_MARKS_OF_A_WORKBOOK = (b"[Content_Types].xml", b"xl/workbook")
"""Names that stand as they are in every archive that is a workbook of Excel 2007 and later."""


class DocumentFileRefused(DomainError):
    """A file of a document is none that is kept. `reason`: too_large, empty, not_a_document, kind, format,
    sha256, size, url.
    """

    code = "documents.file_refused"


class FileNameMissing(DomainError):
    """Nothing of the name of a file can be the name of a file."""

    code = "documents.file_name_missing"


class FileKind(StrEnum):
    """What a file of a document is."""

    PRINT = "print"  # the printed form
    SIGNED_SCAN = "signed_scan"
    EDO_XML = "edo_xml"  # as the operator of electronic documents has it


class FileFormat(StrEnum):
    """Formats of files, by their usual suffix."""

    PDF = "pdf"
    XLSX = "xlsx"
    XML = "xml"

    @property
    def media_type(self) -> str:
        """What browsers are told."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    FileFormat.PDF: "application/pdf",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.XML: "application/xml",
}
_NAMES = {
    **{one.value: one for one in FileFormat},
    **{one.media_type: one for one in FileFormat},
    "text/xml": FileFormat.XML,
}


class DeclaredFile(Struct, frozen=True, kw_only=True):
    """A file as it is announced; "" and None for what the ERP leaves open."""

    name: str
    kind: FileKind = FileKind.PRINT
    format: FileFormat | None = None
    sha256: str = ""
    size: int | None = None


def checked_file(name: str, kind: str, mime: str = "", sha256: str = "", size: int | None = None) -> DeclaredFile:
    """The announcement of a file as it is kept; signs that no file system takes become dashes in its name.

    Raises:
        Invalid: with a refusal per field.
    """
    faults: list[DomainError] = []
    cleaned = ""
    try:
        cleaned = _NOT_IN_NAMES.sub("-", clean_text(name, "name", MAX_NAME, required=True)).strip(". -")
        if not cleaned:
            faults.append(FileNameMissing("name"))
    except DomainError as fault:
        faults.append(fault)
    if kind not in set(FileKind):
        faults.append(DocumentFileRefused("kind", reason="kind"))
    declared = mime.split(";", maxsplit=1)[0].strip().casefold()
    if declared and declared not in _NAMES:
        faults.append(DocumentFileRefused("mime", reason="format"))
    digest = sha256.strip().casefold()
    if digest and not _SHA256.fullmatch(digest):
        faults.append(DocumentFileRefused("sha256", reason="sha256"))
    if size is not None and not 0 < size <= MAX_FILE:
        faults.append(DocumentFileRefused("size", reason="too_large" if size > 0 else "empty", maximum=MAX_FILE))
    if faults:
        raise Invalid(faults)
    return DeclaredFile(name=cleaned, kind=FileKind(kind), format=_NAMES.get(declared), sha256=digest, size=size)


def recognised(head: bytes, holds: Callable[[bytes], bool]) -> FileFormat | None:
    """The format of a file by its own bytes; None for everything else, whatever it is called.

    Args:
        head: its first bytes, 1024 are enough.
        holds: whether the whole file has these bytes in it somewhere.
    """
    if head.startswith(b"%PDF-"):
        return FileFormat.PDF
    if head.startswith(b"PK\x03\x04"):
        return FileFormat.XLSX if all(map(holds, _MARKS_OF_A_WORKBOOK)) else None
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    return FileFormat.XML if text.startswith(b"<?xml") else None


def checked_content(declared: DeclaredFile, found: FileFormat | None, sha256: str, size: int) -> FileFormat:
    """The format of a content that is what was announced.

    Args:
        declared: the announcement.
        found: the format by the content's own bytes.
        sha256: of the content, in hex.
        size: its bytes.

    Raises:
        DocumentFileRefused: it is empty, too large, of no known format, or another file than the announced one.
    """
    if size == 0:
        raise DocumentFileRefused("content", reason="empty")
    if size > MAX_FILE:
        raise DocumentFileRefused("content", reason="too_large", maximum=MAX_FILE)
    if found is None:
        raise DocumentFileRefused("content", reason="not_a_document")
    if declared.format is not None and declared.format is not found:
        raise DocumentFileRefused("mime", reason="format")
    if declared.size is not None and declared.size != size:
        raise DocumentFileRefused("size", reason="size")
    if declared.sha256 and declared.sha256 != sha256:
        raise DocumentFileRefused("sha256", reason="sha256")
    return found
