"""What stands in addresses and forms: an emptied field, or nonsense somebody typed there, names nothing."""

from datetime import date
from uuid import UUID

from b2b_dvizhenie.domain.shared.ids import UserId


def day_of(text: str) -> date | None:
    """A day as browsers send it."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def id_of(text: str) -> UUID | None:
    """The id of something."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def person_id(text: str) -> UserId | None:
    """The id of a person."""
    found = id_of(text)
    return UserId(found) if found else None
