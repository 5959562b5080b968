"""Workbooks in and out."""

import asyncio
import io
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
import xlsxwriter

from b2b_dvizhenie.application.pricing import Sheets, SheetUnreadable

TIMEOUT = 30
MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - the library wants it without a zone
"""When every workbook says it was made: the same rows give the same bytes, whenever they are written."""
WIDEST = 64
_child = "b2b_dvizhenie.adapters.spreadsheets.child"
_decoder = msgspec.json.Decoder(list[list[str]])


class XlsxSheets(Sheets):
    """Reads any workbook that calamine reads (XLSX, XLS, ODS), writes XLSX."""

    async def rows(self, content: bytes, most: int) -> Sequence[Sequence[str]]:
        """The first sheet as text."""
        arguments = (sys.executable, "-m", _child, str(most), str(WIDEST))
        pipe = asyncio.subprocess.PIPE
        child = await asyncio.create_subprocess_exec(*arguments, stdin=pipe, stdout=pipe, stderr=pipe)
        try:
            async with asyncio.timeout(TIMEOUT):
                told, _ = await child.communicate(content)
        except TimeoutError as error:
            raise SheetUnreadable("file") from error
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        if child.returncode != 0:
            raise SheetUnreadable("file")
        return _decoder.decode(told)

    def book(self, rows: Iterable[Sequence[str | Decimal]]) -> bytes:
        """A workbook with one sheet; the first row is its head. Text stays text: nothing becomes a formula."""
        content = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(content, options) as book:
            book.set_properties({"created": MADE})
            sheet = book.add_worksheet()
            bold = book.add_format({"bold": True})
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, Decimal):
                        sheet.write_number(place, column, cell)
                    else:
                        sheet.write_string(place, column, cell, bold if place == 0 else None)
            sheet.freeze_panes(1, 0)
        return content.getvalue()
