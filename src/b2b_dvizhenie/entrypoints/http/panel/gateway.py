"""The panel's pages of the gateway: how its tables stand, what became of a row (GTW-1, GTW-2)."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from b2b_dvizhenie.application.exchange.gateway import (
    DecideFull,
    FullLine,
    ReadGateway,
    ReasonMissing,
    RequeueRows,
    RowLine,
    RowQuery,
    SkipRow,
    TableFigures,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.exchange.gateway import RowState
from b2b_dvizhenie.domain.exchange.generations import GenerationState
from b2b_dvizhenie.domain.exchange.monitoring import STUCK
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.entrypoints.http.pages import gateway as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Link
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.exchange import address, node_of
from b2b_dvizhenie.entrypoints.http.panel.exchange_logs import tabs
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

PATH = "/panel/exchange/gateway"
ROWS = 50
STATES = tuple(state.value for state in RowState)
LAST_ROW = 2**63 - 1


def _table(one: TableFigures, now: datetime, *, manages: bool) -> views.GatewayTableRow:
    node, oldest = str(one.node_id), now - one.oldest_waiting if one.oldest_waiting else None
    return views.GatewayTableRow(
        table=one.table,
        node=one.node,
        url=address(PATH, node=node, table=one.table),
        waiting=one.waiting,
        failed=one.failed,
        applied=one.applied,
        oldest=oldest,
        late=oldest is not None and oldest > STUCK,
        last_received=one.last_received,
        last_movement=one.last_movement,
        failed_url=address(PATH, node=node, table=one.table, state="error") if one.failed else None,
        requeue=(node, one.table) if manages and one.failed else None,
    )


def _full(one: FullLine, *, manages: bool) -> views.GatewayFullRow:
    waits = one.state == GenerationState.NEEDS_CONFIRMATION
    return views.GatewayFullRow(
        table=one.table,
        node=one.node,
        name=one.full_ref,
        scope=", ".join(f"{name} = {value}" for name, value in one.scope.items()),
        opened_at=one.opened_at,
        waits=waits,
        active=one.active,
        absent=one.absent,
        decide_url=f"{PATH}/fulls/{one.full_id}" if waits and manages else None,
    )


def _row(line: RowLine, language: str, *, manages: bool) -> views.GatewayRow:
    if line.state is RowState.ERROR:
        error = error_text(line.error_code, {"detail": line.error_text, "ref": line.key}, language)
    else:
        error = line.error_text  # a person's reason, where a row was skipped by one
    return views.GatewayRow(
        key=line.key,
        table=line.table,
        node=line.node,
        state=line.state.value,
        received_at=line.received_at,
        attempts=line.attempts,
        deleted=line.op == "delete",
        version=line.version,
        error=error,
        applied_at=line.applied_at,
        url=f"{PATH}/{line.row_id}" if manages else None,
    )


@get(PATH, permission=Permission.EXCHANGE_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    read_gateway: NamedDependency[ReadGateway],
    node: FromQuery[str] = "",
    table: FromQuery[str] = "",
    wanted: Annotated[str, QueryParameter(name="state")] = "",
    q: FromQuery[str] = "",
    before: FromQuery[str] = "",
    requeued: FromQuery[int] = 0,
) -> Response[str]:
    """Tables with their figures, full exports that are not over, rows."""
    actor, language = request.user, language_of(request)
    clock: Clock = request.app.state.container.clock()
    manages = actor.may(Permission.EXCHANGE_MANAGE)
    chosen = wanted if wanted in STATES else ""
    last = min(int(before), LAST_ROW) if before.isascii() and before.isdigit() and len(before) < 20 else None
    query = RowQuery(node_of(node), table.replace("\0", ""), chosen, q.strip(), last, ROWS)
    found = await read_gateway.rows(actor, query)
    kept = {"node": str(query.node_id or ""), "table": query.table}
    filters = kept | {"state": chosen, "q": q.strip()}
    texts = frame.site.texts(language)
    view = views.GatewayView(
        tables=tuple(_table(one, clock(), manages=manages) for one in await read_gateway.figures(actor)),
        fulls=tuple(_full(one, manages=manages) for one in await read_gateway.fulls(actor)),
        rows=tuple(_row(line, language, manages=manages) for line in found),
        url=address(PATH, **kept),
        kept=tuple((name, value) for name, value in (kept | {"state": chosen}).items() if value),
        tabs=tabs(frame, request, PATH),
        states=tuple(Link(one, address(PATH, **(filters | {"state": one})), one == chosen) for one in ("", *STATES)),
        query=q,
        older_url=address(PATH, **filters, before=str(found[-1].row_id)) if len(found) == ROWS else None,
    )
    flashes = []
    if requeued > 0:
        said = texts.ngettext("{count} row waits again.", "{count} rows wait again.", requeued).format(count=requeued)
        flashes.append(Flash(text=said, tone="ok"))
    shell = await panel_shell(frame, request, "gateway", flashes=tuple(flashes))
    return frame.page(request, "pages/gateway.html", {"shell": shell, "view": view})


async def _detail(
    request: Request[Actor, Any, Any],
    frame: Frame,
    read_gateway: ReadGateway,
    row_id: int,
    form: Form | None = None,
) -> Response[str]:
    language = language_of(request)
    found = await read_gateway.row(request.user, row_id)
    failed = found.line.state is RowState.ERROR
    view = views.GatewayRowView(
        row=_row(found.line, language, manages=True),
        payload=found.payload,
        message_id=found.message_id,
        back_url=address(PATH, node=str(found.line.node_id), table=found.line.table),
        requeue_url=f"{PATH}/{row_id}/requeue" if failed else None,
        skip_url=f"{PATH}/{row_id}/skip" if failed else None,
        skip=form or Form(),
    )
    shell = await panel_shell(frame, request, "gateway")
    return frame.page(request, "pages/gateway_row.html", {"shell": shell, "view": view})


@get(f"{PATH}/{{row_id:int}}", permission=Permission.EXCHANGE_MANAGE, include_in_schema=False)
async def one(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    read_gateway: NamedDependency[ReadGateway],
    row_id: FromPath[int],
) -> Response[str]:
    """One row with what was sent."""
    return await _detail(request, frame, read_gateway, _stored(row_id))


def _stored(number: int) -> int:
    """A number that a row can have; anything else is the number of none."""
    if not 0 <= number <= LAST_ROW:
        raise NotFound("row_id")
    return number


@post(f"{PATH}/{{row_id:int}}/requeue", permission=Permission.EXCHANGE_MANAGE, include_in_schema=False)
async def requeue(
    request: Request[Actor, Any, Any], requeue_rows: NamedDependency[RequeueRows], row_id: FromPath[int]
) -> Redirect:
    """Let one refused row be applied once more."""
    await requeue_rows(request.user, _stored(row_id))
    return Redirect(f"{PATH}/{row_id}", status_code=303)


@post(f"{PATH}/{{row_id:int}}/skip", permission=Permission.EXCHANGE_MANAGE, include_in_schema=False)
async def skip(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    read_gateway: NamedDependency[ReadGateway],
    skip_row: NamedDependency[SkipRow],
    row_id: FromPath[int],
) -> Response[str] | Redirect:
    """Give one refused row up, with a reason."""
    reason = str((await request.form()).get("reason", ""))
    try:
        await skip_row(request.user, _stored(row_id), reason)
    except ReasonMissing as error:
        told = error_text(error.code, error.params, language_of(request))
        form = Form({"reason": reason}, {"reason": told})
        answer = await _detail(request, frame, read_gateway, row_id, form)
        answer.status_code = 422
        return answer
    return Redirect(f"{PATH}/{row_id}", status_code=303)


@post(f"{PATH}/requeue", permission=Permission.EXCHANGE_MANAGE, include_in_schema=False)
async def requeue_table(request: Request[Actor, Any, Any], requeue_rows: NamedDependency[RequeueRows]) -> Redirect:
    """Let every refused row of a table at a node be applied once more."""
    form = await request.form()
    node_id, table = node_of(str(form.get("node", ""))), str(form.get("table", ""))
    if node_id is None:
        raise NotFound("node")
    count = await requeue_rows.all(request.user, node_id, table)
    return Redirect(address(PATH, node=str(node_id), table=table, requeued=str(count)), status_code=303)


@post(f"{PATH}/fulls/{{full_id:int}}", permission=Permission.EXCHANGE_MANAGE, include_in_schema=False)
async def decide(
    request: Request[Actor, Any, Any],
    read_gateway: NamedDependency[ReadGateway],
    decide_full: NamedDependency[DecideFull],
    full_id: FromPath[int],
) -> Redirect:
    """Remove what a full export did not name, or leave it."""
    action = (await request.form()).get("action", "")
    line = next((one for one in await read_gateway.fulls(request.user) if one.full_id == full_id), None)
    if line is None or action not in ("remove", "keep"):
        raise NotFound("full_id")
    await decide_full(request.user, line.node_id, line.table, full_id, remove=action == "remove")
    return Redirect(address(PATH, node=str(line.node_id), table=line.table), status_code=303)


ROUTES = [show, one, requeue, skip, requeue_table, decide]
