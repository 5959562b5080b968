"""The frame around a page of the panel: where its viewer can go."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Redirect

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash, NavItem, PanelSection, PanelShell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame

NAVIGATION: tuple[tuple[str, tuple[tuple[str, str, Permission], ...]], ...] = (
    (
        "sales",
        (
            ("statistics", "/panel/statistics", Permission.STATISTICS_VIEW),
            ("orders", "/panel/orders", Permission.ORDERS_PROCESS),
            ("documents", "/panel/documents", Permission.DOCUMENTS_VIEW),
            ("specifications", "/panel/specifications", Permission.SPECIFICATIONS_VIEW),
            ("prices", "/panel/prices", Permission.PRICES_MANAGE),
            ("rates", "/panel/rates", Permission.SETTINGS_VIEW),
            ("payments", "/panel/payment-methods", Permission.COMPANIES_VIEW),
            ("vip", "/panel/vip", Permission.VIP_VIEW),
            ("drift", "/panel/drift", Permission.ORDERS_PROCESS),
        ),
    ),
    (
        "access",
        (
            ("users", "/panel/users", Permission.USERS_VIEW),
            ("roles", "/panel/roles", Permission.USERS_MANAGE),
            ("levels", "/panel/levels", Permission.VISIBILITY_VIEW),
            ("segments", "/panel/segments", Permission.SEGMENTS_VIEW),
            ("companies", "/panel/companies", Permission.COMPANIES_VIEW),
            ("requests", "/panel/requests", Permission.REQUESTS_MANAGE),
        ),
    ),
    (
        "exchange",
        (
            ("exchange", "/panel/exchange", Permission.EXCHANGE_VIEW),
            ("jobs", "/panel/jobs", Permission.JOBS_VIEW),
            ("gateway", "/panel/exchange/gateway", Permission.EXCHANGE_VIEW),
        ),
    ),
    (
        "system",
        (
            ("settings", "/panel/settings", Permission.SETTINGS_VIEW),
            ("audit", "/panel/audit", Permission.AUDIT_VIEW),
        ),
    ),
)
"""Sections with their entries: key, address, what one must be allowed to do to see it. Pages that do not exist are
not shown, so an entry may be here before its page."""


def sections(frame: Frame, actor: Actor) -> tuple[PanelSection, ...]:
    """The part of the navigation that leads somewhere for this actor."""
    found = []
    for key, entries in NAVIGATION:
        items = tuple(
            NavItem(name, url) for name, url, right in entries if url in frame.site.paths and actor.may(right)
        )
        if items:
            found.append(PanelSection(key, items))
    return tuple(found)


async def panel_shell(
    frame: Frame, request: Request[Actor, Any, Any], section: str, *, flashes: tuple[Flash, ...] = ()
) -> PanelShell:
    """The frame of a panel page for the actor of the request; Forbidden for who may not enter the panel at all."""
    request.user.require(Permission.PANEL_ACCESS)
    portal = await frame.shell(request, "", flashes=flashes)
    return PanelShell(
        brand=portal.brand,
        url=portal.url,
        preferences=portal.preferences,
        viewer=portal.viewer,
        flashes=portal.flashes,
        viewing=portal.viewing,
        paths=portal.paths,
        section=section,
        sections=sections(frame, request.user),
    )


@get("/panel", permission=Permission.PANEL_ACCESS, include_in_schema=False)
async def open_panel(request: Request[Actor, Any, Any], frame: NamedDependency[Frame]) -> Redirect:
    """The first page of the panel that this person may see; the portal where there is none."""
    found = sections(frame, request.user)
    return Redirect(found[0].items[0].url if found else "/", status_code=303)


ROUTES = [open_panel]
