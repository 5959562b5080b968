"""The panel's exchange nodes: what 1C must be told, what it may do, how often it is expected (SYN-4)."""

import secrets
from collections.abc import Mapping, Sequence
from gettext import GNUTranslations
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.adapters.onec.protocol import PATHS
from b2b_dvizhenie.application.exchange import (
    ChangeNode,
    CreateNode,
    ExchangeNode,
    ListNodes,
    LogQuery,
    NodeChange,
    NodeDraft,
    NodeSummary,
    ReadExchangeLog,
    ShowSummary,
)
from b2b_dvizhenie.application.exchange.gateway import GatewayTables
from b2b_dvizhenie.application.exchange.nodes import PROFILES
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.exchange.access import ExchangeRight
from b2b_dvizhenie.domain.exchange.monitoring import EXPECTED_KEY, SyncCategory
from b2b_dvizhenie.domain.exchange.settings import node_settings
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import NodeId
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages import exchange as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.exchange import CATEGORIES, run_row, status_key
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

LATEST = 5
LONGEST_EXPECTED = 60 * 24 * 31
_FIELDS = {"name": "title", "profile": "protocol", "allowed_addresses": "addresses"}
_RIGHTS = {
    ExchangeRight.CATALOG: (N_("Goods, prices, stock, companies"), N_("1C sends its catalogue")),
    ExchangeRight.SALE: (N_("Orders"), N_("1C takes orders and answers them")),
}
_PROFILES = {
    "auto": N_("Recognise by itself"),
    "ut10": N_("Trade 10.3, UPP, KA 1.1"),
    "ut115": N_("Trade 11, KA 2, ERP 2"),
    "unf": N_("UNF, Retail 3"),
    "bitrix31": N_("Bitrix module, CommerceML 3.1"),
}


def new_password() -> str:
    """A password for 1C: 144 random bits, without signs that get lost when it is typed into a form."""
    return secrets.token_urlsafe(18)


def form_errors(error: DomainError, language: str) -> dict[str, str]:
    """What is wrong with which field of a form, in words."""
    name = _FIELDS.get((error.field or "").split(".")[0], (error.field or "").split(".")[0])
    return {name: error_text(error.code, error.params, language)}


def _door(request: Request[Any, Any, Any]) -> str:
    settings = request.app.state.container.settings()
    base = settings.http.public_url or str(request.base_url)
    return base.rstrip("/") + PATHS[0]


async def _found(list_nodes: ListNodes, actor: Actor, node_id: UUID) -> ExchangeNode:
    for node in await list_nodes(actor):
        if node.node_id == node_id:
            return node
    raise NotFound("node_id")


class NodePages:
    """Puts the page of one node together; several handlers end on it."""

    def __init__(
        self,
        frame: Frame,
        list_nodes: ListNodes,
        show_summary: ShowSummary,
        read_exchange_log: ReadExchangeLog,
        tables: GatewayTables,
    ) -> None:
        self._frame = frame
        self._tables = tuple(table.name for table in tables)
        self._list_nodes = list_nodes
        self._show_summary = show_summary
        self._log = read_exchange_log

    async def page(
        self,
        request: Request[Actor, Any, Any],
        node_id: UUID,
        *,
        form: Form | None = None,
        password: str = "",
        saved: bool = False,
        status: int = 200,
    ) -> Response[str]:
        """The page of the node; raises NotFound."""
        actor, language = request.user, language_of(request)
        texts = self._frame.site.texts(language)
        node = await _found(self._list_nodes, actor, node_id)
        summary = next(one for one in await self._show_summary(actor) if one.node_id == node_id)
        latest = await self._log.imports(actor, LogQuery(node_id=NodeId(node_id), limit=LATEST))
        view = views.NodeView(
            title=node.name,
            form=form or Form(),
            address=_door(request),
            login=node.login,
            schedule=_schedule(summary, texts),
            enabled=node.is_active,
            protocols=tuple(Choice(one, texts.gettext(_PROFILES[one]), one == node.profile) for one in PROFILES),
            rights=tuple(
                Choice(right.value, texts.gettext(title), right in node.rights, texts.gettext(note))
                for right, (title, note) in _RIGHTS.items()
            ),
            tables=_tables(self._tables, node),
            addresses="\n".join(node.allowed_addresses),
            last_seen_at=summary.last_seen_at,
            client=summary.client,
            runs=tuple(run_row(line, texts) for line in latest),
            new_password=password,
            expected=tuple(
                (
                    f"expected_{line.category.value}",
                    texts.gettext(CATEGORIES[line.category]),
                    _minutes(line.expected_minutes),
                )
                for line in summary.categories
            ),
            may_change=actor.may(Permission.EXCHANGE_MANAGE),
        )
        flashes = (Flash(text=texts.gettext("Saved.")),) if saved else ()
        shell = await panel_shell(self._frame, request, "exchange", flashes=flashes)
        response = self._frame.page(request, "pages/node.html", {"shell": shell, "view": view})
        response.status_code = status
        return response


