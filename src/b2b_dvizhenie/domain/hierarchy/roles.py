"""The five roles that exist after installation, exactly as features.md §3.2 HIER-1 lists them."""

from collections.abc import Mapping

from msgspec import Struct

from b2b_dvizhenie.domain.hierarchy.permissions import Permission, Scope


class DefaultRole(Struct, frozen=True):
    """A role as installed. Administrators change the grants later; codes stay."""

    code: str
    parent: str | None
    grants: Mapping[Permission, Scope]


_BUYING = {
    Permission.CATALOG_VIEW: Scope.OWN,
    Permission.PRICES_VIEW: Scope.OWN,
    Permission.STOCK_VIEW: Scope.OWN,
    Permission.CART_EDIT: Scope.OWN,
    Permission.ORDERS_PLACE: Scope.OWN,
    Permission.ORDERS_VIEW: Scope.OWN,
    Permission.SPECIFICATIONS_VIEW: Scope.OWN,
    Permission.DOCUMENTS_VIEW: Scope.OWN,
    Permission.PROFILE_VIEW: Scope.OWN,
    Permission.BALANCE_VIEW: Scope.OWN,
}


def _staff(scope: Scope) -> dict[Permission, Scope]:
    return {
        Permission.CATALOG_VIEW: Scope.ALL,
        Permission.PRICES_VIEW: scope,
        Permission.STOCK_VIEW: Scope.ALL,
        Permission.ORDERS_VIEW: scope,
        Permission.ORDERS_PROCESS: scope,
        Permission.SPECIFICATIONS_VIEW: scope,
        Permission.DOCUMENTS_VIEW: scope,
        Permission.COMPANIES_VIEW: scope,
        Permission.BALANCE_VIEW: scope,
        Permission.VIP_VIEW: scope,
        Permission.PROFILE_VIEW: Scope.OWN,
    }


DEFAULT_ROLES: tuple[DefaultRole, ...] = (
    DefaultRole("client", "manager", _BUYING),
    DefaultRole("manager", "head_of_managers", _staff(Scope.ASSIGNED)),
    DefaultRole(
        "head_of_managers",
        "director",
        _staff(Scope.SUBTREE)
        | {
            Permission.PANEL_ACCESS: Scope.OWN,
            Permission.STATISTICS_VIEW: Scope.SUBTREE,
            Permission.USERS_VIEW: Scope.SUBTREE,
        },
    ),
    DefaultRole(
        "director",
        "administrator",
        _staff(Scope.FIRM)
        | {
            Permission.PANEL_ACCESS: Scope.OWN,
            Permission.STATISTICS_VIEW: Scope.FIRM,
            Permission.USERS_VIEW: Scope.FIRM,
            Permission.EXCHANGE_VIEW: Scope.FIRM,
            Permission.AUDIT_VIEW: Scope.FIRM,
        },
    ),
    DefaultRole("administrator", None, dict.fromkeys(Permission, Scope.ALL)),
)
"""In the order HIER-1 demands: client, manager, head of managers, director, administrator."""
