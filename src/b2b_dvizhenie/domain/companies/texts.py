"""Texts that people type: names, addresses. Read as written, bounded, and without signs that make them lie."""

import re
from unicodedata import category, normalize

from b2b_dvizhenie.domain.shared.errors import DomainError

_SPACES = re.compile(r"\s+")
# Controls, signs that turn the direction of writing, lone halves of surrogate pairs, places without a character.
_UNREADABLE = {"Cc", "Cf", "Cs", "Cn", "Co"}


class FieldRequired(DomainError):
    """The field must be filled in."""

    code = "companies.field_required"


class TextTooLong(DomainError):
    """The text is longer than its field; params hold `maximum`, in signs."""

    code = "companies.text_too_long"


class TextUnreadable(DomainError):
    """The text holds signs that cannot be read: controls, hidden or unassigned ones, reversals of direction."""

    code = "companies.text_unreadable"


def clean_text(text: str, field: str, maximum: int, *, required: bool = False) -> str:
    """The text in Unicode's composed form, with single spaces and none at its ends.

    Raises:
        TextTooLong: it has more than `maximum` signs; judged before anything is done with them.
        TextUnreadable: a sign is no letter, digit, mark, punctuation, symbol or space.
        FieldRequired: it is empty although it must not be.
    """
    if len(text) > 4 * maximum:
        raise TextTooLong(field, maximum=maximum)
    squeezed = _SPACES.sub(" ", text).strip()
    if any(category(sign) in _UNREADABLE for sign in squeezed):
        raise TextUnreadable(field)
    composed = normalize("NFC", squeezed)
    if len(composed) > maximum:
        raise TextTooLong(field, maximum=maximum)
    if required and not composed:
        raise FieldRequired(field)
    return composed
