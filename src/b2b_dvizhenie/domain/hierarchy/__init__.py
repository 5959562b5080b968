"""Roles, permissions and scopes: who may see and do what. Decided by pure functions."""

from b2b_dvizhenie.domain.hierarchy.editing import (
    BeyondOwnRights,
    Editor,
    Grants,
    LastAdministrator,
    OwnAccount,
    RoleOutOfReach,
    check_grant,
    check_person,
    check_role_change,
    choices,
    has,
    holdable,
    is_administrator,
    lacking,
    require_role_editor,
    within_reach,
)
from b2b_dvizhenie.domain.hierarchy.names import MAX_NAME, RoleInUse, RoleNameInvalid, RoleNameTaken, role_name
from b2b_dvizhenie.domain.hierarchy.permissions import Forbidden, Permission, Scope, require
from b2b_dvizhenie.domain.hierarchy.roles import DEFAULT_ROLES, DefaultRole
from b2b_dvizhenie.domain.hierarchy.trees import HierarchyCycle, below, check_move, path

__all__ = [
    "DEFAULT_ROLES",
    "MAX_NAME",
    "BeyondOwnRights",
    "DefaultRole",
    "Editor",
    "Forbidden",
    "Grants",
    "HierarchyCycle",
    "LastAdministrator",
    "OwnAccount",
    "Permission",
    "RoleInUse",
    "RoleNameInvalid",
    "RoleNameTaken",
    "RoleOutOfReach",
    "Scope",
    "below",
    "check_grant",
    "check_move",
    "check_person",
    "check_role_change",
    "choices",
    "has",
    "holdable",
    "is_administrator",
    "lacking",
    "path",
    "require",
    "require_role_editor",
    "role_name",
    "within_reach",
]
