"""The panel's exchange monitor: is everything in time, what ran, what went wrong with which row (SYN-1 to SYN-3)."""

from datetime import datetime
from decimal import Decimal
from gettext import GNUTranslations
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from b2b_dvizhenie.application.exchange import (
    CategoryLine,
    ImportLine,
    LogQuery,
    NodeSummary,
    ProblemLine,
    ReadExchangeLog,
    RepeatImport,
    ShowSummary,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.exchange.monitoring import RunOutcome, SyncCategory, SyncStatus
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import NodeId
from b2b_dvizhenie.entrypoints.exchange_texts import import_error_text
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages import exchange as views
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

ROWS = 25
CATEGORIES = {
    SyncCategory.GOODS: N_("Goods and services"),
    SyncCategory.GROUPS: N_("Sections"),
    SyncCategory.PRICES: N_("Prices"),
    SyncCategory.STOCKS: N_("Stock levels"),
    SyncCategory.COMPANIES: N_("Companies"),
    SyncCategory.ORDERS: N_("Orders to 1C"),
    SyncCategory.ORDER_STATUSES: N_("Order statuses"),
    SyncCategory.BALANCES: N_("Balances and debts"),
    SyncCategory.DOCUMENTS: N_("Documents"),
}
"""What is exchanged, as people call it."""
ENTITIES = {
    "file": N_("File"),
    "good": N_("Good"),
    "offer": N_("Offer"),
    "section": N_("Section"),
    "property": N_("Characteristic"),
    "price_type": N_("Kind of price"),
    "price": N_("Price"),
    "warehouse": N_("Warehouse"),
    "stock": N_("Stock"),
    "unit": N_("Unit"),
    "partner": N_("Company"),
    "order": N_("Order"),
    "picture": N_("Picture"),
}
_COUNTERS = {
    SyncCategory.GOODS: "goods",
    SyncCategory.GROUPS: "sections",
    SyncCategory.PRICES: "prices",
    SyncCategory.STOCKS: "stocks",
    SyncCategory.COMPANIES: "companies",
    SyncCategory.ORDER_STATUSES: "orders",
    SyncCategory.BALANCES: "balances",
    SyncCategory.DOCUMENTS: "documents",
}
_STATES = {
    SyncStatus.ERROR: "error",
    SyncStatus.OVERDUE: "overdue",
    SyncStatus.RUNNING: "running",
    SyncStatus.DONE: "ok",
    SyncStatus.NEVER: "never",
}
_WORST_FIRST = ("error", "overdue", "warning", "running", "ok", "never")
_TRIGGERS = {"protocol": "erp", "gateway": "erp", "sweeper": "schedule"}
_CHANGES = ("added", "changed", "removed", "deleted", "emptied", "hidden")


def address(path: str, **fields: str) -> str:
    """A path with those fields of a query that say anything."""
    pairs = {name: value for name, value in fields.items() if value}
    return f"{path}?{urlencode(pairs)}" if pairs else path


def node_of(text: str) -> NodeId | None:
    """The node of a filter; nonsense in the address filters by nothing."""
    try:
        return NodeId(UUID(text))
    except ValueError:
        return None


def status_key(line: CategoryLine) -> str:
    """The key of labels["run"] for a line of the summary."""
    state = _STATES[line.status]
    return "warning" if state == "ok" and line.errors else state


def _tile(
    node: NodeSummary, line: CategoryLine, now: datetime, texts: GNUTranslations, language: str
) -> views.CategoryTile:
    due = None
    if line.status is SyncStatus.OVERDUE and line.last_success and line.expected_minutes:
        late = now - line.last_success
        due = late if late.total_seconds() > line.expected_minutes * 60 else None
    if line.category is SyncCategory.ORDERS:
        url = address("/panel/exchange/undelivered", node=str(node.node_id))
        problem = texts.gettext("Orders that 1C does not take: {count}").format(count=node.stuck) if node.stuck else ""
    else:
        url = (
            f"/panel/exchange/runs/{line.import_id}"
            if line.import_id
            else address("/panel/exchange", node=str(node.node_id))
        )
        problem = (
            import_error_text(line.error_code, line.error_detail, line.filename, language) if line.error_code else ""
        )
    return views.CategoryTile(
        title=texts.gettext(CATEGORIES[line.category]),
        node=node.name,
        url=url,
        state=status_key(line),
        last_ok_at=line.last_success,
        late_by=due,
        failed=line.errors,
        problem=problem,
    )


def run_row(line: ImportLine, texts: GNUTranslations) -> views.RunRow:
    """An import as a row of the log."""
    named = [category for category, counter in _COUNTERS.items() if line.counters.get(f"{counter}.read")]
    titles = ", ".join(texts.gettext(CATEGORIES[category]) for category in named)
    took = line.finished_at - line.started_at if line.finished_at and line.started_at else None
    read = sum(count for name, count in line.counters.items() if name.endswith(".read"))
    changed = sum(count for name, count in line.counters.items() if name.rpartition(".")[2] in _CHANGES)
    return views.RunRow(
        url=f"/panel/exchange/runs/{line.import_id}",
        started_at=line.started_at or line.created_at,
        category=f"{titles} · {line.filename}" if titles else line.filename,
        node=line.node,
        state=line.outcome.value,
        seconds=Decimal(str(round(took.total_seconds(), 1))) if took else None,
        read=read,
        changed=changed,
        failed=max(line.errors, line.counters.get("problems.error", 0)),
        bytes=line.bytes,
        trigger=_TRIGGERS.get(line.started_by, "manual"),
    )


def log_row(line: ProblemLine, texts: GNUTranslations, language: str) -> views.LogRow:
    """A row with a problem."""
    text = error_text(line.code, {"detail": line.detail, "ref": line.ref}, language)
    return views.LogRow(
        at=line.at,
        level=line.severity if line.severity in ("error", "warning") else "info",
        object_kind=texts.gettext(ENTITIES.get(line.entity, line.entity)),
        object_ref=line.ref,
        object_title=line.detail if line.detail and line.detail not in text else "",
        text=text,
        code=line.code,
        file=line.filename,
        line=line.line or None,
    )


@get("/panel/exchange", permission=Permission.EXCHANGE_VIEW, include_in_schema=False)
async def monitor(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    show_summary: NamedDependency[ShowSummary],
    read_exchange_log: NamedDependency[ReadExchangeLog],
    node: FromQuery[str] = "",
    category: FromQuery[str] = "",
    wanted: Annotated[str, QueryParameter(name="state")] = "",
    q: FromQuery[str] = "",
    page: FromQuery[int] = 1,
) -> Response[str]:
    """The summary by category, worst first, and the log of runs."""
    actor, language = request.user, language_of(request)
    texts = frame.site.texts(language)
    summary = await show_summary(actor)
    now: datetime = request.app.state.container.clock()()
    outcome = wanted if wanted in set(RunOutcome) else ""
    number = max(page, 1)
    query = LogQuery(
        node_id=node_of(node),
        category=category,
        text=q.strip(),
        limit=ROWS,
        offset=(number - 1) * ROWS,
        outcome=outcome,
    )
    counts = await read_exchange_log.outcomes(actor, query)
    found = await read_exchange_log.imports(actor, query)

    def url(**changes: str) -> str:
        kept = {"state": outcome, "node": node, "category": category, "q": q.strip()}
        return address("/panel/exchange", **(kept | changes))

    total = counts.get(outcome, 0) if outcome else sum(counts.values())
    here = url().replace("{", "{{").replace("}", "}}")
    tiles = [_tile(one, line, now, texts, language) for one in summary if one.is_active for line in one.categories]
    tiles.sort(key=lambda tile: _WORST_FIRST.index(tile.state))
    view = views.ExchangeView(
        tiles=tuple(tiles),
        runs=tuple(run_row(line, texts) for line in found),
        pager=numbered(total, number, ROWS, f"{here}{'&' if '?' in here else '?'}page={{page}}"),
        url=url(),
        refreshed_at=now,
        states=(
            Link("", url(state=""), not outcome, sum(counts.values())),
            *(Link(one.value, url(state=one.value), one == outcome, counts.get(one.value, 0)) for one in RunOutcome),
        ),
        nodes=(
            Choice("", texts.gettext("All nodes"), not node),
            *(Choice(str(one.node_id), one.name, str(one.node_id) == node) for one in summary),
        ),
        categories=(
            Choice("", texts.gettext("All categories"), not category),
            *(
                Choice(key.value, texts.gettext(title), key.value == category)
                for key, title in CATEGORIES.items()
                if key is not SyncCategory.ORDERS
            ),
        ),
        query=q,
    )
    shell = await panel_shell(frame, request, "exchange")
    context = {"shell": shell, "view": view}
    return frame.page(request, "pages/exchange.html", context, fragment="pages/exchange/fragment.html")


@get("/panel/exchange/runs/{import_id:uuid}", permission=Permission.EXCHANGE_VIEW, include_in_schema=False)
async def one_run(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    read_exchange_log: NamedDependency[ReadExchangeLog],
    import_id: FromPath[UUID],
    level: FromQuery[str] = "",
    q: FromQuery[str] = "",
    page: FromQuery[int] = 1,
    *,
    repeated: FromQuery[bool] = False,
) -> Response[str]:
    """One import with its rows."""
    actor, language = request.user, language_of(request)
    texts = frame.site.texts(language)
    line = await read_exchange_log.one_import(actor, import_id)
    severity = level if level in ("error", "warning") else ""
    number = max(page, 1)
    query = LogQuery(severity=severity, text=q.strip(), import_id=import_id, limit=ROWS, offset=(number - 1) * ROWS)
    counts = await read_exchange_log.severities(actor, query)
    rows = await read_exchange_log.problems(actor, query)
    path = f"/panel/exchange/runs/{import_id}"

    def url(**changes: str) -> str:
        return address(path, **({"level": severity, "q": q.strip()} | changes))

    here = url().replace("{", "{{").replace("}", "}}")
    total = counts.get(severity, 0) if severity else sum(counts.values())
    going = line.outcome is RunOutcome.RUNNING and line.total
    error = ""
    if line.error_code:
        error = import_error_text(line.error_code, line.error_detail, line.filename, language)
    view = views.RunView(
        run=run_row(line, texts),
        rows=tuple(log_row(row, texts, language) for row in rows),
        pager=numbered(total, number, ROWS, f"{here}{'&' if '?' in here else '?'}page={{page}}"),
        url=url(),
        finished_at=line.finished_at,
        progress=min(100, line.progress * 100 // line.total) if going else None,
        levels=(
            Link("", url(level=""), not severity, sum(counts.values())),
            *(Link(one, url(level=one), one == severity, counts.get(one, 0)) for one in ("error", "warning")),
        ),
        query=q,
        error=error,
        # Rows of the gateway are put back one by one: their message has no file to read again.
        retry_url=f"{path}/repeat" if actor.may(Permission.EXCHANGE_MANAGE) and line.started_by != "gateway" else None,
    )
    told = texts.gettext("The file is imported once more.")
    shell = await panel_shell(frame, request, "exchange", flashes=(Flash(text=told),) if repeated else ())
    return frame.page(request, "pages/run.html", {"shell": shell, "view": view})


@post("/panel/exchange/runs/{import_id:uuid}/repeat", permission=Permission.EXCHANGE_MANAGE, include_in_schema=False)
async def repeat(
    request: Request[Actor, Any, Any], import_id: FromPath[UUID], repeat_import: NamedDependency[RepeatImport]
) -> Redirect:
    """Import the file once more, and go to the new import."""
    return Redirect(
        f"/panel/exchange/runs/{await repeat_import(request.user, import_id)}?repeated=true", status_code=303
    )


ROUTES = [monitor, one_run, repeat]
