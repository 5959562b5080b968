"""CommerceML in a stream: `read` yields records, `survey` proves that a file is whole (onec.md §3.1, §3.2).

Rows are taken when their end tag arrives, their children by one pass over the tags; memory does not depend on
the size of the file. Nothing that was yielded before an error may be kept: apply a file in one transaction,
or survey it first.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import islice

from lxml.etree import _Element
from msgspec import Struct

from b2b_dvizhenie.adapters.onec.cml import values
from b2b_dvizhenie.adapters.onec.cml.classifier import read_part_child, read_property
from b2b_dvizhenie.adapters.onec.cml.documents import read_documents
from b2b_dvizhenie.adapters.onec.cml.env import Env
from b2b_dvizhenie.adapters.onec.cml.errors import NothingKnown
from b2b_dvizhenie.adapters.onec.cml.goods import read_good
from b2b_dvizhenie.adapters.onec.cml.offers import read_offer
from b2b_dvizhenie.adapters.onec.cml.options import ReadOptions
from b2b_dvizhenie.adapters.onec.cml.partners import read_partner
from b2b_dvizhenie.adapters.onec.cml.text import CleanSource, Source
from b2b_dvizhenie.adapters.onec.cml.walker import (
    DOCUMENTS,
    LoneAmpersand,
    Part,
    Walker,
    local_name,
    strip_namespaces,
)
from b2b_dvizhenie.application.exchange.records import FileHead, FileKind, Record, RowProblem

_FLAG = "СодержитТолькоИзменения"
_UNKNOWN_SHOWN = 20

_RowReader = Callable[[_Element, Env], Record | None]
_ROW_READERS: dict[tuple[FileKind, str], _RowReader] = {
    (FileKind.CATALOG, "Товар"): read_good,
    (FileKind.OFFERS, "Предложение"): read_offer,
    (FileKind.PARTNERS, "Контрагент"): read_partner,
}
_PROPERTIES = frozenset({"Свойство", "СвойствоНоменклатуры"})
_DEFAULTS = ReadOptions()


class Survey(Struct, frozen=True):
    """What a whole, well-formed file holds. `rows` counts rows by their CommerceML name."""

    kinds: tuple[FileKind, ...]
    rows: dict[str, int]
    encoding: str
    namespace: str
    schema_version: str
    notes: tuple[str, ...]


def read(source: Source, options: ReadOptions = _DEFAULTS) -> Iterator[Record]:
    """Records of a CommerceML file, in its order; heads before the rows of their part, repairs at the end.

    Args:
        source: a path or a binary stream; a stream that cannot seek is spooled to disk.
        options: settings of the exchange node.

    Raises:
        CmlBroken: the file as a whole is unusable; raised while iterating, so forget what was yielded before.
        OSError: the file cannot be read.
    """
    with closing(CleanSource(source)) as clean:
        sent = 0
        again = False
        try:
            for record in _records(clean, options, escape=False):
                sent += 1
                yield record
        except LoneAmpersand:
            again = True
        if again:
            _forget_first_reading(clean)
            # The rows before the ampersand are the same in both readings: the reader is deterministic.
            yield from islice(_records(clean, options, escape=True), sent, None)
        for code in clean.notes:
            yield RowProblem("file", code, severity="warning")


def survey(source: Source) -> Survey:
    """Prove that the file is whole and well-formed, and count its rows, at the speed of the bare parser.

    Raises:
        CmlBroken: as `read` does.
    """
    with closing(CleanSource(source)) as clean:
        with suppress(LoneAmpersand):
            return _survey(clean, escape=False)
        _forget_first_reading(clean)
        return _survey(clean, escape=True)


def _forget_first_reading(clean: CleanSource) -> None:
    clean.note("exchange.ampersand_escaped")
    # A parser and its tree refer to each other: without this both trees would be in memory at once.
    gc.collect()


def _survey(clean: CleanSource, *, escape: bool) -> Survey:
    walker = Walker(clean, escape=escape)
    kinds: dict[FileKind, None] = {}
    rows: Counter[str] = Counter()
    for part, row in walker.rows():
        if part is not None:
            kinds[part.kind] = None
        elif row is not None and row.tag in DOCUMENTS:
            kinds[FileKind.DOCUMENTS] = None
        if row is not None:
            rows[row.tag] += 1
    if walker.children and not kinds:
        raise NothingKnown
    return Survey(tuple(kinds), dict(rows), clean.encoding, clean.namespace, walker.version, tuple(clean.notes))


def _records(clean: CleanSource, options: ReadOptions, *, escape: bool) -> Iterator[Record]:
    walker = Walker(clean, escape=escape)
    env = Env(options)
    problems = env.problems
    reader: _RowReader | None = None
    container: _Element | None = None
    nothing = True
    for part, row in walker.rows():
        if part is None:
            yield from _documents(row, walker, clean, env)
        elif row is None:
            yield from _end_of_part(part, walker, clean, env)
            container = None
        else:
            above = row.getparent()
            if above is not container:
                container = above
                yield from _before_rows(part, row, walker, clean, env)
                reader = _ROW_READERS.get((part.kind, row.tag))
            record = reader(row, env) if reader is not None else None
            if record is not None:
                yield record
            elif reader is None:
                yield from _other_row(row, env)
        nothing = nothing and part is None and not env.documents_told
        if problems:
            yield from problems
            problems.clear()
    if walker.children and nothing:
        raise NothingKnown
    if env.unknown:
        shown = ", ".join(f"{name}×{count}" for name, count in env.unknown.most_common(_UNKNOWN_SHOWN))
        yield RowProblem("file", "exchange.unknown_elements", severity="warning", detail=shown)


def _other_row(row: _Element, env: Env) -> Iterator[Record]:
    """Properties stand in any part; anything else that is not of its part is only counted."""
    if row.tag in _PROPERTIES:
        yield from read_property(row, env)
    else:
        env.count_unknown((row.tag,))


def _documents(row: _Element | None, walker: Walker, clean: CleanSource, env: Env) -> Iterator[Record]:
    """Orders at the root, alone or in containers; their head comes once. Other rows have no business there."""
    if row is None:
        return
    if row.tag not in DOCUMENTS:
        env.count_unknown((row.tag,))
        return
    if not env.documents_told:
        env.documents_told = True
        yield FileHead(FileKind.DOCUMENTS, True, "", walker.version, clean.namespace)
    alone = row.tag == "Документ"
    yield from read_documents([row] if alone else [child for child in row if child.tag == "Документ"], env)


def _before_rows(part: Part, row: _Element, walker: Walker, clean: CleanSource, env: Env) -> Iterator[Record]:
    """The head of the part, and what stands before the container of its rows (or before the rows)."""
    container = row.getparent()
    end = row if container is part.element else container
    before: list[_Element] = []
    for child in part.element:
        if child is end:
            break
        before.append(child)
    yield from _tell(part, before, walker, clean, env)
    for child in before:
        yield from read_part_child(child, env)
        if len(child):
            part.element.remove(child)


def _end_of_part(part: Part, walker: Walker, clean: CleanSource, env: Env) -> Iterator[Record]:
    children = list(part.element)
    if part.told:
        for child in children:
            if local_name(child.tag) == _FLAG and env.only_changes and values.flag(child.text) is False:
                env.enter("file", child)
                env.warn("exchange.late_flag")
    yield from _tell(part, children, walker, clean, env)
    for child in children:
        yield from read_part_child(child, env)


def _tell(part: Part, children: list[_Element], walker: Walker, clean: CleanSource, env: Env) -> Iterator[FileHead]:
    """The head of a part, once; `children` are those that stand before the rows."""
    for child in children:
        if child.tag[:1] == "{":
            strip_namespaces(child)
    if part.told:
        return
    part.told = True
    facts = {child.tag: child.text for child in children if not len(child)}
    flag = values.flag(part.element.get(_FLAG) or facts.get(_FLAG))
    env.only_changes = part.tag == "ИзмененияПакетаПредложений" or flag is not False
    reference = (facts.get("ИдКаталога") if part.kind is FileKind.OFFERS else None) or facts.get("Ид")
    if part.bare:
        clean.note("exchange.bare_part")
    yield FileHead(
        part.kind,
        env.only_changes,
        values.ref((reference or "").strip().strip("#"))[: values.REF_LENGTH],
        walker.version,
        clean.namespace,
    )
