"""Reads plain-text answers as the modules of 1C read them, and refuses what they would stumble over."""

import codecs
import re
from email.message import Message

from msgspec import Struct

from b2b_dvizhenie.testing.emulator.refusal import EmulatorRefused, Reason
from b2b_dvizhenie.testing.emulator.rules import Rules
from b2b_dvizhenie.testing.emulator.wire import Reply

_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHARSETS = {"utf-8": "utf-8", "cp1251": "windows-1251"}
_TOKEN = re.compile(r"[A-Za-z0-9_.-]+")
_SESSID = re.compile(r"sessid=([0-9A-Za-z]+)")
_TIMESTAMP = re.compile(r"timestamp=([0-9]{9,12})")
_VERSION = re.compile(r"version=\d+\.\d+")
_AUTH_LINES = 3
_INIT_LINES = 4


class Ticket(Struct, frozen=True):
    """What checkauth gave."""

    cookie: str
    """Ready for the header: name=value."""
    sessid_line: str
    """The fourth line, empty when there was none."""
    timestamp: str
    """Of the fifth line, empty when there was none; a full export of 3.1 ends by it."""


class Terms(Struct, frozen=True):
    """What init gave."""

    zip: bool
    file_limit: int


def charset(step: str, reply: Reply) -> str:
    """The encoding the header declares, after checking that the bytes are in it (rule 3)."""
    header = Message()
    header["content-type"] = reply.content_type
    declared = header.get_param("charset")
    if not isinstance(declared, str):
        raise EmulatorRefused(step, Reason.CHARSET_MISSING, reply.wire)
    try:
        name = _CHARSETS[codecs.lookup(declared).name]
    except (LookupError, KeyError):
        raise EmulatorRefused(step, Reason.CHARSET_WRONG, reply.wire, f"{declared} is unknown to 1C") from None
    try:
        reply.body.decode(name)
    except UnicodeDecodeError as error:
        raise EmulatorRefused(step, Reason.CHARSET_WRONG, reply.wire, f"not {name}: {error}") from None
    if name != "utf-8" and not reply.body.isascii() and _is_utf8(reply.body):
        raise EmulatorRefused(step, Reason.CHARSET_WRONG, reply.wire, "declared windows-1251, written UTF-8")
    return name


def lines(step: str, reply: Reply) -> list[str]:
    """The lines of an answer, after the checks of rule 1 that concern the whole of it."""
    if reply.body.startswith(_BOMS):
        raise EmulatorRefused(step, Reason.BOM, reply.wire)
    if reply.body[:1].isspace():
        raise EmulatorRefused(step, Reason.LEADING_BLANK, reply.wire)
    if b"\r" in reply.body:
        raise EmulatorRefused(step, Reason.CARRIAGE_RETURN, reply.wire)
    return reply.body.decode(charset(step, reply)).split("\n")


def status(step: str, reply: Reply, rules: Rules, *allowed: str) -> list[str]:
    """The lines after the status word, which must be one of `allowed`; `failure` is a refusal with its text.

    The word itself is put back as the first line.
    """
    found = lines(step, reply)
    word = found[0].rstrip() if rules.trims_status else found[0]
    if word != word.rstrip():
        raise EmulatorRefused(step, Reason.STATUS_BLANKS, reply.wire, repr(word))
    if word != word.lower():
        raise EmulatorRefused(step, Reason.STATUS_CASE, reply.wire, repr(word))
    if word == "failure":
        raise EmulatorRefused(step, Reason.SERVER_FAILURE, reply.wire, "\n".join(found[1:]))
    if word not in allowed:
        raise EmulatorRefused(step, Reason.STATUS_UNKNOWN, reply.wire, repr(word))
    return [word, *found[1:]]


def ticket(step: str, reply: Reply, rules: Rules) -> Ticket:
    """The answer to checkauth: cookie name, cookie value, and `sessid=…` (§2.2)."""
    found = status(step, reply, rules, "success")
    if len(found) < _AUTH_LINES:
        raise EmulatorRefused(step, Reason.AUTH_LINES, reply.wire, f"{len(found)} lines")
    name, value = found[1], found[2]
    if not (_TOKEN.fullmatch(name) and _TOKEN.fullmatch(value)):
        raise EmulatorRefused(step, Reason.COOKIE_UNSAFE, reply.wire, f"{name!r} {value!r}")
    fourth = found[3] if len(found) > _AUTH_LINES else ""
    if fourth and not _SESSID.fullmatch(fourth):
        raise EmulatorRefused(step, Reason.SESSID_LINE, reply.wire, repr(fourth))
    fifth = _TIMESTAMP.fullmatch(found[4]) if len(found) > _AUTH_LINES + 1 else None
    return Ticket(f"{name}={value}", fourth, fifth[1] if fifth else "")


def terms(step: str, reply: Reply, rules: Rules) -> Terms:
    """The answer to init. Lines are counted as 1C counts them: a trailing LF is one more line (rule 2)."""
    found = lines(step, reply)
    if found[0].startswith("failure"):
        status(step, reply, rules)
    if rules.init_lines is not None and len(found) not in rules.init_lines:
        raise EmulatorRefused(step, Reason.INIT_LINE_COUNT, reply.wire, f"{len(found)} lines")
    if found[0] not in ("zip=yes", "zip=no"):
        raise EmulatorRefused(step, Reason.INIT_ZIP, reply.wire, repr(found[0]))
    limit = re.fullmatch(r"file_limit=([1-9][0-9]*)", found[1] if len(found) > 1 else "")
    if limit is None:
        raise EmulatorRefused(step, Reason.INIT_FILE_LIMIT, reply.wire)
    if rules.version:
        if len(found) != _INIT_LINES:
            raise EmulatorRefused(step, Reason.INIT_LINE_COUNT, reply.wire, f"{len(found)} lines, version was sent")
        if not _SESSID.fullmatch(found[2]):
            raise EmulatorRefused(step, Reason.INIT_SESSID, reply.wire, repr(found[2]))
        if not _VERSION.fullmatch(found[3]):
            raise EmulatorRefused(step, Reason.INIT_VERSION, reply.wire, repr(found[3]))
    return Terms(found[0] == "zip=yes", int(limit[1]))


def plain_success(step: str, reply: Reply, rules: Rules) -> None:
    """`success` and nothing more: people would see further lines as warnings (§2.2)."""
    found = status(step, reply, rules, "success")
    if len(found) > 1:
        raise EmulatorRefused(step, Reason.EXTRA_LINES, reply.wire, repr(found[1:]))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
