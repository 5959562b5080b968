"""Samples of the panel's pages about roles, rights and access levels."""

from uuid import UUID

from b2b_dvizhenie.application.hierarchy import RoleRow, RoleTree
from b2b_dvizhenie.domain.hierarchy import DEFAULT_ROLES, Editor, Permission, Scope, holdable, within_reach
from b2b_dvizhenie.domain.shared.ids import RoleId
from b2b_dvizhenie.domain.visibility import EVERYTHING, AccessLevel, Information
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.levels import LevelsView
from b2b_dvizhenie.entrypoints.http.pages.rights import RightsView, RolesView
from b2b_dvizhenie.entrypoints.http.panel import levels as access_levels
from b2b_dvizhenie.entrypoints.http.panel import role_tree, roles
from b2b_dvizhenie.entrypoints.texts import translations

_TEXTS = translations("ru")
_IDS = {one.code: RoleId(UUID(int=place + 1)) for place, one in enumerate(DEFAULT_ROLES)}
_ROWS = (
    *(
        RoleRow(
            _IDS[one.code],
            _IDS[one.parent] if one.parent else None,
            one.code,
            "",
            one.grants,
            (1240, 18, 3, 1, 2)[place],
        )
        for place, one in enumerate(DEFAULT_ROLES)
    ),
    RoleRow(
        RoleId(UUID(int=9)),
        _IDS["head_of_managers"],
        "role_9",
        "Старший менеджер северо-западного направления",
        {Permission.ORDERS_VIEW: Scope.SUBTREE, Permission.CATALOG_VIEW: Scope.ALL},
        0,
    ),
)


def _tree(code: str) -> RoleTree:
    own = next(row.grants for row in _ROWS if row.code == code)
    editor = Editor(_IDS[code], {**own, Permission.USERS_MANAGE: Scope.ALL})
    parents = {row.role_id: row.parent_id for row in _ROWS}
    return RoleTree(_ROWS, editor, within_reach(parents, editor), holdable(parents, editor))


def matrix() -> RightsView:
    """The matrix as an administrator sees it."""
    return roles.view_of(_tree("administrator"), _TEXTS)


def matrix_of_a_director() -> RightsView:
    """The matrix as somebody sees it who stands below administrators and may less."""
    return roles.view_of(_tree("director"), _TEXTS)


def tree() -> RolesView:
    """The role tree."""
    return role_tree.view_of(_tree("administrator"), _TEXTS, Form())


def tree_refused() -> RolesView:
    """A new role whose name is taken."""
    form = Form({"name": "Менеджер"}, {"name": "Роль с таким названием уже есть."})
    return role_tree.view_of(_tree("administrator"), _TEXTS, form)


_LEVELS = (
    AccessLevel(1, "", frozenset({Information.STOCK_DETAIL, Information.ORDER_SUMS}), 1240),
    AccessLevel(2, "", EVERYTHING, 311),
    AccessLevel(3, "Бухгалтер", frozenset({Information.DEBT, Information.PAYMENT_SCHEDULE, Information.DOCUMENTS}), 0),
)


def levels() -> LevelsView:
    """Access levels as an administrator sees them."""
    return access_levels.view_of(_LEVELS, _TEXTS, Form(), may_change=True)


def levels_refused() -> LevelsView:
    """A new level whose number is taken."""
    form = Form({"level": "2"}, {"level": "Уровень с таким номером уже есть."})
    return access_levels.view_of(_LEVELS, _TEXTS, form, may_change=True)