def _minutes(expected: int | None) -> str:
    return "" if expected is None else str(expected)


def _schedule(summary: NodeSummary, texts: GNUTranslations) -> tuple[views.ScheduleRow, ...]:
    rows = []
    for line in summary.categories:
        if line.expected_minutes is None:
            rule = texts.gettext("not expected")
        else:
            rule = texts.ngettext("every {count} minute", "every {count} minutes", line.expected_minutes).format(
                count=line.expected_minutes
            )
        title = texts.gettext(CATEGORIES[line.category])
        rows.append(views.ScheduleRow(category=title, rule=rule, state=status_key(line), last_ok_at=line.last_success))
    return tuple(rows)


def _expected(form: FormMultiDict) -> dict[str, int]:
    """Category → minutes; 0 for what is not expected. Nonsense counts as nothing said."""
    found = {}
    for category in SyncCategory:
        text = str(form.get(f"expected_{category.value}", "")).strip()
        known = text.isascii() and text.isdigit() and len(text) <= len(str(LONGEST_EXPECTED))
        found[category.value] = min(int(text), LONGEST_EXPECTED) if known else 0
    return found


def _tables(known: Sequence[str], node: ExchangeNode) -> tuple[Choice, ...]:
    limited = node_settings(node.settings).gateway_tables
    return tuple(Choice(name, name, limited is None or name in limited) for name in known)


def _limited(form: FormMultiDict, settings: Mapping[str, Any], known: Sequence[str]) -> dict[str, Any]:
    """Settings with the tables that were ticked; all of them are no limit, so that later ones are not left out."""
    if form.get("tables_shown") is None:
        return dict(settings)
    ticked = {str(one) for one in form.getall("tables", [])}
    chosen = [name for name in known if name in ticked]
    return {**settings, "gateway_tables": None if len(chosen) == len(known) else chosen}


def _change_of(form: FormMultiDict, settings: Mapping[str, Any], tables: Sequence[str]) -> NodeChange:
    rights = {str(one) for one in form.getall("rights", [])}
    return NodeChange(
        name=str(form.get("title", "")).strip()[:255],
        profile=str(form.get("protocol", "auto")),
        rights=tuple(right for right in ExchangeRight if right.value in rights),
        allowed_addresses=tuple(line for line in str(form.get("addresses", "")).split() if line),
        settings=_limited(form, settings, tables) | {EXPECTED_KEY: _expected(form)},
        is_active=form.get("enabled") is not None,
    )


@get("/panel/exchange/nodes", permission=Permission.EXCHANGE_VIEW, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any], frame: NamedDependency[Frame], show_summary: NamedDependency[ShowSummary]
) -> Response[str]:
    """The nodes, and the form for a new one."""
    return await _list(request, frame, show_summary, Form())


async def _list(
    request: Request[Actor, Any, Any], frame: Frame, show_summary: ShowSummary, form: Form
) -> Response[str]:
    summary = await show_summary(request.user)
    view = views.NodesView(
        rows=tuple(
            views.NodeRow(
                url=f"/panel/exchange/nodes/{one.node_id}",
                title=one.name,
                login=one.login,
                enabled=one.is_active,
                last_seen_at=one.last_seen_at,
                late=sum(status_key(line) in ("error", "overdue") for line in one.categories),
            )
            for one in summary
        ),
        form=form,
        may_add=request.user.may(Permission.EXCHANGE_MANAGE),
    )
    shell = await panel_shell(frame, request, "exchange")
    response = frame.page(request, "pages/nodes.html", {"shell": shell, "view": view})
    response.status_code = 422 if form.errors else 200
    return response


