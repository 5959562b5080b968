"""The panel's pages of segments."""

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.forms import Form


class SegmentRow(Struct, frozen=True, kw_only=True):
    """A segment of the list."""

    name: str
    companies: int
    url: str


class SegmentListView(Struct, frozen=True, kw_only=True):
    """All segments."""

    rows: tuple[SegmentRow, ...]
    form: Form
    may_change: bool = False


class SegmentCompanyRow(Struct, frozen=True, kw_only=True):
    """A company: a member, or one that was found."""

    company_id: str
    name: str
    inn: str
    is_member: bool


class SegmentView(Struct, frozen=True, kw_only=True):
    """A segment with its members, or with the companies that `query` found."""

    name: str
    companies: int
    url: str
    form: Form
    rows: tuple[SegmentCompanyRow, ...] = ()
    query: str = ""
    first_url: str = ""
    next_url: str = ""
    error: str = ""
    may_change: bool = False
