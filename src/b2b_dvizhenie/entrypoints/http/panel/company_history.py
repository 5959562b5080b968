"""The panel's history of a company: its latest orders, and what was changed of it."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from b2b_dvizhenie.application.companies import ShowCompany
from b2b_dvizhenie.application.operations import AuditQuery, ReadAudit
from b2b_dvizhenie.application.ordering import ListOrders, OrderQuery
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.entrypoints.http.pages import companies as views
from b2b_dvizhenie.entrypoints.http.panel.audit import row_of as trail_row
from b2b_dvizhenie.entrypoints.http.panel.company_forms import head_of
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.portal.order_views import row_of
from b2b_dvizhenie.entrypoints.http.responses import language_of

ROWS = 50


@get("/panel/companies/{company_id:uuid}/orders", permission=Permission.COMPANIES_VIEW, include_in_schema=False)
async def orders(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
    list_orders: NamedDependency[ListOrders],
) -> Response[str]:
    """The latest orders of the company, of those that the actor may see."""
    actor = request.user
    card = await show_company(actor, CompanyId(company_id))
    found = await list_orders(actor, OrderQuery(company_id=CompanyId(company_id), limit=ROWS))
    view = views.CompanyOrdersView(
        head=head_of(card, actor, "orders"),
        rows=tuple(row_of(one, repeatable=False) for one in found.orders),
        total=found.total,
        exact=found.exact,
    )
    shell = await panel_shell(frame, request, "companies")
    return frame.page(request, "pages/company/orders.html", {"shell": shell, "view": view})


@get("/panel/companies/{company_id:uuid}/audit", permission=Permission.AUDIT_VIEW, include_in_schema=False)
async def trail(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
    read_audit: NamedDependency[ReadAudit],
    before: FromQuery[int | None] = None,
) -> Response[str]:
    """Changes of the company and of who buys for it, newest first."""
    actor = request.user
    card = await show_company(actor, CompanyId(company_id))
    found = await read_audit(actor, AuditQuery(cursor=before, limit=ROWS, company_id=company_id))
    texts = frame.site.texts(language_of(request))
    older = found.next_cursor
    view = views.CompanyTrailView(
        head=head_of(card, actor, "audit"),
        rows=tuple(trail_row(line, texts, found.names, orders=False) for line in found.items),
        older_url=None if older is None else f"/panel/companies/{company_id}/audit?before={older}",
    )
    shell = await panel_shell(frame, request, "companies")
    return frame.page(request, "pages/company/trail.html", {"shell": shell, "view": view})


ROUTES = [orders, trail]
