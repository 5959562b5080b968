"""What the kit answers to scripts: reasons of prices, suggestions, saved quantities, a live feed."""

from asyncio import sleep
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.exceptions import InternalServerException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import ServerSentEvent, ServerSentEventMessage
from msgspec.structs import replace

from b2b_dvizhenie.entrypoints.http.kit import buyer, panel
from b2b_dvizhenie.entrypoints.http.kit.goods import rows
from b2b_dvizhenie.entrypoints.http.kit.samples import REASON
from b2b_dvizhenie.entrypoints.http.kit.shell import portal_shell
from b2b_dvizhenie.entrypoints.http.pages.cart import CartChange
from b2b_dvizhenie.entrypoints.http.rendering import Renderer
from b2b_dvizhenie.entrypoints.http.responses import page, preferences_of


def kit_answers(renderer: Renderer) -> list[HTTPRouteHandler]:
    """Handlers that pages of the kit call after they are loaded."""

    @get("/products/{number:str}/price", name="kit.reason", public=True, include_in_schema=False, sync_to_thread=False)
    def reason(request: Request[Any, Any, Any], number: FromPath[str]) -> Response[bytes]:
        del number
        context = REASON.make(preferences_of(request))
        return page(request, renderer, "pages/product/reason_page.html", context, fragment="pages/product/reason.html")

    @get("/_kit-feed", name="kit.feed", public=True, include_in_schema=False)
    async def feed(request: Request[Any, Any, Any]) -> ServerSentEvent:
        seen = int(request.headers.get("last-event-id") or 0)

        async def events() -> AsyncIterator[ServerSentEventMessage]:
            # Three new rows, then silence: who comes back with the last id hears nothing twice.
            for number in range(seen + 1, 4):
                await sleep(0.4)
                item = replace(panel.dashboard().feed[0], title=f"Заказ № {number}")
                yield ServerSentEventMessage(
                    renderer.render("fragments/feed_item.html", "ru", {"item": item}), id=number
                )
            await sleep(20)

        return ServerSentEvent(events())

    @get("/search/suggest", name="kit.suggest", public=True, include_in_schema=False, sync_to_thread=False)
    def suggest(q: FromQuery[str] = "") -> Response[str]:
        text = renderer.render(
            "fragments/suggestions.html", "ru", {"query": q, "rows": rows(2), "sections": buyer.sections()[1:2]}
        )
        return Response(text, media_type=MediaType.HTML)

    @post("/cart/items", name="kit.items", public=True, include_in_schema=False, sync_to_thread=False)
    def save(request: Request[Any, Any, Any], data: URLEncodedBody[dict[str, str]]) -> Response[bytes]:
        quantities = {name[2:]: quantity for name, quantity in data.items() if name.startswith("q.")}
        if "500" in quantities.values():
            # A quantity that shows what a page does when the server fails.
            raise InternalServerException
        shell = portal_shell("catalogue", preferences_of(request))
        if data.get("view") == "cart":
            context = {"shell": shell, "view": buyer.cart_with(quantities)}
            return page(request, renderer, "pages/cart.html", context, fragment="pages/cart/body.html", language="ru")
        view = CartChange(rows=tuple(buyer.cart_line(int(number), Decimal(q)) for number, q in quantities.items()))
        context = {"shell": shell, "view": view}
        return page(request, renderer, "fragments/cart_changed.html", context, language="ru")

    return [reason, feed, suggest, save]
