"""The cart: its page, and quantities that are saved wherever goods are listed."""

import re
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from b2b_dvizhenie.application.ordering import (
    AcceptPrices,
    ClearCart,
    PricedCart,
    PutLines,
    RemoveLine,
    RepeatedLine,
    RepeatOrder,
    RequestedLine,
    ShowCart,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, NotFound
from b2b_dvizhenie.domain.shared.ids import OrderId, VariantId
from b2b_dvizhenie.domain.shared.quantity import QuantityInvalid, plain
from b2b_dvizhenie.entrypoints.http.authentication import for_company
from b2b_dvizhenie.entrypoints.http.pages.cart import CartChange
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.portal.carts import cart_view, removed_line, rounded, shown_line
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of, local_path, wants_fragment
from b2b_dvizhenie.entrypoints.texts import error_text

UNPROCESSABLE = 422
LIVE_URL = "/cart/live"
_FORM = Body(media_type=RequestEncodingType.URL_ENCODED)
_SPACES = re.compile(r"[\s\u00a0\u202f]")
_QUANTITY = re.compile(r"[0-9]{1,12}(?:\.[0-9]{0,6})?|\.[0-9]{1,6}")
_TOLD_AT_MOST = 8


class RemoveForm(Struct, frozen=True):
    """The pressed cross of a line."""

    remove: UUID


class ConsentForm(Struct, frozen=True):
    """The prices that were on the page when the button was pressed."""

    price_version: str = ""
    price_lock: str = ""


def typed_quantity(text: str, field: str) -> Decimal:
    """A quantity as people type it: spaces, a comma; nothing at all is zero.

    Raises:
        QuantityInvalid: it is no number.
    """
    squeezed = _SPACES.sub("", text).replace(",", ".")
    if not squeezed:
        return Decimal(0)
    if not _QUANTITY.fullmatch(squeezed):
        raise QuantityInvalid(field, reason="not_a_number")
    return Decimal(squeezed)


def asked_quantities(form: Any) -> dict[UUID, Decimal]:
    """Quantities by variant from fields `q.<variant>`; the last of several stands."""
    found: dict[UUID, Decimal] = {}
    for name, text in form.multi_items():
        if not name.startswith("q."):
            continue
        try:
            variant_id = UUID(name[2:])
        except ValueError as error:
            raise NotFound(name) from error
        found[variant_id] = typed_quantity(str(text), name)
    return found


def faults_of(error: DomainError, language: str) -> tuple[Flash, ...]:
    """What is wrong, one message per fault."""
    faults = error.errors if isinstance(error, Invalid) else [error]
    told = dict.fromkeys(error_text(fault.code, fault.params, language) for fault in faults)
    return tuple(Flash(text=text, tone="bad") for text in list(told)[:_TOLD_AT_MOST])


class CartPages:
    """Answers with the cart as a page, as the body of the page, or as rows of a list of goods."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    async def page(
        self, request: Request[Actor, Any, Any], cart: PricedCart, flashes: tuple[Flash, ...] = (), status: int = 200
    ) -> Response[str]:
        """The page of the cart, or its body where htmx asked."""
        shell = await self._frame.shell(request, "cart", cart=cart, flashes=flashes)
        company = shell.company.name if shell.company else ""
        live = LIVE_URL + shell.company_part if await self._frame.live.is_on(request.user) else ""
        shown = await self._frame.shown(request.user, cart)
        standing = await self._frame.credit(request.user, cart)
        language = language_of(request)
        view = cart_view(shown, request.user, company, language, live=live, charged=cart, standing=standing)
        context = {"shell": shell, "view": view}
        answer = self._frame.page(request, "pages/cart.html", context, fragment="pages/cart/fragment.html")
        answer.status_code = status
        return answer

    async def rows(
        self,
        request: Request[Actor, Any, Any],
        cart: PricedCart,
        variants: list[UUID],
        flashes: tuple[Flash, ...],
        status: int = 200,
    ) -> Response[str]:
        """The rows concerned and the bar of the cart, for a list of goods."""
        language = language_of(request)
        cart = await self._frame.shown(request.user, cart)
        lines = {line.variant_id: line for line in cart.lines}
        rows = tuple(
            shown_line(lines[VariantId(one)], cart.currency, language) if one in lines else removed_line(one)
            for one in variants
        )
        shell = await self._frame.shell(request, "catalogue", cart=cart, flashes=flashes)
        context = {"shell": shell, "view": CartChange(rows=rows)}
        text = self._frame.site.renderer.render("fragments/cart_changed.html", language, context)
        return Response(text, media_type=MediaType.HTML, status_code=status)


def told_differences(lines: tuple[RepeatedLine, ...], frame: Frame, language: str) -> tuple[Flash, ...]:
    """What could not be repeated as it was ordered."""
    texts = frame.site.texts(language)
    gone = texts.gettext("{article} {name} is not sold any more.")
    other = texts.gettext("{article} {name}: {put} instead of {ordered}.")
    told = []
    for line in lines[:_TOLD_AT_MOST]:
        put = plain(line.put) if line.put is not None else ""
        said = gone if line.reason == "gone" else other
        text = said.format(article=line.article, name=line.name, put=put, ordered=plain(line.ordered))
        told.append(Flash(text=text, tone="info"))
    if len(lines) > _TOLD_AT_MOST:
        more = texts.ngettext("and {count} more line", "and {count} more lines", len(lines) - _TOLD_AT_MOST)
        told.append(Flash(text=more.format(count=len(lines) - _TOLD_AT_MOST), tone="info"))
    return tuple(told)


@get("/cart", permission=Permission.CART_EDIT, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    show_cart: NamedDependency[ShowCart],
    repeat_order: NamedDependency[RepeatOrder],
    repeated: FromQuery[UUID | None] = None,
) -> Response[str]:
    """The cart; after an order was repeated, with what differs from it."""
    cart = await show_cart(request.user, live="aged")
    flashes: tuple[Flash, ...] = ()
    if repeated is not None:
        differences = await repeat_order.differences(request.user, OrderId(repeated))
        flashes = told_differences(differences, frame, language_of(request))
    return await CartPages(frame).page(request, cart, flashes)


@post("/cart/items", permission=Permission.CART_EDIT, names_company=True, status_code=200, include_in_schema=False)
async def items(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    put_lines: NamedDependency[PutLines],
    show_cart: NamedDependency[ShowCart],
) -> Response[Any]:
    """Save quantities typed into lists of goods: rounded up to the pack, zero removes."""
    form = await request.form()
    language = language_of(request)
    pages = CartPages(frame)
    status = 200
    flashes: tuple[Flash, ...] = ()
    asked: dict[UUID, Decimal] = {}
    try:
        asked = asked_quantities(form)
        lines = [
            RequestedLine(f"q.{variant_id}", quantity, VariantId(variant_id))
            for variant_id, quantity in asked.items()
            if quantity > 0
        ]
        gone = {VariantId(variant_id) for variant_id, quantity in asked.items() if quantity == 0}
        cart = await put_lines(request.user, lines, round_up=True, without=gone)
        texts = frame.site.texts(language)
        flashes = rounded(cart, asked, {line.variant_id for line in lines if line.variant_id}, texts)
    except DomainError as error:
        if not wants_fragment(request) and form.get("view") != "cart":
            raise
        status, flashes = UNPROCESSABLE, faults_of(error, language)
        cart = await show_cart(request.user)
    if form.get("view") == "cart" and (wants_fragment(request) or status != 200):
        return await pages.page(request, cart, flashes, status)
    if wants_fragment(request):
        return await pages.rows(request, cart, list(asked), flashes, status)
    return Redirect(for_company(request, local_path(str(form.get("next") or "/cart"), "/cart")), status_code=303)


@post("/cart/remove", permission=Permission.CART_EDIT, names_company=True, status_code=200, include_in_schema=False)
async def remove(
    request: Request[Actor, Any, Any],
    data: Annotated[RemoveForm, _FORM],
    frame: NamedDependency[Frame],
    remove_line: NamedDependency[RemoveLine],
) -> Response[Any]:
    """Take a line out."""
    cart = await remove_line(request.user, VariantId(data.remove))
    if wants_fragment(request):
        return await CartPages(frame).page(request, cart)
    return Redirect(for_company(request, "/cart"), status_code=303)


@post("/cart/clear", permission=Permission.CART_EDIT, names_company=True, status_code=200, include_in_schema=False)
async def clear(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    clear_cart: NamedDependency[ClearCart],
    show_cart: NamedDependency[ShowCart],
) -> Response[Any]:
    """Empty the cart."""
    await clear_cart(request.user)
    if wants_fragment(request):
        return await CartPages(frame).page(request, await show_cart(request.user))
    return Redirect(for_company(request, "/cart"), status_code=303)


@post("/cart/consent", permission=Permission.CART_EDIT, names_company=True, include_in_schema=False)
async def consent(
    request: Request[Actor, Any, Any],
    data: Annotated[ConsentForm, _FORM],
    accept_prices: NamedDependency[AcceptPrices],
) -> Redirect:
    """Agree to the prices on the page; if they have moved on meanwhile, the cart asks again."""
    await accept_prices(request.user, data.price_version, data.price_lock)
    return Redirect(for_company(request, "/cart"), status_code=303)


ROUTES = [show, items, remove, clear, consent]
