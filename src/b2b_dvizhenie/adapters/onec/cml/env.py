"""What the readers of rows share: options, the row at hand, problems met so far, and helpers for elements."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import cast

from lxml.etree import _Element

from b2b_dvizhenie.adapters.onec.cml import values
from b2b_dvizhenie.adapters.onec.cml.options import ReadOptions
from b2b_dvizhenie.application.exchange.records import RowProblem

Kids = Mapping[str, _Element]
Places = Mapping[str, int]

NAME_LIMIT = 1000
CODE_LIMIT = 255
VALUE_LIMIT = 4000
TEXT_LIMIT = 500_000
_DETAIL_LIMIT = 200
_MEMO = 10_000
_TOLD = 200
TEXT, NESTED, LIST = range(3)


class Env:
    """State of one reading: it belongs to one file and one thread.

    Attributes:
        entity, ref, line: the row at hand, for the problems met in it.
        only_changes: the flag of the part at hand.
        documents_told: whether the head of the documents was handed out.
        problems: waiting to be handed out.
        unknown: how often elements came that nobody reads.
    """

    __slots__ = (
        "_memo",
        "_seen",
        "_told",
        "documents_told",
        "entity",
        "line",
        "only_changes",
        "options",
        "problems",
        "ref",
        "unknown",
    )

    def __init__(self, options: ReadOptions) -> None:
        self.options = options
        self.problems: list[RowProblem] = []
        self.unknown: Counter[str] = Counter()
        self.only_changes = True
        self.documents_told = False
        self.entity = "file"
        self.ref = ""
        self.line = 0
        self._memo: dict[str, str] = {}
        self._seen: set[int] = set()
        self._told: set[tuple[str, str]] = set()

    def enter(self, entity: str, element: _Element) -> None:
        """Problems from now on belong to this row."""
        self.entity = entity
        self.ref = ""
        self.line = line_of(element)

    def error(self, code: str, detail: str = "", entity: str = "") -> None:
        """The row, or a part of it (then `entity` names the part), was left out."""
        self._problem(code, detail, entity, "error")

    def warn(self, code: str, detail: str = "", entity: str = "") -> None:
        """The row was taken with a repair."""
        self._problem(code, detail, entity, "warning")

    def _problem(self, code: str, detail: str, entity: str, severity: str) -> None:
        ref = self.ref[: values.REF_LENGTH]
        self.problems.append(
            RowProblem(entity or self.entity, code, ref, self.line, severity, detail.strip()[:_DETAIL_LIMIT])
        )

    def warn_once(self, code: str, detail: str = "", entity: str = "") -> None:
        """`warn`, but once per file for the same code and detail, and for a few hundred details at most."""
        key = (code, detail[:_DETAIL_LIMIT])
        if key not in self._told and len(self._told) < _TOLD:
            self._told.add(key)
            self.warn(code, detail, entity)

    def count_unknown(self, tags: Iterable[str]) -> None:
        """Remember the names of elements nobody reads."""
        for tag in tags:
            if tag in self.unknown or len(self.unknown) < _TOLD:
                self.unknown[tag] += 1

    def shared_ref(self, text: str | None) -> str:
        """`values.ref` for ids that repeat (price types, warehouses …): one computation, one string."""
        if not text:
            return ""
        known = self._memo.get(text)
        if known is None:
            known = values.ref(text)
            if len(known) > values.REF_LENGTH:
                self.warn_once("exchange.id_too_long", known)
                known = ""
            if len(self._memo) < _MEMO:
                self._memo[text] = known
        return known

    def own_ref(self, text: str | None, name: str) -> str | None:
        """The id of the row at hand; None (with a problem) when missing, nil or too long (onec.md §3.4)."""
        self.ref = found = values.ref(text)
        if not found:
            self.error("exchange.id_missing", name)
        elif found == values.NIL:
            self.error("exchange.id_nil", name)
        elif len(found) > values.REF_LENGTH:
            self.error("exchange.id_too_long", name)
        else:
            return found
        return None

    def product_ref(self, texts: Mapping[str, str], name: str) -> tuple[str, str] | None:
        """(product, variant) of a good or an offer; None (with a problem) when there is no product in it."""
        whole = self.own_ref(texts.get("Ид"), name)
        if whole is None:
            return None
        product, variant = values.split_ref(whole) if "#" in whole else (whole, "")
        if not product or product == values.NIL:
            self.error("exchange.id_nil", name)
            return None
        if not variant and (text := texts.get("ИдХарактеристики")):
            variant = self.shared_ref(text)
            variant = "" if variant == values.NIL else variant
        if variant:
            self.ref = f"{product}#{variant}"
        self.repeated()
        return product, variant

    def repeated(self) -> None:
        """Warn when the row at hand came before in this file; the last one wins."""
        key = hash((self.entity, self.ref))
        if key in self._seen:
            self.warn("exchange.row_repeated")
        elif len(self._seen) < self.options.duplicates_checked:
            self._seen.add(key)

    def cut(self, text: str, limit: int) -> str:
        """The text, shortened with a warning when it is longer than any honest one."""
        if len(text) <= limit:
            return text
        self.warn("exchange.text_cut", f"{len(text)} > {limit}")
        return text[:limit].rstrip()

    def currency(self, text: str | None) -> str:
        """ISO code; an unknown spelling gives the node's default and one warning per file."""
        if not text:
            return ""
        code = values.currency(text)
        if code is None:
            self.warn_once("exchange.currency_unknown", text)
            return self.options.default_currency
        return code


