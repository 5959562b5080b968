"""The panel's rights matrix: every role, every permission, the scope in the cell; saved at once, with undo."""

from collections.abc import Iterable, Mapping
from gettext import GNUTranslations
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from msgspec import Struct

from b2b_dvizhenie.application.hierarchy import ListRoles, RoleRow, RoleTree, SetGrant
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import RoleId
from b2b_dvizhenie.entrypoints.http.labels import label_of
from b2b_dvizhenie.entrypoints.http.pages.parts import Link
from b2b_dvizhenie.entrypoints.http.pages.rights import (
    RightCell,
    RightGroup,
    RightRow,
    RightsChanged,
    RightsView,
    RoleColumn,
)
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame, bare_shell
from b2b_dvizhenie.entrypoints.http.responses import language_of, wants_fragment
from b2b_dvizhenie.entrypoints.texts import error_text

_MARK = "g"
_NOTHING = "none"
_MAX_CHANGES = 500


class CellChange(Struct, frozen=True):
    """A cell as a form sends it: what was seen there and what is wanted."""

    role_id: RoleId
    permission: Permission
    seen: Scope | None
    wanted: Scope | None


def role_title(role: RoleRow, texts: GNUTranslations) -> str:
    """What people call a role: the name it was given, else the words for its code."""
    return role.name or texts.gettext(label_of("role", role.code).text)


def tabs(current: str, texts: GNUTranslations) -> tuple[Link, ...]:
    """The pages about roles."""
    return (
        Link(texts.gettext("Rights"), "/panel/roles", current == "rights"),
        Link(texts.gettext("Role tree"), "/panel/roles/tree", current == "tree"),
    )


def field_name(role_id: RoleId, permission: Permission, seen: Scope | None) -> str:
    """The name of a cell's field: what it is about and what its reader saw."""
    return ":".join((_MARK, str(role_id), permission.value, seen.value if seen else _NOTHING))


def parse_change(name: str, value: str) -> CellChange | None:
    """The change a field asks for; None for fields of something else, nonsense, and cells left as they were."""
    mark, *parts = name.split(":")
    if mark != _MARK or len(parts) != 3 or value == parts[2]:
        return None
    try:
        seen, wanted = (None if one == _NOTHING else Scope(one) for one in (parts[2], value))
        return CellChange(RoleId(UUID(parts[0])), Permission(parts[1]), seen, wanted)
    except ValueError:
        return None


def _cell(tree: RoleTree, role: RoleRow, permission: Permission, texts: GNUTranslations) -> RightCell:
    scope = role.grants.get(permission)
    offered = tree.choices(role, permission) if tree.editable or role.role_id == tree.editor.role_id else (scope,)
    return RightCell(
        key=f"c-{role.role_id}-{permission.value.replace('.', '-')}",
        name=field_name(role.role_id, permission, scope),
        role=role_title(role, texts),
        scope=scope.value if scope else "",
        choices=tuple(one.value if one else "" for one in offered) if len(offered) > 1 else (),
    )


def _row(tree: RoleTree, permission: Permission, texts: GNUTranslations) -> RightRow:
    cells = tuple(_cell(tree, role, permission, texts) for role in tree.roles)
    return RightRow(permission=permission.value, cells=cells)


def _resource(permission: Permission) -> str:
    return permission.value.split(".", 1)[0]


def view_of(tree: RoleTree, texts: GNUTranslations) -> RightsView:
    """The matrix: permissions grouped by what they are about."""
    places = {resource: place for place, resource in enumerate(dict.fromkeys(map(_resource, Permission)))}
    ordered = sorted(Permission, key=lambda one: places[_resource(one)])
    return RightsView(
        columns=tuple(
            RoleColumn(title=role_title(role, texts), people=role.people, own=role.role_id == tree.editor.role_id)
            for role in tree.roles
        ),
        groups=tuple(
            RightGroup(resource, tuple(_row(tree, one, texts) for one in found))
            for resource, found in groupby(ordered, _resource)
        ),
        tabs=tabs("rights", texts),
    )


@get("/panel/roles", permission=Permission.USERS_MANAGE, include_in_schema=False)
async def matrix(
    request: Request[Actor, Any, Any], frame: NamedDependency[Frame], list_roles: NamedDependency[ListRoles]
) -> Response[str]:
    """Roles × permissions."""
    return await _matrix(request, frame, list_roles, ())


async def _matrix(
    request: Request[Actor, Any, Any], frame: Frame, list_roles: ListRoles, flashes: tuple[Flash, ...]
) -> Response[str]:
    texts = frame.site.texts(language_of(request))
    view = view_of(await list_roles(request.user), texts)
    shell = await panel_shell(frame, request, "roles", flashes=flashes)
    return frame.page(request, "pages/rights.html", {"shell": shell, "view": view})


class _Applied(Struct):
    """What became of the changes of a form."""

    done: list[CellChange]
    refused: list[str]


async def _apply(actor: Actor, set_grant: SetGrant, changes: Iterable[CellChange], language: str) -> _Applied:
    outcome = _Applied([], [])
    for change in changes:
        try:
            await set_grant(actor, change.role_id, change.permission, change.wanted, expected=change.seen)
        except DomainError as error:
            if error.kind is Kind.UNAVAILABLE:
                raise
            outcome.refused.append(error_text(error.code, error.params, language))
        else:
            outcome.done.append(change)
    return outcome


def _undo(done: Iterable[CellChange]) -> str:
    pairs = {
        field_name(one.role_id, one.permission, one.wanted): one.seen.value if one.seen else _NOTHING for one in done
    }
    return f"/panel/roles/grants?{urlencode(pairs)}"


def _flashes(outcome: _Applied, texts: GNUTranslations) -> tuple[Flash, ...]:
    found = [Flash(text=text, tone="bad") for text in dict.fromkeys(outcome.refused)]
    if outcome.done:
        count = len(outcome.done)
        said = texts.ngettext("{count} right changed.", "{count} rights changed.", count).format(count=count)
        found.insert(0, Flash(text=said, undo_url=_undo(outcome.done)))
    return tuple(found)


@post("/panel/roles/grants", permission=Permission.USERS_MANAGE, status_code=200, include_in_schema=False)
async def change(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_roles: NamedDependency[ListRoles],
    set_grant: NamedDependency[SetGrant],
) -> Response[str]:
    """Change the cells that differ from what was seen: one from a script, many from the plain form, each for itself."""
    form = await request.form()
    fields: Mapping[str, str] = {name: str(value) for name, value in (*request.query_params.items(), *form.items())}
    changes = [one for one in (parse_change(name, value) for name, value in fields.items()) if one is not None]
    language = language_of(request)
    texts = frame.site.texts(language)
    outcome = await _apply(request.user, set_grant, changes[:_MAX_CHANGES], language)
    if not wants_fragment(request):
        return await _matrix(request, frame, list_roles, _flashes(outcome, texts))
    tree = await list_roles(request.user)
    touched = {(one.role_id, one.permission) for one in changes[:_MAX_CHANGES]}
    rows = tuple(
        RightRow(
            permission=permission.value,
            cells=tuple(
                _cell(tree, role, permission, texts) for role in tree.roles if (role.role_id, permission) in touched
            ),
        )
        for permission in dict.fromkeys(permission for _, permission in touched)
    )
    shell = bare_shell(request, frame.site, flashes=_flashes(outcome, texts))
    context = {"shell": shell, "view": RightsChanged(rows)}
    return frame.page(request, "pages/rights/changed.html", context)


ROUTES = [matrix, change]
