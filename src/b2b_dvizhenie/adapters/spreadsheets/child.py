"""The child that reads a workbook from standard input: its first sheet as JSON rows of text, or a non-zero exit."""

import io
import resource
import sys
from datetime import date, datetime, time

import msgspec
from python_calamine import CalamineWorkbook

MEMORY = 1 << 30
SECONDS = 20


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "1" if cell else ""
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell).strip()


def main() -> None:
    """Read at most `argv[1]` rows of `argv[2]` cells."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most, wide = int(sys.argv[1]), int(sys.argv[2])
    book = CalamineWorkbook.from_object(io.BytesIO(sys.stdin.buffer.read()))
    rows = book.get_sheet_by_index(0).to_python(nrows=most)
    sys.stdout.buffer.write(msgspec.json.encode([[_text(cell) for cell in row[:wide]] for row in rows]))


if __name__ == "__main__":
    main()
