"""Rows of the JSON gateway: which of two versions is newer, what becomes of a row, when a full export ends."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.domain.exchange.generations import Closing, GenerationState, is_small
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind

MAX_FULL_AGE = timedelta(hours=24)
"""A full export that is not complete by then has to begin anew."""
MAX_PARTS = 100_000
_INTEGER = re.compile(r"[+-]?[0-9]{1,40}", re.ASCII)


class RowState(StrEnum):
    """How a staged row stands."""

    NEW = "new"  # waits to be applied
    APPLIED = "applied"
    ERROR = "error"  # refused; stays visible with its reason
    SKIPPED = "skipped"  # older than what is known, or by a person's word
    SUPERSEDED = "superseded"  # a newer row of its key came before this one was applied


class FullScopeChanged(DomainError):
    """A part of a full export names another scope than its first part."""

    code = "exchange.gateway_full_scope_changed"


class FullPartInvalid(DomainError):
    """The number of a part contradicts what was said before: behind the last one, or a second last one."""

    code = "exchange.gateway_full_part_invalid"


class FullOver(DomainError):
    """The full export is closed, was superseded by a newer one, or began too long ago: begin a new one."""

    code = "exchange.gateway_full_over"
    kind = Kind.CONFLICT


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def is_older(version: str, known: str) -> bool:
    """Whether a version is older than the known one.

    Integers are compared as numbers, otherwise times (ISO 8601) as times; anything else, and two versions of different
    kinds, go by arrival: what comes later is not older.
    """
    if _INTEGER.fullmatch(version) and _INTEGER.fullmatch(known):
        return int(version) < int(known)
    one, other = _moment(version), _moment(known)
    if one is None or other is None or (one.tzinfo is None) != (other.tzinfo is None):
        return False
    return one < other


def place(arrivals: Sequence[tuple[str, str]], standing: Mapping[str, str]) -> list[RowState]:
    """What becomes of the rows of a message, in their order: new, skipped or superseded.

    Args:
        arrivals: key and version of each row.
        standing: the version of the last row of each key that was taken, whether it is applied or waits.

    Returns:
        One state per row; at most one row of a key is new. What waits of its key is superseded by it.
    """
    best = dict(standing)
    states: list[RowState] = []
    last: dict[str, int] = {}
    for index, (key, version) in enumerate(arrivals):
        if key in best and is_older(version, best[key]):
            states.append(RowState.SKIPPED)
            continue
        if key in last:
            states[last[key]] = RowState.SUPERSEDED
        best[key], last[key] = version, index
        states.append(RowState.NEW)
    return states


class Full(Struct, frozen=True):
    """A full export that has begun: which parts came, and the number of the last one once it is known.

    `rejected` counts rows without a readable key: nobody can tell what they named.
    """

    full_id: int
    scope: Mapping[str, str]
    opened_at: datetime
    first_row_id: int
    parts: frozenset[int] = frozenset()
    last_part: int | None = None
    rejected: int = 0
    state: GenerationState = GenerationState.OPEN

    @property
    def is_complete(self) -> bool:
        """Whether every part has come, in whatever order."""
        return self.last_part is not None and len(self.parts) == self.last_part


def take_part(full: Full, *, part: int, is_last: bool, scope: Mapping[str, str], now: datetime) -> Full:
    """The full export with one part more; a part that comes again changes nothing.

    Raises:
        FullOver: it is closed, superseded or too old.
        FullScopeChanged: the part is of another scope.
        FullPartInvalid: its number is not possible any more.
    """
    if full.state is not GenerationState.OPEN or now - full.opened_at > MAX_FULL_AGE:
        raise FullOver("full_id")
    if dict(scope) != dict(full.scope):
        raise FullScopeChanged("scope")
    last = part if is_last else full.last_part
    parts = full.parts | {part}
    if not 1 <= part <= MAX_PARTS or (last is not None and (max(parts) > last or full.last_part not in (None, last))):
        raise FullPartInvalid("part", part=part)
    return replace(full, parts=parts, last_part=last)


def close_full(full: Full, *, named: int, active: int, absent: int) -> Closing:
    """Decide what the end of a full export does with the rows it did not name (onec.md §3.7).

    A few are removed at once, many wait for a person. Rows nobody could read may have named anything, so after them
    everything waits. A full export of the whole table that named nothing is taken for a mistake; one of a part of it
    is not: a company without debts is a plain fact.

    Args:
        full: the export, complete.
        named: different keys it named.
        active: rows of the scope before it ends.
        absent: those of them that were not named since it began.
    """
    if absent == 0:
        return Closing(GenerationState.CLOSED, hide=False)
    if full.rejected or (named == 0 and not full.scope) or not is_small(absent, active):
        return Closing(GenerationState.NEEDS_CONFIRMATION, hide=False)
    return Closing(GenerationState.APPLIED, hide=True)
