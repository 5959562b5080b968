"""Pages of the panel about the system: settings, audit."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, Pager


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
