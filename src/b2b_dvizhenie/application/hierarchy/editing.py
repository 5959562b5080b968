"""The frame of every edit: one editor at a time, with the rights he has now, leaving an administrator behind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.hierarchy.ports import HierarchyTransaction, HierarchyWork, RoleRow
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.domain.hierarchy import Editor, Forbidden, LastAdministrator, Permission, Scope, require
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import RoleId


class Edit(Struct, frozen=True):
    """An edit under way: the transaction that holds the hierarchy, who edits, all roles as they are."""

    work: HierarchyTransaction
    actor: Actor
    editor: Editor
    roles: dict[RoleId, RoleRow]

    @property
    def parents(self) -> dict[RoleId, RoleId | None]:
        """The role tree."""
        return {role_id: role.parent_id for role_id, role in self.roles.items()}

    def role(self, role_id: RoleId, field: str = "role") -> RoleRow:
        """A role that exists; raises NotFound."""
        found = self.roles.get(role_id)
        if found is None:
            raise NotFound(field)
        return found

    @property
    def scope(self) -> Scope:
        """Whom the editor may change."""
        return require(self.editor.grants, Permission.USERS_MANAGE)

    async def record(self, change: Change) -> None:
        """Append to the audit trail in the name of the actor."""
        await self.work.audit.record(self.actor, change)


@asynccontextmanager
async def editing(work: HierarchyWork, actor: Actor) -> AsyncIterator[Edit]:
    """Hold the hierarchy for one edit, and commit it.

    The actor's rights are read anew once the hierarchy is held: a right that was taken away while the request waited
    is not used any more (reliability.md Z11).

    Raises:
        Forbidden: the actor may not manage people, or not any more.
        LastAdministrator: nobody would be left who manages everybody; nothing was changed.
    """
    actor.require(Permission.USERS_MANAGE)
    async with work() as transaction:
        await transaction.hierarchy.hold()
        editor = await current_editor(transaction, actor)
        roles = {role.role_id: role for role in await transaction.hierarchy.roles()}
        before = await transaction.hierarchy.administrators()
        yield Edit(transaction, replace(actor, grants=editor.grants), editor, roles)
        if before and not await transaction.hierarchy.administrators():
            raise LastAdministrator
        await transaction.commit()


async def current_editor(transaction: HierarchyTransaction, actor: Actor) -> Editor:
    """Who edits, with the rights of this moment; raises Forbidden where it is nobody any more."""
    if actor.user_id is None:
        return Editor(None, actor.grants)
    editor = await transaction.hierarchy.editor(actor.user_id)
    if editor is None or Permission.USERS_MANAGE not in editor.grants:
        raise Forbidden(permission=Permission.USERS_MANAGE.value)
    return editor
