"""How the exchange of one category stands: what the summary of the monitor says (features.md SYN-1, SYN-2)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

SLACK = timedelta(minutes=1)
"""How much later than expected an exchange may come before it is called overdue."""
STUCK = timedelta(minutes=30)
"""An import that waits for longer than this is not waiting for its turn: nobody works."""


class SyncCategory(StrEnum):
    """What is exchanged, as people think of it."""

    GOODS = "goods"
    GROUPS = "groups"
    PRICES = "prices"
    STOCKS = "stocks"
    COMPANIES = "companies"
    ORDERS = "orders"  # ours, to the ERP
    ORDER_STATUSES = "order_statuses"  # the ERP's word about them
    BALANCES = "balances"  # debts, limits, schedules, bonuses: by the gateway only
    DOCUMENTS = "documents"  # and their files


class SyncStatus(StrEnum):
    """How the last exchange of a category ended, or that it should have come by now."""

    DONE = "done"
    ERROR = "error"
    RUNNING = "running"
    OVERDUE = "overdue"
    NEVER = "never"


class LastRun(Struct, frozen=True):
    """The newest run of a category. `state` is that of the import: waiting, running, done or failed."""

    state: str
    created_at: datetime
    finished_at: datetime | None = None


def sync_status(
    last: LastRun | None, last_success: datetime | None, expected: timedelta | None, now: datetime
) -> SyncStatus:
    """What to say of a category.

    Args:
        last: its newest run.
        last_success: when a run of it last ended well.
        expected: how often it should come; None if nobody said.
        now: this moment.
    """
    if last is None:
        return SyncStatus.NEVER
    if last.state == "failed":
        return SyncStatus.ERROR
    if last.state in ("waiting", "running"):
        return SyncStatus.OVERDUE if last.state == "waiting" and now - last.created_at > STUCK else SyncStatus.RUNNING
    if expected is not None and (last_success is None or now - last_success > expected + SLACK):
        return SyncStatus.OVERDUE
    return SyncStatus.DONE


class RunOutcome(StrEnum):
    """How an import stands, in the words of the log."""

    OK = "ok"
    WARNING = "warning"  # done, but some rows were not taken
    ERROR = "error"
    RUNNING = "running"


PROBLEMS_COUNTER = "problems.error"
"""The counter of rows that were not taken."""


def run_outcome(state: str, counters: Mapping[str, int]) -> RunOutcome:
    """What people call the state of an import."""
    if state == "failed":
        return RunOutcome.ERROR
    if state != "done":
        return RunOutcome.RUNNING
    return RunOutcome.WARNING if counters.get(PROBLEMS_COUNTER) else RunOutcome.OK


DEFAULT_EXPECTED: Mapping[SyncCategory, timedelta] = {SyncCategory.STOCKS: timedelta(minutes=10)}
"""How often a category is expected where the node does not say (SYN-4)."""
EXPECTED_KEY = "expected_minutes"
"""Key of the node's settings: category → minutes, 0 for "not expected"."""


def expected_interval(settings: Mapping[str, object], category: SyncCategory) -> timedelta | None:
    """How often the node is expected to exchange the category; None when it is not."""
    said = settings.get(EXPECTED_KEY)
    minutes = said.get(category.value) if isinstance(said, Mapping) else None
    if isinstance(minutes, int) and not isinstance(minutes, bool):
        return timedelta(minutes=minutes) if minutes > 0 else None
    return DEFAULT_EXPECTED.get(category)
