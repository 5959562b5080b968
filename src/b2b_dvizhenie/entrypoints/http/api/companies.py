"""API: the caller's companies."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from msgspec import Struct

from b2b_dvizhenie.application.companies import Membership, ShowProfile
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission


class Companies(Struct, frozen=True):
    """Companies you may buy for; name one in `X-Company-Id` to act for it."""

    items: tuple[Membership, ...]


@get("/api/v1/companies", permission=Permission.PROFILE_VIEW, tags=["companies"])
async def companies(request: Request[Actor, Any, Any], show_profile: NamedDependency[ShowProfile]) -> Companies:
    """The companies you may buy for, with your access level in each."""
    profile = await show_profile(request.user)
    return Companies(profile.companies)


ROUTES = [companies]
