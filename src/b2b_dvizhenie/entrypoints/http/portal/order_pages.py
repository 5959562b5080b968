"""Orders: the list with filters in the address, one order, its cancellation and repetition."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.documents import DocumentsOfOrder
from b2b_dvizhenie.application.ordering import CancelOrder, ListOrders, OrderQuery, RepeatOrder, ShowOrder
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import CannotCancel, CanonicalStatus
from b2b_dvizhenie.domain.shared.ids import OrderId
from b2b_dvizhenie.entrypoints.http.api.orders import statuses
from b2b_dvizhenie.entrypoints.http.authentication import for_company
from b2b_dvizhenie.entrypoints.http.filters import day_of
from b2b_dvizhenie.entrypoints.http.pages.orders import OrdersView
from b2b_dvizhenie.entrypoints.http.pages.parts import Link
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.portal.document_views import row_of as document_row
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.portal.order_views import order_view, row_of, sees_shown
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

ROWS = 50
_FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
_CHIPS = tuple(status.value for status in CanonicalStatus)


class CancelForm(Struct, frozen=True):
    """Why the order is cancelled, in the person's words."""

    reason: str = ""


def _repeatable(actor: Actor) -> bool:
    return actor.terms is not None and actor.may(Permission.CART_EDIT)


@get("/orders", permission=Permission.ORDERS_VIEW, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_orders: NamedDependency[ListOrders],
    documents_of_order: NamedDependency[DocumentsOfOrder],
    status: FromQuery[str] = "",
    q: FromQuery[str] = "",
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    page: FromQuery[int] = 1,
) -> Response[str]:
    """Orders the actor may see, newest first."""
    number = max(page, 1)
    first, last = day_of(since), day_of(until)
    query = OrderQuery(
        statuses=statuses(status), text=q, since=first, until=last, limit=ROWS, offset=(number - 1) * ROWS
    )
    found = await list_orders(request.user, query)
    papers = await documents_of_order.counts(request.user, [one.order_id for one in found.orders])
    reached = query.offset + len(found.orders) if found.orders else 0
    exact = found.exact or (bool(found.orders) and not found.more)
    kept = {"q": q.strip(), "since": first.isoformat() if first else "", "until": last.isoformat() if last else ""}

    def url(**changes: str) -> str:
        pairs = {name: value for name, value in ({"status": status} | kept | changes).items() if value}
        return f"/orders?{urlencode(pairs)}" if pairs else "/orders"

    here = url().replace("{", "{{").replace("}", "}}")
    view = OrdersView(
        rows=tuple(
            row_of(
                one,
                repeatable=_repeatable(request.user),
                second=sees_shown(request.user, one.currency),
                documents=papers.get(one.order_id, 0),
            )
            for one in found.orders
        ),
        pager=numbered(
            max(found.total, reached),
            number,
            ROWS,
            f"{here}{'&' if '?' in here else '?'}page={{page}}",
            more=None if exact else found.more,
        ),
        url=url(),
        statuses=(
            Link("", url(status=""), not status),
            *(Link(one, url(status=one), one == status) for one in _CHIPS),
        ),
        query=q,
        since=first,
        until=last,
        filtered=bool(status or any(kept.values())),
    )
    shell = await frame.shell(request, "orders")
    context = {"shell": shell, "view": view}
    return frame.page(request, "pages/orders.html", context, fragment="pages/orders/fragment.html")


@get("/orders/{order_id:uuid}", permission=Permission.ORDERS_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    order_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_order: NamedDependency[ShowOrder],
    documents_of_order: NamedDependency[DocumentsOfOrder],
    placed: FromQuery[bool] = False,
    refused: FromQuery[str] = "",
) -> Response[str]:
    """One order; right after it was placed, with a word about that."""
    found = await show_order(request.user, OrderId(order_id))
    language = language_of(request)
    texts = frame.site.texts(language)
    flashes: tuple[Flash, ...] = ()
    if placed:
        said = texts.gettext("Order № {number} is placed.").format(number=found.summary.number)
        flashes = (Flash(text=said, tone="ok"),)
    elif refused == CannotCancel.code:
        flashes = (Flash(text=error_text(CannotCancel.code, {}, language), tone="bad"),)
    shell = await frame.shell(request, "orders", flashes=flashes)
    second = sees_shown(request.user, found.summary.currency)
    view = order_view(found, texts, repeatable=_repeatable(request.user), second=second)
    papers = await documents_of_order(request.user, OrderId(order_id))
    if papers:
        listed = f"/documents?{urlencode({'order': found.summary.number})}"
        view = replace(view, documents=tuple(map(document_row, papers)), documents_url=listed)
    if request.user.may(Permission.PANEL_ACCESS) and request.user.may(Permission.USERS_VIEW):
        view = replace(view, why_url=f"/panel/why?kind=order&object={order_id}")
    needed = (Permission.PANEL_ACCESS, Permission.ORDERS_PROCESS, Permission.PRICES_VIEW)
    if all(map(request.user.may, needed)):
        view = replace(view, drift_url=f"/panel/drift/{order_id}")
    return frame.page(request, "pages/order.html", {"shell": shell, "view": view})


@post("/orders/{order_id:uuid}/cancel", permission=Permission.ORDERS_VIEW, include_in_schema=False)
async def cancel(
    request: Request[Actor, Any, Any],
    order_id: FromPath[UUID],
    data: Annotated[CancelForm, _FORM],
    cancel_order: NamedDependency[CancelOrder],
) -> Redirect:
    """Cancel the order; one that has gone too far meanwhile says so on its page."""
    try:
        await cancel_order(request.user, OrderId(order_id), data.reason)
    except CannotCancel as refusal:
        return Redirect(for_company(request, f"/orders/{order_id}?refused={refusal.code}"), status_code=303)
    return Redirect(for_company(request, f"/orders/{order_id}"), status_code=303)


@post("/orders/{order_id:uuid}/repeat", permission=Permission.CART_EDIT, names_company=True, include_in_schema=False)
async def repeat(
    request: Request[Actor, Any, Any], order_id: FromPath[UUID], repeat_order: NamedDependency[RepeatOrder]
) -> Redirect:
    """Put the goods of the order into the cart; the cart tells what differs."""
    repeated = await repeat_order(request.user, OrderId(order_id))
    address = f"/cart?repeated={order_id}" if repeated.differences else "/cart"
    return Redirect(for_company(request, address), status_code=303)


ROUTES = [list_, show, cancel, repeat]
