"""Live prices in open pages: pushed as server-sent events, over the struck stored ones, without reloading (LIV).

A page that may show live prices carries a form that asks for them as soon as it is there and again while it is looked
at. Each time is a request of its own, with the session, the company and the access level of that moment: who lost any
of them hears nothing more. The stream ends with the answer, at the latest after the deadline of the settings.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

import structlog
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Stream
from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.catalog import Price, first_quantity
from b2b_dvizhenie.application.ordering import ShowCart
from b2b_dvizhenie.application.pricing import KnownPrices, LineRequest, LiveRow, ShowLivePrices, check_rows
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.pricing import LiveKey, LivePrice
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import VariantId
from b2b_dvizhenie.domain.shared.money import Money, round_money
from b2b_dvizhenie.entrypoints.container import utc_now
from b2b_dvizhenie.entrypoints.http.pages import parts
from b2b_dvizhenie.entrypoints.http.pages.catalogue import CatalogueRow
from b2b_dvizhenie.entrypoints.http.pages.live import LivePriceRow, LivePrices
from b2b_dvizhenie.entrypoints.http.portal.cart_pages import LIVE_URL
from b2b_dvizhenie.entrypoints.http.portal.carts import cart_view
from b2b_dvizhenie.entrypoints.http.portal.displaying import price_in
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.portal.rows import shown_price
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.http.viewing import READING

URL = "/prices/live"
_FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_log = structlog.get_logger()


class LiveForm(Struct, frozen=True):
    """What an open page asks for: its variants, separated by commas; `main` is the one whose price is shown large."""

    variants: str = ""
    main: str = ""


def feed_of(rows: Iterable[CatalogueRow], company_part: str, main: str = "") -> parts.LiveFeed:
    """How a page with these rows asks."""
    variants = ",".join(row.id for row in rows)
    key = sha256(f"{variants}{company_part}".encode()).hexdigest()[:12]
    return parts.LiveFeed(URL + company_part, key, variants, main)


def asked_for(rows: Iterable[CatalogueRow]) -> list[LineRequest]:
    """The lines that stand behind the prices of rows: each in the quantity its price is shown for."""
    return [LineRequest(*_key(row)) for row in rows if row.price.amount is not None]


def _key(row: CatalogueRow) -> LiveKey:
    return VariantId(UUID(row.id)), first_quantity(row.quantity.multiple)


def beside(price: parts.Price, live: LivePrice | None) -> parts.Price:
    """The live price over the struck stored one; the price as it is where both are the same, or none is told."""
    if live is None:
        return price
    currency = price.amount.currency if price.amount else ""
    amount = round_money(live.price, currency)
    if price.amount is None or amount == price.amount.amount:
        return replace(price, stale_since=None)
    return parts.Price(amount=Money(amount, currency), previous=price.amount)


def with_known(rows: Iterable[CatalogueRow], known: KnownPrices) -> tuple[CatalogueRow, ...]:
    """Rows as a page first shows them: at prices told a moment ago, else at stored ones with their age."""

    def shown(row: CatalogueRow) -> CatalogueRow:
        key = _key(row)
        live = known.live.get(key)
        if live is not None:
            return replace(row, price=beside(row.price, live))
        since = known.ages.get(key[0])
        return row if since is None else replace(row, price=replace(row.price, stale_since=since))

    return tuple(map(shown, rows))


def _row(row: LiveRow, currency: str, *, vat_included: bool) -> LivePriceRow:
    stored = row.stored
    base = stored.base_unit_price if stored.base_unit_price != stored.unit_price else None
    price = shown_price(
        Price(stored.unit_price, currency, stored.quantity, vat_included, stored.reason, base), row.item.variant_id
    )
    if row.live is None:
        price = replace(price, stale_since=row.since)
    elif price.amount is None:
        price = parts.Price(amount=Money(round_money(row.live.price, currency), currency))
    return LivePriceRow(str(row.item.variant_id), beside(price, row.live), row.item.unit)


def event(name: str, data: str, key: str = "") -> bytes:
    """One server-sent event; without a name it is what htmx swaps in."""
    lines = [f"event: {name}"] if name else []
    lines += [f"id: {key}"] if key else []
    lines += [f"data: {line}" for line in data.splitlines()] or ["data:"]
    return ("\n".join(lines) + "\n\n").encode()


def pushed(request: Request[Any, Any, Any], told: Callable[[], Awaitable[tuple[str, str]]]) -> Stream:
    """A stream of at most one answer: a sign of life at once, then what was told, unless the page has it already.

    Args:
        request: of the open page; `Last-Event-ID` names what it has.
        told: gives the fragment and a name for exactly this state of it.
    """
    had = request.headers.get("last-event-id", "")

    async def events() -> AsyncIterator[bytes]:
        yield b": asked\n\n"
        try:
            fragment, key = await told()
        except Exception:  # noqa: BLE001 - whatever it is, it must not break off an answer that has begun
            # The head of the answer is gone already; the page keeps what it shows and asks again.
            _log.exception("live prices not pushed")
            yield event("live:failed", "")
            return
        if key != had:
            yield event("", fragment, key)
        yield event("live:told", key)

    return Stream(events(), media_type="text/event-stream", headers=_HEADERS)


def _variants(text: str) -> list[VariantId]:
    try:
        return [VariantId(UUID(one)) for one in text.split(",") if one]
    except ValueError as error:
        raise NotFound("variants") from error


@post(
    URL,
    permission=Permission.PRICES_VIEW,
    while_viewing=READING,
    status_code=200,
    include_in_schema=False,
)
async def prices(
    request: Request[Actor, Any, Any],
    data: Annotated[LiveForm, _FORM],
    frame: NamedDependency[Frame],
    show_live_prices: NamedDependency[ShowLivePrices],
) -> Response[Any] | Stream:
    """Prices of this moment for the rows of an open page; nothing for who may not hear them."""
    actor, language = request.user, language_of(request)
    variants = _variants(data.variants)
    check_rows(variants)
    if not await show_live_prices.is_on(actor):
        return Response(None, status_code=204)
    terms, display = actor.buyer_terms(), await frame.display(actor)

    async def told() -> tuple[str, str]:
        found = await show_live_prices(actor, variants)
        rows = tuple(
            replace(row, price=price_in(row.price, display))
            for row in (_row(one, terms.currency, vat_included=terms.vat_included) for one in found.rows)
        )
        main = next((row for row in rows if row.id == data.main), None)
        changes = 0 if main else sum(bool(row.price.change) for row in rows)
        status = parts.LiveStatus(utc_now(), changes, not found.is_told)
        view = LivePrices(rows, main, status)
        fragment = frame.site.renderer.render("fragments/live_prices.html", language, {"view": view})
        return fragment, sha256(repr((rows, status.stale)).encode()).hexdigest()[:16]

    return pushed(request, told)


@get(LIVE_URL, permission=Permission.CART_EDIT, include_in_schema=False)
async def cart(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    show_cart: NamedDependency[ShowCart],
    show_live_prices: NamedDependency[ShowLivePrices],
) -> Response[Any] | Stream:
    """The open cart at prices of this moment."""
    actor, language = request.user, language_of(request)
    if not await show_live_prices.is_on(actor):
        return Response(None, status_code=204)

    async def told() -> tuple[str, str]:
        found = await show_cart(actor, live="asked")
        shell = await frame.shell(request, "cart", cart=found)
        company = shell.company.name if shell.company else ""
        shown, address = await frame.shown(actor, found), LIVE_URL + shell.company_part
        standing = await frame.credit(actor, found)
        view = cart_view(shown, actor, company, language, live=address, charged=found, standing=standing)
        context = {"shell": shell, "view": view}
        fragment = frame.site.renderer.render("fragments/live_cart.html", language, context)
        return fragment, view.live.key if view.live else ""

    return pushed(request, told)


ROUTES = [prices, cart]
