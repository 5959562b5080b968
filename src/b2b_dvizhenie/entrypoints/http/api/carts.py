"""API: the cart. Every answer tells today's prices, so whatever was answered counts as shown to the buyer."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from litestar import Request, delete, get, patch, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct

from b2b_dvizhenie.application.ordering import (
    ClearCart,
    LineProblem,
    PricedCart,
    PricedLine,
    PutLines,
    RemoveLine,
    RequestedLine,
    ShowCart,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import PutMode
from b2b_dvizhenie.domain.shared.ids import VariantId


class LineBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A line by `variant_id` or by `article`. `comment` null leaves the comment as it is."""

    quantity: Decimal
    variant_id: UUID | None = None
    article: str = ""
    comment: str | None = None


class LinesBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Lines to be put; goods named twice are added up. `mode` says how they meet what is in the cart."""

    lines: list[LineBody]
    mode: PutMode = PutMode.SET


class QuantityBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The quantity of one line, in base units."""

    quantity: Decimal
    comment: str | None = None


class CartChange(Struct, frozen=True):
    """A changed line (null when it is gone) and the sums of the cart it stands in (null where they are concealed)."""

    line: PricedLine | None
    currency: str
    positions: int
    units: Decimal
    amount: Decimal | None
    vat_amount: Decimal | None
    total: Decimal | None
    price_version: str
    needs_consent: bool
    can_order: bool
    problems: tuple[LineProblem, ...]


class Cleared(Struct, frozen=True):
    """How many lines the cart had."""

    removed: int


def requested(lines: list[LineBody]) -> list[RequestedLine]:
    """Lines of a body, each with its place in it."""
    return [
        RequestedLine(
            f"lines.{index}",
            line.quantity,
            VariantId(line.variant_id) if line.variant_id else None,
            line.article,
            line.comment,
        )
        for index, line in enumerate(lines)
    ]


def change_of(cart: PricedCart, variant_id: UUID) -> CartChange:
    """What one changed line means for the cart."""
    return CartChange(
        next((line for line in cart.lines if line.variant_id == variant_id), None),
        cart.currency,
        cart.positions,
        cart.units,
        cart.amount,
        cart.vat_amount,
        cart.total,
        cart.price_version,
        cart.needs_consent,
        cart.can_order,
        cart.problems,
    )


@get("/api/v1/cart", permission=Permission.CART_EDIT, tags=["ordering"])
async def show(
    request: Request[Actor, Any, Any], show_cart: NamedDependency[ShowCart], *, live: FromQuery[bool] = False
) -> PricedCart:
    """The cart at today's prices, with marks where they differ from what was shown before.

    With `live` the ERP is asked first, where that is connected; what it does not tell in time is at the stored price.
    """
    return await show_cart(request.user, live="asked" if live else "known")


@put("/api/v1/cart", permission=Permission.CART_EDIT, names_company=True, tags=["ordering"])
async def replace(
    request: Request[Actor, Any, Any], data: JSONBody[LinesBody], put_lines: NamedDependency[PutLines]
) -> PricedCart:
    """Make the cart exactly these lines: all of them or, on an error, none."""
    return await put_lines(request.user, requested(data.lines), mode=data.mode, replace=True)


@patch("/api/v1/cart", permission=Permission.CART_EDIT, names_company=True, tags=["ordering"])
async def merge(
    request: Request[Actor, Any, Any], data: JSONBody[LinesBody], put_lines: NamedDependency[PutLines]
) -> PricedCart:
    """Put lines into the cart and leave the others: all of them or, on an error, none."""
    return await put_lines(request.user, requested(data.lines), mode=data.mode)


@delete("/api/v1/cart", permission=Permission.CART_EDIT, names_company=True, status_code=200, tags=["ordering"])
async def clear(request: Request[Actor, Any, Any], clear_cart: NamedDependency[ClearCart]) -> Cleared:
    """Empty the cart."""
    return Cleared(await clear_cart(request.user))


@put("/api/v1/cart/lines/{variant_id:uuid}", permission=Permission.CART_EDIT, names_company=True, tags=["ordering"])
async def put_line(
    request: Request[Actor, Any, Any],
    variant_id: FromPath[UUID],
    data: JSONBody[QuantityBody],
    put_lines: NamedDependency[PutLines],
) -> CartChange:
    """Set the quantity of one line."""
    line = RequestedLine("", data.quantity, VariantId(variant_id), comment=data.comment)
    return change_of(await put_lines(request.user, [line]), variant_id)


@delete(
    "/api/v1/cart/lines/{variant_id:uuid}",
    permission=Permission.CART_EDIT,
    names_company=True,
    status_code=200,
    tags=["ordering"],
)
async def remove(
    request: Request[Actor, Any, Any], variant_id: FromPath[UUID], remove_line: NamedDependency[RemoveLine]
) -> CartChange:
    """Take a line out of the cart; taking out what is not there changes nothing."""
    return change_of(await remove_line(request.user, VariantId(variant_id)), variant_id)


ROUTES = [show, replace, merge, clear, put_line, remove]
