"""Roles as installed (features §3.2, HIER-1) and what a permission demands."""

import pytest

from b2b_dvizhenie.domain.hierarchy import DEFAULT_ROLES, Forbidden, Permission, Scope, require

GRANTS = {role.code: role.grants for role in DEFAULT_ROLES}


def test_the_five_roles_in_their_order() -> None:
    """HIER-1: a fresh installation lists exactly these five roles in this order."""
    assert [role.code for role in DEFAULT_ROLES] == [
        "client", "manager", "head_of_managers", "director", "administrator",
    ]  # fmt: skip
    assert [role.parent for role in DEFAULT_ROLES] == [
        "manager", "head_of_managers", "director", "administrator", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "orders", "statistics", "panel"),
    [
        ("client", Scope.OWN, None, False),
        ("manager", Scope.ASSIGNED, None, False),
        ("head_of_managers", Scope.SUBTREE, Scope.SUBTREE, True),
        ("director", Scope.FIRM, Scope.FIRM, True),
        ("administrator", Scope.ALL, Scope.ALL, True),
    ],
)
def test_default_role_table(role: str, orders: Scope, statistics: Scope | None, panel: bool) -> None:
    """The role table wins over the statistics section (DESIGN §6.1)."""
    grants = GRANTS[role]
    assert grants[Permission.ORDERS_VIEW] is orders
    assert grants.get(Permission.STATISTICS_VIEW) is statistics
    assert (Permission.PANEL_ACCESS in grants) is panel


def test_only_clients_buy_and_only_the_administrator_has_everything() -> None:
    assert [code for code, grants in GRANTS.items() if Permission.ORDERS_PLACE in grants] == ["client", "administrator"]
    assert set(GRANTS["administrator"]) == set(Permission)
    assert all(set(grants) != set(Permission) for code, grants in GRANTS.items() if code != "administrator")


def test_scopes_widen() -> None:
    assert [scope.width for scope in (Scope.OWN, Scope.ASSIGNED, Scope.SUBTREE, Scope.FIRM, Scope.ALL)] == [
        0,
        1,
        2,
        3,
        4,
    ]


def test_require() -> None:
    assert require(GRANTS["client"], Permission.CATALOG_VIEW) is Scope.OWN
    with pytest.raises(Forbidden) as caught:
        require(GRANTS["client"], Permission.USERS_MANAGE)
    assert caught.value.params == {"permission": "users.manage"}