def places(texts: str, nested: str, lists: str) -> Places:
    """Where children of a row go: names, parted by blanks, of simple texts, nested and repeated elements."""
    return {
        **dict.fromkeys(texts.split(), TEXT),
        **dict.fromkeys(nested.split(), NESTED),
        **dict.fromkeys(lists.split(), LIST),
    }


class Row:
    """The children of a row, told apart in one pass.

    Attributes:
        texts: trimmed texts of simple children; empty ones are absent.
        nested: children with content of their own, by name.
        lists: children that may repeat, in their order.
        deleted: the mark of deletion in any of the three spellings (onec.md rule 16); None = not said.
    """

    __slots__ = ("deleted", "lists", "nested", "texts")

    def __init__(self, element: _Element, env: Env, where: Places) -> None:
        self.texts: dict[str, str] = {}
        self.nested: dict[str, _Element] = {}
        self.lists: dict[str, list[_Element]] = {}
        for child in element:
            tag = child.tag
            place = where.get(tag)
            if place == TEXT:
                if (text := child.text) and (text := text.strip()):
                    self.texts[tag] = text
            elif place == NESTED:
                self.nested[tag] = child
            elif place == LIST:
                self.lists.setdefault(tag, []).append(child)
            else:
                env.count_unknown((tag,))
        self.deleted = _deletion(element, self.texts)

    def paths(self, tag: str) -> list[str] | None:
        """Texts of the repeated children `tag`, empty ones included; None when there are none."""
        found = self.lists.get(tag)
        return None if found is None else [child.text or "" for child in found]


def line_of(element: _Element) -> int:
    """Line of the file where the element starts; 0 when the parser did not keep it."""
    return cast("int | None", element.sourceline) or 0


def kids_of(element: _Element) -> dict[str, _Element]:
    """Children by name; of children with one name the last one counts."""
    return {child.tag: child for child in element}


def leaves(element: _Element) -> dict[str, str | None]:
    """Texts of the children by name; of children with one name the last one counts."""
    return {child.tag: child.text for child in element}


def text_of(kids: Kids, tag: str) -> str:
    """Trimmed text of a child, "" when there is none."""
    child = kids.get(tag)
    if child is None:
        return ""
    value = child.text
    return value.strip() if value else ""


def children(kids: Kids, tag: str) -> list[_Element]:
    """Elements inside the child `tag`, none when it is absent."""
    child = kids.get(tag)
    return [] if child is None else list(child)


def deletion(element: _Element, kids: Kids) -> bool:
    """Whether a row is marked as deleted, in any spelling; not said counts as no."""
    texts = {tag: text for tag in ("Статус", "ПометкаУдаления") if (text := text_of(kids, tag))}
    return _deletion(element, texts) is True


def _deletion(element: _Element, texts: Mapping[str, str]) -> bool | None:
    word = element.get("Статус") or texts.get("Статус")
    if word:
        return word.strip().lower().replace("ё", "е") in {"удален", "deleted"}
    mark = texts.get("ПометкаУдаления")
    return values.flag(mark) if mark else None
