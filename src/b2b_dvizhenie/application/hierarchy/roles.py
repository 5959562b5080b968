"""The role tree and the rights matrix: listed, edited in the panel, effective on the next request (HIER-2, HIER-5)."""

from types import EllipsisType

from msgspec import Struct

from b2b_dvizhenie.application.hierarchy.editing import Edit, editing
from b2b_dvizhenie.application.hierarchy.ports import HierarchyWork, RoleRow
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.domain.hierarchy import (
    Editor,
    Forbidden,
    Permission,
    RoleInUse,
    RoleNameTaken,
    RoleOutOfReach,
    Scope,
    check_grant,
    check_move,
    choices,
    holdable,
    lacking,
    path,
    require_role_editor,
    role_name,
    within_reach,
)
from b2b_dvizhenie.domain.shared.errors import VersionConflict
from b2b_dvizhenie.domain.shared.ids import RoleId, new_id


class RoleTree(Struct, frozen=True):
    """All roles in their order, and which of them the actor may edit or give."""

    roles: tuple[RoleRow, ...]
    editor: Editor
    editable: frozenset[RoleId]
    holdable: frozenset[RoleId]

    @property
    def givable(self) -> tuple[RoleRow, ...]:
        """Roles the actor may give to people: his own and those below, whose people may no more than he."""
        return tuple(
            role
            for role in self.roles
            if role.role_id in self.holdable and not lacking(self.editor.grants, role.grants)
        )

    def choices(self, role: RoleRow, permission: Permission) -> tuple[Scope | None, ...]:
        """What the actor may change a cell of the rights matrix to."""
        parents = {one.role_id: one.parent_id for one in self.roles}
        return choices(parents, self.editor, role.role_id, permission, role.grants.get(permission))


class ListRoles:
    """The role tree with its rights, for who manages people."""

    def __init__(self, work: HierarchyWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor) -> RoleTree:
        """The tree as it is now; raises Forbidden."""
        scope = actor.require(Permission.USERS_MANAGE)
        async with self._work() as work:
            roles = await work.hierarchy.roles()
            editor = Editor(None, actor.grants)
            if actor.user_id is not None:
                found = await work.hierarchy.editor(actor.user_id)
                if found is None:
                    raise Forbidden(permission=Permission.USERS_MANAGE.value)
                editor = found
        parents = {role.role_id: role.parent_id for role in roles}
        editable = within_reach(parents, editor) if scope is Scope.ALL else frozenset[RoleId]()
        return RoleTree(roles, editor, editable, holdable(parents, editor))


class CreateRole:
    """Add a role below one's own, without rights."""

    def __init__(self, work: HierarchyWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, name: str, parent_id: RoleId) -> RoleId:
        """Create the role.

        Raises:
            RoleNameInvalid: the name is not one.
            RoleNameTaken: another role has it.
            NotFound: no such parent.
            RoleOutOfReach: the parent is neither the actor's own role nor below it.
        """
        name = role_name(name)
        role_id = RoleId(new_id())
        async with editing(self._work, actor) as edit:
            require_role_editor(edit.editor)
            _check_parent(edit, parent_id)
            _check_free(edit, name)
            code = f"role_{role_id.hex[-12:]}"
            await edit.work.hierarchy.add_role(role_id, parent_id, code, name)
            after = {"name": name, "parent": _title(edit.role(parent_id))}
            await edit.record(Change("hierarchy.role_created", "role", str(role_id), None, after))
        return role_id


class RenameRole:
    """Change the name of a role below one's own."""

    def __init__(self, work: HierarchyWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, role_id: RoleId, name: str) -> None:
        """Rename it; the code stays. Raises RoleNameInvalid, RoleNameTaken, NotFound, RoleOutOfReach."""
        name = role_name(name)
        async with editing(self._work, actor) as edit:
            role = _editable(edit, role_id)
            _check_free(edit, name, role_id)
            if name != role.name:
                await edit.work.hierarchy.rename_role(role_id, name)
                change = Change("hierarchy.role_renamed", "role", str(role_id), {"name": _title(role)}, {"name": name})
                await edit.record(change)


class MoveRole:
    """Hang a role, with everything below it, under another one."""

    def __init__(self, work: HierarchyWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, role_id: RoleId, parent_id: RoleId) -> None:
        """Move it within what is below the actor's own role.

        Raises:
            NotFound: no such role.
            RoleOutOfReach: the role or its new parent is outside the actor's reach.
            HierarchyCycle: the new parent is the role or lies below it.
        """
        async with editing(self._work, actor) as edit:
            role = _editable(edit, role_id)
            _check_parent(edit, parent_id)
            check_move(role_id, path(edit.parents, parent_id), "parent")
            if parent_id != role.parent_id:
                await edit.work.hierarchy.move_role(role_id, parent_id)
                before = _title(edit.role(role.parent_id)) if role.parent_id else ""
                change = Change(
                    "hierarchy.role_moved",
                    "role",
                    str(role_id),
                    {"parent": before},
                    {"parent": _title(edit.role(parent_id))},
                )
                await edit.record(change)


