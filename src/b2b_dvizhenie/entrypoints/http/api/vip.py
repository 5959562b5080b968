"""API: the cabinet of VIP companies; what their managers see of it.

The routes of the cabinet are in no published description: for everybody else they do not exist (VIP-1).
"""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.vip import (
    ActivateOffer,
    ActivationPage,
    Cabinet,
    Candidates,
    FindCandidates,
    ListActivations,
    ShowCabinet,
)
from b2b_dvizhenie.domain.hierarchy import Permission


class Taken(Struct, frozen=True):
    """`first` is false where the company had taken the offer up before; nobody is told again then."""

    first: bool


@get("/api/v1/vip/offers", permission=Permission.CATALOG_VIEW, vip_only=True, include_in_schema=False)
async def offers(request: Request[Actor, Any, Any], show_cabinet: NamedDependency[ShowCabinet]) -> Cabinet:
    """What partners offer your company."""
    return await show_cabinet(request.user)


@post(
    "/api/v1/vip/offers/{offer_id:uuid}/activate",
    permission=Permission.CATALOG_VIEW,
    vip_only=True,
    names_company=True,
    status_code=200,
    include_in_schema=False,
)
async def activate(
    request: Request[Actor, Any, Any], offer_id: FromPath[UUID], activate_offer: NamedDependency[ActivateOffer]
) -> Taken:
    """Take an offer up for your company; asking again changes nothing."""
    return Taken(await activate_offer(request.user, offer_id))


@get("/api/v1/vip-activations", permission=Permission.VIP_VIEW, tags=["companies"])
async def activations(
    request: Request[Actor, Any, Any],
    list_activations: NamedDependency[ListActivations],
    limit: FromQuery[int] = 50,
    offset: FromQuery[int] = 0,
) -> ActivationPage:
    """What VIP companies that you see took up of partners' offers, newest first."""
    return await list_activations(request.user, limit, offset)


@get("/api/v1/vip-candidates", permission=Permission.VIP_VIEW, tags=["companies"])
async def candidates(
    request: Request[Actor, Any, Any],
    find_candidates: NamedDependency[FindCandidates],
    limit: FromQuery[int] = 50,
    offset: FromQuery[int] = 0,
) -> Candidates:
    """Companies that you see, that are no VIP, and that order often and for much, by the thresholds of the settings."""
    return await find_candidates(request.user, limit, offset)


ROUTES = [offers, activate, activations, candidates]
