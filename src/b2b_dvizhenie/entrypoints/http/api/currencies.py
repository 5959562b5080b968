"""API: currencies one can see prices in, and their rates."""

from datetime import date
from typing import Any

from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from b2b_dvizhenie.application.pricing import ChooseCurrency, ConfirmRate, CurrencyLine, RefuseRate, ShowCurrencies
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission


@get("/api/v1/currencies", permission=Permission.PRICES_VIEW, tags=["pricing"])
async def currencies(
    request: Request[Actor, Any, Any], show_currencies: NamedDependency[ShowCurrencies]
) -> tuple[CurrencyLine, ...]:
    """Currencies prices can be shown in, each with its rate, whose day and source that is, and why there is none."""
    return await show_currencies(request.user)


class HeldRate(Struct, frozen=True, forbid_unknown_fields=True):
    """A rate that was held back because it differs too much from the one before."""

    currency: str
    day: date


@post("/api/v1/currencies/confirm", permission=Permission.SETTINGS_MANAGE, status_code=204, tags=["pricing"])
async def confirm(
    request: Request[Actor, Any, Any], data: JSONBody[HeldRate], confirm_rate: NamedDependency[ConfirmRate]
) -> None:
    """Let a rate be used that was held back."""
    await confirm_rate(request.user, data.currency, data.day)


class RefusedRate(Struct, frozen=True, forbid_unknown_fields=True):
    """A rate that was held back and is wrong; `reason` says why, for the audit trail."""

    currency: str
    day: date
    reason: str


@post("/api/v1/currencies/refuse", permission=Permission.SETTINGS_MANAGE, status_code=204, tags=["pricing"])
async def refuse(
    request: Request[Actor, Any, Any], data: JSONBody[RefusedRate], refuse_rate: NamedDependency[RefuseRate]
) -> None:
    """Let a rate be used by nobody that was held back; the last good one holds on."""
    await refuse_rate(request.user, data.currency, data.day, data.reason)


class CurrencyChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """The currency to see prices in on the pages of the portal: one of those that are listed."""

    currency: str


@put("/api/v1/currencies/chosen", permission=Permission.PRICES_VIEW, status_code=204, tags=["pricing"])
async def choose(
    request: Request[Actor, Any, Any], data: JSONBody[CurrencyChoice], choose_currency: NamedDependency[ChooseCurrency]
) -> None:
    """Remember the currency with your account; what is charged stays in that of the terms."""
    await choose_currency(request.user, data.currency)


ROUTES = [currencies, confirm, refuse, choose]
