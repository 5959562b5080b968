"""The import of one exchange file: its states, and in what order the files of a folder are best read."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind


class ImportStatus(StrEnum):
    """How an import stands. Only `waiting` and `running` ones can still change."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ImportUnknown(DomainError):
    """There is no such import."""

    code = "exchange.import_unknown"
    kind = Kind.NOT_FOUND


class FileGone(DomainError):
    """The file that was to be imported is not on the disk any more."""

    code = "exchange.file_gone"
    kind = Kind.NOT_FOUND


class NothingToImport(DomainError):
    """The folder holds no file that an exchange could have sent."""

    code = "exchange.nothing_to_import"


class FileRank(Struct, frozen=True, order=True):
    """Place of a file in a folder's import: classifiers, goods, offers, prices and stocks, partners, documents."""

    group: int
    numbers: tuple[int, ...]
    name: str


_GROUPS = (
    ("groups", "properties", "pricelists", "storages", "units", "classifier", "reference"),
    ("import", "goods", "catalog"),
    ("offers",),
    ("prices", "rests"),
    ("contragents", "partners"),
)
_ALSO_GOODS = len(_GROUPS)


def file_rank(name: str) -> FileRank:
    """Rank by the name, as 1C names files; any order gives the same state, this one just meets fewer unknowns.

    Args:
        name: path relative to the folder, with `/`.
    """
    base = name.rsplit("/", 1)[-1].lower()
    numbers: list[int] = []
    digits = ""
    for letter in base + ".":
        if letter.isascii() and letter.isdigit():
            digits += letter
        elif digits:
            numbers.append(int(digits[:18]))
            digits = ""
    for group, prefixes in enumerate(_GROUPS):
        if base.startswith(prefixes):
            return FileRank(group, tuple(numbers), name)
    return FileRank(_ALSO_GOODS, tuple(numbers), name)


def in_order(names: Iterable[str]) -> list[str]:
    """Names of files in the order they are imported in."""
    return sorted(names, key=file_rank)
