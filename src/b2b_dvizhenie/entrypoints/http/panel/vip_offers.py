"""The panel's offers of partners: the list, writing one, changing one (VIP-3)."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.vip import ListOffers, Offer, PutOffer
from b2b_dvizhenie.domain.companies import PeriodInvalid
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.domain.vip import OfferDraft, state_of_offer
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.pages.vip import OfferFormView, OfferRow, OffersView
from b2b_dvizhenie.entrypoints.http.panel.company_forms import FORGIVEN, UNPROCESSABLE, errors_of
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.panel.vip import tabs
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

LIST = "/panel/vip/offers"
_TEXTS = ("partner", "title", "text", "valid_from", "valid_to")
_SAVED = N_("Saved. The cabinets show it from the next click on.")


def _day(text: str, field: str, faults: list[DomainError]) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        faults.append(PeriodInvalid(field))
        return None


def draft_of(form: FormMultiDict) -> OfferDraft:
    """The offer a form holds; raises Invalid for days and companies that are none."""
    typed = {name: str(form.get(name, "")) for name in _TEXTS}
    faults: list[DomainError] = []
    first = _day(typed["valid_from"].strip(), "valid_from", faults)
    last = _day(typed["valid_to"].strip(), "valid_to", faults)
    companies: frozenset[CompanyId] | None = None
    if form.get("audience") == "listed":
        try:
            companies = frozenset(CompanyId(UUID(str(one))) for one in form.getall("company", []))
        except ValueError:
            faults.append(NotFound("companies"))
    if faults:
        raise Invalid(faults)
    return OfferDraft(
        partner=typed["partner"],
        title=typed["title"],
        text=typed["text"],
        valid_from=first,
        valid_to=last,
        is_active=form.get("active") is not None,
        companies=companies,
    )


def form_of(offer: OfferDraft) -> Form:
    """The form that holds an offer."""
    return Form(
        {
            "partner": offer.partner,
            "title": offer.title,
            "text": offer.text,
            "valid_from": offer.valid_from.isoformat() if offer.valid_from else "",
            "valid_to": offer.valid_to.isoformat() if offer.valid_to else "",
        }
    )


@get(LIST, permission=Permission.VIP_MANAGE, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_offers: NamedDependency[ListOffers],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Every offer, the newest first."""
    actor, texts = request.user, frame.site.texts(language_of(request))
    day = await list_offers.today()
    view = OffersView(
        tabs=tabs(actor, "offers", texts),
        rows=tuple(_row(one, day) for one in await list_offers(actor)),
        new_url=f"{LIST}/new",
    )
    flashes = (Flash(text=texts.gettext(_SAVED)),) if done == "saved" else ()
    shell = await panel_shell(frame, request, "vip", flashes=flashes)
    return frame.page(request, "pages/vip_offers.html", {"shell": shell, "view": view})


def _row(offer: Offer, day: date) -> OfferRow:
    content = offer.content
    return OfferRow(
        title=content.title,
        partner=content.partner,
        state=state_of_offer(content, day).value,
        url=f"{LIST}/{offer.offer_id}",
        activations=offer.activations,
        companies=None if content.companies is None else len(content.companies),
        valid_from=content.valid_from,
        valid_to=content.valid_to,
    )


async def _page(
    request: Request[Actor, Any, Any],
    frame: Frame,
    list_offers: ListOffers,
    offer: OfferDraft | None,
    action: str,
    sent: FormMultiDict | None = None,
    errors: dict[str, str] | None = None,
) -> Response[str]:
    actor = request.user
    listed = offer.companies if offer is not None else None
    chosen = {str(one) for one in listed or ()}
    form = form_of(offer) if offer is not None else Form()
    for_all, is_active = listed is None, offer is None or offer.is_active
    if sent is not None:
        chosen = {str(one) for one in sent.getall("company", [])}
        form = Form({name: str(sent.get(name, "")) for name in _TEXTS}, errors or {})
        for_all, is_active = sent.get("audience") != "listed", sent.get("active") is not None
    known = await list_offers.companies(actor)
    view = OfferFormView(
        form=form,
        title=offer.title if offer is not None else "",
        action=action,
        companies=tuple(Choice(str(one.company_id), one.name, str(one.company_id) in chosen) for one in known),
        for_all=for_all,
        is_active=is_active,
    )
    shell = await panel_shell(frame, request, "vip")
    answer = frame.page(request, "pages/vip_offer.html", {"shell": shell, "view": view})
    answer.status_code = UNPROCESSABLE if errors else 200
    return answer


@get(f"{LIST}/new", permission=Permission.VIP_MANAGE, include_in_schema=False)
async def new(
    request: Request[Actor, Any, Any], frame: NamedDependency[Frame], list_offers: NamedDependency[ListOffers]
) -> Response[str]:
    """The form of a new offer."""
    return await _page(request, frame, list_offers, None, f"{LIST}/new")


@get(f"{LIST}/{{offer_id:uuid}}", permission=Permission.VIP_MANAGE, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    offer_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_offers: NamedDependency[ListOffers],
) -> Response[str]:
    """The form of an offer."""
    offer = await list_offers.one(request.user, offer_id)
    return await _page(request, frame, list_offers, offer.content, f"{LIST}/{offer_id}")


@post(f"{LIST}/new", permission=Permission.VIP_MANAGE, status_code=200, include_in_schema=False)
async def add(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_offers: NamedDependency[ListOffers],
    put_offer: NamedDependency[PutOffer],
) -> Response[Any]:
    """Write an offer; what is wrong comes back with the form."""
    sent = await request.form()
    try:
        await put_offer(request.user, draft_of(sent))
    except DomainError as error:
        if error.kind not in FORGIVEN:
            raise
        errors = errors_of(error, language_of(request))
        return await _page(request, frame, list_offers, None, f"{LIST}/new", sent, errors)
    return Redirect(f"{LIST}?done=saved", status_code=303)


@post(f"{LIST}/{{offer_id:uuid}}", permission=Permission.VIP_MANAGE, status_code=200, include_in_schema=False)
async def change(
    request: Request[Actor, Any, Any],
    offer_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_offers: NamedDependency[ListOffers],
    put_offer: NamedDependency[PutOffer],
) -> Response[Any]:
    """Change an offer; what is wrong comes back with the form."""
    sent = await request.form()
    offer = await list_offers.one(request.user, offer_id)
    try:
        await put_offer(request.user, draft_of(sent), offer_id)
    except DomainError as error:
        if error.kind not in FORGIVEN:
            raise
        errors = errors_of(error, language_of(request))
        return await _page(request, frame, list_offers, offer.content, f"{LIST}/{offer_id}", sent, errors)
    return Redirect(f"{LIST}?done=saved", status_code=303)


ROUTES = [list_, new, show, add, change]
