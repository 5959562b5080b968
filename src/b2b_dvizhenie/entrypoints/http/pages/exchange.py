"""The exchange monitor of the panel: is everything in time, what ran, what went wrong with which object."""

from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, Pager


class CategoryTile(Struct, frozen=True, kw_only=True):
    """One category of one node: its last run against its schedule. Tiles come worst first."""

    title: str
    url: str
    state: str  # a key of labels["run"]
    node: str = ""
    last_ok_at: datetime | None = None
    due_at: datetime | None = None
    late_by: timedelta | None = None
    objects: int = 0
    failed: int = 0
    problem: str = ""


class RunRow(Struct, frozen=True, kw_only=True):
    """A run in the log."""

    url: str
    started_at: datetime
    category: str
    node: str
    state: str
    seconds: Decimal | None = None
    read: int = 0
    changed: int = 0
    failed: int = 0
    bytes: int = 0
    trigger: str = ""  # schedule, manual, ERP: a key of labels["trigger"]


class LogRow(Struct, frozen=True, kw_only=True):
    """One object of a run: what it was and what became of it. `text` is translated."""

    at: datetime
    level: str  # a key of labels["level"]
    object_kind: str
    object_ref: str
    object_title: str
    text: str
    code: str = ""
    file: str = ""
    line: int | None = None
    payload_url: str | None = None
    retry_url: str | None = None
    object_url: str | None = None


class ExchangeView(Struct, frozen=True, kw_only=True):
    """The monitor."""

    tiles: tuple[CategoryTile, ...]
    runs: tuple[RunRow, ...]
    pager: Pager
    url: str
    refreshed_at: datetime
    states: tuple[Link, ...] = ()
    nodes: tuple[Choice, ...] = ()
    categories: tuple[Choice, ...] = ()
    query: str = ""
    start_url: str | None = None
    live_url: str | None = None  # SSE of finished runs


class RunView(Struct, frozen=True, kw_only=True):
    """One run with its log."""

    run: RunRow
    rows: tuple[LogRow, ...]
    pager: Pager
    url: str
    finished_at: datetime | None = None
    progress: int | None = None  # percent, while it runs
    levels: tuple[Link, ...] = ()
    query: str = ""
    files: tuple[tuple[str, str], ...] = ()  # name, size
    error: str = ""
    retry_url: str | None = None
    cancel_url: str | None = None


class ScheduleRow(Struct, frozen=True, kw_only=True):
    """How often a category is expected, and when it was last there."""

    category: str
    rule: str
    state: str
    last_ok_at: datetime | None = None
    late_after: str = ""
    run_url: str | None = None


class NodeView(Struct, frozen=True, kw_only=True):
    """An exchange node: what 1C needs to know, what it may do, what it last did."""

    title: str
    form: Form
    address: str  # the URL to type into 1C
    login: str
    schedule: tuple[ScheduleRow, ...]
    enabled: bool = True
    protocols: tuple[Choice, ...] = ()
    rights: tuple[Choice, ...] = ()
    tables: tuple[Choice, ...] = ()  # of the gateway
    addresses: str = ""
    last_seen_at: datetime | None = None
    client: str = ""  # what 1C says it is
    readiness: tuple["ReadinessCheck", ...] = ()
    runs: tuple[RunRow, ...] = ()
    new_password: str = ""  # shown once, right after it was made
    expected: tuple[tuple[str, str, str], ...] = ()  # field, category, minutes or nothing
    may_change: bool = True


class NodeRow(Struct, frozen=True, kw_only=True):
    """A node in the list."""

    url: str
    title: str
    login: str
    enabled: bool
    last_seen_at: datetime | None = None
    late: int = 0  # categories that failed or are overdue


class NodesView(Struct, frozen=True, kw_only=True):
    """The list of nodes, and the form for a new one where the viewer may make one."""

    rows: tuple[NodeRow, ...]
    form: Form = Form()
    may_add: bool = False


class ExchangeLogView(Struct, frozen=True, kw_only=True):
    """Rows with problems over all runs: the history of one product, order or document is one search."""

    rows: tuple[LogRow, ...]
    pager: Pager
    url: str
    export_url: str
    levels: tuple[Link, ...] = ()
    tabs: tuple[Link, ...] = ()
    query: str = ""


class RequestRow(Struct, frozen=True, kw_only=True):
    """A request of 1C and the first words of the answer."""

    at: datetime
    node: str
    address: str
    asked: str
    file: str
    bytes: int
    answer: str
    milliseconds: int
    failed: bool


class RequestsView(Struct, frozen=True, kw_only=True):
    """The talk with 1C, request by request. `older_url` continues where the list ends."""

    rows: tuple[RequestRow, ...]
    url: str
    tabs: tuple[Link, ...] = ()
    query: str = ""
    only_failed: bool = False
    older_url: str | None = None


class UndeliveredRow(Struct, frozen=True, kw_only=True):
    """An order that a node has not confirmed. `times`: how often it was given out in vain."""

    number: str
    url: str
    node: str
    placed_at: datetime
    times: int
    given_at: datetime | None = None
    stuck: bool = False


class UndeliveredView(Struct, frozen=True, kw_only=True):
    """Orders on their way to 1C."""

    rows: tuple[UndeliveredRow, ...]
    url: str
    tabs: tuple[Link, ...] = ()
    query: str = ""


class ReadinessCheck(Struct, frozen=True, kw_only=True):
    """A check of the ERP's data before going live."""

    title: str
    state: str  # a key of labels["run"]: ok, warning, error
    count: int = 0
    url: str | None = None


class JobRow(Struct, frozen=True, kw_only=True):
    """A job that waits, runs, or gave up."""

    id: str
    title: str
    kind: str
    state: str  # a key of labels["job"]
    created_at: datetime
    attempts: int
    limit: int
    next_at: datetime | None = None
    worker: str = ""
    error: str = ""
    payload_url: str | None = None


class JobsView(Struct, frozen=True, kw_only=True):
    """The queue and its dead letters."""

    rows: tuple[JobRow, ...]
    pager: Pager
    url: str
    states: tuple[Link, ...] = ()
    kinds: tuple[Choice, ...] = ()
    oldest: timedelta | None = None
    per_minute: Decimal | None = None
    query: str = ""
