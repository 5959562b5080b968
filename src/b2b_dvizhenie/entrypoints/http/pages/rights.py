"""Pages of the panel about roles: the rights matrix and the tree."""

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link


class RightCell(Struct, frozen=True, kw_only=True):
    """A right of a role. `name` carries what the viewer saw, so that a stale page overwrites nothing.

    Without choices the viewer may not change it. The scope is a key of labels["scope"]; "" is no right.
    """

    key: str
    name: str
    role: str  # title of the role, for those who hear the page
    scope: str
    choices: tuple[str, ...] = ()


class RightRow(Struct, frozen=True, kw_only=True):
    """A permission over all roles. `permission` is a key of labels["permission"]."""

    permission: str
    cells: tuple[RightCell, ...]


class RightGroup(Struct, frozen=True):
    """Permissions of one resource. `resource` is a key of labels["resource"]."""

    resource: str
    rows: tuple[RightRow, ...]


class RoleColumn(Struct, frozen=True, kw_only=True):
    """A role at the head of its column; `own` is the viewer's."""

    title: str
    people: int
    own: bool = False


class RightsView(Struct, frozen=True, kw_only=True):
    """The rights matrix."""

    columns: tuple[RoleColumn, ...]
    groups: tuple[RightGroup, ...]
    tabs: tuple[Link, ...]


class RightsChanged(Struct, frozen=True):
    """Cells that look different after a change, for htmx."""

    rows: tuple[RightRow, ...]


class RoleNode(Struct, frozen=True, kw_only=True):
    """A role of the tree with those below; what the viewer may do with it."""

    id: str
    title: str
    people: int
    children: tuple["RoleNode", ...] = ()
    own: bool = False
    may_edit: bool = False
    may_delete: bool = False
    second_factor: bool = False  # its people must log in by two steps
    may_require: bool = False  # the viewer says whether they must
    parents: tuple[Choice, ...] = ()  # where it may be moved


class RolesView(Struct, frozen=True, kw_only=True):
    """The role tree and the form for a new role."""

    roots: tuple[RoleNode, ...]
    tabs: tuple[Link, ...]
    form: Form
    parents: tuple[Choice, ...] = ()  # under which a role may be added
