"""Specifications: the list of them, one with its lines, where goods are put into one."""

from datetime import datetime

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.cart import CartLine, CartTotals
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, LiveFeed, Pager


class SpecificationRow(Struct, frozen=True, kw_only=True):
    """A list as it stands among others; `sharing` is a key of labels["sharing"]."""

    url: str
    name: str
    owner: str
    company: str
    positions: int
    updated_at: datetime
    sharing: str
    mine: bool


class SpecificationsView(Struct, frozen=True, kw_only=True):
    """The page of lists. `form` is that of a new one, where the viewer may make any."""

    rows: tuple[SpecificationRow, ...]
    pager: Pager
    url: str
    whose: tuple[Link, ...] = ()
    query: str = ""
    company: str = ""  # the id that the panel narrows by
    filtered: bool = False
    form: Form | None = None
    cart_filled: bool = False


class SpecificationView(Struct, frozen=True, kw_only=True):
    """The page of one list. `totals` is None where prices are concealed, or the viewer buys for nobody.

    `can_edit` is about lines, `mine` about the list itself. `company` is the one whose prices are shown.
    """

    url: str
    name: str
    version: int
    owner: str
    made_for: str
    sharing: str
    updated_at: datetime
    lines: tuple[CartLine, ...]
    totals: CartTotals | None
    company: str = ""
    mine: bool = False
    can_edit: bool = False
    can_order: bool = False
    can_copy: bool = False
    priced: bool = True
    moved: int = 0
    live: LiveFeed | None = None
    sharings: tuple[Choice, ...] = ()
    form: Form = Form()
    export_url: str = ""


class AddingView(Struct, frozen=True, kw_only=True):
    """Where goods are put into a list: which variant, in which quantity, and the lists there are."""

    variant: str
    quantity: str
    lists: tuple[Choice, ...]
    back: str
    form: Form = Form()


class ReadingRow(Struct, frozen=True, kw_only=True):
    """What became of a row of a pasted list or a file; `outcome` is a key of labels["reading"]."""

    row: int
    text: str
    outcome: str
    article: str = ""
    name: str = ""
    asked: str = ""
    put: str = ""
    candidates: tuple[str, ...] = ()


class ReadingView(Struct, frozen=True, kw_only=True):
    """Where a list is pasted or loaded; once it is `done`, what became of its rows, the doubtful ones first."""

    back: Link
    action: str
    version: int
    form: Form = Form()
    done: bool = False
    taken: int = 0
    total: int = 0
    rows: tuple[ReadingRow, ...] = ()


class LineCommentView(Struct, frozen=True, kw_only=True):
    """The comment of one line of a list."""

    back: Link
    action: str
    title: str
    article: str
    version: int
    form: Form
