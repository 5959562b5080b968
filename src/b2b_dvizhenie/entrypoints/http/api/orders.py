"""API: place, list, show, cancel and repeat orders."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody
from msgspec import Struct

from b2b_dvizhenie.application.ordering import (
    AcceptedPrice,
    CancelOrder,
    ListOrders,
    OrderDetails,
    OrderQuery,
    OrderRequest,
    OrderSummary,
    Placed,
    PlacedOrder,
    PlaceOrder,
    Repeated,
    RepeatOrder,
    RequestedLine,
    ShowOrder,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import (
    CanonicalStatus,
    Consent,
    OrderPayment,
    OrderStatus,
    Wishes,
    canonical,
    statuses_of,
)
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.domain.shared.ids import CompanyId, OrderId, PaymentMethodId, VariantId
from b2b_dvizhenie.domain.visibility import Opened, sums_are_open
from b2b_dvizhenie.entrypoints.http.api.cursors import cursor_behind, read_cursor
from b2b_dvizhenie.entrypoints.http.api.refusals import problem_of_outcome
from b2b_dvizhenie.entrypoints.http.problems import Problem, answer


class StatusUnknown(DomainError):
    """A filter names a status that does not exist; params hold it and the ones that do."""

    code = "ordering.status_unknown"


class OrderLineBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A line by `variant_id` or by `article`. `price` is the price of a unit you were shown: the order is refused with
    409 if the price is higher now. It is compared, never charged.
    """

    quantity: Decimal
    variant_id: UUID | None = None
    article: str = ""
    comment: str = ""
    price: Decimal | None = None


class AcceptedBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A price of one base unit, in the currency of the terms, that is agreed to."""

    variant_id: UUID
    price: Decimal


class OrderBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What to order; without `lines` it is the cart.

    Prices that rose since they were shown, or were never shown, are answered with 409 `ordering.price_changed` and a
    `price_version`: sending it is the consent to these prices. `accept_prices` is the consent to whatever they are.
    `accepted_prices` is the consent to prices of units up to the named ones. `price_lock` came with live prices: within
    its minutes the order is made at them or, where they fell, below. `company_id` makes sure that the order is for this
    company and no other. `payment_method_id` is one of `GET /api/v1/payment-methods`; without it the order is paid by
    the first of them.
    """

    lines: list[OrderLineBody] | None = None
    comment: str = ""
    delivery_address: str = ""
    client_number: str = ""
    price_version: str = ""
    accept_prices: bool = False
    accepted_prices: list[AcceptedBody] = []
    price_lock: str = ""
    company_id: UUID | None = None
    payment_method_id: UUID | None = None


class OrderReceipt(Struct, frozen=True):
    """An order that exists now. Sums are null where the access level has become lower than it was.

    `payment` is how it is to be paid; null where the seller knows no ways to pay.
    """

    id: UUID
    number: str
    status: OrderStatus
    company_id: UUID
    currency: str
    amount: Decimal | None
    vat_amount: Decimal | None
    total: Decimal | None
    placed_at: datetime
    payment: OrderPayment | None = None

    @classmethod
    def of(cls, order: PlacedOrder, opened: Opened) -> "OrderReceipt":
        """What is told of a placed order."""
        totals, shown = order.totals, sums_are_open(opened, order.made_of, is_own=True)
        return cls(
            order.order_id,
            order.number,
            order.status,
            order.company_id,
            totals.currency,
            totals.amount if shown else None,
            totals.vat_amount if shown else None,
            totals.total if shown else None,
            order.placed_at,
            order.payment,
        )


class OrderList(Struct, frozen=True):
    """A page of orders, newest first. `next_cursor` continues behind the last one; null at the end.

    Where `total_is_exact` is false, there are at least `total`: a long list is not counted to its end.
    """

    orders: tuple[OrderSummary, ...]
    total: int
    next_cursor: str | None
    total_is_exact: bool = True


class OrderCancellation(Struct, frozen=True):
    """The status after cancelling."""

    status: OrderStatus
    canonical: CanonicalStatus


