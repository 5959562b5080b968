"""Pages of the panel about people: the directory, the card of a person, the tree of staff."""

from datetime import datetime

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.account import SessionRow
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, Pager
from b2b_dvizhenie.entrypoints.http.pages.staff import AuditRow


class UserRow(Struct, frozen=True, kw_only=True):
    """A person in the directory; `level` is the buyer's access level, `marked` keeps the mark of a refused change."""

    id: str
    name: str
    role: str  # a key of labels["role"], or its own title
    state: str  # a key of labels["user"]
    url: str = ""
    email: str = ""
    phone: str = ""
    company: str = ""
    companies: int = 0
    manager: str = ""
    level: int | None = None
    seen_at: datetime | None = None
    marked: bool = False


class Bulk(Struct, frozen=True, kw_only=True):
    """What may be done to the marked people: the roles and heads that may be given."""

    action: str
    roles: tuple[Choice, ...]
    heads: tuple[Choice, ...]


class BulkReport(Struct, frozen=True, kw_only=True):
    """Why a change of several people was not made: who was refused and for which reason, of how many."""

    marked: int
    refused: tuple[tuple[str, str], ...]


class UsersView(Struct, frozen=True, kw_only=True):
    """The directory. `state` is the chosen one, kept when the search changes; `under` removes the filter by a head."""

    rows: tuple[UserRow, ...]
    pager: Pager
    url: str
    states: tuple[Link, ...] = ()
    state: str = ""
    roles: tuple[Choice, ...] = ()
    tabs: tuple[Link, ...] = ()
    under: Link | None = None
    under_id: str = ""
    query: str = ""
    bulk: Bulk | None = None
    report: BulkReport | None = None
    new_url: str | None = None


class PersonCompany(Struct, frozen=True, kw_only=True):
    """A company the person buys for; without URL the viewer may not open it."""

    name: str
    inn: str
    level: int
    manager: str
    url: str = ""


class PersonView(Struct, frozen=True, kw_only=True):
    """The card of a person. Without `form` the viewer may look only; the trail is None where he may not read it."""

    id: str
    name: str
    role: str
    state: str
    facts: tuple[tuple[str, str], ...]
    companies: tuple[PersonCompany, ...]
    form: Form | None = None
    version: str = ""
    roles: tuple[Choice, ...] = ()
    heads: tuple[Choice, ...] = ()
    firms: tuple[Choice, ...] = ()
    languages: tuple[Choice, ...] = ()
    sessions: tuple[SessionRow, ...] = ()
    trail: tuple[AuditRow, ...] | None = None
    older_url: str | None = None
    own: bool = False  # the viewer himself
    second_factor: bool = False
    view_as_url: str | None = None


class NewUserView(Struct, frozen=True, kw_only=True):
    """Adding a person. Without `levels` the viewer may not say for which company the person buys."""

    form: Form
    action: str
    roles: tuple[Choice, ...]
    heads: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    levels: tuple[Choice, ...] = ()


class WhyStep(Struct, frozen=True, kw_only=True):
    """A rule that was asked, in words, and whether it lets through."""

    ok: bool
    text: str
    note: str = ""


class WhyView(Struct, frozen=True, kw_only=True):
    """Why somebody sees a thing. Without `seen` nothing was asked yet; errors stand in the form."""

    form: Form
    kinds: tuple[tuple[str, tuple[Choice, ...]], ...]  # by headings
    person: str = ""
    person_url: str = ""
    about: str = ""
    seen: bool | None = None
    steps: tuple[WhyStep, ...] = ()
    remedy: str = ""


class StaffNode(Struct, frozen=True, kw_only=True):
    """A person of the tree with those below. `below` counts them at any depth.

    `movable` offers to move him, `place` to put the one that is being moved under him; `moving` is that one.
    """

    id: str
    name: str
    role: str  # a key of labels["role"], or its own title
    url: str
    companies: int
    below: int
    children: tuple["StaffNode", ...] = ()
    blocked: bool = False
    own: bool = False
    open: bool = False
    movable: bool = False
    place: bool = False
    moving: bool = False


class StaffView(Struct, frozen=True, kw_only=True):
    """The tree of staff. `moving` is the name of who is being moved, `action` the address a place is chosen by."""

    roots: tuple[StaffNode, ...]
    total: int
    tabs: tuple[Link, ...] = ()
    moving: str = ""
    action: str = ""
    to_the_top: bool = False
    cut: bool = False
