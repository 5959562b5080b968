"""API: prices of named goods."""

from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from b2b_dvizhenie.application.pricing import ExplainOwnPrice, ItemRequest, PriceAnswer, PriceItems, Why
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import VariantId


class PriceRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Up to 1000 lines, and a currency to show the prices in beside that of the terms.

    With `live` the ERP is asked first, where that is connected; what it does not tell in time is at the stored price.
    """

    lines: list[ItemRequest]
    currency: Literal["RUB", "USD", "EUR"] | None = None
    live: bool = False


@post("/api/v1/prices", permission=Permission.PRICES_VIEW, status_code=200, tags=["pricing"])
async def prices(
    request: Request[Actor, Any, Any], data: JSONBody[PriceRequest], price_items: NamedDependency[PriceItems]
) -> PriceAnswer:
    """Your prices for goods named by variant or by article, in the quantities you want."""
    return await price_items(request.user, data.lines, data.currency, live=data.live)


class ExplainRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Goods and a quantity; the smallest that can be ordered when it is left out."""

    variant_id: UUID
    quantity: Decimal | None = None


@post("/api/v1/prices/explain", permission=Permission.PRICES_VIEW, status_code=200, tags=["pricing"])
async def explain(
    request: Request[Actor, Any, Any],
    data: JSONBody[ExplainRequest],
    explain_own_price: NamedDependency[ExplainOwnPrice],
) -> Why:
    """Why your price is what it is, step by step, and what buying more would bring."""
    return await explain_own_price(request.user, VariantId(data.variant_id), data.quantity)


ROUTES = [prices, explain]
