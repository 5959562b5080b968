"""The panel's tree of staff: who stands under whom; a person is moved by choosing his new head in the tree itself."""

from collections import defaultdict
from gettext import GNUTranslations
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.application.hierarchy import (
    ChangePerson,
    ListStaff,
    PeopleAction,
    PeopleChange,
    StaffLine,
    StaffTree,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import UserId
from b2b_dvizhenie.entrypoints.http.filters import person_id
from b2b_dvizhenie.entrypoints.http.pages.people import StaffNode, StaffView
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.company_forms import typed_fields
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.panel.users import NOBODY, tabs
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.problems import STATUS
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

_SMALL = 60
"""A tree of so many people is shown open; of a larger one only the upper two levels."""


def view_of(tree: StaffTree, actor: Actor, moving: UserId | None, texts: GNUTranslations) -> StaffView:
    """The tree from its roots down; with places to choose from where somebody is being moved."""
    if moving not in tree.movable:
        moving = None
    places = tree.heads_for(moving) if moving else frozenset[UserId]()
    heads = tree.heads
    children: dict[UserId | None, list[StaffLine]] = defaultdict(list)
    for one in tree.people:
        children[heads[one.user_id]].append(one)
    is_small = len(tree.people) <= _SMALL or moving is not None

    def node(one: StaffLine, depth: int) -> StaffNode:
        under = tuple(node(child, depth + 1) for child in children[one.user_id])
        return StaffNode(
            id=str(one.user_id),
            name=one.name,
            role=one.role_name or one.role,
            url=f"/panel/users/{one.user_id}",
            companies=one.companies,
            below=len(under) + sum(child.below for child in under),
            children=under,
            blocked=not one.is_active,
            own=one.user_id == actor.user_id,
            open=is_small or depth < 2,
            movable=moving is None and one.user_id in tree.movable,
            place=one.user_id in places and heads.get(moving) != one.user_id if moving else False,
            moving=one.user_id == moving,
        )

    name = next((one.name for one in tree.people if one.user_id == moving), "")
    return StaffView(
        roots=tuple(node(one, 0) for one in children[None]),
        total=len(tree.people),
        tabs=tabs("staff", texts),
        moving=name,
        action=f"/panel/staff/{moving}/head" if moving else "",
        to_the_top=moving is not None and tree.everybody and heads.get(moving) is not None,
        cut=tree.is_cut,
    )


async def _page(
    request: Request[Actor, Any, Any],
    frame: Frame,
    list_staff: ListStaff,
    moving: UserId | None,
    flashes: tuple[Flash, ...] = (),
) -> Response[str]:
    texts = frame.site.texts(language_of(request))
    view = view_of(await list_staff(request.user), request.user, moving, texts)
    shell = await panel_shell(frame, request, "users", flashes=flashes)
    return frame.page(request, "pages/people_tree.html", {"shell": shell, "view": view})


@get("/panel/staff", permission=Permission.USERS_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_staff: NamedDependency[ListStaff],
    move: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """The tree; with `move`, the places where that person may go."""
    texts = frame.site.texts(language_of(request))
    flashes = (Flash(text=texts.gettext("Moved, with everybody below.")),) if done == "moved" else ()
    return await _page(request, frame, list_staff, person_id(move), flashes)


@post("/panel/staff/{user_id:uuid}/head", permission=Permission.USERS_MANAGE, include_in_schema=False)
async def put_under(
    request: Request[Actor, Any, Any],
    user_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_staff: NamedDependency[ListStaff],
    change_person: NamedDependency[ChangePerson],
) -> Response[Any]:
    """Put a person, with everybody below, under the head whose button was pressed."""
    text = (await typed_fields(request)).get("head", "")
    head = person_id(text)
    if head is None and text != NOBODY:
        raise NotFound("head")
    try:
        await change_person(request.user, UserId(user_id), PeopleChange(PeopleAction.HEAD, head_id=head))
    except DomainError as error:
        if error.kind in (Kind.NOT_FOUND, Kind.UNAVAILABLE):
            raise
        said = error_text(error.code, error.params, language_of(request))
        answer = await _page(request, frame, list_staff, UserId(user_id), (Flash(text=said, tone="bad"),))
        answer.status_code = STATUS[error.kind]
        return answer
    return Redirect(f"/panel/staff?done=moved#p-{user_id}", status_code=303)


ROUTES = [show, put_under]
