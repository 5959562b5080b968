"""Lists as people paste or load them: "article quantity" in any order, by tabs, semicolons, commas or spaces (QO, B5).

What is an article and what a quantity cannot always be told from the text alone: "16-10 4" may be an article or an
article and a quantity. So a line has readings, best first, and the catalogue decides which of them exists.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_QUANTITY = re.compile(
    r"([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]{1,12})(?:[.,]([0-9]{1,6}))?\s*(?:[^\W\d_]{1,5}\.?)?"
)
_SEPARATED = re.compile(r"[\t;]")
MAX_READINGS = 4
MAX_TEXT = 255
"""Characters of an article; a longer cell is none."""


class Reading(Struct, frozen=True):
    """One way to understand a line; `quantity` is None where it tells none."""

    article: str
    quantity: Decimal | None


class TypedLine(Struct, frozen=True):
    """A line as it was typed, its number as people count, and its readings, best first."""

    row: int
    text: str
    readings: tuple[Reading, ...]


def quantity_of(text: str) -> Decimal | None:
    """The number a cell holds, with spaces between thousands, a comma or a point, and a unit behind it; else None."""
    found = _QUANTITY.fullmatch(text.strip())
    if found is None:
        return None
    whole = _SPACES.sub("", found[1])
    return Decimal(f"{whole}.{found[2]}" if found[2] else whole)


def typed_lines(text: str) -> list[TypedLine]:
    """The lines of a pasted text; empty ones are left out and counted."""
    found = []
    for row, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        cells = _SEPARATED.split(line) if _SEPARATED.search(line) else None
        found.append(_line(row, line, _of_cells(cells) if cells else _of_words(line)))
    return found


def lines_of_rows(rows: Iterable[Sequence[str]]) -> list[TypedLine]:
    """The lines of a table; empty rows are left out and counted."""
    found = []
    for row, cells in enumerate(rows, 1):
        if any(cell.strip() for cell in cells):
            found.append(_line(row, " ".join(filter(None, map(str.strip, cells))), _of_cells(cells)))
    return found


def _line(row: int, text: str, readings: Iterable[Reading]) -> TypedLine:
    kept = dict.fromkeys(one for one in readings if 0 < len(one.article) <= MAX_TEXT)
    return TypedLine(row, _SPACES.sub(" ", text.strip())[:MAX_TEXT], tuple(kept)[:MAX_READINGS])


def _of_cells(cells: Sequence[str]) -> Iterator[Reading]:
    """Each cell may be the article; its quantity is the next number behind it, else the last one before it."""
    texts = [cell.strip().strip('"').strip() for cell in cells]
    numbers = [quantity_of(text) for text in texts]
    for place, text in enumerate(texts):
        if text:
            behind = (one for one in numbers[place + 1 :] if one is not None)
            before = (one for one in reversed(numbers[:place]) if one is not None)
            yield Reading(text, next(behind, next(before, None)))


def _of_words(line: str) -> Iterator[Reading]:
    """The last word or the first may be the quantity, or none: articles have spaces and commas of their own."""
    text = _SPACES.sub(" ", line.strip())
    head, _, tail = text.rpartition(" ")
    unit_head, _, before = head.rpartition(" ")
    if head and (quantity := quantity_of(tail)) is not None:
        yield Reading(head.rstrip(","), quantity)
    elif unit_head and (quantity := quantity_of(f"{before} {tail}")) is not None:
        yield Reading(unit_head.rstrip(","), quantity)
    comma_head, _, comma_tail = text.rpartition(",")
    if comma_head and (quantity := quantity_of(comma_tail)) is not None:
        yield Reading(comma_head.strip(), quantity)
    first, _, rest = text.partition(" ")
    if rest and (quantity := quantity_of(first.rstrip(","))) is not None:
        yield Reading(rest.strip(), quantity)
    yield Reading(text, None)
