"""A permission is (resource, action); a grant gives it with a scope (HIER-6)."""

from collections.abc import Mapping
from enum import StrEnum

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind


class Permission(StrEnum):
    """Everything a route or a use case can demand, as `resource.action`."""

    CATALOG_VIEW = "catalog.view"
    PRICES_VIEW = "prices.view"
    PRICES_MANAGE = "prices.manage"
    PRICES_PUBLISH = "prices.publish"
    STOCK_VIEW = "stock.view"
    CART_EDIT = "cart.edit"
    ORDERS_PLACE = "orders.place"
    ORDERS_VIEW = "orders.view"
    ORDERS_PROCESS = "orders.process"
    ORDERS_PAY_BY_CARD = "orders.pay_by_card"
    SPECIFICATIONS_VIEW = "specifications.view"
    DOCUMENTS_VIEW = "documents.view"
    PROFILE_VIEW = "profile.view"
    BALANCE_VIEW = "balance.view"
    PANEL_ACCESS = "panel.access"
    STATISTICS_VIEW = "statistics.view"
    USERS_VIEW = "users.view"
    USERS_MANAGE = "users.manage"
    USERS_VIEW_AS = "users.view_as"
    COMPANIES_VIEW = "companies.view"
    COMPANIES_MANAGE = "companies.manage"
    REQUESTS_MANAGE = "requests.manage"
    EXCHANGE_VIEW = "exchange.view"
    EXCHANGE_MANAGE = "exchange.manage"
    JOBS_VIEW = "jobs.view"
    JOBS_MANAGE = "jobs.manage"
    VISIBILITY_VIEW = "visibility.view"
    VISIBILITY_MANAGE = "visibility.manage"
    VIP_VIEW = "vip.view"
    VIP_MANAGE = "vip.manage"
    SEGMENTS_VIEW = "segments.view"
    SEGMENTS_MANAGE = "segments.manage"
    SETTINGS_VIEW = "settings.view"
    SETTINGS_MANAGE = "settings.manage"
    AUDIT_VIEW = "audit.view"


class Scope(StrEnum):
    """Whose objects a grant covers, from the narrowest to the widest."""

    OWN = "own"  # the actor's own company (buyers) or own objects
    ASSIGNED = "assigned"  # companies the actor is the personal manager of
    SUBTREE = "subtree"  # those of everybody below the actor
    FIRM = "firm"  # everything of the actor's seller firm
    ALL = "all"

    @property
    def width(self) -> int:
        """0 for the narrowest; a wider scope includes the narrower ones."""
        return _WIDTHS[self]


_WIDTHS = {scope: width for width, scope in enumerate(Scope)}


class Forbidden(DomainError):
    """The actor lacks the permission altogether; a foreign object is NotFound instead."""

    code = "hierarchy.forbidden"
    kind = Kind.FORBIDDEN


def require(grants: Mapping[Permission, Scope], permission: Permission) -> Scope:
    """The scope in which the permission is granted.

    Raises:
        Forbidden: it is not granted at all.
    """
    scope = grants.get(permission)
    if scope is None:
        raise Forbidden(permission=permission.value)
    return scope
