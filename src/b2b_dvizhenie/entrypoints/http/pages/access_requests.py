"""Requests for access: the stranger's form, the list of staff, the page that decides."""

from datetime import datetime

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, Pager


class AskView(Struct, frozen=True):
    """The form; `sent` says thanks in its place."""

    form: Form = Form()
    sent: bool = False


class RequestRow(Struct, frozen=True, kw_only=True):
    """A request in the list. `state` is a key of labels["access_request"]."""

    url: str
    company: str
    inn: str
    name: str
    contact: str
    created_at: datetime
    state: str


class RequestsView(Struct, frozen=True, kw_only=True):
    """The list; `states` are its filters with their numbers.

    `offered` says whether strangers can ask; `settings_url` leads whom it may to where that is decided.
    """

    rows: tuple[RequestRow, ...]
    pager: Pager
    states: tuple[Link, ...]
    offered: bool = True
    settings_url: str | None = None


class RequestView(Struct, frozen=True, kw_only=True):
    """A request. With `waiting` it can be decided: `companies` are those it may mean, making one comes last."""

    url: str
    row: RequestRow
    phone: str
    email: str
    comment: str
    waiting: bool
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""
    companies: tuple[Choice, ...] = ()
    needs_kpp: bool = False
    approval: Form = Form()
    refusal: Form = Form()
