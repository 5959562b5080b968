"""The exchange protocol as values and bytes: what a request asks, how an answer looks (onec.md §2.2). No I/O.

Answers are plain text with bare line feeds, the status word alone and in lower case on the first line, no mark of
byte order, no trailing line feed; modules of 1C count lines and refuse what differs.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl

from msgspec import Struct

PATHS = ("/1c_exchange.php", "/bitrix/admin/1c_exchange.php", "/api/1c/exchange")
COOKIE = "B2BEXCH"
VERSION = Decimal("3.1")
"""The newest version of CommerceML that is spoken."""
_LONGEST = 1000
"""Characters of a parameter that are looked at; names longer than 255 are refused later."""


class Asked(Struct, frozen=True):
    """A request of the protocol. `version` is "" unless the client said one; then `init` answers four lines."""

    kind: str = ""
    mode: str = ""
    filename: str = ""
    sessid: str = ""
    version: str = ""


class Answer(Struct, frozen=True):
    """Words of the protocol, with bare line feeds."""

    text: str

    def encoded(self, charset: str) -> bytes:
        """The bytes; what the encoding lacks becomes a question mark."""
        return self.text.encode(charset, errors="replace")


class Document(Struct, frozen=True):
    """An XML document that says its encoding itself (rule 17); `told` is what the log keeps of it."""

    content: bytes
    charset: str
    told: str = ""
    media_type: str = "text/xml"


def parse(query: bytes) -> Asked:
    """What the query string asks; parameters of no meaning are ignored, the first of equal ones counts.

    Names of files come percent-encoded or bare, in UTF-8 or windows-1251.
    """
    found: dict[str, str] = {}
    for name, value in _pairs(query):
        found.setdefault(name.strip().lower(), value[:_LONGEST])
    return Asked(
        kind=found.get("type", "").strip().lower(),
        mode=found.get("mode", "").strip().lower(),
        filename=found.get("filename", ""),
        sessid=found.get("sessid", "").strip(),
        version=_version(found.get("version", "") or found.get("cmlversion", "")),
    )


def _pairs(query: bytes) -> Sequence[tuple[str, str]]:
    # Every byte of the query survives this step, encoded or not.
    text = query.decode("latin-1")
    raw = parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=None, separator="&")
    return [(_decoded(name), _decoded(value)) for name, value in raw[:100]]


def _decoded(text: str) -> str:
    raw = text.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("windows-1251", errors="replace")


def _version(text: str) -> str:
    try:
        asked = Decimal(text.strip() or "NaN")
    except InvalidOperation:
        return ""
    return str(min(asked, VERSION)) if asked.is_finite() and asked > 0 else ""


def success(text: str = "") -> Answer:
    """It worked."""
    return _worded("success", text)


def progress(text: str = "") -> Answer:
    """It goes on; ask again."""
    return _worded("progress", text)


def failure(text: str) -> Answer:
    """It did not work, and why."""
    return _worded("failure", text)


def checked_in(asked: Asked, token: str, sessid: str, now: datetime) -> Answer:
    """The answer to `checkauth`: cookie name and value, then the lines that УТ 11 (4) and Bitrix (4, 5) read."""
    lines = ["success", COOKIE, token, f"sessid={sessid}"]
    if asked.kind != "sale":
        lines.append(f"timestamp={int(now.timestamp())}")
    return Answer("\n".join(lines))


def initialised(asked: Asked, *, zipped: bool, file_limit: int, sessid: str) -> Answer:
    """The answer to `init`: exactly two lines, four for clients that say a version (rule 2)."""
    lines = [f"zip={'yes' if zipped else 'no'}", f"file_limit={file_limit}"]
    if asked.version:
        lines += [f"sessid={sessid}", f"version={asked.version}"]
    return Answer("\n".join(lines))


def _worded(word: str, text: str) -> Answer:
    lines = [line.rstrip() for line in text.replace("\r", "\n").split("\n")]
    told = [line for line in lines if line]
    return Answer("\n".join([word, *told]))
