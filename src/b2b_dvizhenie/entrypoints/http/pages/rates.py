"""Currency rates in the panel: what holds today, how it went, what waits for a person."""

from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.forms import Form


class HeldRate(Struct, frozen=True):
    """A rate that differs too much from the one before; `percent` is by how much. `form` is that of refusing it."""

    per_unit: Decimal
    day: date
    percent: Decimal
    form: Form = Form()


class RefusedRate(Struct, frozen=True):
    """A rate that an administrator decided to be wrong, and why."""

    per_unit: Decimal
    day: date
    reason: str


class RateRow(Struct, frozen=True, kw_only=True):
    """A currency. `state` is a key of labels["rate"]; `values` are the rates of the last days, for the small line."""

    currency: str
    state: str
    per_unit: Decimal | None = None
    day: date | None = None
    source: str = ""
    fetched_at: datetime | None = None
    percent: Decimal | None = None  # against the rate before
    values: tuple[Decimal, ...] = ()
    held: HeldRate | None = None
    refused: RefusedRate | None = None  # the last one, while no later rate is used


class RatesView(Struct, frozen=True, kw_only=True):
    """The page. `enabled`: somebody tells rates, and may be asked now by who `may_manage`."""

    rows: tuple[RateRow, ...]
    enabled: bool
    may_manage: bool
    settings_url: str | None = None
