"""Views of the gateway's tables in the panel (features.md GTW)."""

from datetime import datetime, timedelta

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Link


class GatewayTableRow(Struct, frozen=True, kw_only=True):
    """A table at a node. `applied` counts the last day; `late` says that its oldest row waits for too long."""

    table: str
    node: str
    url: str
    waiting: int
    failed: int
    applied: int
    oldest: timedelta | None = None
    late: bool = False
    last_received: datetime | None = None
    last_movement: datetime | None = None
    failed_url: str | None = None
    requeue: tuple[str, str] | None = None
    """Node and table of the button that puts every refused row back, for who may."""


class GatewayFullRow(Struct, frozen=True, kw_only=True):
    """A full export that is not over. Without `decide_url` it is open, or the viewer may not decide."""

    table: str
    node: str
    name: str
    scope: str
    opened_at: datetime
    waits: bool
    active: int = 0
    absent: int = 0
    decide_url: str | None = None


class GatewayRow(Struct, frozen=True, kw_only=True):
    """A staged row."""

    key: str
    table: str
    node: str
    state: str  # a key of labels["gateway"]
    received_at: datetime
    attempts: int
    deleted: bool = False
    version: str = ""
    error: str = ""
    applied_at: datetime | None = None
    url: str | None = None


class GatewayView(Struct, frozen=True, kw_only=True):
    """Tables, full exports, rows."""

    tables: tuple[GatewayTableRow, ...]
    rows: tuple[GatewayRow, ...]
    url: str
    kept: tuple[tuple[str, str], ...] = ()
    """Hidden fields of the search form: the node and the table that are chosen."""
    fulls: tuple[GatewayFullRow, ...] = ()
    tabs: tuple[Link, ...] = ()
    states: tuple[Link, ...] = ()
    query: str = ""
    older_url: str | None = None


class GatewayRowView(Struct, frozen=True, kw_only=True):
    """One row with what was sent. Without addresses its state cannot be changed."""

    row: GatewayRow
    payload: str
    message_id: str
    back_url: str
    requeue_url: str | None = None
    skip_url: str | None = None
    skip: Form = Form()
