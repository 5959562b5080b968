"""Ids of an ERP: opaque texts, compared exactly in one spelling (onec.md rule 12), and keys made of them."""

import re
from collections.abc import Sequence

MAX_REF = 255
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_SEPARATOR, _ESCAPE = "|", "\\"


def normal_ref(text: str) -> str:
    """An id as it is stored: trimmed; GUIDs (each side of `#` too) in lower case, anything else exactly as sent."""
    word = text.strip()
    if word == word.lower():  # as nearly all of them come
        return word
    return "#".join(part.lower() if _GUID.fullmatch(part) else part for part in word.split("#"))


def joined_key(parts: Sequence[str]) -> str:
    """Several ids as one key, readable and reversible: `a|b`, with `|` and backslashes inside an id escaped."""
    return _SEPARATOR.join(
        part.replace(_ESCAPE, _ESCAPE * 2).replace(_SEPARATOR, _ESCAPE + _SEPARATOR) for part in parts
    )
