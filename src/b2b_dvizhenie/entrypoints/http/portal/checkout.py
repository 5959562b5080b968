"""Placing the order: one page that names the company, asks for consent where prices rose, and cannot order twice."""

from collections.abc import Iterable
from gettext import GNUTranslations
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect
from msgspec import Struct

from b2b_dvizhenie.application.balances import CreditStanding
from b2b_dvizhenie.application.ordering import (
    OfferedPayments,
    OfferPayments,
    OrderRequest,
    Placed,
    PlaceOrder,
    PricedCart,
    ShowCart,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.balances import BeyondAgreed, LimitExceeded, PaymentOverdue
from b2b_dvizhenie.domain.companies import PaymentMethod
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import Consent, PriceChanged, Refused, Wishes
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid
from b2b_dvizhenie.domain.shared.ids import CompanyId, PaymentMethodId, new_id
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.authentication import for_company
from b2b_dvizhenie.entrypoints.http.labels import label_of
from b2b_dvizhenie.entrypoints.http.pages.cart import LineProblem
from b2b_dvizhenie.entrypoints.http.pages.checkout import CheckoutLine, CheckoutView
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.portal.carts import limit_of, total_beside, totals_of
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

UNPROCESSABLE = 422
AHEAD_HELPS = frozenset({LimitExceeded.code, BeyondAgreed.code, PaymentOverdue.code})
"""What is in the way only of orders on account."""
_FORM = Body(media_type=RequestEncodingType.URL_ENCODED)


class CheckoutForm(Struct, frozen=True):
    """What the page sends. `risen` is the tick under risen prices; `price_version` the prices that were shown."""

    idempotency_key: str = ""
    price_version: str = ""
    price_lock: str = ""
    company_id: UUID | None = None
    risen: str = ""
    address: str = ""
    client_number: str = ""
    comment: str = ""
    payment: UUID | None = None

    def values(self) -> dict[str, str]:
        """What was typed, to be shown again."""
        chosen = {"payment": str(self.payment)} if self.payment else {}
        return {"address": self.address, "client_number": self.client_number, "comment": self.comment} | chosen


def _choice(method: PaymentMethod, texts: GNUTranslations, *, chosen: bool) -> Choice:
    kind = texts.gettext(label_of("payment_kind", method.terms.kind.value).text)
    name = method.terms.name
    return Choice(str(method.method_id), name, chosen, "" if kind == name else kind)


async def _page(
    request: Request[Actor, Any, Any],
    frame: Frame,
    cart: PricedCart,
    payments: OfferPayments,
    key: str,
    form: Form,
    status: int = 200,
) -> Response[str]:
    texts, offer = frame.site.texts(language_of(request)), await payments(request.user)
    shell = await frame.shell(request, "cart", cart=cart)
    standing = await frame.credit(request.user, cart)
    preset, said = _ahead(standing, offer, texts, language_of(request))
    view = CheckoutView(
        idempotency_key=key,
        price_version=cart.price_version,
        price_lock=cart.price_lock,
        locked_until=cart.locked_until,
        company_id=str(cart.company_id),
        company=shell.company.name if shell.company else "",
        lines=tuple(
            CheckoutLine(
                title=line.name,
                article=line.article,
                quantity=line.quantity,
                unit=line.unit,
                total=None if line.amount is None else Money(line.amount, cart.currency),
            )
            for line in cart.lines
        ),
        totals=totals_of(cart),
        limit=limit_of(standing, cart.total),
        form=form,
        payments=tuple(_choice(one, texts, chosen=one.method_id == preset) for one in offer.methods),
        credit=() if form.error("") else said,  # what was refused has been said
        cannot_pay=offer.is_closed,
        shown=total_beside(cart, await frame.shown(request.user, cart)),
        risen=Money(cart.risen, cart.currency) if cart.needs_consent else None,
    )
    answer = frame.page(request, "pages/checkout.html", {"shell": shell, "view": view})
    answer.status_code = status
    return answer


@get("/checkout", permission=Permission.ORDERS_PLACE, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    show_cart: NamedDependency[ShowCart],
    offer_payments: NamedDependency[OfferPayments],
) -> Response[Any]:
    """The page before the order; a cart that cannot be ordered shows why on its own page.

    It is the step that waits for live prices, where they are connected: without script it is the only one.
    """
    cart = await show_cart(request.user, live="asked")
    if not cart.can_order:
        return Redirect(for_company(request, "/cart"), status_code=303)
    return await _page(request, frame, cart, offer_payments, new_id().hex, Form())


@post("/checkout", permission=Permission.ORDERS_PLACE, status_code=200, include_in_schema=False)
async def place(
    request: Request[Actor, Any, Any],
    data: Annotated[CheckoutForm, _FORM],
    frame: NamedDependency[Frame],
    place_order: NamedDependency[PlaceOrder],
    show_cart: NamedDependency[ShowCart],
    offer_payments: NamedDependency[OfferPayments],
) -> Response[Any]:
    """Place the order once, whatever happens to the button; what keeps it from going out comes back on the page."""
    language = language_of(request)
    order = OrderRequest(
        wishes=Wishes(data.comment, data.address, data.client_number),
        consent=Consent(data.price_version if data.risen else ""),
        company_id=CompanyId(data.company_id) if data.company_id else None,
        price_lock=data.price_lock,
        payment_method_id=PaymentMethodId(data.payment) if data.payment else None,
    )
    try:
        outcome = await place_order(request.user, order, key=data.idempotency_key or new_id().hex)
    except DomainError as error:
        faults = error.errors if isinstance(error, Invalid) else [error]
        errors = {_field(fault): error_text(fault.code, fault.params, language) for fault in faults}
        key = data.idempotency_key
    else:
        if isinstance(outcome, Placed):
            address = for_company(request, f"/orders/{outcome.order.order_id}?placed=1")
            return Redirect(address, status_code=303)
        errors = {"": _told(outcome, language)}
        if isinstance(outcome, Refused) and {one.code for one in outcome.reasons} <= AHEAD_HELPS:
            offer = await offer_payments(request.user)
            errors[""] = f"{errors['']} {ahead_text(offer.methods, frame.site.texts(language))}".rstrip()
        key = data.idempotency_key
    cart = await show_cart(request.user, live="asked")
    if not cart.can_order:
        return Redirect(for_company(request, "/cart"), status_code=303)
    form = Form(data.values(), errors)
    return await _page(request, frame, cart, offer_payments, key or new_id().hex, form, UNPROCESSABLE)


def _ahead(
    standing: CreditStanding, offer: OfferedPayments, texts: GNUTranslations, language: str
) -> tuple[PaymentMethodId | None, tuple[LineProblem, ...]]:
    """What is preset and said where the credit is in the way of an order on account, as far as the viewer may know."""
    if not any(one.terms.kind.is_on_account for one in offer.methods):
        return offer.preset, ()
    preset, said = offer.preset, []
    for one in standing.objections:
        text = error_text(one.error.code, one.error.params, language)
        if one.blocks and one.error.code in AHEAD_HELPS:
            text = f"{text} {ahead_text(offer.methods, texts)}".rstrip()
            others = [method.method_id for method in offer.methods if not method.terms.kind.is_on_account]
            if others and preset not in others:
                preset = others[0]
        said.append(LineProblem(text, one.blocks))
    return preset, tuple(said)


def ahead_text(methods: Iterable[PaymentMethod], texts: GNUTranslations) -> str:
    """That an order which is too much for the credit can be placed by paying it ahead; "" where nothing is open."""
    names = ", ".join(f"«{one.terms.name}»" for one in methods if not one.terms.kind.is_on_account)
    if not names:
        return ""
    return texts.gettext("It can be placed all the same, paid another way: {names}.").format(names=names)


def _field(fault: DomainError) -> str:
    """The field of the form that a fault is shown at; "" is the form as a whole."""
    names = {
        "delivery_address": "address",
        "comment": "comment",
        "client_number": "client_number",
        "payment_method_id": "payment",
    }
    return names.get(fault.field or "", "")


def _told(outcome: PriceChanged | Refused, language: str) -> str:
    if isinstance(outcome, PriceChanged):
        params = {"total": outcome.totals.total, "currency": outcome.totals.currency}
        return error_text("ordering.price_changed", params, language)
    return " ".join(dict.fromkeys(error_text(one.code, one.params, language) for one in outcome.reasons))


ROUTES = [show, place]
