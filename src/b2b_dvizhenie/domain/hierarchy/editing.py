"""Who may change whose rights (reliability.md T21): nobody gives what he lacks, nobody reaches above himself."""

from collections.abc import Mapping

from msgspec import Struct

from b2b_dvizhenie.domain.hierarchy.permissions import Permission, Scope, require
from b2b_dvizhenie.domain.hierarchy.trees import below
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import RoleId

Grants = Mapping[Permission, Scope]


class BeyondOwnRights(DomainError):
    """What is given is more than the giver has: `permission` in a scope wider than his, or one he lacks."""

    code = "hierarchy.beyond_own_rights"
    kind = Kind.FORBIDDEN


class RoleOutOfReach(DomainError):
    """The role is not below the editor's own: it is his own, above him, or beside him."""

    code = "hierarchy.role_out_of_reach"
    kind = Kind.FORBIDDEN


class LastAdministrator(DomainError):
    """Afterwards nobody active could manage everybody's rights; the product would be locked for good."""

    code = "hierarchy.last_administrator"
    kind = Kind.CONFLICT


class OwnAccount(DomainError):
    """The change may be made to other people only."""

    code = "hierarchy.own_account"
    kind = Kind.FORBIDDEN


class Editor(Struct, frozen=True):
    """Who edits, with the rights of this moment. `role_id` None is the system itself, which may everything."""

    role_id: RoleId | None
    grants: Grants


def has(grants: Grants, permission: Permission, scope: Scope) -> bool:
    """Whether the grants include the permission in this scope or a wider one."""
    own = grants.get(permission)
    return own is not None and own.width >= scope.width


def lacking(mine: Grants, theirs: Grants) -> tuple[Permission, ...]:
    """What others may and I may not, or less widely; empty where I may everything they may."""
    return tuple(permission for permission, scope in theirs.items() if not has(mine, permission, scope))


def is_administrator(grants: Grants) -> bool:
    """Whether these rights let one manage everybody's rights: of such people one must stay active."""
    return has(grants, Permission.USERS_MANAGE, Scope.ALL)


def require_role_editor(editor: Editor) -> None:
    """Roles are shared by all firms, so they are edited by who manages everybody.

    Raises:
        Forbidden: no right to manage people.
        BeyondOwnRights: only of a firm, a subtree or less.
    """
    if require(editor.grants, Permission.USERS_MANAGE) is not Scope.ALL:
        raise BeyondOwnRights(permission=Permission.USERS_MANAGE.value)


def within_reach(parents: Mapping[RoleId, RoleId | None], editor: Editor) -> frozenset[RoleId]:
    """Roles strictly below the editor's own: those he may edit. The system reaches all."""
    return frozenset(parents) if editor.role_id is None else below(parents, editor.role_id)


def holdable(parents: Mapping[RoleId, RoleId | None], editor: Editor) -> frozenset[RoleId]:
    """Roles whose people the editor may change, and which he may give: his own and those below."""
    own = frozenset() if editor.role_id is None else frozenset({editor.role_id})
    return within_reach(parents, editor) | own


def choices(
    parents: Mapping[RoleId, RoleId | None], editor: Editor, role_id: RoleId, permission: Permission, now: Scope | None
) -> tuple[Scope | None, ...]:
    """What a cell of the rights matrix may be changed to, from nothing to the widest; its present value is among them.

    Of roles below the editor every scope he has himself. Of his own role only less than it has: he can give rights up,
    not take them.
    """
    if role_id == editor.role_id:
        return (None, *(scope for scope in Scope if now is not None and scope.width <= now.width))
    if role_id not in within_reach(parents, editor):
        return (now,)
    return (None, *(scope for scope in Scope if scope is now or has(editor.grants, permission, scope)))


def check_grant(
    parents: Mapping[RoleId, RoleId | None],
    editor: Editor,
    role_id: RoleId,
    permission: Permission,
    change: tuple[Scope | None, Scope | None],
) -> None:
    """Whether the editor may change a grant from one scope to another; None is no grant.

    Raises:
        Forbidden: the editor may not manage people at all.
        BeyondOwnRights: the new scope is wider than the editor's own, or the editor manages not everybody.
        RoleOutOfReach: the role is neither below the editor's nor his own.
    """
    require_role_editor(editor)
    before, after = change
    if after is not None and not has(editor.grants, permission, after):
        raise BeyondOwnRights("scope", permission=permission.value)
    if after not in choices(parents, editor, role_id, permission, before):
        raise RoleOutOfReach("role")


def check_role_change(
    parents: Mapping[RoleId, RoleId | None],
    editor: Editor,
    now: tuple[RoleId, Grants],
    wanted: tuple[RoleId, Grants],
) -> None:
    """Whether the editor may give a person another role.

    Raises:
        RoleOutOfReach: the person's role or the new one is neither the editor's nor below, or the person may more.
        BeyondOwnRights: people of the new role may more than the editor.
    """
    check_person(parents, editor, *now)
    check_role_given(parents, editor, *wanted)


def check_role_given(parents: Mapping[RoleId, RoleId | None], editor: Editor, role_id: RoleId, grants: Grants) -> None:
    """Whether the editor may give the role to anybody.

    Raises:
        RoleOutOfReach: it is neither the editor's nor below.
        BeyondOwnRights: its people may more than the editor.
    """
    if role_id not in holdable(parents, editor):
        raise RoleOutOfReach("role")
    missing = lacking(editor.grants, grants)
    if missing:
        raise BeyondOwnRights("role", permission=missing[0].value)


def check_person(parents: Mapping[RoleId, RoleId | None], editor: Editor, role_id: RoleId, grants: Grants) -> None:
    """Whether a person of this role may be changed by the editor at all.

    Raises:
        RoleOutOfReach: the role is neither the editor's nor below it, or its people may more than he.
    """
    if role_id not in holdable(parents, editor) or lacking(editor.grants, grants):
        raise RoleOutOfReach("user")
