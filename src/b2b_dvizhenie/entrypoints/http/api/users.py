"""API: the directory of people, for staff."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from b2b_dvizhenie.application.identity import ListUsers, UserPage, UserQuery, UserState
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission


@get("/api/v1/users", permission=Permission.USERS_VIEW, tags=["identity"])
async def users(
    request: Request[Actor, Any, Any],
    list_users: NamedDependency[ListUsers],
    q: FromQuery[str] = "",
    role: FromQuery[str] = "",
    wanted: Annotated[UserState | None, QueryParameter(name="state")] = None,
    limit: FromQuery[int] = 50,
    offset: FromQuery[int] = 0,
) -> UserPage:
    """People you may see, by name; `q` is part of a name, login, company or the beginning of an INN."""
    return await list_users(request.user, UserQuery(q, role, wanted, limit, offset))


ROUTES = [users]
