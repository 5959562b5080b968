"""Names of files as 1C, Bitrix modules and archives spell them, made safe (onec.md §2.4)."""

from b2b_dvizhenie.application.exchange.receiving import FileNameRefused

NAME_LENGTH = 255
MAX_DEPTH = 8
_PREFIXES = ("tmp/", "upload/1c/webdata/")
_PUBLISHED = frozenset({"gif", "jpg", "jpeg", "png", "bmp", "webp", "pdf", "doc", "docx", "xls", "xlsx", "txt"})


def clean_name(raw: str) -> str:
    """A relative path with `/` that stays where it is put.

    Backslashes count as slashes, leading slashes and the folders Bitrix puts before its files are dropped.

    Raises:
        FileNameRefused: empty, climbing up, with a drive or control characters, longer than 255 characters or deeper
            than 8 folders.
    """
    name = raw.strip().replace("\\", "/").lstrip("/")
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    segments = [segment for segment in name.split("/") if segment not in ("", ".")]
    cleaned = "/".join(segments)
    refused = (
        not segments
        or len(cleaned) > NAME_LENGTH
        or len(segments) > MAX_DEPTH
        or ".." in segments
        or ":" in cleaned
        or any(segment != segment.strip() or not segment.isprintable() for segment in segments)
    )
    if refused:
        raise FileNameRefused(name=raw[:NAME_LENGTH])
    return cleaned


def suffix(name: str) -> str:
    """What follows the last dot of the file's own name, in lower case; "" when there is none."""
    own = name.rpartition("/")[2]
    return own.rpartition(".")[2].lower() if "." in own else ""


def is_published(name: str) -> bool:
    """Whether files of this kind may ever be shown to a buyer; others are kept but not published."""
    return suffix(name) in _PUBLISHED


def entry_name(name: str, *, utf8: bool) -> str:
    """The name of an archive's entry. Without the UTF-8 mark it is whichever of UTF-8, cp866, cp1251 makes sense.

    Args:
        name: as `zipfile` gives it: decoded from UTF-8 when the entry says so, from cp437 otherwise.
        utf8: the entry says so.
    """
    if utf8 or name.isascii():
        return name
    raw = name.encode("cp437", errors="replace")
    for encoding in ("utf-8", "cp866", "cp1251"):
        try:
            decoded = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(char.isascii() or "а" <= char.lower() <= "я" or char in "ёЁ№«»–—" for char in decoded):
            return decoded
    return raw.decode("cp866")
