"""Pages about VIP: the cabinet of a company, the panel's offers, activations, candidates, the standing of a company."""

from datetime import date, datetime

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages.companies import CompanyHead
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, Pager


class OfferCard(Struct, frozen=True, kw_only=True):
    """An offer in the cabinet; `activate_url` is None once the company took it up, which `activated_at` tells."""

    title: str
    partner: str
    paragraphs: tuple[str, ...]
    valid_to: date | None = None
    activate_url: str | None = None
    activated_at: datetime | None = None


class CabinetView(Struct, frozen=True, kw_only=True):
    """The cabinet. `has_own_terms` says that the company buys by an agreement chosen for VIP."""

    offers: tuple[OfferCard, ...]
    has_own_terms: bool = False


class StandingView(Struct, frozen=True, kw_only=True):
    """The standing of a company. Without `action` it is only shown; `agreement` and `assortment` name those chosen."""

    head: CompanyHead
    form: Form
    since: datetime | None = None
    agreement: str = ""
    agreements: tuple[Choice, ...] = ()
    assortment: str = ""
    segments: tuple[Choice, ...] = ()
    action: str | None = None


class OfferRow(Struct, frozen=True, kw_only=True):
    """An offer in the panel; `companies` is None where it is for all."""

    title: str
    partner: str
    state: str  # a key of labels["partner_offer"]
    url: str
    activations: int = 0
    companies: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class OffersView(Struct, frozen=True, kw_only=True):
    """The offers of partners."""

    tabs: tuple[Link, ...]
    rows: tuple[OfferRow, ...]
    new_url: str


class OfferFormView(Struct, frozen=True, kw_only=True):
    """Writing or changing an offer; `companies` are those it can list."""

    form: Form
    title: str
    action: str
    companies: tuple[Choice, ...]
    for_all: bool = True
    is_active: bool = True


class ActivationRow(Struct, frozen=True, kw_only=True):
    """A company took an offer up."""

    offer: str
    partner: str
    company: str
    person: str
    manager: str
    at: datetime
    company_url: str | None = None


class ActivationsView(Struct, frozen=True, kw_only=True):
    """What companies took up, newest first."""

    tabs: tuple[Link, ...]
    rows: tuple[ActivationRow, ...]
    pager: Pager


class CandidateRow(Struct, frozen=True, kw_only=True):
    """A company over the thresholds."""

    name: str
    inn: str
    manager: str
    orders: int
    amount: Money
    last_order_at: datetime
    url: str | None = None


class CandidatesView(Struct, frozen=True, kw_only=True):
    """Who could be made VIP; the thresholds stand above the list."""

    tabs: tuple[Link, ...]
    rows: tuple[CandidateRow, ...]
    pager: Pager
    days: int
    orders: int
    amount: Money
    settings_url: str | None = None
