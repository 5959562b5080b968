"""The panel's currency rates: what holds, how it went, and what was held back until a person confirms it (CUR-4)."""

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
    ShowRates,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages import rates as views
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of

LIST = "/panel/rates"
_FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
_SAID = {
    "new": (N_("New rates have come."), True),
    "same": (N_("There is nothing newer."), True),
    "confirmed": (N_("The rate is used from now on."), True),
    "gone": (N_("That rate does not wait any more."), False),
    "unavailable": (N_("The source does not answer. The last rates received hold."), False),
}


class ConfirmForm(Struct, frozen=True):
    """The held rate whose button was pressed."""

    currency: str
    day: date


def _percent(after: Decimal, before: Decimal) -> Decimal:
    """By how much a rate changed, to two digits; what people see."""
    return ((after - before) * 100 / before).quantize(Decimal("0.01"), ROUND_HALF_UP)


def row_of(history: RateHistory) -> views.RateRow:
    """A currency as its row."""
    line = history.line
    used = [row for row in history.rows if not row.is_held and line.day and row.rate.day <= line.day]
    values = tuple(row.rate.per_unit for row in used)
    held = None
    if line.held is not None and line.per_unit is not None:
        held = views.HeldRate(line.held.per_unit, line.held.day, _percent(line.held.per_unit, line.per_unit))
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
    )


@get(LIST, permission=Permission.SETTINGS_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    show_rates: NamedDependency[ShowRates],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Every currency prices can be shown in."""
    found = await show_rates(request.user)
    view = views.RatesView(
        rows=tuple(map(row_of, found.histories)),
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
    return frame.page(request, "pages/rates.html", {"shell": shell, "view": view})


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


ROUTES = [show, fetch, confirm]
