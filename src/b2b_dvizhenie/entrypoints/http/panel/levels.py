"""The panel's access levels: what each opens, saved cell by cell (LVL-6)."""

from gettext import GNUTranslations
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.visibility import CreateLevel, DeleteLevel, ListLevels, OpenInformation, RenameLevel
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.visibility import FIRST_LEVEL, AccessLevel, Information, LevelNumberInvalid
from b2b_dvizhenie.entrypoints.http.information_texts import INFORMATION, level_title
from b2b_dvizhenie.entrypoints.http.labels import N_
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.levels import LevelCell, LevelColumn, LevelRow, LevelsView
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of, wants_fragment
from b2b_dvizhenie.entrypoints.texts import error_text

UNPROCESSABLE = 422
HERE = "/panel/levels"
_SEEN = "seen"
_SAVED = N_("Saved. It works from everybody's next request.")
_DONE = {
    "saved": _SAVED,
    "created": N_("The level is added."),
    "deleted": N_("The level is deleted."),
}
"""What was just done, by the word in the address one is redirected to."""


def _field(level: int, information: Information) -> str:
    return f"{level}.{information.value}"


def parse_field(name: str) -> tuple[int, Information] | None:
    """The cell a field is for; None for other fields and nonsense."""
    level, _, group = name.partition(".")
    if not (level.isascii() and level.isdigit() and len(level) <= 2 and group in INFORMATION):
        return None
    return int(level), Information(group)


def wanted(form: FormMultiDict) -> dict[tuple[int, Information], bool]:
    """Cells that were changed: by a tick that saves itself, or those of a whole form that differ from what was seen."""
    name = str(form.get("name", ""))
    if (cell := parse_field(name)) is not None:
        return {cell: bool(form.get(name))}
    found = {}
    for entry in form.getall(_SEEN, []):
        name, _, state = str(entry).partition(":")
        cell, is_open = parse_field(name), name in form
        if cell is not None and is_open != (state == "1"):
            found[cell] = is_open
    return found


def _rows(levels: tuple[AccessLevel, ...], texts: GNUTranslations) -> tuple[LevelRow, ...]:
    rows = []
    for information, (title, hint) in INFORMATION.items():
        words = texts.gettext(title)
        cells = tuple(
            LevelCell(
                _field(one.level, information),
                f"{words}: {level_title(one.level, one.name, texts)}",
                information in one.opens,
            )
            for one in levels
        )
        rows.append(LevelRow(words, texts.gettext(hint), cells))
    return tuple(rows)


def _column(one: AccessLevel, texts: GNUTranslations) -> LevelColumn:
    deletable = one.level != FIRST_LEVEL and not one.buyers
    return LevelColumn(
        level=one.level,
        title=level_title(one.level, one.name, texts),
        name=one.name,
        buyers=one.buyers,
        rename_url=f"{HERE}/{one.level}/name",
        delete_url=f"{HERE}/{one.level}/delete" if deletable else "",
    )


def view_of(
    levels: tuple[AccessLevel, ...], texts: GNUTranslations, form: Form, *, may_change: bool, error: str = ""
) -> LevelsView:
    """The matrix of levels and groups."""
    return LevelsView(
        columns=tuple(_column(one, texts) for one in levels),
        rows=_rows(levels, texts),
        form=form,
        choices=(
            Choice("", texts.gettext("nothing")),
            *(Choice(str(one.level), level_title(one.level, one.name, texts)) for one in levels),
        ),
        error=error,
        may_change=may_change,
    )


