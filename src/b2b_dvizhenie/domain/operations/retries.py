"""What becomes of a job that failed: tried again later, or dead until somebody looks at it."""

from datetime import timedelta

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import Kind

FIRST_DELAY = timedelta(seconds=5)
GROWTH = 4
LONGEST_DELAY = timedelta(hours=6)
LUCK = 1000
"""Luck is a whole number from 0 to this, exclusive."""

_HOPELESS = frozenset({Kind.INVALID, Kind.NOT_FOUND, Kind.FORBIDDEN, Kind.CONFLICT, Kind.UNAUTHENTICATED})


class Retry(Struct, frozen=True):
    """Try again after the delay."""

    delay: timedelta


class Bury(Struct, frozen=True):
    """Give up: repeating cannot help, or was tried often enough."""


def back_off(attempt: int, luck: int) -> timedelta:
    """How long to wait after a failed attempt.

    The delay quadruples from five seconds to six hours, so the eight attempts of a usual job outlast a working day
    of an ERP that is down. Half of it is left to luck: jobs that failed together do not return together.

    Args:
        attempt: which attempt failed, from 1.
        luck: 0..999, drawn evenly.
    """
    full = min(FIRST_DELAY * int(GROWTH ** min(attempt - 1, 16)), LONGEST_DELAY)
    return full / 2 + full * luck / (2 * LUCK)


def after_failure(kind: Kind | None, attempt: int, max_attempts: int, luck: int) -> Retry | Bury:
    """The verdict on a failed attempt (architecture.md §2.4, Errors).

    Args:
        kind: kind of the domain error; None for an exception that is not one.
        attempt: which attempt failed, from 1.
        max_attempts: how many the job may have.
        luck: see `back_off`.
    """
    if kind in _HOPELESS or attempt >= max_attempts:
        return Bury()
    return Retry(back_off(attempt, luck))
