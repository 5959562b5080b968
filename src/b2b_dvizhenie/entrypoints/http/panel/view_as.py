"""Looking through another person's eyes: begun on his card, ended by the banner that every page then carries."""

from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from b2b_dvizhenie.application.identity import BeginView, EndView
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import UserId


@post("/panel/users/{user_id:uuid}/view-as", permission=Permission.USERS_VIEW_AS, include_in_schema=False)
async def begin(
    request: Request[Actor, Any, Any], user_id: FromPath[UUID], begin_view: NamedDependency[BeginView]
) -> Redirect:
    """See everything as the person does, beginning with the first page of the portal."""
    await begin_view(request.user, UserId(user_id))
    return Redirect("/", status_code=303)


# Public, because whoever has lost his rights meanwhile must be able to end it as well; it ends the own session's view.
@post("/view-as/end", public=True, while_viewing=True, include_in_schema=False)
async def end(request: Request[Actor | None, Any, Any], end_view: NamedDependency[EndView]) -> Redirect:
    """See with one's own eyes again, and go back to the card of who it was; doing it twice is fine."""
    target = await end_view(request.user) if request.user is not None else None
    return Redirect(f"/panel/users/{target}" if target else "/", status_code=303)


ROUTES = [begin, end]
