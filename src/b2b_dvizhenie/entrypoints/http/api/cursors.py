"""Cursors of lists that are sorted by a moment and an id."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from b2b_dvizhenie.domain.shared.errors import DomainError


class CursorInvalid(DomainError):
    """The cursor is none that a page of this list gave."""

    code = "ordering.cursor_invalid"


def cursor_behind(moment: datetime, key: UUID) -> str:
    """Where the list goes on behind the object with this moment and id."""
    return urlsafe_b64encode(f"{moment.isoformat()} {key}".encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The moment and the id of the last object that was told; None for the beginning.

    Raises:
        CursorInvalid: it is no cursor of ours.
    """
    if not cursor:
        return None
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, _, key = text.rpartition(" ")
        return datetime.fromisoformat(moment), UUID(key)
    except ValueError as error:
        raise CursorInvalid("cursor") from error