def statuses(text: str) -> tuple[OrderStatus, ...]:
    """Statuses of a filter: our own names and the canonical four, separated by commas.

    Raises:
        StatusUnknown: one of them does not exist.
    """
    found: dict[OrderStatus, None] = {}
    for name in filter(None, text.split(",")):
        if name in set(CanonicalStatus):
            found.update(dict.fromkeys(statuses_of(CanonicalStatus(name))))
        elif name in set(OrderStatus):
            found[OrderStatus(name)] = None
        else:
            known = sorted({*OrderStatus, *CanonicalStatus})
            raise StatusUnknown("status", status=name[:50], known=", ".join(known))
    return tuple(found)


@post("/api/v1/orders", permission=Permission.ORDERS_PLACE, tags=["ordering"])
async def place(
    request: Request[Actor, Any, Any],
    data: JSONBody[OrderBody],
    place_order: NamedDependency[PlaceOrder],
    idempotency_key: Annotated[str | None, HeaderParameter(name="Idempotency-Key")] = None,
) -> Response[OrderReceipt | Problem]:
    """Place an order: 201 when it is new, 200 when the same key and body had placed it before."""
    lines = None
    if data.lines is not None:
        lines = tuple(
            RequestedLine(
                f"lines.{index}",
                line.quantity,
                VariantId(line.variant_id) if line.variant_id else None,
                line.article,
                line.comment,
                line.price,
            )
            for index, line in enumerate(data.lines)
        )
    outcome = await place_order(
        request.user,
        OrderRequest(
            lines,
            Wishes(data.comment, data.delivery_address, data.client_number),
            Consent(data.price_version, data.accept_prices),
            CompanyId(data.company_id) if data.company_id else None,
            data.price_lock,
            tuple(
                AcceptedPrice(f"accepted_prices.{index}", VariantId(one.variant_id), one.price)
                for index, one in enumerate(data.accepted_prices)
            ),
            PaymentMethodId(data.payment_method_id) if data.payment_method_id else None,
        ),
        key=idempotency_key,
    )
    if not isinstance(outcome, Placed):
        return answer(request, problem_of_outcome(request, outcome))
    receipt = OrderReceipt.of(outcome.order, request.user.opened)
    headers = {"location": f"/api/v1/orders/{receipt.id}"}
    return Response(receipt, status_code=201 if outcome.is_new else 200, headers=headers)


@get("/api/v1/orders", permission=Permission.ORDERS_VIEW, tags=["ordering"])
async def list_(
    request: Request[Actor, Any, Any],
    list_orders: NamedDependency[ListOrders],
    status: FromQuery[str] = "",
    q: FromQuery[str] = "",
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
    limit: FromQuery[int] = 50,
    cursor: FromQuery[str | None] = None,
) -> OrderList:
    """Orders you may see, newest first. `status` takes several, separated by commas."""
    read = read_cursor(cursor)
    after = (read[0], OrderId(read[1])) if read else None
    query = OrderQuery(statuses=statuses(status), text=q, since=since, until=until, limit=limit, after=after)
    page = await list_orders(request.user, query)
    following = cursor_behind(page.orders[-1].placed_at, page.orders[-1].order_id) if page.more else None
    return OrderList(page.orders, page.total, following, page.exact)


@get("/api/v1/orders/{order_id:uuid}", permission=Permission.ORDERS_VIEW, tags=["ordering"])
async def show(
    request: Request[Actor, Any, Any], order_id: FromPath[UUID], show_order: NamedDependency[ShowOrder]
) -> OrderDetails:
    """An order with its lines and history."""
    return await show_order(request.user, OrderId(order_id))


@post("/api/v1/orders/{order_id:uuid}/cancel", permission=Permission.ORDERS_VIEW, status_code=200, tags=["ordering"])
async def cancel(
    request: Request[Actor, Any, Any], order_id: FromPath[UUID], cancel_order: NamedDependency[CancelOrder]
) -> OrderCancellation:
    """Cancel an order; 409 when it has gone too far."""
    status = await cancel_order(request.user, OrderId(order_id))
    return OrderCancellation(status, canonical(status))


@post(
    "/api/v1/orders/{order_id:uuid}/repeat",
    permission=Permission.CART_EDIT,
    names_company=True,
    status_code=200,
    tags=["ordering"],
)
async def repeat(
    request: Request[Actor, Any, Any], order_id: FromPath[UUID], repeat_order: NamedDependency[RepeatOrder]
) -> Repeated:
    """Put the goods of an order into the cart at today's prices; tells what could not be repeated."""
    return await repeat_order(request.user, OrderId(order_id))


ROUTES = [place, list_, show, cancel, repeat]
