"""The panel's currency rates: what holds, how it went, and what was held back until a person confirms it (CUR-4)."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from b2b_dvizhenie.application.pricing import (
    ConfirmRate,
    FetchRates,
    RateHistory,
    RatesUnavailable,
    RefuseRate,
    ShowRates,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages import rates as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.company_forms import UNPROCESSABLE, errors_of
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

LIST = "/panel/rates"
_FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
_SAID = {
    "new": (N_("New rates have come."), True),
    "same": (N_("There is nothing newer."), True),
    "confirmed": (N_("The rate is used from now on."), True),
    "refused": (N_("The rate is refused. The last good one holds on."), True),
    "gone": (N_("That rate does not wait any more."), False),
    "unavailable": (N_("The source does not answer. The last rates received hold."), False),
}


class ConfirmForm(Struct, frozen=True):
    """The held rate whose button was pressed."""

    currency: str
    day: date


class RefuseForm(Struct, frozen=True):
    """The held rate that is wrong, and why."""

    currency: str
    day: date
    reason: str = ""


def _percent(after: Decimal, before: Decimal) -> Decimal:
    """By how much a rate changed, to two digits; what people see."""
    return ((after - before) * 100 / before).quantize(Decimal("0.01"), ROUND_HALF_UP)


def row_of(history: RateHistory, forms: Mapping[str, Form]) -> views.RateRow:
    """A currency as its row; `forms` hold what was typed to refuse a rate, by currency."""
    line = history.line
    used = [row for row in history.rows if not row.is_held and line.day and row.rate.day <= line.day]
    values = tuple(row.rate.per_unit for row in used)
    held = None
    if line.held is not None and line.per_unit is not None:
        percent = _percent(line.held.per_unit, line.per_unit)
        held = views.HeldRate(line.held.per_unit, line.held.day, percent, forms.get(line.currency, Form()))
    refused = [row for row in history.rows if row.refusal and (line.day is None or row.rate.day > line.day)]
    return views.RateRow(
        currency=line.currency,
        state=line.gap.value if line.gap else "held" if held else "used",
        per_unit=line.per_unit,
        day=line.day,
        source=line.source,
        fetched_at=used[-1].fetched_at if used else None,
        percent=_percent(values[-1], values[-2]) if len(values) > 1 else None,
        values=values,
        held=held,
        refused=views.RefusedRate(refused[-1].rate.per_unit, refused[-1].rate.day, refused[-1].refusal)
        if refused
        else None,
    )


async def _page(
    request: Request[Actor, Any, Any],
    frame: Frame,
    show_rates: ShowRates,
    done: str = "",
    forms: Mapping[str, Form] | None = None,
) -> Response[str]:
    found = await show_rates(request.user)
    view = views.RatesView(
        rows=tuple(row_of(one, forms or {}) for one in found.histories),
        enabled=found.is_enabled,
        may_manage=request.user.may(Permission.SETTINGS_MANAGE),
        settings_url="/panel/settings" if request.user.may(Permission.SETTINGS_VIEW) else None,
    )
    flashes: tuple[Flash, ...] = ()
    if done in _SAID:
        said, well = _SAID[done]
        text = frame.site.texts(language_of(request)).gettext(said)
        flashes = (Flash(text=text, tone="ok" if well else "bad"),)
    shell = await panel_shell(frame, request, "rates", flashes=flashes)
    answer = frame.page(request, "pages/rates.html", {"shell": shell, "view": view})
    answer.status_code = UNPROCESSABLE if forms else 200
    return answer


@get(LIST, permission=Permission.SETTINGS_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    show_rates: NamedDependency[ShowRates],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Every currency prices can be shown in."""
    return await _page(request, frame, show_rates, done)


@post(LIST + "/fetch", permission=Permission.SETTINGS_MANAGE, include_in_schema=False)
async def fetch(request: Request[Actor, Any, Any], fetch_rates: NamedDependency[FetchRates]) -> Redirect:
    """Ask the source now instead of by schedule."""
    try:
        done = "new" if await fetch_rates(request.user) else "same"
    except RatesUnavailable:
        done = "unavailable"
    return Redirect(f"{LIST}?done={done}", status_code=303)


@post(LIST + "/confirm", permission=Permission.SETTINGS_MANAGE, include_in_schema=False)
async def confirm(
    request: Request[Actor, Any, Any],
    data: Annotated[ConfirmForm, _FORM],
    confirm_rate: NamedDependency[ConfirmRate],
) -> Redirect:
    """Let a rate be used that was held back; one that does not wait any more says so."""
    try:
        await confirm_rate(request.user, data.currency, data.day)
    except NotFound:
        return Redirect(f"{LIST}?done=gone", status_code=303)
    return Redirect(f"{LIST}?done=confirmed", status_code=303)


@post(LIST + "/refuse", permission=Permission.SETTINGS_MANAGE, status_code=200, include_in_schema=False)
async def refuse(
    request: Request[Actor, Any, Any],
    data: Annotated[RefuseForm, _FORM],
    frame: NamedDependency[Frame],
    show_rates: NamedDependency[ShowRates],
    refuse_rate: NamedDependency[RefuseRate],
) -> Response[Any]:
    """Let a rate be used by nobody that was held back; without a reason the form comes back."""
    try:
        await refuse_rate(request.user, data.currency, data.day, data.reason)
    except NotFound:
        return Redirect(f"{LIST}?done=gone", status_code=303)
    except DomainError as error:
        if error.kind is not Kind.INVALID:
            raise
        form = Form({"reason": data.reason}, errors_of(error, language_of(request)))
        return await _page(request, frame, show_rates, forms={data.currency: form})
    return Redirect(f"{LIST}?done=refused", status_code=303)


ROUTES = [show, fetch, confirm, refuse]
