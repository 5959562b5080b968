"""The drift report: orders that the ERP counts otherwise, and one of them step by step."""

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages.dashboard import Series
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Pager


class DriftRow(Struct, frozen=True, kw_only=True):
    """An order that differs. `kinds` are keys of labels["drift"], the one of the largest difference first."""

    url: str
    number: str
    found_at: datetime
    company: str
    kinds: tuple[str, ...]
    lines: int
    compared: int
    ours: Money
    theirs: Money | None
    difference: Money
    erp_number: str = ""
    manager: str = ""


class DriftSum(Struct, frozen=True):
    """What the differences come to in a currency: both ways together, where 1C counts more, where less."""

    difference: Money
    more: Money
    less: Money


class KindBar(Struct, frozen=True):
    """A kind of difference: how many lines, their share of the most frequent kind in percent, and what they come to."""

    kind: str
    lines: int
    percent: int
    sums: tuple[Money, ...]


class DriftsView(Struct, frozen=True, kw_only=True):
    """The report. `compared` counts the orders that 1C returned in the period, `found` those that differ.

    Titles of `kinds` are labels["drift"] of their values; the one of all kinds has its own.
    """

    rows: tuple[DriftRow, ...]
    pager: Pager
    url: str
    compared: int
    found: int
    kinds: tuple[Choice, ...]
    since: date | None = None
    until: date | None = None
    companies: tuple[Choice, ...] = ()
    managers: tuple[Choice, ...] = ()
    sums: tuple[DriftSum, ...] = ()
    series: Series | None = None
    bars: tuple[KindBar, ...] = ()
    export_url: str | None = None
    filtered: bool = False
    share: Decimal | None = None
    """Percent of the compared that differ, where all that differ are shown."""
    wrong: str = ""
    """Why the filter was not applied, translated."""


class StepRow(Struct, frozen=True, kw_only=True):
    """A step on both sides; `step` is a key of labels["drift_step"], `note` names a discount.

    Either quantities or money; a side that does not have it or does not say it is None. `first` marks the first one
    where they part.
    """

    step: str
    note: str = ""
    our_quantity: Decimal | None = None
    their_quantity: Decimal | None = None
    ours: Money | None = None
    theirs: Money | None = None
    our_percent: Decimal | None = None
    their_percent: Decimal | None = None
    quantity_difference: Decimal | None = None
    difference: Money | None = None
    first: bool = False


class DriftLineView(Struct, frozen=True, kw_only=True):
    """A line that differs; `kind` is a key of labels["drift"]."""

    title: str
    article: str
    kind: str
    difference: Money
    steps: tuple[StepRow, ...]
    position: int | None = None
    reason_url: str | None = None


class ComparedRow(Struct, frozen=True):
    """An earlier version of 1C's document and what it differed by."""

    at: datetime
    lines: int
    difference: Money


class DriftView(Struct, frozen=True, kw_only=True):
    """One order beside 1C's document. `compared_at` is None while there is none to compare with.

    `within` lines differ by kopecks that are forgiven, `unexplained` is what the total differs by beyond the lines.
    Of the `differing` lines the first are shown; the spreadsheet behind `export_url` has all.
    """

    number: str
    order_url: str
    company: str
    erp_number: str = ""
    compared_at: datetime | None = None
    ours: Money | None = None
    theirs: Money | None = None
    difference: Money | None = None
    compared: int = 0
    within: int = 0
    unexplained: Money | None = None
    lines: tuple[DriftLineView, ...] = ()
    differing: int = 0
    export_url: str | None = None
    earlier: tuple[ComparedRow, ...] = ()
