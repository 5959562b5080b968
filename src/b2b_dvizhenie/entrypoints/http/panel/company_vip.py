"""The panel's VIP standing of a company: since when it is VIP, its agreement, its assortment (VIP-2, VIP-4)."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.application.companies import ShowCompany
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.vip import SetVip, ShowVip, VipStanding
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, SegmentId
from b2b_dvizhenie.domain.vip import AgreementNotInForce, AssortmentUnknown
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.pages.vip import StandingView
from b2b_dvizhenie.entrypoints.http.panel.company_forms import UNPROCESSABLE, errors_of, head_of, typed_fields
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

_ADDRESS = "/panel/companies/{company_id:uuid}/vip"
_SAVED = N_("Saved. It works from their next click on.")


async def _page(
    request: Request[Actor, Any, Any],
    company_id: CompanyId,
    frame: Frame,
    show_company: ShowCompany,
    show_vip: ShowVip,
    *,
    form: Form | None = None,
    done: str = "",
) -> Response[str]:
    actor, texts = request.user, frame.site.texts(language_of(request))
    card = await show_company(actor, company_id)
    standing = await show_vip(actor, company_id)
    # Agreements name price types: whoever may not see prices is not told which one was chosen.
    sees = actor.may(Permission.PRICES_VIEW)
    lines = await show_company.agreements(actor, company_id) if sees else ()
    named = {
        one.agreement.agreement_id: f"{one.agreement.terms.title or texts.gettext('Untitled')} — {one.price_type}"
        for one in lines
        if one.agreement.is_active
    }
    chosen = standing.agreement_id if standing is not None else None
    may_change = actor.may(Permission.VIP_MANAGE)
    segments = await show_vip.segments(actor) if may_change else ()
    assortment = standing.segment_id if standing is not None else None
    view = StandingView(
        head=head_of(card, actor, "vip"),
        form=form or Form({"agreement": str(chosen or ""), "segment": str(assortment or "")}),
        since=standing.since if standing is not None else None,
        agreement=named.get(chosen, "") if chosen is not None else "",
        agreements=(
            Choice("", texts.gettext("the usual one"), chosen is None),
            *(Choice(str(key), name, key == chosen) for key, name in named.items()),
        ),
        assortment=standing.segment if standing is not None else "",
        segments=(
            Choice("", texts.gettext("as for everybody"), assortment is None),
            *(Choice(str(key), name, key == assortment) for key, name in segments),
        ),
        action=f"/panel/companies/{company_id}/vip" if may_change else None,
    )
    flashes = (Flash(text=texts.gettext(_SAVED)),) if done == "saved" else ()
    shell = await panel_shell(frame, request, "companies", flashes=flashes)
    answer = frame.page(request, "pages/company/vip.html", {"shell": shell, "view": view})
    answer.status_code = UNPROCESSABLE if form is not None and form.errors else 200
    return answer


@get(_ADDRESS, permission=Permission.VIP_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
    show_vip: NamedDependency[ShowVip],
    done: FromQuery[str] = "",
) -> Response[str]:
    """The standing of a company."""
    return await _page(request, CompanyId(company_id), frame, show_company, show_vip, done=done)


def _standing(fields: dict[str, str]) -> VipStanding:
    typed, segment = fields.get("agreement", "").strip(), fields.get("segment", "").strip()
    try:
        agreement_id = AgreementId(UUID(typed)) if typed else None
    except ValueError as error:
        raise AgreementNotInForce("agreement_id") from error
    try:
        segment_id = SegmentId(UUID(segment)) if segment else None
    except ValueError as error:
        raise AssortmentUnknown("segment_id") from error
    return VipStanding(fields.get("on") == "1", agreement_id, segment_id)


@post(_ADDRESS, permission=Permission.VIP_MANAGE, status_code=200, include_in_schema=False)
async def change(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
    show_vip: NamedDependency[ShowVip],
    set_vip: NamedDependency[SetVip],
) -> Response[Any]:
    """Make the company VIP, change its agreement or assortment, or take VIP away."""
    fields = await typed_fields(request)
    try:
        await set_vip(request.user, CompanyId(company_id), _standing(fields))
    except (AgreementNotInForce, AssortmentUnknown) as refusal:
        fault: DomainError = refusal
        told = errors_of(fault, language_of(request))
        form = Form(fields, {name.removesuffix("_id"): said for name, said in told.items()})
        return await _page(request, CompanyId(company_id), frame, show_company, show_vip, form=form)
    return Redirect(f"/panel/companies/{company_id}/vip?done=saved", status_code=303)


ROUTES = [show, change]
