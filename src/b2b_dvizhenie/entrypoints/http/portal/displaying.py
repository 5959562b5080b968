"""Prices of pages in the currency the person chose, with what is charged beside them (CUR)."""

from collections.abc import Iterable
from typing import Annotated, Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.pricing import ChooseCurrency
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import DISPLAYED, Display, NoRate, Rate
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.authentication import for_company
from b2b_dvizhenie.entrypoints.http.pages import parts
from b2b_dvizhenie.entrypoints.http.pages.catalogue import CatalogueRow
from b2b_dvizhenie.entrypoints.http.pages.shell import Currencies, RateNote
from b2b_dvizhenie.entrypoints.http.responses import local_path

_FORM = Body(media_type=RequestEncodingType.URL_ENCODED)


def money_in(money: Money | None, display: Display | None) -> Money | None:
    """The amount as it is shown."""
    return money if money is None or display is None else display.money(money)


def price_in(price: parts.Price, display: Display | None) -> parts.Price:
    """The price as it is shown, with the one that is charged."""
    if display is None or price.amount is None:
        return price
    return replace(
        price,
        amount=display.money(price.amount),
        base=money_in(price.base, display),
        previous=money_in(price.previous, display),
        settled=price.amount,
    )


def row_in(row: CatalogueRow, display: Display | None) -> CatalogueRow:
    """The row as it is shown."""
    if display is None:
        return row
    return replace(row, price=price_in(row.price, display), total=money_in(row.total, display))


def notes_of(rates: Iterable[Rate]) -> tuple[RateNote, ...]:
    """The rates a sum was made by, for a page to name them."""
    return tuple(RateNote(rate.currency, rate.per_unit, rate.day, rate.source) for rate in rates)


def currencies_of(actor: Actor, display: Display | NoRate | None) -> Currencies | None:
    """What the frame says of currencies: the choice, and by which rates the page was made."""
    if actor.terms is None or not actor.may(Permission.PRICES_VIEW):
        return None
    charged_in = actor.terms.currency
    rates = display.rates if isinstance(display, Display) else ()
    return Currencies(
        chosen=actor.currency or charged_in,
        codes=tuple(dict.fromkeys((charged_in, *DISPLAYED))),
        charged=charged_in,
        rates=notes_of(rates),
        missing=display.currency if isinstance(display, NoRate) else "",
    )


class CurrencyForm(Struct, frozen=True):
    """The pressed button of a currency."""

    currency: str
    next: str = "/"


@post("/account/currency", permission=Permission.PRICES_VIEW, include_in_schema=False)
async def choose(
    request: Request[Actor, Any, Any],
    data: Annotated[CurrencyForm, _FORM],
    choose_currency: NamedDependency[ChooseCurrency],
) -> Redirect:
    """Remember the currency with the account and come back to the page."""
    await choose_currency(request.user, data.currency)
    return Redirect(for_company(request, local_path(data.next)), status_code=303)


ROUTES = [choose]
