"""Feeds a file to lxml piece by piece, hands out finished rows and prunes the tree behind them.

Only finished elements that a later element follows are taken off the tree: libxml2 still writes to the last.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree
from lxml.etree import XMLSyntaxError, _Element

from b2b_dvizhenie.adapters.onec.cml.errors import (
    BadEncoding,
    CmlBroken,
    FileTruncated,
    SeveralDocuments,
    TooDeep,
    TooLarge,
    XmlMalformed,
)
from b2b_dvizhenie.adapters.onec.cml.text import PARTS, ROOT, CleanSource
from b2b_dvizhenie.application.exchange.records import FileKind

PIECE_LIMIT: Final = 8 * 1024 * 1024
"""Bytes that may pass without a finished row or other progress: some 6,000 lines of one order, 60,000 sections. The
tree of such a piece can take ten times as much memory."""
_PRUNE_AFTER: Final = 1024 * 1024

KINDS = {
    "Классификатор": FileKind.CLASSIFIER,
    "Каталог": FileKind.CATALOG,
    "ПакетПредложений": FileKind.OFFERS,
    "ИзмененияПакетаПредложений": FileKind.OFFERS,
    "Контрагенты": FileKind.PARTNERS,
    "ПользовательскиеСправочники": FileKind.REFERENCE,
}
DOCUMENTS = frozenset({"Документ", "Контейнер"})
"""Rows that stand at the root, in no part."""
ROWS = DOCUMENTS | {"Свойство", "СвойствоНоменклатуры", "Товар", "Предложение", "Контрагент"}
_WATCHED = [f"{{*}}{name}" for name in (ROOT, *KINDS, *ROWS)]
_ROW_CONTAINERS = frozenset({"Свойства", "СвойстваНоменклатуры", "Товары", "Предложения", "Контрагенты"})
_KEPT = frozenset({"Группы", "ТипыЦен", "Склады", "ЕдиницыИзмерения"})
_HEAD = _KEPT | _ROW_CONTAINERS | {"Ид", "ИдКаталога", "ИдКлассификатора", "СодержитТолькоИзменения"}

_UNDECLARED_ENTITY, _ENCODING, _NAME_TOO_LONG, _RESOURCES = 26, 81, 110, 114
_SECOND_ROOT = re.compile(
    rb"<(?:[^\s<>:/]{1,80}:)?(?:" + b"|".join(name.encode() for name in (ROOT, *sorted(PARTS))) + rb")[\s>]"
)


class LoneAmpersand(Exception):
    """The parser stopped at an ampersand; the file deserves a second reading with `escape`."""


class Part:
    """A direct child of the root that carries rows, while it is being read."""

    __slots__ = ("bare", "element", "kind", "tag", "told")

    def __init__(self, element: _Element, tag: str, *, bare: bool) -> None:
        self.element = element
        self.tag = tag
        self.kind = KINDS[tag]
        self.bare = bare
        self.told = False


class Walker:
    """One pass over one file.

    Attributes:
        version: ВерсияСхемы of the root.
        children: whether the root has any child element.
    """

    def __init__(self, source: CleanSource, *, escape: bool = False) -> None:
        self.version = ""
        self.children = False
        self._source = source
        self._escape = escape
        # The published stubs know neither these arguments nor what the events carry.
        self._parser: Any = etree.XMLPullParser(
            events=("start", "end"),
            tag=_WATCHED,
            encoding="utf-8",
            remove_comments=True,
            remove_pis=True,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
        )
        self._root: _Element | None = None
        self._part: Part | None = None
        self._open_rows = 0
        self._quiet = 0
        self._tip: Any = None
        self._ended = False

    def rows(self) -> Iterator[tuple[Part | None, _Element | None]]:
        """(part, row) for every row, then (part, None) when a part ends. The row is gone at the next step.

        Raises:
            CmlBroken: the file is unusable; everything yielded so far must be forgotten.
            LoneAmpersand: read again with `escape`.
        """
        chunks = self._source.chunks(escape=self._escape)
        for chunk in chunks:
            failure = self._feed(chunk)
            self._quiet += len(chunk)
            last: _Element | None = None
            events: Iterator[tuple[str, Any]] = self._parser.read_events()
            for event, element in events:
                if event == "start":
                    self._opened(element)
                elif self._row_closed(element):
                    last = element
                    yield self._part, element
                elif self._part is not None and element is self._part.element:
                    yield self._part, None
                    _empty(element)
                    self._part, last = None, None
            if failure is not None and not self._ended:
                raise self._translate(failure, at_end=False)
            if self._ended:
                self._check_rest(chunk, chunks)
                return
            self._drop_read(last)
            if self._quiet > _PRUNE_AFTER:
                self._prune()
        self._finish()

    def _opened(self, element: _Element) -> None:
        tag = element.tag
        if tag[0] == "{":
            tag = local_name(tag)
        if tag in ROWS:
            self._open_rows += 1
            return
        if self._root is None:
            self._root = element
            self.version = element.get("ВерсияСхемы", "")[:40]
        if self._part is None and not self._open_rows and tag in KINDS:
            above = element.getparent()
            if above is None or above is self._root:
                self._part = Part(element, tag, bare=above is None)

    def _row_closed(self, element: _Element) -> bool:
        """Whether an outermost row ends here; keeps count of what is open."""
        tag = element.tag
        prefixed = tag[0] == "{"
        if prefixed:
            tag = local_name(tag)
        if tag in ROWS:
            self._open_rows -= 1
            if self._open_rows:
                return False
            if prefixed:
                strip_namespaces(element)
            self._quiet = 0
            return True
        if element is self._root:
            self._ended = True
        return False

    def _feed(self, chunk: bytes) -> XMLSyntaxError | None:
        try:
            self._parser.feed(chunk)
        except XMLSyntaxError as error:
            return error
        if self._root is not None and not self.children:
            self.children = len(self._root) > 0
        return None

    def _drop_read(self, last: _Element | None) -> None:
        """Take off everything before the last row of a piece: it is finished and read."""
        above: Any = None if last is None else last.getparent()
        if above is not None:
            del above[: above.index(last)]

    def _finish(self) -> None:
        try:
            self._parser.close()
        except XMLSyntaxError as error:
            raise self._translate(error, at_end=True) from error
        raise FileTruncated("no end of the root element")

    def _translate(self, error: XMLSyntaxError, *, at_end: bool) -> Exception:
        failure: Any = error
        line, code, detail = failure.position[0] or 0, failure.code, (failure.msg or "").strip()
        broken: type[CmlBroken]
        if not self._escape and (code == _UNDECLARED_ENTITY or "EntityRef" in detail or "CharRef" in detail):
            return LoneAmpersand(detail)
        if code == _RESOURCES:
            broken = TooDeep if "depth" in detail.lower() else TooLarge
        elif code == _NAME_TOO_LONG:
            broken = TooLarge
        elif at_end:
            broken = FileTruncated
        elif code == _ENCODING:
            broken = BadEncoding
        else:
            broken = XmlMalformed
        return broken(detail, line)

    def _check_rest(self, chunk: bytes, chunks: Iterator[bytes]) -> None:
        """What follows the root is garbage, unless it is a second document."""
        name = re.escape(self._source.root.encode())
        closing = re.search(rb"</(?:[^\s<>:/]{1,80}:)?" + name + rb"\s*>", chunk)
        # Without a match the closing tag began in the piece before, or the root is empty.
        rest = chunk[closing.end() if closing else chunk.find(b">") + 1 :]
        kept = b""
        while True:
            data = kept + rest
            if _SECOND_ROOT.search(data):
                raise SeveralDocuments("a second root element follows the first")
            if data.strip():
                self._source.note("exchange.trailing_garbage")
            kept = data[-200:]
            following = next(chunks, None)
            if following is None:
                return
            rest = following

    def _prune(self) -> None:
        """Free what nobody will read: unknown elements between rows, however many or large.

        Raises:
            TooLarge: what must be kept, a single row or the head of a part, is beyond `PIECE_LIMIT`, or nothing but
                one attribute, comment or text came for so long.
        """
        node: Any = self._root
        held = self._open_rows > 0
        while not held and node is not None and len(node):
            tag = local_name(node.tag)
            if tag in _KEPT:
                held = True
            elif self._part is not None and node is self._part.element and tag not in _ROW_CONTAINERS:
                _drop_unknown(node)
            else:
                _drop_finished(node)
            node = node[-1]
        if not held and node is not self._tip:
            self._tip, self._quiet = node, 0
        elif self._quiet > PIECE_LIMIT:
            if not self._escape:
                # libxml2 waits for the end of a reference that never comes: perhaps it was just an ampersand.
                raise LoneAmpersand
            raise TooLarge(f"{self._quiet} bytes without a finished row")


def _empty(element: Any) -> None:
    element.clear(keep_tail=True)


def _drop_unknown(part: Any) -> None:
    """Take off finished children that say nothing about the part."""
    for child in part[:-1]:
        if local_name(child.tag) not in _HEAD:
            part.remove(child)


def _drop_finished(element: Any) -> None:
    """Take off every child but the last, which may still be open."""
    del element[:-1]


def local_name(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition("}")[2]


def strip_namespaces(element: _Element) -> None:
    """Plain names for a finished element and everything inside it: prefixes are rare, so this may be slow."""
    for node in element.iter():
        tag = node.tag
        if tag[:1] == "{":
            node.tag = local_name(tag)
