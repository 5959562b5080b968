"""API of the exchange monitor: nodes, summary, imports, rows with problems, requests, undelivered orders."""

import csv
import io
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from b2b_dvizhenie.application.exchange import (
    MAX_PAGE,
    ChangeNode,
    CreateNode,
    DeliveryLine,
    ExchangeNode,
    ImportLine,
    ListNodes,
    LogQuery,
    NodeChange,
    NodeDraft,
    NodeSummary,
    ProblemLine,
    ReadExchangeLog,
    RepeatImport,
    RequestLine,
    ShowSummary,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import NodeId
from b2b_dvizhenie.entrypoints.exchange_texts import import_error_text
from b2b_dvizhenie.entrypoints.texts import error_text

TAGS = ["exchange"]
Id = FromQuery[UUID | None]
Text = FromQuery[str]
Size = Annotated[int, QueryParameter(description="Lines, at most 200.", ge=1, le=MAX_PAGE)]
MAX_FILE_LINES = 50_000
"""Rows of a file for support."""


class Problem(Struct, frozen=True):
    """A row with a problem and the sentence for people."""

    problem: ProblemLine
    text: str


class ImportCard(Struct, frozen=True):
    """One import; `error` is the sentence for people where it failed."""

    line: ImportLine
    error: str


class Repeated(Struct, frozen=True):
    """The new import that repeats an old one."""

    import_id: UUID


def problem_text(line: ProblemLine, language: str) -> str:
    """The sentence for the code of a row's problem."""
    return error_text(line.code, {"detail": line.detail, "ref": line.ref}, language)


def problems_csv(lines: Sequence[ProblemLine], language: str) -> bytes:
    """Rows with problems for support, as a spreadsheet opens them: UTF-8 with a mark, semicolons.

    A text that a spreadsheet would take for a formula gets an apostrophe: refs and details come from strangers.
    """

    def inert(value: object) -> str:
        text = str(value)
        return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text

    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["at", "node", "file", "line", "entity", "severity", "code", "ref", "text", "detail"])
    for line in lines:
        cells = (
            line.at.isoformat(timespec="seconds"),
            line.node,
            line.filename,
            line.line,
            line.entity,
            line.severity,
            line.code,
            line.ref,
            problem_text(line, language),
            line.detail,
        )
        writer.writerow([inert(cell) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


@get("/api/v1/exchange/nodes", permission=Permission.EXCHANGE_VIEW, tags=TAGS)
async def nodes(request: Request[Actor, Any, Any], list_nodes: NamedDependency[ListNodes]) -> Sequence[ExchangeNode]:
    """Every exchange node, without its password."""
    return await list_nodes(request.user)


@post("/api/v1/exchange/nodes", permission=Permission.EXCHANGE_MANAGE, tags=TAGS)
async def create(
    request: Request[Actor, Any, Any], data: JSONBody[NodeDraft], create_node: NamedDependency[CreateNode]
) -> ExchangeNode:
    """Add an exchange node."""
    return await create_node(request.user, data)


@patch("/api/v1/exchange/nodes/{node_id:uuid}", permission=Permission.EXCHANGE_MANAGE, tags=TAGS)
async def change(
    request: Request[Actor, Any, Any],
    node_id: FromPath[UUID],
    data: JSONBody[NodeChange],
    change_node: NamedDependency[ChangeNode],
) -> ExchangeNode:
    """Change an exchange node; what is not given stays."""
    return await change_node(request.user, NodeId(node_id), data)


@get("/api/v1/exchange/summary", permission=Permission.EXCHANGE_VIEW, tags=TAGS)
async def summary(request: Request[Actor, Any, Any], show_summary: NamedDependency[ShowSummary]) -> list[NodeSummary]:
    """Every node and category with one status each."""
    return await show_summary(request.user)


@get("/api/v1/exchange/imports", permission=Permission.EXCHANGE_VIEW, tags=TAGS)
async def imports(
    request: Request[Actor, Any, Any],
    read_exchange_log: NamedDependency[ReadExchangeLog],
    node: Id = None,
    status: Annotated[str, QueryParameter(name="state")] = "",
    category: Text = "",
    q: Text = "",
    before: Text = "",
    limit: Size = 50,
) -> Sequence[ImportLine]:
    """Imports, newest first; `before` is the id of the last one already seen."""
    query = LogQuery(NodeId(node) if node else None, status, category, "", q, None, before, limit)
    return await read_exchange_log.imports(request.user, query)


@get("/api/v1/exchange/imports/{import_id:uuid}", permission=Permission.EXCHANGE_VIEW, tags=TAGS)
async def one_import(
    request: Request[Actor, Any, Any], import_id: FromPath[UUID], read_exchange_log: NamedDependency[ReadExchangeLog]
) -> ImportCard:
    """One import."""
    line = await read_exchange_log.one_import(request.user, import_id)
    if not line.error_code:
        return ImportCard(line, "")
    told = import_error_text(line.error_code, line.error_detail, line.filename, request.user.language)
    return ImportCard(line, told)


@post("/api/v1/exchange/imports/{import_id:uuid}/repeat", permission=Permission.EXCHANGE_MANAGE, tags=TAGS)
async def repeat(
    request: Request[Actor, Any, Any], import_id: FromPath[UUID], repeat_import: NamedDependency[RepeatImport]
) -> Repeated:
    """Import the same file once more, whatever came of it before."""
    return Repeated(await repeat_import(request.user, import_id))


async def _problems(
    actor: Actor, log: ReadExchangeLog, node: UUID | None, import_id: UUID | None, filters: dict[str, Any], limit: int
) -> Sequence[ProblemLine]:
    query = LogQuery(node_id=NodeId(node) if node else None, import_id=import_id, limit=limit, **filters)
    return await log.problems(actor, query)


@get("/api/v1/exchange/problems", permission=Permission.EXCHANGE_VIEW, tags=TAGS)
async def problems(
    request: Request[Actor, Any, Any],
    read_exchange_log: NamedDependency[ReadExchangeLog],
    node: Id = None,
    import_id: Id = None,
    severity: Text = "",
    entity: Text = "",
    q: Text = "",
    before: Text = "",
    limit: Size = 50,
) -> list[Problem]:
    """Rows with problems, newest first; `q` looks in ids, codes and details, so one product's history is one query."""
    filters = {"severity": severity, "category": entity, "text": q, "before": before}
    lines = await _problems(request.user, read_exchange_log, node, import_id, filters, limit)
    return [Problem(line, problem_text(line, request.user.language)) for line in lines]


@get("/api/v1/exchange/problems.csv", permission=Permission.EXCHANGE_VIEW, tags=TAGS, media_type="text/csv")
async def problems_file(
    request: Request[Actor, Any, Any],
    read_exchange_log: NamedDependency[ReadExchangeLog],
    node: Id = None,
    import_id: Id = None,
    severity: Text = "",
    entity: Text = "",
    q: Text = "",
) -> Response[bytes]:
    """The same as a file for support."""
    filters = {"severity": severity, "category": entity, "text": q, "before": ""}
    lines: list[ProblemLine] = []
    while True:
        page = await _problems(request.user, read_exchange_log, node, import_id, filters, MAX_PAGE)
        lines += page
        if len(page) < MAX_PAGE or len(lines) >= MAX_FILE_LINES:
            break
        filters["before"] = str(page[-1].problem_id)
    return Response(
        problems_csv(lines, request.user.language),
        media_type="text/csv",
        headers={"content-disposition": 'attachment; filename="exchange-problems.csv"'},
    )


@get("/api/v1/exchange/requests", permission=Permission.EXCHANGE_VIEW, tags=TAGS)
async def requests(
    request: Request[Actor, Any, Any],
    read_exchange_log: NamedDependency[ReadExchangeLog],
    node: Id = None,
    mode: Text = "",
    *,
    failed: FromQuery[bool] = False,
    q: Text = "",
    before: Text = "",
    limit: Size = 50,
) -> Sequence[RequestLine]:
    """Requests of the protocol, newest first."""
    state = "failure" if failed else ""
    query = LogQuery(NodeId(node) if node else None, state, mode, "", q, None, before, limit)
    return await read_exchange_log.requests(request.user, query)


@get("/api/v1/exchange/undelivered", permission=Permission.EXCHANGE_VIEW, tags=TAGS)
async def undelivered(
    request: Request[Actor, Any, Any],
    read_exchange_log: NamedDependency[ReadExchangeLog],
    node: Id = None,
    q: Text = "",
    limit: Size = 50,
) -> Sequence[DeliveryLine]:
    """Orders that nodes have not confirmed, those given in vain first."""
    return await read_exchange_log.undelivered(
        request.user, LogQuery(node_id=NodeId(node) if node else None, text=q, limit=limit)
    )


ROUTES = [
    nodes,
    create,
    change,
    summary,
    imports,
    one_import,
    repeat,
    problems,
    problems_file,
    requests,
    undelivered,
]
