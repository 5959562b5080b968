"""Why a whole file is refused. Faults of single rows are not errors: they are `RowProblem` records."""

from b2b_dvizhenie.domain.shared.errors import DomainError


class CmlBroken(DomainError):
    """The file as a whole cannot be taken; nothing read from it may be kept (onec.md §3.1).

    Args:
        detail: what the parser met, in English, for the log.
        line: line of the file, from 1; 0 when it is not known.
    """

    code = "exchange.file_broken"

    def __init__(self, detail: str = "", line: int = 0) -> None:
        super().__init__(None, detail=detail, line=line)
        self.detail = detail
        self.line = line


class FileEmpty(CmlBroken):
    """No bytes, or nothing but blanks."""

    code = "exchange.file_empty"


class FileTruncated(CmlBroken):
    """The file ends before its root element does: a part of the upload was lost."""

    code = "exchange.file_truncated"


class NotCommerceML(CmlBroken):
    """Something else arrived: a web page, another XML format, binary data."""

    code = "exchange.not_commerceml"


class NothingKnown(CmlBroken):
    """The root is right, but none of its children is a part this product knows."""

    code = "exchange.nothing_known"


class EntitiesRefused(CmlBroken):
    """The file has a document type declaration; entities are an attack, 1C never writes them."""

    code = "exchange.entities_refused"


class BadEncoding(CmlBroken):
    """The bytes are valid neither in the declared encoding nor in UTF-8 or windows-1251."""

    code = "exchange.bad_encoding"


class XmlMalformed(CmlBroken):
    """The markup is wrong somewhere before the end of the file."""

    code = "exchange.xml_malformed"


class TooDeep(CmlBroken):
    """Elements are nested deeper than 256 levels, or sections deeper than 64."""

    code = "exchange.too_deep"


class TooLarge(CmlBroken):
    """One text, attribute, name or row is larger than any honest export makes it."""

    code = "exchange.piece_too_large"


class SeveralDocuments(CmlBroken):
    """A second document follows the first in one file: two uploads were appended to each other."""

    code = "exchange.several_documents"
