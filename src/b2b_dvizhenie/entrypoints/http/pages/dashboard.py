"""Figures of the panel: tiles, a chart against the period before, a funnel, a live feed. Every tile opens its list."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.parts import Link


class Tile(Struct, frozen=True, kw_only=True):
    """A figure with its change. `good` says whether growth is good news; `definition` explains the formula."""

    title: str
    value: str
    url: str | None = None
    change: Decimal | None = None  # percent against the period before
    good: bool = True
    note: str = ""
    definition: str = ""
    history: tuple[Decimal, ...] = ()


class Series(Struct, frozen=True, kw_only=True):
    """A chart with its table twin: captions, values, values of the period before."""

    title: str
    unit: str
    captions: tuple[str, ...]
    values: tuple[Decimal, ...]
    previous: tuple[Decimal, ...] = ()


class Bar(Struct, frozen=True):
    """A horizontal bar: its share of the first one in percent."""

    title: str
    value: int
    percent: int


class FeedItem(Struct, frozen=True, kw_only=True):
    """An event of the live feed; `state` is a key of labels[`state_kind`]."""

    at: datetime
    kind: Literal["order", "payment", "user", "exchange"]
    title: str
    note: str = ""
    state: str = ""
    state_kind: str = "order"
    url: str | None = None


class TableRow(Struct, frozen=True):
    """A row of a small table: cells in the order of the head; the first names the row."""

    cells: tuple[str, ...]
    url: str | None = None


class DashboardView(Struct, frozen=True, kw_only=True):
    """The dashboard."""

    title: str
    period: str
    periods: tuple[Link, ...]
    tiles: tuple[Tile, ...]
    series: Series
    funnel: tuple[Bar, ...]
    feed: tuple[FeedItem, ...]
    branches: tuple[Link, ...] = ()
    funnel_note: str = ""
    table_title: str = ""
    table_head: tuple[str, ...] = ()
    table_texts: int = 1  # so many leading columns are texts, the others numbers
    table: tuple[TableRow, ...] = ()
    table_url: str | None = None
    feed_url: str | None = None  # SSE
    export_url: str | None = None
