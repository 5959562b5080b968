"""Roles and their rights, people and their heads: seen and edited by who manages people."""

from b2b_dvizhenie.application.hierarchy.cards import EditPerson, PersonEdit, ShownPerson, ShowPerson
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
    PersonCard,
    PersonRow,
    RoleRow,
    StaffLine,
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
from b2b_dvizhenie.application.hierarchy.staff import MAX_STAFF, ListStaff, StaffTree

__all__ = [
    "MAX_PEOPLE",
    "MAX_STAFF",
    "ChangePeople",
    "ChangePerson",
    "CreateRole",
    "DeleteRole",
    "EditPerson",
    "Hierarchy",
    "HierarchyTransaction",
    "HierarchyWork",
    "ListRoles",
    "ListStaff",
    "MoveRole",
    "PeopleAction",
    "PeopleChange",
    "PersonCard",
    "PersonEdit",
    "PersonOutcome",
    "PersonRow",
    "RenameRole",
    "RoleRow",
    "RoleTree",
    "SetGrant",
    "ShowPerson",
    "ShownPerson",
    "StaffLine",
    "StaffTree",
    "TooManyPeople",
]
