"""A page of PDF by hand: a printed form with a heading and lines, the same bytes for the same words.

The fonts every reader has know Latin letters only, so Russian words are written in them.
"""

from collections.abc import Sequence

_RUSSIAN = "абвгдезийклмнопрстуфыэ"
_LATIN = "abvgdezijklmnoprstufye"
_LONG = {"ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu"}
_LETTERS = dict(zip(_RUSSIAN, _LATIN, strict=True)) | _LONG | {"я": "ya", "№": "No", "«": '"', "»": '"'}
_TABLE = str.maketrans(_LETTERS | {key.upper(): value.capitalize() for key, value in _LETTERS.items()})
_TOP, _LEADING, _LINES = 780, 16, 46
"""Where the first line stands, how far one is from the next, and how many there are on the page."""


def latin(text: str) -> str:
    """The text in letters of the standard fonts; other signs become question marks."""
    return text.translate(_TABLE).encode("ascii", "replace").decode()


def printed(heading: str, lines: Sequence[str]) -> bytes:
    """A file of one A4 page; lines beyond it are left out."""
    told = [f"BT /F2 14 Tf 50 {_TOP} Td ({_escaped(heading)}) Tj ET"]
    for place, line in enumerate(lines[:_LINES], 2):
        told.append(f"BT /F1 10 Tf 50 {_TOP - place * _LEADING} Td ({_escaped(line)}) Tj ET")
    stream = "\n".join(told).encode()
    fonts = "/Font << /F1 4 0 R /F2 5 0 R >>"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << {fonts} >> /Contents 6 0 R >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    )
    return _file(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    """The objects with the table of where each begins."""
    body, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(body)


def _escaped(text: str) -> str:
    return latin(text).replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
