"""Pages of the panel about buyer companies and seller firms."""

from datetime import date, datetime

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.orders import OrderRow
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link
from b2b_dvizhenie.entrypoints.http.pages.staff import AuditRow


class CompanyRow(Struct, frozen=True, kw_only=True):
    """A company in the list; `node` names the 1C base it came from, "" for one made by hand."""

    url: str
    name: str
    inn: str
    kind: str  # a key of labels["company_kind"]
    state: str  # a key of labels["company_state"]
    kpp: str = ""
    node: str = ""
    manager: str = ""
    price_type: str = ""
    buyers: int = 0


class CompanyListView(Struct, frozen=True, kw_only=True):
    """The list of companies, read on by a key: there are no page numbers. `filtered` says that a filter is set."""

    rows: tuple[CompanyRow, ...]
    total: int
    states: tuple[Link, ...]
    kinds: tuple[Choice, ...]
    managers: tuple[Choice, ...] = ()
    query: str = ""
    state: str = ""
    filtered: bool = False
    next_url: str | None = None
    first_url: str | None = None
    new_url: str | None = None
    firms_url: str | None = None


class RequisitesForm(Struct, frozen=True, kw_only=True):
    """The fields of a company or firm. Without `may_change` they are shown, not typed into."""

    form: Form
    action: str
    kinds: tuple[Choice, ...]
    may_change: bool = True
    may_fill: bool = False  # by INN
    version: str = ""


class CompanyNewView(Struct, frozen=True, kw_only=True):
    """Adding a company or a firm. `existing_url` leads to the company that has these numbers already."""

    requisites: RequisitesForm
    is_firm: bool = False
    existing_url: str | None = None
    notice: str = ""


class CompanyHead(Struct, frozen=True, kw_only=True):
    """What stands above every part of a company."""

    name: str
    state: str
    tabs: tuple[Link, ...]
    node: str = ""
    kind: str = ""
    inn: str = ""
    is_vip: bool = False  # and the viewer may know it


class CompanyView(Struct, frozen=True, kw_only=True):
    """The first part of a company: requisites, personal manager, whether it buys."""

    head: CompanyHead
    requisites: RequisitesForm
    manager: str
    manager_form: Form
    managers: tuple[tuple[str, str], ...] = ()  # login, name
    switch_url: str | None = None
    manager_url: str | None = None
    existing_url: str | None = None
    notice: str = ""


class AgreementRow(Struct, frozen=True, kw_only=True):
    """An agreement in the list."""

    title: str
    state: str  # a key of labels["agreement"]
    price_type: str
    currency: str
    rounding: str
    is_default: bool = False
    firm: str = ""
    warehouse: str = ""
    credit_limit: Money | None = None
    minimum: Money | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    payment_methods: tuple[str, ...] = ()  # none for all that fit
    url: str | None = None
    close_url: str | None = None


class AgreementsView(Struct, frozen=True, kw_only=True):
    """The agreements of a company; `uncovered` says that none of them is in force today."""

    head: CompanyHead
    rows: tuple[AgreementRow, ...]
    uncovered: bool
    new_url: str | None = None


class AgreementFormView(Struct, frozen=True, kw_only=True):
    """Making or changing an agreement."""

    head: CompanyHead
    form: Form
    title: str
    action: str
    back_url: str
    price_types: tuple[Choice, ...]
    currencies: tuple[Choice, ...]
    roundings: tuple[Choice, ...]
    firms: tuple[Choice, ...]
    warehouses: tuple[Choice, ...]
    payment_methods: tuple[Choice, ...] = ()  # `value` is the name of the tick
    is_default: bool = False


class MemberRow(Struct, frozen=True, kw_only=True):
    """Who buys for a company."""

    id: str
    name: str
    login: str
    role: str
    state: str
    level: int
    seen_at: datetime | None = None


class PeopleView(Struct, frozen=True, kw_only=True):
    """Who buys for a company, and the form that adds somebody; `links` where the viewer may open cards of people.

    `new_url` leads to adding a person who is not known yet.
    """

    head: CompanyHead
    rows: tuple[MemberRow, ...]
    form: Form
    action: str | None = None
    new_url: str | None = None
    levels: tuple[Choice, ...] = ()
    links: bool = False


class CompanyOrdersView(Struct, frozen=True, kw_only=True):
    """The latest orders of a company."""

    head: CompanyHead
    rows: tuple[OrderRow, ...]
    total: int
    exact: bool = True


class CompanyTrailView(Struct, frozen=True, kw_only=True):
    """What was changed of a company and of who buys for it."""

    head: CompanyHead
    rows: tuple[AuditRow, ...]
    older_url: str | None = None


class FirmRow(Struct, frozen=True, kw_only=True):
    """A seller firm in the list."""

    name: str
    inn: str
    is_default: bool
    is_active: bool
    agreements: int
    people: int
    kpp: str = ""
    url: str | None = None


class FirmListView(Struct, frozen=True, kw_only=True):
    """The seller firms."""

    rows: tuple[FirmRow, ...]
    new_url: str | None = None


class FirmView(Struct, frozen=True, kw_only=True):
    """A seller firm."""

    name: str
    requisites: RequisitesForm
    is_default: bool
    is_active: bool
    is_new: bool = False
