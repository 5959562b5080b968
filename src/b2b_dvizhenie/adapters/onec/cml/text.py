"""Bytes of any origin to clean UTF-8 for the XML parser, in a stream (onec.md §3.1).

What is repaired on the way: byte order marks, a wrong declared encoding, repeated XML declarations and blanks
before the root, control characters, and (on the second attempt only, see `repair`) lone ampersands. The
default namespace is taken off the root: tags are read by local name only, and plain names parse faster.
Nothing is held in memory but one chunk; a stream that cannot seek is spooled to a temporary file.
"""

import codecs
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from b2b_dvizhenie.adapters.onec.cml.errors import (
    BadEncoding,
    EntitiesRefused,
    FileEmpty,
    FileTruncated,
    NotCommerceML,
)
from b2b_dvizhenie.adapters.onec.cml.repair import escape_ampersands

Source = str | os.PathLike[str] | BinaryIO

ROOT = "КоммерческаяИнформация"
PARTS = frozenset({"Классификатор", "Каталог", "ПакетПредложений", "ИзмененияПакетаПредложений", "Контрагенты"})

CHUNK = 65536
_HEAD = 65536
_CONTROLS = bytes(code for code in range(32) if code not in {9, 10, 13})
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})")
_ALLOWED = frozenset({"utf-8", "cp1251", "utf-16-le", "utf-16-be", "koi8-r", "cp866", "iso8859-5", "ascii"})
_DECLARATION = re.compile(r"<\?xml\s[^>]*\?>")
_MISC = re.compile(r"[\s\x00-\x1f\ufeff]+|<\?[^>]*\?>|<!--.*?-->", re.DOTALL)
_WEB_PAGE = re.compile(r"<!doctype\s+html", re.IGNORECASE)
_ROOT_TAG = re.compile(r"<([^\s<>/!?&=\"']+)((?:\s+[^\s<>/=\"']+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*/?>")
_ROOT_NAME = re.compile(r"<([^\s<>/!?&=\"']+)")
_DEFAULT_NAMESPACE = re.compile(r"\sxmlns\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ANY_NAMESPACE = re.compile(r"\sxmlns(?::[^\s=]+)?\s*=\s*[\"'](urn:1C\.ru:commerceml[^\"']*)[\"']", re.IGNORECASE)


class CleanSource:
    """A CommerceML file opened for reading; `chunks()` gives UTF-8 without surprises, `close()` when done.

    Attributes:
        root: local name of the root element; always one of ours.
        encoding: the encoding the bytes are really in.
        namespace: the CommerceML namespace of the root, "" when it has none.
        notes: codes of the repairs made so far, each once, in the order met.
    """

    def __init__(self, source: Source) -> None:
        """Open and look at the head.

        Raises:
            CmlBroken: the head alone rules the file out.
            OSError: the file cannot be read.
        """
        self.notes: list[str] = []
        self.namespace = ""
        self._stream, self._owned = _open(source)
        self._start = self._stream.tell()
        try:
            self._look_at_head()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close what this object opened; a stream that was handed in stays open."""
        if self._owned:
            self._stream.close()

    def note(self, code: str) -> None:
        """Remember a repair for the import report."""
        if code not in self.notes:
            self.notes.append(code)

    def chunks(self, *, escape: bool = False) -> Iterator[bytes]:
        """The file from its beginning in pieces of about 64 KiB; with `escape`, lone ampersands are escaped.

        Raises:
            BadEncoding: bytes that the encoding of the file does not have.
        """
        self._stream.seek(self._start + self._skip)
        pieces = self._clean_head()
        return escape_ampersands(pieces) if escape else pieces

    def _look_at_head(self) -> None:
        head = _read(self._stream, _HEAD)
        if not head.strip(b" \t\r\n\0\xef\xbb\xbf"):
            raise FileEmpty(f"{len(head)} bytes of nothing" if head else "no bytes")
        self._skip, candidates = _encodings(head)
        declared = candidates[0]
        whole = len(head) < _HEAD
        found: list[tuple[str, str]] = []
        for encoding in candidates:
            text = _decode_head(head[self._skip :], encoding)
            if text is None:
                continue
            position, root = _prologue(text, whole=whole)
            found.append((encoding, root))
            if root == ROOT or root in PARTS:
                self.encoding, self.root = encoding, root
                if encoding != declared:
                    self.note("exchange.encoding_corrected")
                self._prepare(text, position)
                return
        if not found:
            raise BadEncoding("tried " + ", ".join(candidates))
        raise NotCommerceML(f"root element {found[0][1]!r:.60}")

    def _prepare(self, text: str, position: int) -> None:
        prologue = text[:position]
        if len(_DECLARATION.findall(prologue)) > 1:
            self.note("exchange.declaration_repeated")
        if prologue[:1].isspace() and "<?xml" in prologue:
            self.note("exchange.leading_blanks")
        if match := _ANY_NAMESPACE.search(text, position, text.find(">", position) + 1 or len(text)):
            self.namespace = match[1]
        # The parser needs nothing of the prologue but its line ends: they keep the line numbers true.
        blank = "\n" * prologue.count("\n")
        tag = _ROOT_TAG.match(text, position)
        if tag is None:
            self._head = (blank, "")
        else:
            self._head = (blank, _DEFAULT_NAMESPACE.sub(_keep_lines, tag[0]))
            position = tag.end()
        self._skip += len(text[:position].encode(self.encoding, "surrogatepass"))

    def _clean_head(self) -> Iterator[bytes]:
        yield self._without_controls("".join(self._head).encode())
        yield from self._clean() if self.encoding == "utf-8" else self._transcode()

    def _clean(self) -> Iterator[bytes]:
        while chunk := self._stream.read(CHUNK):
            yield self._without_controls(chunk)

    def _transcode(self) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(self.encoding)("strict")
        while True:
            chunk = self._stream.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                if not chunk:
                    raise FileTruncated("the file ends inside a character") from error
                raise BadEncoding(f"{error.reason} in {self.encoding}") from error
            if text:
                yield self._without_controls(text.encode("utf-8", "surrogatepass"))
            if not chunk:
                return

    def _without_controls(self, chunk: bytes) -> bytes:
        cleaned = chunk.translate(None, _CONTROLS)
        if len(cleaned) != len(chunk):
            self.note("exchange.control_characters")
        return cleaned


def looks_complete(path: Path) -> bool:
    """Whether the closing tag of a CommerceML root stands in the last 4 KiB of the file, in any encoding."""
    with path.open("rb") as stream:
        stream.seek(0, os.SEEK_END)
        stream.seek(max(0, stream.tell() - 4096))
        tail = stream.read()
    for encoding in ("utf-8", "cp1251", "utf-16-le", "utf-16-be"):
        for name in (ROOT, *PARTS):
            if (position := tail.rfind(f"{name}>".encode(encoding))) >= 0:
                before = tail[max(0, position - 260) : position]
                if re.search(rb"<\0?/[^<>]*$", before):
                    return True
    return False


def _open(source: Source) -> tuple[BinaryIO, bool]:
    if isinstance(source, str | os.PathLike):
        return Path(source).open("rb"), True
    if source.seekable():
        return source, False
    spool = tempfile.TemporaryFile()  # noqa: SIM115  (closed by CleanSource.close)
    shutil.copyfileobj(source, spool, CHUNK)
    spool.seek(0)
    return spool, True


def _read(stream: BinaryIO, size: int) -> bytes:
    """Read `size` bytes unless the stream ends; raw streams may give less at a time."""
    pieces: list[bytes] = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _encodings(head: bytes) -> tuple[int, list[str]]:
    """Length of the byte order mark, and the encodings to try, best first."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return len(mark), [encoding, "utf-8", "cp1251"] if encoding == "utf-8" else [encoding]
    if head.startswith((b"<\0", b"\0<")):
        return 0, ["utf-16-le" if head[0] else "utf-16-be"]
    match = _DECLARED.search(head, 0, 1024)
    declared = "utf-8"
    if match:
        with suppress(LookupError):
            declared = codecs.lookup(match[1].decode("ascii")).name
    if declared not in _ALLOWED or declared in {"ascii", "utf-16-le", "utf-16-be"}:
        declared = "utf-8"
    return 0, list(dict.fromkeys([declared, "utf-8", "cp1251"]))


def _decode_head(head: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except UnicodeDecodeError:
        return None


def _prologue(text: str, *, whole: bool) -> tuple[int, str]:
    """Where the root element starts, and its local name ("" when there is no element at all)."""
    position = 0
    while match := _MISC.match(text, position):
        position = match.end()
    if _WEB_PAGE.match(text, position):
        return position, "html"
    if text.startswith("<!", position) and not text.startswith("<!--", position):
        raise EntitiesRefused(text[position : position + 40])
    name = _ROOT_NAME.match(text, position)
    if name is None:
        if whole and position == len(text):
            raise FileTruncated("a prologue without a document") if "<" in text else FileEmpty("only blanks")
        return position, ""
    local = name[1].rpartition(":")[2]
    if whole and ROOT.startswith(local) and ">" not in text[position:]:
        raise FileTruncated("the file ends inside its root tag")
    return position, local


def _keep_lines(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")