class DeleteRole:
    """Remove a role that nobody has and nothing hangs under."""

    def __init__(self, work: HierarchyWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, role_id: RoleId) -> None:
        """Delete it. Raises NotFound, RoleOutOfReach, RoleInUse."""
        async with editing(self._work, actor) as edit:
            role = _editable(edit, role_id)
            children = sum(one.parent_id == role_id for one in edit.roles.values())
            if role.people or children:
                raise RoleInUse(people=role.people, roles=children)
            await edit.work.hierarchy.delete_role(role_id)
            grants = {permission.value: scope.value for permission, scope in role.grants.items()}
            before = {"name": _title(role), "grants": grants}
            await edit.record(Change("hierarchy.role_deleted", "role", str(role_id), before, None))


class SetGrant:
    """Change one cell of the rights matrix (HIER-5, HIER-6, HIER-8)."""

    def __init__(self, work: HierarchyWork) -> None:
        self._work = work

    async def __call__(
        self,
        actor: Actor,
        role_id: RoleId,
        permission: Permission,
        scope: Scope | None,
        *,
        expected: Scope | EllipsisType | None = ...,
    ) -> Scope | None:
        """Give the permission in this scope, or take it away; effective on the next request of everybody.

        Args:
            actor: who edits.
            role_id: whose right.
            permission: which right.
            scope: the new scope; None takes the right away.
            expected: the scope the actor saw; left out, whatever it is now is replaced.

        Returns:
            The scope before.

        Raises:
            NotFound: no such role.
            VersionConflict: the cell is not what the actor saw.
            BeyondOwnRights: the actor lacks the permission himself, or has it less widely.
            RoleOutOfReach: the role is neither below the actor's nor his own.
            LastAdministrator: nobody would be left who manages everybody.
        """
        async with editing(self._work, actor) as edit:
            role = edit.role(role_id)
            before = role.grants.get(permission)
            if expected is not ... and expected != before:
                raise VersionConflict("scope")
            check_grant(edit.parents, edit.editor, role_id, permission, (before, scope))
            if scope is not before:
                await edit.work.hierarchy.put_grant(role_id, permission, scope)
                action = "hierarchy.right_revoked" if scope is None else "hierarchy.right_granted"
                was = {permission.value: before.value} if before else None
                now = {permission.value: scope.value} if scope else None
                await edit.record(Change(action, "role", str(role_id), was, now))
        return before


class RequireSecondFactor:
    """Say whether the people of a role must log in by two steps."""

    def __init__(self, work: HierarchyWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, role_id: RoleId, *, required: bool) -> None:
        """Change it, effective on everybody's next request: who has no second step is led to set one up.

        Raises:
            NotFound: no such role.
            RoleOutOfReach: the role is neither below the actor's nor his own.
            BeyondOwnRights: the actor manages not everybody.
        """
        async with editing(self._work, actor) as edit:
            require_role_editor(edit.editor)
            role = edit.role(role_id)
            if role_id not in holdable(edit.parents, edit.editor):
                raise RoleOutOfReach("role")
            if required is not role.second_factor:
                await edit.work.hierarchy.require_second_factor(role_id, required=required)
                before, after = {"second_factor": role.second_factor}, {"second_factor": required}
                await edit.record(Change("hierarchy.second_factor_required", "role", str(role_id), before, after))


def _title(role: RoleRow) -> str:
    return role.name or role.code


def _editable(edit: Edit, role_id: RoleId) -> RoleRow:
    require_role_editor(edit.editor)
    role = edit.role(role_id)
    if role_id not in within_reach(edit.parents, edit.editor):
        raise RoleOutOfReach("role")
    return role


def _check_parent(edit: Edit, parent_id: RoleId) -> None:
    edit.role(parent_id, "parent")
    if parent_id not in holdable(edit.parents, edit.editor):
        raise RoleOutOfReach("parent")


def _check_free(edit: Edit, name: str, role_id: RoleId | None = None) -> None:
    taken = {_title(role).casefold() for role in edit.roles.values() if role.role_id != role_id}
    if name.casefold() in taken:
        raise RoleNameTaken("name")
