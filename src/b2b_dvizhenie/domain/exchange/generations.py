"""When goods that a full export no longer names have to go (onec.md §3.7).

One full export may come as many files and sessions, of which only the first says that it is full. So a file never
hides anything: it opens or continues a *generation*, and only the closing of a generation looks for what is absent.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

QUIET = timedelta(minutes=30)
"""Silence after which a full export is taken to be over."""
SMALL_ABSENCE = 20
ABSENCE_SHARE = 10
"""More absent goods than both (that many, that percent of the active goods) need a person's word."""


class GenerationState(StrEnum):
    """What became of a full export."""

    OPEN = "open"
    CLOSED = "closed"  # nothing was absent, or the node keeps absent goods
    NEEDS_CONFIRMATION = "needs_confirmation"
    APPLIED = "applied"  # absent goods were hidden
    SUPERSEDED = "superseded"  # a newer full export began before this one was over


class AbsentGoods(StrEnum):
    """What a node wants done with goods that a full export did not name."""

    CONFIRM = "confirm"  # a few are hidden at once, many wait for a person
    AUTO = "auto"  # any number is hidden, but never on the word of an export that was empty or partly unreadable
    KEEP = "keep"  # nothing is ever hidden for being absent


class Generation(Struct, frozen=True):
    """A full export of one catalogue of one node that has begun."""

    generation_id: int
    catalog_ref: str
    last_file_at: datetime
    failed_files: int = 0


class FilePlan(Struct, frozen=True):
    """What a file does to the generations of its catalogue: stamp its goods into one, open one, close the old one."""

    stamp: bool
    opens: bool
    supersedes: bool


def plan_file(current: Generation | None, *, only_changes: bool, now: datetime, quiet: timedelta = QUIET) -> FilePlan:
    """Decide about one file of a catalogue.

    Args:
        current: the open generation of the catalogue, if there is one.
        only_changes: the flag of the file; False opens a generation.
        now: when the file is imported.
        quiet: silence after which the export is over, whatever comes later.
    """
    if not only_changes:
        return FilePlan(stamp=True, opens=True, supersedes=current is not None)
    goes_on = current is not None and now - current.last_file_at < quiet
    return FilePlan(stamp=goes_on, opens=False, supersedes=False)


class Closing(Struct, frozen=True):
    """How a generation ends, and whether the absent goods are hidden now."""

    state: GenerationState
    hide: bool


def is_small(absent: int, active: int) -> bool:
    """Whether that many absent goods of that many active ones may go without asking."""
    return absent <= max(SMALL_ABSENCE, active * ABSENCE_SHARE // 100)


def close(policy: AbsentGoods, *, stamped: int, absent: int, active: int, failed_files: int) -> Closing:
    """Decide what the end of a full export does.

    Args:
        policy: the node's setting.
        stamped: goods the export named.
        absent: active goods of the catalogue that it did not name.
        active: active goods of the catalogue, the absent ones included.
        failed_files: files of the export that could not be read; what they held is unknown.
    """
    if policy is AbsentGoods.KEEP or (absent == 0 and stamped > 0):
        return Closing(GenerationState.CLOSED, hide=False)
    if failed_files or stamped == 0:
        return Closing(GenerationState.NEEDS_CONFIRMATION, hide=False)
    if policy is AbsentGoods.AUTO or is_small(absent, active):
        return Closing(GenerationState.APPLIED, hide=True)
    return Closing(GenerationState.NEEDS_CONFIRMATION, hide=False)