@post("/panel/exchange/nodes", permission=Permission.EXCHANGE_MANAGE, status_code=200, include_in_schema=False)
async def add(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    create_node: NamedDependency[CreateNode],
    list_nodes: NamedDependency[ListNodes],
    show_summary: NamedDependency[ShowSummary],
    read_exchange_log: NamedDependency[ReadExchangeLog],
    gateway_tables: NamedDependency[GatewayTables],
) -> Response[str]:
    """Add a node; its page shows the password, once."""
    form = await request.form()
    typed = {"title": str(form.get("title", "")), "login": str(form.get("login", ""))}
    password = new_password()
    try:
        node = await create_node(request.user, NodeDraft(typed["title"], typed["login"], password))
    except DomainError as error:
        if error.kind not in (Kind.INVALID, Kind.CONFLICT):
            raise
        return await _list(request, frame, show_summary, Form(typed, form_errors(error, language_of(request))))
    pages = NodePages(frame, list_nodes, show_summary, read_exchange_log, gateway_tables)
    return await pages.page(request, node.node_id, password=password)


@get("/panel/exchange/nodes/{node_id:uuid}", permission=Permission.EXCHANGE_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_nodes: NamedDependency[ListNodes],
    show_summary: NamedDependency[ShowSummary],
    read_exchange_log: NamedDependency[ReadExchangeLog],
    gateway_tables: NamedDependency[GatewayTables],
    node_id: FromPath[UUID],
    *,
    saved: FromQuery[bool] = False,
) -> Response[str]:
    """One node."""
    return await NodePages(frame, list_nodes, show_summary, read_exchange_log, gateway_tables).page(
        request, node_id, saved=saved
    )


@post("/panel/exchange/nodes/{node_id:uuid}", permission=Permission.EXCHANGE_MANAGE, include_in_schema=False)
async def change(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    change_node: NamedDependency[ChangeNode],
    list_nodes: NamedDependency[ListNodes],
    show_summary: NamedDependency[ShowSummary],
    read_exchange_log: NamedDependency[ReadExchangeLog],
    gateway_tables: NamedDependency[GatewayTables],
    node_id: FromPath[UUID],
) -> Response[str] | Redirect:
    """Change a node; what is wrong comes back with the form."""
    form = await request.form()
    node = await _found(list_nodes, request.user, node_id)
    try:
        await change_node(
            request.user, node.node_id, _change_of(form, node.settings, [table.name for table in gateway_tables])
        )
    except DomainError as error:
        if error.kind is not Kind.INVALID:
            raise
        typed = {name: str(form.get(name, "")) for name in ("title", "protocol", "addresses")}
        pages = NodePages(frame, list_nodes, show_summary, read_exchange_log, gateway_tables)
        wrong = Form(typed, form_errors(error, language_of(request)))
        return await pages.page(request, node_id, form=wrong, status=422)
    return Redirect(f"/panel/exchange/nodes/{node_id}?saved=true", status_code=303)


@post(
    "/panel/exchange/nodes/{node_id:uuid}/password",
    permission=Permission.EXCHANGE_MANAGE,
    status_code=200,
    include_in_schema=False,
)
async def password(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    change_node: NamedDependency[ChangeNode],
    list_nodes: NamedDependency[ListNodes],
    show_summary: NamedDependency[ShowSummary],
    read_exchange_log: NamedDependency[ReadExchangeLog],
    gateway_tables: NamedDependency[GatewayTables],
    node_id: FromPath[UUID],
) -> Response[str]:
    """A new password for the node, shown once; the old one is dead at once."""
    made = new_password()
    await change_node(request.user, NodeId(node_id), NodeChange(password=made))
    return await NodePages(frame, list_nodes, show_summary, read_exchange_log, gateway_tables).page(
        request, node_id, password=made
    )


ROUTES = [list_, add, show, change, password]
