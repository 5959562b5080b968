"""Documents of trade: kinds, states with their history, what belongs to which order, rules of files (features DOC)."""

from b2b_dvizhenie.domain.documents.content import (
    MAX_REFS,
    DocumentContent,
    DocumentDraft,
    DocumentKindUnknown,
    TooManyOrders,
    belongs_to,
    checked_document,
)
from b2b_dvizhenie.domain.documents.files import (
    MAX_FILE,
    MAX_INLINE,
    DeclaredFile,
    DocumentFileRefused,
    FileFormat,
    FileKind,
    checked_content,
    checked_file,
    recognised,
)
from b2b_dvizhenie.domain.documents.history import Happening, file_happening, history_of
from b2b_dvizhenie.domain.documents.kinds import DocumentKind
from b2b_dvizhenie.domain.documents.states import DocumentState, heard_state

__all__ = [
    "MAX_FILE",
    "MAX_INLINE",
    "MAX_REFS",
    "DeclaredFile",
    "DocumentContent",
    "DocumentDraft",
    "DocumentFileRefused",
    "DocumentKind",
    "DocumentKindUnknown",
    "DocumentState",
    "FileFormat",
    "FileKind",
    "Happening",
    "TooManyOrders",
    "belongs_to",
    "checked_content",
    "checked_document",
    "checked_file",
    "file_happening",
    "heard_state",
    "history_of",
    "recognised",
]
