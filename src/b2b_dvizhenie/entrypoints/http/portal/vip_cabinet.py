"""The cabinet of VIP companies: what partners offer them. For everybody else it does not exist (VIP-1, VIP-3)."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.vip import ActivateOffer, CabinetOffer, ShowCabinet
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.entrypoints.http.authentication import for_company
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.pages.vip import CabinetView, OfferCard
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

HERE = "/vip"
_SAID = {
    "taken": (N_("Taken up. We will get in touch with you."), "ok"),
    "already": (N_("Your company has taken this offer up already."), "info"),
    "over": (N_("This offer is over."), "bad"),
}


def card_of(offer: CabinetOffer) -> OfferCard:
    """An offer as its card shows it."""
    return OfferCard(
        title=offer.title,
        partner=offer.partner,
        paragraphs=tuple(line for line in offer.text.splitlines() if line),
        valid_to=offer.valid_to,
        activate_url=None if offer.activated_at else f"{HERE}/offers/{offer.offer_id}/activate",
        activated_at=offer.activated_at,
    )


@get(HERE, permission=Permission.CATALOG_VIEW, vip_only=True, include_in_schema=False)
async def cabinet(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    show_cabinet: NamedDependency[ShowCabinet],
    done: FromQuery[str] = "",
) -> Response[str]:
    """The cabinet of the selected company."""
    found = await show_cabinet(request.user)
    texts = frame.site.texts(language_of(request))
    flashes: tuple[Flash, ...] = ()
    if done in _SAID:
        said, tone = _SAID[done]
        flashes = (Flash(text=texts.gettext(said), tone=tone),)  # type: ignore[arg-type]  # the table holds tones
    terms = request.user.terms
    view = CabinetView(offers=tuple(map(card_of, found.offers)), has_own_terms=terms is not None and terms.is_vip)
    shell = await frame.shell(request, "vip", flashes=flashes)
    return frame.page(request, "pages/vip_cabinet.html", {"shell": shell, "view": view})


@post(
    f"{HERE}/offers/{{offer_id:uuid}}/activate",
    permission=Permission.CATALOG_VIEW,
    vip_only=True,
    names_company=True,
    include_in_schema=False,
)
async def activate(
    request: Request[Actor, Any, Any], offer_id: FromPath[UUID], activate_offer: NamedDependency[ActivateOffer]
) -> Redirect:
    """Take an offer up; one that is over by now says so."""
    try:
        done = "taken" if await activate_offer(request.user, offer_id) else "already"
    except NotFound as gone:
        if gone.field != "offer_id":
            raise
        done = "over"
    return Redirect(for_company(request, f"{HERE}?done={done}"), status_code=303)


ROUTES = [cabinet, activate]
