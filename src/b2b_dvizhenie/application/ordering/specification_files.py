"""Specifications from pasted text and spreadsheets, and into one: every row is told what became of it (QO, SPEC)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace as struct_replace

from b2b_dvizhenie.application.ordering.line_edits import LinesEdit, WantedLine
from b2b_dvizhenie.application.ordering.ports import OrderingWork
from b2b_dvizhenie.application.ordering.requests import MAX_ARTICLE
from b2b_dvizhenie.application.ordering.specification_keeping import editor, held_for
from b2b_dvizhenie.application.ordering.specification_lines import LinesPut, put_lines
from b2b_dvizhenie.application.ordering.specifications import ShowSpecification, SpecificationDetails
from b2b_dvizhenie.application.pricing import Sheets, SheetUnreadable
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.ordering import (
    MAX_LINES,
    Access,
    CartEntry,
    Goods,
    PutMode,
    TooManyLines,
    TypedLine,
    lines_of_rows,
    typed_lines,
)
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import SpecificationId, VariantId
from b2b_dvizhenie.domain.shared.quantity import parse_quantity, plain, trimmed

MAX_FILE = 4 * 1024 * 1024
MAX_CANDIDATES = 10
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How XLSX, ODS and XLS begin; what begins otherwise is text."""


class Candidate(Struct, frozen=True):
    """Goods that a row may mean."""

    variant_id: VariantId
    article: str
    name: str


class ReadRow(Struct, frozen=True, kw_only=True):
    """What became of a row, counted as people count.

    `found`: it is in the list as asked. `rounded`: in the next quantity the seller ships (also where the row tells
    none). `unknown`: there are no such goods for this buyer. `ambiguous`: several are, the `candidates`. `invalid`: the
    quantity is none. The last three are not in the list.
    """

    row: int
    text: str
    outcome: Literal["found", "rounded", "unknown", "ambiguous", "invalid"]
    article: str = ""
    name: str = ""
    asked: Decimal | None = None
    put: Decimal | None = None
    candidates: tuple[Candidate, ...] = ()


class ReadList(Struct, frozen=True):
    """The list after the change, and every row in the order of the text or file."""

    put: LinesPut
    rows: tuple[ReadRow, ...]


class ReadIntoSpecification:
    """Put the rows of a text or a file into a list: those that are understood, and a word about every one."""

    def __init__(self, work: OrderingWork, sheets: Sheets, clock: Clock) -> None:
        self._work = work
        self._sheets = sheets
        self._clock = clock

    async def __call__(
        self,
        actor: Actor,
        specification_id: SpecificationId,
        *,
        text: str = "",
        content: bytes = b"",
        replace: bool = False,
        version: int | None = None,
    ) -> ReadList:
        """Quantities of goods named twice are added up, and added to those in the list unless it is replaced.

        Args:
            actor: who edits.
            specification_id: his own list, or one that a colleague shared for editing.
            text: lines of "article quantity".
            content: a workbook, or text in UTF-8 or Windows-1251; it goes before `text`.
            replace: what is not in it leaves the list. Needs the version that was seen.
            version: another one is a conflict.

        Raises:
            SheetUnreadable: the file is too large, or none that can be read.
            TooManyLines: more rows, or lines, than a list can hold.
            NotFound, SpecificationReadOnly: the list is not the actor's to edit.
            VersionConflict: somebody changed it since.
        """
        user_id = editor(actor)
        typed = await self._typed(text, content)
        if len(typed) > MAX_LINES:
            raise TooManyLines("text" if text else "file", count=len(typed), maximum=MAX_LINES)
        articles = sorted({reading.article for line in typed for reading in line.readings})
        async with self._work() as work:
            held = await held_for(work, user_id, specification_id, Access.EDIT, version)
            known = await work.goods.by_articles(articles, actor.closed) if articles else {}
            rows: list[ReadRow] = []
            wanted: list[WantedLine] = []
            for line in typed:
                row, entry = _read(line, known)
                rows.append(row)
                if entry is not None:
                    wanted.append(entry)
            edit = LinesEdit(mode=PutMode.SET if replace else PutMode.ADD, replace=replace, round_up=True)
            put = await put_lines(work, actor, held, self._clock(), wanted, edit)
            counts = {"rows": len(rows), "taken": len(wanted), "replaced": replace}
            change = Change("ordering.specification_read", "specification", str(specification_id), None, counts)
            await work.audit.record(actor, change)
            await work.commit()
        return ReadList(put, tuple(rows))

    async def _typed(self, text: str, content: bytes) -> list[TypedLine]:
        if len(content) > MAX_FILE or len(text) > MAX_FILE:
            raise SheetUnreadable("file" if content else "text")
        if content.startswith(_WORKBOOKS):
            return lines_of_rows(await self._sheets.rows(content, MAX_LINES + 2))
        return typed_lines(_decoded(content) if content else text)


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetUnreadable("file")


def _read(line: TypedLine, known: Mapping[str, tuple[Goods, ...]]) -> tuple[ReadRow, WantedLine | None]:
    """The first reading that names one good; else one that names several; else none."""
    named = [(reading, known.get(reading.article, ())) for reading in line.readings]
    named.sort(key=lambda one: {1: 0, 0: 2}.get(len(one[1]), 1))
    reading, goods = named[0] if named else (None, ())
    if reading is None or not goods:
        article = line.readings[0].article[:MAX_ARTICLE] if line.readings else ""
        return ReadRow(row=line.row, text=line.text, outcome="unknown", article=article), None
    if len(goods) > 1:
        candidates = tuple(Candidate(one.variant_id, one.article, one.name) for one in goods[:MAX_CANDIDATES])
        row = ReadRow(row=line.row, text=line.text, outcome="ambiguous", article=reading.article, candidates=candidates)
        return row, None
    return _measured(line, goods[0], reading.quantity)


def _measured(line: TypedLine, goods: Goods, asked: Decimal | None) -> tuple[ReadRow, WantedLine | None]:
    row = ReadRow(row=line.row, text=line.text, outcome="found", article=goods.article, name=goods.name, asked=asked)
    try:
        quantity = parse_quantity(goods.rule.round_up(Decimal(0)) if asked is None else asked)
    except DomainError:
        return struct_replace(row, outcome="invalid"), None
    put = goods.rule.round_up(quantity)
    told = struct_replace(row, outcome="found" if put == asked else "rounded", put=trimmed(put))
    return told, (CartEntry(goods.variant_id, quantity), goods, f"rows.{line.row}.quantity")


class ExportSpecification:
    """A list as a spreadsheet with the prices of the company the actor buys for."""

    def __init__(self, show: ShowSpecification, sheets: Sheets) -> None:
        self._show = show
        self._sheets = sheets

    async def __call__(self, actor: Actor, specification_id: SpecificationId, heads: Sequence[str]) -> bytes:
        """The file; prices in the currency of the terms.

        Args:
            actor: who asks.
            specification_id: a list he may see.
            heads: of the columns, in his language: article, name, quantity, unit, price, sum, currency, comment.

        Raises:
            NotFound: it is not the actor's to see.
            CompanyRequired: he is a buyer and acts for no company.
        """
        found = await self._show(actor, specification_id)
        return self._sheets.book([tuple(heads), *_cells(found)])


def _cells(found: SpecificationDetails) -> list[tuple[str | Decimal, ...]]:
    currency = found.goods.currency
    return [
        (
            line.article,
            line.name,
            line.quantity,
            line.unit,
            "" if line.price is None else Decimal(plain(line.price)),
            "" if line.amount is None else line.amount,
            "" if line.price is None else currency,
            line.comment,
        )
        for line in found.goods.lines
    ]
