"""The frame around every page: brand, preferences, navigation, company, cart, messages."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import Money

Theme = Literal["auto", "light", "dark"]
Density = Literal["comfortable", "compact"]


class Brand(Struct, frozen=True):
    """The seller as the portal shows him. `css_url` serves `branding.stylesheet(colour)` under its own hash."""

    name: str
    mark: str  # one or two letters on the brand colour, where there is no logo
    colour: str  # #rrggbb, for the browser's own frame
    css_url: str
    logo_url: str | None = None


class Preferences(Struct, frozen=True):
    """How this person wants pages to look; kept in cookies, so the first byte already knows."""

    theme: Theme = "auto"
    density: Density = "comfortable"


class Flash(Struct, frozen=True, kw_only=True):
    """A message about what was just done, translated by the handler; `undo_url` takes a POST within eight seconds."""

    text: str
    tone: Literal["ok", "bad", "info"] = "ok"
    undo_url: str | None = None


class Viewer(Struct, frozen=True):
    """Who is logged in. `role` is the title of the role as the administrator named it."""

    name: str
    initials: str
    login: str
    role: str
    panel: bool = False  # may open the panel


class Viewing(Struct, frozen=True):
    """The page is another person's: through whose eyes it is seen, and until when."""

    name: str
    until: datetime


class Shell(Struct, frozen=True, kw_only=True):
    """What every page needs. `url` is the path and query of the page itself, to come back to."""

    brand: Brand
    url: str
    preferences: Preferences = Preferences()
    viewer: Viewer | None = None
    flashes: tuple[Flash, ...] = ()
    viewing: Viewing | None = None
    paths: frozenset[str] | None = None  # addresses there are; None: all of them

    def has(self, path: str) -> bool:
        """Whether there is such a page to link to, or such an address to post to."""
        return self.paths is None or path in self.paths


class NavItem(Struct, frozen=True):
    """An entry of a navigation; its title and icon belong to the key and are known to the template."""

    key: str
    url: str
    count: int | None = None
    alert: bool = False


class Limit(Struct, frozen=True):
    """The credit limit with the cart counted in; `percent` is capped at 100."""

    total: Money
    used: Money
    percent: int
    over: Money | None = None  # by how much the cart exceeds the limit


class CartSummary(Struct, frozen=True):
    """The cart in one line; the sum is None for viewers who see no prices."""

    total: Money | None
    positions: int
    units: Decimal
    limit: Limit | None = None


class CompanyChoice(Struct, frozen=True, kw_only=True):
    """A buyer company the person may order for. `terms` is the title of the price type, where it may be seen."""

    id: str
    name: str
    inn: str
    terms: str | None = None
    limit_left: Money | None = None
    current: bool = False


class RateNote(Struct, frozen=True):
    """Roubles of one unit of a currency on a day, and who says so."""

    currency: str
    per_unit: Decimal
    day: date
    source: str


class Currencies(Struct, frozen=True, kw_only=True):
    """Currencies to see prices in. `rates` are those the page was made by, `missing` the currency without one."""

    chosen: str
    codes: tuple[str, ...]
    charged: str
    rates: tuple[RateNote, ...] = ()
    missing: str = ""


class PortalShell(Shell, frozen=True, kw_only=True):
    """The frame of a buyer's pages; `section` is the key of the navigation it belongs to, or `cart`, `account`."""

    section: str = ""
    nav: tuple[NavItem, ...] = ()
    companies: tuple[CompanyChoice, ...] = ()
    cart: CartSummary | None = None
    currencies: Currencies | None = None
    notifications: int = 0
    query: str = ""

    @property
    def company(self) -> CompanyChoice | None:
        """The company whose prices and limit the pages show."""
        return next((company for company in self.companies if company.current), None)

    @property
    def company_part(self) -> str:
        """What forms add to the address they post to, so that what is done is done for the company of this page."""
        return f"?company={self.company.id}" if self.company else ""


class PanelSection(Struct, frozen=True):
    """A group of the panel's side navigation."""

    key: str
    items: tuple[NavItem, ...]


class PanelShell(Shell, frozen=True, kw_only=True):
    """The frame of the panel; `section` is the current entry's key, `exchange` the state of the exchange in numbers."""

    section: str = ""
    sections: tuple[PanelSection, ...] = ()
    exchange: tuple[int, int] | None = None  # healthy categories, all categories
    query: str = ""
