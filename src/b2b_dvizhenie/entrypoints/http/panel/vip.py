"""The panel's VIP clients: what they took up of partners' offers, and who could be VIP next (VIP-3, VIP-5)."""

from decimal import Decimal
from gettext import GNUTranslations
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.vip import FindCandidates, ListActivations
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages.parts import Link
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered
from b2b_dvizhenie.entrypoints.http.pages.vip import ActivationRow, ActivationsView, CandidateRow, CandidatesView
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

ROWS = 50
HERE = "/panel/vip"
_TABS = (
    ("activations", N_("Taken up"), HERE, Permission.VIP_VIEW),
    ("offers", N_("Partner offers"), f"{HERE}/offers", Permission.VIP_MANAGE),
    ("candidates", N_("Candidates"), f"{HERE}/candidates", Permission.ORDERS_VIEW),
)


def tabs(actor: Actor, current: str, texts: GNUTranslations) -> tuple[Link, ...]:
    """The parts of the page that the viewer may see."""
    return tuple(
        Link(texts.gettext(title), url, key == current) for key, title, url, right in _TABS if actor.may(right)
    )


@get(HERE, permission=Permission.VIP_VIEW, include_in_schema=False)
async def activations(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_activations: NamedDependency[ListActivations],
    page: FromQuery[int] = 1,
) -> Response[str]:
    """What companies of the viewer's scope took up."""
    actor, number = request.user, max(page, 1)
    found = await list_activations(actor, ROWS, (number - 1) * ROWS)
    links = actor.may(Permission.COMPANIES_VIEW)
    view = ActivationsView(
        tabs=tabs(actor, "activations", frame.site.texts(language_of(request))),
        rows=tuple(
            ActivationRow(
                offer=one.title,
                partner=one.partner,
                company=one.company,
                person=one.person,
                manager=one.manager,
                at=one.at,
                company_url=f"/panel/companies/{one.company_id}" if links else None,
            )
            for one in found.items
        ),
        pager=numbered(found.total, number, ROWS, f"{HERE}?page={{page}}"),
    )
    shell = await panel_shell(frame, request, "vip")
    return frame.page(request, "pages/vip_activations.html", {"shell": shell, "view": view})


@get(f"{HERE}/candidates", permission=Permission.VIP_VIEW, include_in_schema=False)
async def candidates(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    find_candidates: NamedDependency[FindCandidates],
    page: FromQuery[int] = 1,
) -> Response[str]:
    """Companies of the viewer's scope over the thresholds."""
    actor, number = request.user, max(page, 1)
    found = await find_candidates(actor, ROWS, (number - 1) * ROWS)
    links = actor.may(Permission.COMPANIES_VIEW)
    view = CandidatesView(
        tabs=tabs(actor, "candidates", frame.site.texts(language_of(request))),
        rows=tuple(
            CandidateRow(
                name=one.name,
                inn=one.inn,
                manager=one.manager,
                orders=one.orders,
                amount=Money(one.amount, "RUB"),
                last_order_at=one.last_order_at,
                url=f"/panel/companies/{one.company_id}/vip" if links else None,
            )
            for one in found.items
        ),
        pager=numbered(found.total, number, ROWS, f"{HERE}/candidates?page={{page}}"),
        days=found.thresholds.days,
        orders=found.thresholds.orders,
        amount=Money(Decimal(found.thresholds.amount), "RUB"),
        settings_url="/panel/settings" if actor.may(Permission.SETTINGS_MANAGE) else None,
    )
    shell = await panel_shell(frame, request, "vip")
    return frame.page(request, "pages/vip_candidates.html", {"shell": shell, "view": view})


ROUTES = [activations, candidates]
