"""API: the role tree and the rights of roles, for who manages people."""

from typing import Any
from uuid import UUID

from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from b2b_dvizhenie.application.hierarchy import (
    CreateRole,
    DeleteRole,
    ListRoles,
    MoveRole,
    RenameRole,
    RoleRow,
    RoleTree,
    SetGrant,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import RoleId


class RoleAnswer(Struct, frozen=True):
    """A role: `name` is empty for a role of the installation that was not renamed; `may_edit` is about you."""

    id: UUID
    parent_id: UUID | None
    code: str
    name: str
    people: int
    grants: dict[str, Scope]
    may_edit: bool


class NewRole(Struct, frozen=True, forbid_unknown_fields=True):
    """A role to add under another one; it begins without rights."""

    name: str
    parent_id: UUID


class RoleName(Struct, frozen=True, forbid_unknown_fields=True):
    """The new name of a role."""

    name: str


class RolePlace(Struct, frozen=True, forbid_unknown_fields=True):
    """The role to hang under."""

    parent_id: UUID


class GrantedScope(Struct, frozen=True, forbid_unknown_fields=True):
    """The new scope; null takes the right away."""

    scope: Scope | None


def _answer(tree: RoleTree, role: RoleRow) -> RoleAnswer:
    grants = {permission.value: scope for permission, scope in role.grants.items()}
    return RoleAnswer(
        role.role_id, role.parent_id, role.code, role.name, role.people, grants, role.role_id in tree.editable
    )


def _permission(name: str) -> Permission:
    try:
        return Permission(name)
    except ValueError as error:
        raise NotFound("permission") from error


@get("/api/v1/roles", permission=Permission.USERS_MANAGE, tags=["hierarchy"])
async def roles(request: Request[Actor, Any, Any], list_roles: NamedDependency[ListRoles]) -> list[RoleAnswer]:
    """All roles in their order, with their rights."""
    tree = await list_roles(request.user)
    return [_answer(tree, role) for role in tree.roles]


@post("/api/v1/roles", permission=Permission.USERS_MANAGE, tags=["hierarchy"])
async def create(
    request: Request[Actor, Any, Any],
    data: JSONBody[NewRole],
    create_role: NamedDependency[CreateRole],
    list_roles: NamedDependency[ListRoles],
) -> RoleAnswer:
    """Add a role without rights under your own role or one below it."""
    role_id = await create_role(request.user, data.name, RoleId(data.parent_id))
    tree = await list_roles(request.user)
    return _answer(tree, next(role for role in tree.roles if role.role_id == role_id))


@put("/api/v1/roles/{role_id:uuid}/name", permission=Permission.USERS_MANAGE, status_code=204, tags=["hierarchy"])
async def rename(
    request: Request[Actor, Any, Any],
    role_id: FromPath[UUID],
    data: JSONBody[RoleName],
    rename_role: NamedDependency[RenameRole],
) -> None:
    """Rename a role below your own."""
    await rename_role(request.user, RoleId(role_id), data.name)


@put("/api/v1/roles/{role_id:uuid}/parent", permission=Permission.USERS_MANAGE, status_code=204, tags=["hierarchy"])
async def move(
    request: Request[Actor, Any, Any],
    role_id: FromPath[UUID],
    data: JSONBody[RolePlace],
    move_role: NamedDependency[MoveRole],
) -> None:
    """Hang a role, with everything below it, under another one."""
    await move_role(request.user, RoleId(role_id), RoleId(data.parent_id))


@delete("/api/v1/roles/{role_id:uuid}", permission=Permission.USERS_MANAGE, status_code=204, tags=["hierarchy"])
async def remove(
    request: Request[Actor, Any, Any], role_id: FromPath[UUID], delete_role: NamedDependency[DeleteRole]
) -> None:
    """Delete a role that nobody has and nothing hangs under."""
    await delete_role(request.user, RoleId(role_id))


@put("/api/v1/roles/{role_id:uuid}/grants/{permission:str}", permission=Permission.USERS_MANAGE, tags=["hierarchy"])
async def grant(
    request: Request[Actor, Any, Any],
    role_id: FromPath[UUID],
    permission: FromPath[str],
    data: JSONBody[GrantedScope],
    set_grant: NamedDependency[SetGrant],
) -> GrantedScope:
    """Give a right in a scope, or take it away; effective on everybody's next request. Answers the scope before."""
    return GrantedScope(await set_grant(request.user, RoleId(role_id), _permission(permission), data.scope))


ROUTES = [roles, create, rename, move, remove, grant]
