"""API: prices of named goods."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from b2b_dvizhenie.application.pricing import ItemRequest, PriceAnswer, PriceItems
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission


class PriceRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Up to 1000 lines."""

    lines: list[ItemRequest]


@post("/api/v1/prices", permission=Permission.PRICES_VIEW, status_code=200, tags=["pricing"])
async def prices(
    request: Request[Actor, Any, Any], data: JSONBody[PriceRequest], price_items: NamedDependency[PriceItems]
) -> PriceAnswer:
    """Your prices for goods named by variant or by article, in the quantities you want."""
    return await price_items(request.user, data.lines)


ROUTES = [prices]
