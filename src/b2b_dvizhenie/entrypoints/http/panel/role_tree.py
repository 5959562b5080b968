"""The panel's role tree: add, rename, move, delete; plain forms, so that it works without script."""

from collections.abc import Mapping
from gettext import GNUTranslations
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.application.hierarchy import (
    CreateRole,
    DeleteRole,
    ListRoles,
    MoveRole,
    RenameRole,
    RequireSecondFactor,
    RoleRow,
    RoleTree,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission, below
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import RoleId
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.pages.rights import RoleNode, RolesView
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.panel.roles import role_title, tabs
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.problems import STATUS
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

_DONE = {
    "created": N_("Role added."),
    "renamed": N_("Role renamed."),
    "moved": N_("Role moved."),
    "deleted": N_("Role deleted."),
    "required": N_("People of the role must log in by two steps from now on."),
    "optional": N_("People of the role may do without a second step."),
}


def _choices(
    tree: RoleTree, texts: GNUTranslations, chosen: RoleId | None, without: frozenset[RoleId]
) -> tuple[Choice, ...]:
    return tuple(
        Choice(str(role.role_id), role_title(role, texts), role.role_id == chosen)
        for role in tree.roles
        if role.role_id in tree.holdable and role.role_id not in without
    )


def _node(tree: RoleTree, role: RoleRow, texts: GNUTranslations) -> RoleNode:
    parents = {one.role_id: one.parent_id for one in tree.roles}
    children = tuple(_node(tree, one, texts) for one in tree.roles if one.parent_id == role.role_id)
    may_edit = role.role_id in tree.editable
    under = below(parents, role.role_id) | {role.role_id}
    return RoleNode(
        id=str(role.role_id),
        title=role_title(role, texts),
        people=role.people,
        children=children,
        own=role.role_id == tree.editor.role_id,
        may_edit=may_edit,
        may_delete=may_edit and not role.people and not children,
        second_factor=role.second_factor,
        may_require=bool(tree.editable) and role.role_id in tree.holdable,
        parents=_choices(tree, texts, role.parent_id, under) if may_edit else (),
    )


def view_of(tree: RoleTree, texts: GNUTranslations, form: Form) -> RolesView:
    """The tree from its roots down."""
    return RolesView(
        roots=tuple(_node(tree, role, texts) for role in tree.roles if role.parent_id is None),
        tabs=tabs("tree", texts),
        form=form,
        parents=_choices(tree, texts, tree.editor.role_id, frozenset()) if tree.editable else (),
    )


@get("/panel/roles/tree", permission=Permission.USERS_MANAGE, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_roles: NamedDependency[ListRoles],
    done: FromQuery[str] = "",
) -> Response[str]:
    """The tree."""
    texts = frame.site.texts(language_of(request))
    flashes = (Flash(text=texts.gettext(_DONE[done])),) if done in _DONE else ()
    return await _page(request, frame, list_roles, flashes)


async def _page(
    request: Request[Actor, Any, Any],
    frame: Frame,
    list_roles: ListRoles,
    flashes: tuple[Flash, ...] = (),
    form: Form | None = None,
) -> Response[str]:
    view = view_of(await list_roles(request.user), frame.site.texts(language_of(request)), form or Form())
    shell = await panel_shell(frame, request, "roles", flashes=flashes)
    return frame.page(request, "pages/roles.html", {"shell": shell, "view": view})


async def _refused(
    request: Request[Actor, Any, Any],
    frame: Frame,
    list_roles: ListRoles,
    error: DomainError,
    typed: Mapping[str, str] | None = None,
) -> Response[str]:
    """The page again, with what was wrong: at the field of the form that was sent, else as a message."""
    if error.kind in (Kind.NOT_FOUND, Kind.UNAVAILABLE) or error.code == "hierarchy.forbidden":
        raise error
    said = error_text(error.code, error.params, language_of(request))
    if typed is not None:
        form = Form(typed, {error.field if error.field and error.field in typed else "": said})
        response = await _page(request, frame, list_roles, (), form)
    else:
        response = await _page(request, frame, list_roles, (Flash(text=said, tone="bad"),))
    response.status_code = 422 if error.kind is Kind.INVALID else STATUS[error.kind]
    return response


def _role_id(text: str, field: str) -> RoleId:
    try:
        return RoleId(UUID(text))
    except ValueError as error:
        raise NotFound(field) from error


def _done(what: str) -> Redirect:
    return Redirect(f"/panel/roles/tree?done={what}", status_code=303)


@post("/panel/roles/tree", permission=Permission.USERS_MANAGE, include_in_schema=False)
async def add(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_roles: NamedDependency[ListRoles],
    create_role: NamedDependency[CreateRole],
) -> Response[str] | Redirect:
    """Add a role; what is wrong comes back with the form."""
    form = await request.form()
    typed = {"name": str(form.get("name", "")), "parent": str(form.get("parent", ""))}
    try:
        await create_role(request.user, typed["name"], _role_id(typed["parent"], "parent"))
    except DomainError as error:
        return await _refused(request, frame, list_roles, error, typed)
    return _done("created")


@post("/panel/roles/{role_id:uuid}/name", permission=Permission.USERS_MANAGE, include_in_schema=False)
async def rename(
    request: Request[Actor, Any, Any],
    role_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_roles: NamedDependency[ListRoles],
    rename_role: NamedDependency[RenameRole],
) -> Response[str] | Redirect:
    """Rename a role."""
    form = await request.form()
    try:
        await rename_role(request.user, RoleId(role_id), str(form.get("name", "")))
    except DomainError as error:
        return await _refused(request, frame, list_roles, error)
    return _done("renamed")


@post("/panel/roles/{role_id:uuid}/parent", permission=Permission.USERS_MANAGE, include_in_schema=False)
async def move(
    request: Request[Actor, Any, Any],
    role_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_roles: NamedDependency[ListRoles],
    move_role: NamedDependency[MoveRole],
) -> Response[str] | Redirect:
    """Hang a role, with everything below it, under another one."""
    form = await request.form()
    try:
        await move_role(request.user, RoleId(role_id), _role_id(str(form.get("parent", "")), "parent"))
    except DomainError as error:
        return await _refused(request, frame, list_roles, error)
    return _done("moved")


@post("/panel/roles/{role_id:uuid}/second-factor", permission=Permission.USERS_MANAGE, include_in_schema=False)
async def require_second_factor(
    request: Request[Actor, Any, Any],
    role_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_roles: NamedDependency[ListRoles],
    require_second_factor: NamedDependency[RequireSecondFactor],
) -> Response[str] | Redirect:
    """Say whether the people of a role must log in by two steps, by the button that was pressed."""
    required = str((await request.form()).get("required", "")) == "yes"
    try:
        await require_second_factor(request.user, RoleId(role_id), required=required)
    except DomainError as error:
        return await _refused(request, frame, list_roles, error)
    return _done("required" if required else "optional")


@post("/panel/roles/{role_id:uuid}/delete", permission=Permission.USERS_MANAGE, include_in_schema=False)
async def remove(
    request: Request[Actor, Any, Any],
    role_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    list_roles: NamedDependency[ListRoles],
    delete_role: NamedDependency[DeleteRole],
) -> Response[str] | Redirect:
    """Delete an unused role."""
    try:
        await delete_role(request.user, RoleId(role_id))
    except DomainError as error:
        return await _refused(request, frame, list_roles, error)
    return _done("deleted")


ROUTES = [require_second_factor, show, add, rename, move, remove]