async def _page(
    request: Request[Actor, Any, Any],
    frame: Frame,
    list_levels: ListLevels,
    *,
    form: Form | None = None,
    error: str = "",
    done: str = "",
) -> Response[str]:
    levels = await list_levels(request.user)
    texts = frame.site.texts(language_of(request))
    may_change = request.user.may(Permission.VISIBILITY_MANAGE)
    view = view_of(levels, texts, form or Form(), may_change=may_change, error=error)
    flashes = (Flash(text=texts.gettext(_DONE[done])),) if done in _DONE else ()
    shell = await panel_shell(frame, request, "levels", flashes=flashes)
    answer = frame.page(request, "pages/levels.html", {"shell": shell, "view": view})
    if error or (form and form.errors):
        answer.status_code = UNPROCESSABLE
    return answer


@get(HERE, permission=Permission.VISIBILITY_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_levels: NamedDependency[ListLevels],
    done: FromQuery[str] = "",
) -> Response[str]:
    """Levels and what each opens."""
    return await _page(request, frame, list_levels, done=done)


@post(f"{HERE}/cells", permission=Permission.VISIBILITY_MANAGE, include_in_schema=False)
async def change(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    open_information: NamedDependency[OpenInformation],
) -> Response[Any]:
    """Save a cell, or everything that was changed in the form."""
    await open_information(request.user, wanted(await request.form()))
    if not wants_fragment(request):
        return Redirect(f"{HERE}?done=saved", status_code=303)
    said = frame.site.texts(language_of(request)).gettext(_SAVED)
    shell = await panel_shell(frame, request, "levels", flashes=(Flash(text=said),))
    return frame.page(request, "fragments/toasts.html", {"shell": shell})


@post(HERE, permission=Permission.VISIBILITY_MANAGE, include_in_schema=False)
async def add(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_levels: NamedDependency[ListLevels],
    create_level: NamedDependency[CreateLevel],
) -> Response[Any]:
    """Make a level; what is wrong comes back with the form."""
    sent = await request.form()
    typed = {name: str(sent.get(name, "")).strip() for name in ("level", "name", "like")}
    try:
        like = _number(typed["like"]) if typed["like"] else None
        await create_level(request.user, _number(typed["level"]), typed["name"], like=like)
    except DomainError as refusal:
        if refusal.kind not in (Kind.INVALID, Kind.CONFLICT):
            raise
        errors = {refusal.field or "": error_text(refusal.code, refusal.params, language_of(request))}
        return await _page(request, frame, list_levels, form=Form(typed, errors))
    return Redirect(f"{HERE}?done=created", status_code=303)


def _number(text: str) -> int:
    """A typed number of a level; nonsense is outside the bounds."""
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        raise LevelNumberInvalid("level", minimum=FIRST_LEVEL, maximum=99)
    return int(text)


@post(f"{HERE}/{{level:int}}/name", permission=Permission.VISIBILITY_MANAGE, include_in_schema=False)
async def rename(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_levels: NamedDependency[ListLevels],
    rename_level: NamedDependency[RenameLevel],
    level: FromPath[int],
) -> Response[Any]:
    """Give a level another name."""
    sent = await request.form()
    return await _changed(
        request, frame, list_levels, rename_level(request.user, level, str(sent.get("name", ""))), "saved"
    )


@post(f"{HERE}/{{level:int}}/delete", permission=Permission.VISIBILITY_MANAGE, include_in_schema=False)
async def remove(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_levels: NamedDependency[ListLevels],
    delete_level: NamedDependency[DeleteLevel],
    level: FromPath[int],
) -> Response[Any]:
    """Delete a level that nobody has."""
    return await _changed(request, frame, list_levels, delete_level(request.user, level), "deleted")


async def _changed(
    request: Request[Actor, Any, Any], frame: Frame, list_levels: ListLevels, change: Any, done: str
) -> Response[Any]:
    try:
        await change
    except DomainError as refusal:
        if refusal.kind not in (Kind.INVALID, Kind.CONFLICT):
            raise
        said = error_text(refusal.code, refusal.params, language_of(request))
        return await _page(request, frame, list_levels, error=said)
    return Redirect(f"{HERE}?done={done}", status_code=303)


ROUTES = [show, change, add, rename, remove]
