"""Who asks: every read and every command takes an Actor, so unscoped access cannot be written by accident."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import Struct

from b2b_dvizhenie.domain.companies import CompanyRequired, Terms
from b2b_dvizhenie.domain.hierarchy import Permission, Scope, require
from b2b_dvizhenie.domain.shared.ids import CompanyId, FirmId, UserId
from b2b_dvizhenie.domain.visibility import (
    EVERYTHING,
    NOTHING,
    NOTHING_CLOSED,
    ClosedGoods,
    HiddenPrices,
    Information,
    Opened,
    priced_by,
)


class View(Struct, frozen=True):
    """A session that looks through another person's eyes: who looks, as whom, and until when."""

    viewer_id: UserId
    viewer: str
    target_id: UserId
    until: datetime


class Actor(Struct, frozen=True):
    """A person (or the system itself) with what it may do, and the company it acts for.

    `company_id` is the buyer company selected for this request; None for staff and for buyers without a company.
    `access_level` is the actor's level inside that company, `opened` what it opens to him there (LVL), `closed` the
    goods that segments close to the company (HIER-7); `closed_information` is already taken out of `opened`. `terms`
    are the terms his prices are made by. `company_certain` says that the request named the company or that there is
    only one; otherwise it is the session's choice, which another tab may have changed since (MUL-4). With a `view`
    somebody else looks through this person's eyes, and can change nothing. With `second_factor_due` the role requires
    a second step that the person has yet to set up. `is_vip` is of the company (VIP-1). `currency` is the
    one he chose to see prices in; empty means that of the terms (CUR-1).
    """

    user_id: UserId | None
    name: str
    role: str
    grants: Mapping[Permission, Scope]
    company_id: CompanyId | None = None
    company_certain: bool = True
    access_level: int = 1
    opened: Opened = NOTHING
    closed: ClosedGoods = NOTHING_CLOSED
    closed_information: Opened = NOTHING
    hidden_prices: HiddenPrices = HiddenPrices.DEFAULT_PRICE_TYPE
    firm_id: FirmId | None = None
    is_vip: bool = False
    terms: Terms | None = None
    session_id: str = ""
    request_id: str = ""
    language: str = "ru"
    currency: str = ""
    view: View | None = None
    second_factor_due: bool = False

    def may(self, permission: Permission) -> bool:
        """Whether the permission is granted in any scope."""
        return permission in self.grants

    def require(self, permission: Permission) -> Scope:
        """The scope of a granted permission; raises Forbidden otherwise."""
        return require(self.grants, permission)

    def opens(self, information: Information, scope: Scope = Scope.OWN) -> bool:
        """Whether the information of an object is open: levels bind buyers to their own company, a wider scope not."""
        return scope is not Scope.OWN or information in self.opened

    @property
    def priced_by(self) -> Opened:
        """What the actor's prices are made of beyond the default price type."""
        return priced_by(self.opened, self.hidden_prices)

    @property
    def is_concealed(self) -> bool:
        """Whether the actor orders at the prices of the agreement without being shown any price (A4)."""
        return not self.priced_by <= self.opened

    def buyer_terms(self) -> Terms:
        """Terms of the selected company; raises CompanyRequired where there is none."""
        if self.terms is None:
            raise CompanyRequired
        return self.terms


def system_actor(purpose: str, request_id: str = "") -> Actor:
    """The actor of the worker and the CLI: everything, in the name of the system."""
    return Actor(
        None,
        f"system:{purpose}",
        "system",
        MappingProxyType(dict.fromkeys(Permission, Scope.ALL)),
        opened=EVERYTHING,
        request_id=request_id,
    )
