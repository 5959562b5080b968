"""Roles and their rights, people and their heads: seen and edited by who manages people."""

from b2b_dvizhenie.application.hierarchy.people import (
    MAX_PEOPLE,
    ChangePeople,
    ChangePerson,
    PeopleAction,
    PeopleChange,
    PersonOutcome,
    TooManyPeople,
)
from b2b_dvizhenie.application.hierarchy.ports import (
    Hierarchy,
    HierarchyTransaction,
    HierarchyWork,
    PersonRow,
    RoleRow,
)
from b2b_dvizhenie.application.hierarchy.roles import (
    CreateRole,
    DeleteRole,
    ListRoles,
    MoveRole,
    RenameRole,
    RoleTree,
    SetGrant,
)

__all__ = [
    "MAX_PEOPLE",
    "ChangePeople",
    "ChangePerson",
    "CreateRole",
    "DeleteRole",
    "Hierarchy",
    "HierarchyTransaction",
    "HierarchyWork",
    "ListRoles",
    "MoveRole",
    "PeopleAction",
    "PeopleChange",
    "PersonOutcome",
    "PersonRow",
    "RenameRole",
    "RoleRow",
    "RoleTree",
    "SetGrant",
    "TooManyPeople",
]
