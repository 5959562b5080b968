"""Access levels as data: a number, a name, what it opens (LVL-6)."""

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.visibility.information import Opened

FIRST_LEVEL = 1
"""The level that everybody has until an administrator gives another one (LVL-1)."""
LAST_LEVEL = 99
MAX_NAME = 60


class LevelNumberInvalid(DomainError):
    """Levels are whole numbers from 1 to 99."""

    code = "visibility.level_number_invalid"


class LevelNameInvalid(DomainError):
    """A name has at most 60 characters, all of them visible."""

    code = "visibility.level_name_invalid"


class LevelExists(DomainError):
    """There is a level of this number already."""

    code = "visibility.level_exists"
    kind = Kind.CONFLICT


class LevelInUse(DomainError):
    """Buyers have the level; they need another one first. `count` says how many."""

    code = "visibility.level_in_use"
    kind = Kind.CONFLICT


class FirstLevelStays(DomainError):
    """Level 1 is everybody's first level and cannot be deleted."""

    code = "visibility.first_level_stays"
    kind = Kind.CONFLICT


class AccessLevel(Struct, frozen=True):
    """A level. `buyers` counts the memberships that have it; without a name it is called by its number."""

    level: int
    name: str
    opens: Opened
    buyers: int = 0


def checked_number(level: int) -> int:
    """The number of a level; raises LevelNumberInvalid."""
    if not FIRST_LEVEL <= level <= LAST_LEVEL:
        raise LevelNumberInvalid("level", minimum=FIRST_LEVEL, maximum=LAST_LEVEL)
    return level


def checked_name(name: str) -> str:
    """The name without the space around it; raises LevelNameInvalid."""
    name = " ".join(name.split())
    if len(name) > MAX_NAME or not name.isprintable():
        raise LevelNameInvalid("name", maximum=MAX_NAME)
    return name
