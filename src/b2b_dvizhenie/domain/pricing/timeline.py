"""When which version is in force: a step function of time, so a switch is one moment for everybody."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind

_TICK = timedelta(microseconds=1)


class StartTaken(DomainError):
    """Another version is already planned to start at exactly this moment."""

    code = "pricing.start_taken"
    kind = Kind.CONFLICT


class StartPassed(DomainError):
    """A version cannot start in the past."""

    code = "pricing.start_passed"


class Period(Struct, frozen=True):
    """A version holds from `starts_at` to `ends_at` (exclusive)."""

    period_id: UUID
    starts_at: datetime
    ends_at: datetime | None


class Insertion(Struct, frozen=True):
    """What a new period changes: it is [starts_at, ends_at), and `shortened` (if any) ends where it starts."""

    starts_at: datetime
    ends_at: datetime | None
    shortened: UUID | None


def insertion(periods: Sequence[Period], wanted: datetime | None, now: datetime) -> Insertion:
    """Where a version comes into force. It holds until the next planned start, or until further notice.

    Args:
        periods: all there are.
        wanted: the moment it is to start; None: now.
        now: the current moment; a start "now" comes after every start there has been, however close.

    Raises:
        StartPassed: `wanted` is not in the future.
        StartTaken: another version starts at exactly that moment.
    """
    if wanted is not None and wanted <= now:
        raise StartPassed("starts_at")
    begun = [one.starts_at for one in periods if one.starts_at <= now]
    starts_at = wanted or max([now, *(moment + _TICK for moment in begun)])
    if any(one.starts_at == starts_at for one in periods):
        raise StartTaken("starts_at")
    covering = next(
        (one for one in periods if one.starts_at < starts_at and (one.ends_at is None or one.ends_at > starts_at)), None
    )
    if covering is not None:
        return Insertion(starts_at, covering.ends_at, covering.period_id)
    later = [one.starts_at for one in periods if one.starts_at > starts_at]
    return Insertion(starts_at, min(later, default=None), None)
