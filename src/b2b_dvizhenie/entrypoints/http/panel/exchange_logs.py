"""The panel's logs of the exchange: every row with a problem, every request of 1C, orders it has not taken (SYN-3)."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from b2b_dvizhenie.application.exchange import LogQuery, ReadExchangeLog, RequestLine
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.exchange.deliveries import SUSPECT_AFTER
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages import exchange as views
from b2b_dvizhenie.entrypoints.http.pages.parts import Link
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered
from b2b_dvizhenie.entrypoints.http.panel.exchange import address, log_row, node_of
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

ROWS = 50
TABS = (
    ("/panel/exchange", N_("Summary")),
    ("/panel/exchange/log", N_("Rows with problems")),
    ("/panel/exchange/requests", N_("Requests of 1C")),
    ("/panel/exchange/undelivered", N_("Orders on their way")),
    ("/panel/exchange/gateway", N_("Gateway tables")),
)


def tabs(frame: Frame, request: Request[Any, Any, Any], current: str) -> tuple[Link, ...]:
    """The logs beside each other."""
    texts = frame.site.texts(language_of(request))
    return tuple(Link(texts.gettext(title), url, url == current) for url, title in TABS)


@get("/panel/exchange/log", permission=Permission.EXCHANGE_VIEW, include_in_schema=False)
async def rows(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    read_exchange_log: NamedDependency[ReadExchangeLog],
    level: FromQuery[str] = "",
    q: FromQuery[str] = "",
    node: FromQuery[str] = "",
    page: FromQuery[int] = 1,
) -> Response[str]:
    """Rows with problems over all runs; the history of one object is a search for its id."""
    actor, language = request.user, language_of(request)
    severity = level if level in ("error", "warning") else ""
    number = max(page, 1)
    query = LogQuery(node_id=node_of(node), severity=severity, text=q.strip(), limit=ROWS, offset=(number - 1) * ROWS)
    counts = await read_exchange_log.severities(actor, query)
    found = await read_exchange_log.problems(actor, query)
    path = "/panel/exchange/log"

    def url(**changes: str) -> str:
        return address(path, **({"level": severity, "q": q.strip(), "node": node} | changes))

    here = url().replace("{", "{{").replace("}", "}}")
    texts = frame.site.texts(language)
    total = counts.get(severity, 0) if severity else sum(counts.values())
    view = views.ExchangeLogView(
        rows=tuple(log_row(line, texts, language) for line in found),
        pager=numbered(total, number, ROWS, f"{here}{'&' if '?' in here else '?'}page={{page}}"),
        url=url(),
        export_url=address("/api/v1/exchange/problems.csv", severity=severity, q=q.strip()),
        levels=(
            Link("", url(level=""), not severity, sum(counts.values())),
            *(Link(one, url(level=one), one == severity, counts.get(one, 0)) for one in ("error", "warning")),
        ),
        tabs=tabs(frame, request, path),
        query=q,
    )
    shell = await panel_shell(frame, request, "exchange")
    return frame.page(request, "pages/exchange_log.html", {"shell": shell, "view": view})


def _request_row(line: RequestLine) -> views.RequestRow:
    return views.RequestRow(
        at=line.at,
        node=line.node or "",
        address=line.address,
        asked=f"{line.kind} {line.mode}",
        file=line.filename,
        bytes=line.bytes_in,
        answer=line.answer,
        milliseconds=line.milliseconds,
        failed=line.answer.startswith("failure"),
    )


@get("/panel/exchange/requests", permission=Permission.EXCHANGE_VIEW, include_in_schema=False)
async def requests(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    read_exchange_log: NamedDependency[ReadExchangeLog],
    q: FromQuery[str] = "",
    node: FromQuery[str] = "",
    before: FromQuery[str] = "",
    *,
    failed: FromQuery[bool] = False,
) -> Response[str]:
    """The talk with 1C, the newest request first."""
    state = "failure" if failed else ""
    query = LogQuery(node_id=node_of(node), state=state, text=q.strip(), before=before, limit=ROWS)
    found = await read_exchange_log.requests(request.user, query)
    path = "/panel/exchange/requests"
    kept = {"q": q.strip(), "node": node, "failed": "true" if failed else ""}
    view = views.RequestsView(
        rows=tuple(map(_request_row, found)),
        url=address(path, **kept),
        tabs=tabs(frame, request, path),
        query=q,
        only_failed=failed,
        older_url=address(path, **kept, before=str(found[-1].request_id)) if len(found) == ROWS else None,
    )
    shell = await panel_shell(frame, request, "exchange")
    return frame.page(request, "pages/exchange_requests.html", {"shell": shell, "view": view})


@get("/panel/exchange/undelivered", permission=Permission.EXCHANGE_VIEW, include_in_schema=False)
async def undelivered(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    read_exchange_log: NamedDependency[ReadExchangeLog],
    q: FromQuery[str] = "",
    node: FromQuery[str] = "",
) -> Response[str]:
    """Orders that 1C has not confirmed, those given to it in vain first."""
    found = await read_exchange_log.undelivered(
        request.user, LogQuery(node_id=node_of(node), text=q.strip(), limit=200)
    )
    path = "/panel/exchange/undelivered"
    view = views.UndeliveredView(
        rows=tuple(
            views.UndeliveredRow(
                number=line.number,
                url=f"/orders/{line.order_id}",
                node=line.node,
                placed_at=line.placed_at,
                times=line.times,
                given_at=line.given_at,
                stuck=line.times >= SUSPECT_AFTER,
            )
            for line in found
        ),
        url=address(path, q=q.strip(), node=node),
        tabs=tabs(frame, request, path),
        query=q,
    )
    shell = await panel_shell(frame, request, "exchange")
    return frame.page(request, "pages/exchange_undelivered.html", {"shell": shell, "view": view})


ROUTES = [rows, requests, undelivered]
