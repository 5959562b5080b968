"""Pages of the panel about people and the system: users, settings, audit."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, Pager


class UserRow(Struct, frozen=True, kw_only=True):
    """A user in the list; `level` is the buyer's access level, `url` empty while users have no page of their own."""

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


class UsersView(Struct, frozen=True, kw_only=True):
    """The list of users; bulk actions where there are any. `state` is the chosen one, kept when the search changes."""

    rows: tuple[UserRow, ...]
    pager: Pager
    url: str
    states: tuple[Link, ...] = ()
    state: str = ""
    roles: tuple[Choice, ...] = ()
    managers: tuple[Choice, ...] = ()
    query: str = ""
    new_url: str | None = None
    export_url: str | None = None


class UserFormView(Struct, frozen=True, kw_only=True):
    """Creating or changing a user."""

    form: Form
    title: str
    action: str
    roles: tuple[Choice, ...]
    levels: tuple[Choice, ...] = ()
    managers: tuple[Choice, ...] = ()
    companies: tuple[Choice, ...] = ()
    new: bool = True
    block_url: str | None = None
    invite_link: str = ""  # shown once


class Setting(Struct, frozen=True, kw_only=True):
    """A setting: what it does, its default, who changed it, whether a restart is needed."""

    name: str
    title: str
    hint: str
    kind: Literal["text", "number", "switch", "choice", "several", "colour", "secret", "lines"]
    value: str
    default: str = ""
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    changed_by: str = ""
    changed_at: datetime | None = None
    from_environment: bool = False  # fixed outside, cannot be changed here
    restart: bool = False
    test_url: str | None = None
    error: str = ""


class SettingsGroup(Struct, frozen=True):
    """Settings under one heading."""

    key: str
    title: str
    settings: tuple[Setting, ...]


class SettingsView(Struct, frozen=True, kw_only=True):
    """A page of settings; `sections` are the tabs."""

    title: str
    sections: tuple[Link, ...]
    groups: tuple[SettingsGroup, ...]
    action: str
    version: str = ""  # for the optimistic lock
    saved: bool = False
    error: str = ""
    may_change: bool = True


class AuditRow(Struct, frozen=True, kw_only=True):
    """A change: who, when, what, from what to what. `action` and fields are translated."""

    at: datetime
    who: str
    action: str
    subject: str
    subject_url: str | None = None
    changes: tuple[tuple[str, str, str], ...] = ()  # field, before, after
    address: str = ""
    acting_for: str = ""
    request_id: str = ""


class AuditView(Struct, frozen=True, kw_only=True):
    """The audit trail; rows can be filtered, never changed."""

    rows: tuple[AuditRow, ...]
    pager: Pager
    url: str
    query: str = ""  # part of a name
    kinds: tuple[Choice, ...] = ()
    newest_url: str | None = None  # back from older entries
    export_url: str | None = None
