"""What stands on the pages of segments."""

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Link
from b2b_dvizhenie.entrypoints.http.pages.staff import AuditRow


class SegmentRow(Struct, frozen=True, kw_only=True):
    """A segment of the list."""

    name: str
    companies: int
    url: str
    weight: int = 0
    for_all: bool = False


class SegmentListView(Struct, frozen=True, kw_only=True):
    """All segments."""

    rows: tuple[SegmentRow, ...]
    form: Form
    may_change: bool = False


class SegmentHead(Struct, frozen=True, kw_only=True):
    """What stands above every part of a segment. Titles of `tabs` are their keys; `vip_companies` are in it as VIP,
    every company is `for_all`.
    """

    name: str
    companies: int
    url: str
    tabs: tuple[Link, ...]
    vip_companies: int = 0
    for_all: bool = False


class SegmentCompanyRow(Struct, frozen=True, kw_only=True):
    """A company: a member, or one that was found."""

    company_id: str
    name: str
    inn: str
    is_member: bool


class SegmentView(Struct, frozen=True, kw_only=True):
    """A segment with its members, or with the companies that `query` found."""

    head: SegmentHead
    form: Form
    rows: tuple[SegmentCompanyRow, ...] = ()
    query: str = ""
    first_url: str = ""
    next_url: str = ""
    error: str = ""
    may_change: bool = False
    may_change_for_all: bool = False


class RuleRow(Struct, frozen=True, kw_only=True):
    """Something a rule can be about: `on` and `key` name it to the form; `opens` is None where there is no rule.

    `url` leads to the sections below it, where there are some; `hint` explains it.
    """

    on: str
    key: str
    name: str
    opens: bool | None
    url: str = ""
    hint: str = ""


class SegmentRulesView(Struct, frozen=True, kw_only=True):
    """What a segment opens and closes.

    `rules` are those about sections and brands; `path` leads to the section below which `sections` lie. `action` takes
    the form of every row, which sends `section` and `query` along to come back to the same place.
    """

    head: SegmentHead
    form: Form
    rules: tuple[RuleRow, ...]
    path: tuple[Link, ...]
    sections: tuple[RuleRow, ...]
    information: tuple[RuleRow, ...]
    brands: tuple[RuleRow, ...] = ()
    section: str = ""
    query: str = ""
    error: str = ""
    may_change: bool = False


class SegmentTrailView(Struct, frozen=True, kw_only=True):
    """What was changed of a segment."""

    head: SegmentHead
    rows: tuple[AuditRow, ...]
    older_url: str | None = None
