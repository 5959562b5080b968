"""API: how the selected company can pay for an order."""

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from msgspec import Struct

from b2b_dvizhenie.application.ordering import OfferPayments
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import PaymentKind
from b2b_dvizhenie.domain.hierarchy import Permission


class PaymentMethodBody(Struct, frozen=True):
    """A way to pay: `id` goes into the order as `payment_method_id`."""

    id: UUID
    name: str
    kind: PaymentKind


class PaymentMethods(Struct, frozen=True):
    """What the company can choose from, in order: an order that names none is paid by the first.

    `preset` is your last choice for this company where it is still offered, else the first; null where there is none.
    With `is_closed` no method is for this company, and it cannot order.
    """

    methods: tuple[PaymentMethodBody, ...]
    preset: UUID | None
    is_closed: bool


@get("/api/v1/payment-methods", permission=Permission.ORDERS_PLACE, tags=["ordering"])
async def list_(request: Request[Actor, Any, Any], offer_payments: NamedDependency[OfferPayments]) -> PaymentMethods:
    """Ways to pay of the selected company under its agreement in force."""
    found = await offer_payments(request.user)
    methods = tuple(PaymentMethodBody(one.method_id, one.terms.name, one.terms.kind) for one in found.methods)
    return PaymentMethods(methods, found.preset, found.is_closed)


ROUTES = [list_]
