"""The second chance for a file that the parser refused because of an ampersand (onec.md §3.1)."""

import re
from collections.abc import Iterator

_OPENING = re.compile(rb"<!\[CDATA\[|<!--|<\?")
_CLOSING = {b"<![CDATA[": b"]]>", b"<!--": b"-->", b"<?": b"?>"}
_LONE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);|#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};)")
_REFERENCE = re.compile(rb"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
_LONGEST = 12
_CHARACTERS = (
    range(9, 11),
    range(13, 14),
    range(0x20, 0xD800),
    range(0xE000, 0xFFFE),
    range(0x10000, 0x110000),
)


def escape_ampersands(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """`&` that starts no reference becomes `&amp;`, references to characters XML forbids vanish.

    Entities of HTML (`&nbsp;`) stay visible as text. CDATA sections, comments and instructions are left
    alone. Holds one chunk and a few bytes more.
    """
    rest = b""
    closing = b""
    for chunk in chunks:
        data = rest + chunk
        ready, position, closing = _work_through(data, closing)
        rest = data[position:]
        yield b"".join(ready)
    yield rest if closing else _escape(rest)


def _work_through(data: bytes, closing: bytes) -> tuple[list[bytes], int, bytes]:
    """Finished pieces, how far the data is used up, and the terminator of the section it ends in, if any."""
    ready: list[bytes] = []
    position = 0
    while True:
        if closing:
            end = data.find(closing, position)
            if end < 0:
                cut = max(position, len(data) - len(closing) + 1)
                ready.append(data[position:cut])
                return ready, cut, closing
            end += len(closing)
            ready.append(data[position:end])
            position, closing = end, b""
            continue
        opening = _OPENING.search(data, position)
        if opening is None:
            cut = max(position, _safe_cut(data))
            ready.append(_escape(data[position:cut]))
            return ready, cut, closing
        ready += (_escape(data[position : opening.start()]), opening[0])
        position, closing = opening.end(), _CLOSING[opening[0]]


def _safe_cut(data: bytes) -> int:
    """Where the data may be cut so that no reference and no opening of a section is split."""
    tail = max(0, len(data) - _LONGEST)
    found = [position for mark in (b"&", b"<") if (position := data.find(mark, tail)) >= 0]
    return min(found, default=len(data))


def _escape(data: bytes) -> bytes:
    if b"&" not in data:
        return data
    return _REFERENCE.sub(_drop_forbidden, _LONE.sub(b"&amp;", data))


def _drop_forbidden(match: re.Match[bytes]) -> bytes:
    code = int(match[1], 16) if match[1] else int(match[2])
    return match[0] if any(code in allowed for allowed in _CHARACTERS) else b""
