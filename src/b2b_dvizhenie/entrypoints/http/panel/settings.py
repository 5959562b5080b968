"""The panel's settings: Панель управления → Настройки (TOK-3)."""

from collections.abc import Mapping
from gettext import GNUTranslations
from typing import Any, Literal

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.application.settings import ChangeSettings, SettingLine, SettingsPage, ShowSettings
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.settings import Choice as ChoiceSetting
from b2b_dvizhenie.domain.settings import Number, Several, Switch, Text
from b2b_dvizhenie.domain.settings import Setting as Declared
from b2b_dvizhenie.domain.shared.errors import Invalid, VersionConflict
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link
from b2b_dvizhenie.entrypoints.http.pages.staff import Setting, SettingsGroup, SettingsView
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.http.setting_texts import GROUPS, SECTIONS, TEXTS
from b2b_dvizhenie.entrypoints.texts import error_text

UNPROCESSABLE = 422
Kind = Literal["text", "number", "switch", "choice", "several"]
_KINDS: tuple[tuple[type[Declared[Any]], Kind], ...] = (
    (Number, "number"),
    (Switch, "switch"),
    (ChoiceSetting, "choice"),
    (Several, "several"),
    (Text, "text"),
)


def _kind(setting: Declared[Any]) -> Kind:
    return next(kind for made, kind in _KINDS if isinstance(setting, made))


def _told(setting: Declared[Any], value: Any, texts: GNUTranslations) -> str:
    if isinstance(setting, Switch):
        return texts.gettext("yes") if value else texts.gettext("no")
    if isinstance(setting, ChoiceSetting):
        return texts.gettext(TEXTS[setting.key].choices[value])
    return ", ".join(value) if isinstance(setting, Several) else str(value)


def _field(setting: Declared[Any], value: Any) -> str:
    """What stands in the form's field."""
    if isinstance(setting, Switch):
        return "true" if value else ""
    return "" if isinstance(setting, Several) else str(value)


class _Rows:
    """Makes the rows of the page; `options` are what can be ticked in a setting of several values, by its key."""

    def __init__(self, texts: GNUTranslations, options: Mapping[str, tuple[Choice, ...]]) -> None:
        self._texts = texts
        self._options = options

    def _choices(self, setting: Declared[Any], value: Any) -> tuple[Choice, ...]:
        if isinstance(setting, ChoiceSetting):
            named = TEXTS[setting.key].choices
            return tuple(Choice(one, self._texts.gettext(named[one]), one == value) for one in setting.choices)
        known = self._options.get(setting.key, ())
        return tuple(Choice(one.value, one.title, one.value in value) for one in known)

    def setting(self, line: SettingLine, typed: Mapping[str, Any], errors: Mapping[str, str]) -> Setting:
        """One row; what was typed stands in it where there is a form that was refused."""
        declared = line.setting
        text = TEXTS[declared.key]
        value = typed.get(declared.key, line.value)
        return Setting(
            name=declared.key,
            title=self._texts.gettext(text.title),
            hint=self._texts.gettext(text.hint),
            kind=_kind(declared),
            value=_field(declared, value),
            default=_told(declared, declared.default, self._texts),
            choices=self._choices(declared, value),
            unit=self._texts.gettext(text.unit) if text.unit else "",
            changed_by=line.changed_by,
            changed_at=line.changed_at,
            error=errors.get(declared.key, ""),
        )


async def _shown(
    request: Request[Actor, Any, Any],
    frame: Frame,
    page: SettingsPage,
    section: str,
    *,
    saved: bool = False,
    typed: Mapping[str, Any] | None = None,
    refusal: Invalid | VersionConflict | None = None,
) -> Response[str]:
    language = language_of(request)
    texts = frame.site.texts(language)
    errors: dict[str, str] = {}
    if isinstance(refusal, Invalid):
        errors = {one.field or "": error_text(one.code, one.params, language) for one in refusal.errors}
    lines = [line for line in page.lines if line.setting.section == section]
    builder = _Rows(texts, {})
    groups = []
    for key, title in GROUPS.items():
        rows = tuple(builder.setting(line, typed or {}, errors) for line in lines if line.setting.group == key)
        if rows:
            groups.append(SettingsGroup(key, texts.gettext(title), rows))
    there = {line.setting.section for line in page.lines}
    view = SettingsView(
        title=texts.gettext("Settings"),
        sections=tuple(
            Link(texts.gettext(title), f"/panel/settings?section={key}", key == section)
            for key, title in SECTIONS.items()
            if key in there
        ),
        groups=tuple(groups),
        action=f"/panel/settings?section={section}",
        version=page.version,
        saved=saved,
        error="" if refusal is None else error_text(refusal.code, refusal.params, language),
        may_change=request.user.may(Permission.SETTINGS_MANAGE),
    )
    shell = await panel_shell(frame, request, "settings")
    answer = frame.page(request, "pages/settings.html", {"shell": shell, "view": view})
    if refusal is not None:
        answer.status_code = UNPROCESSABLE
    return answer


def _known(section: str) -> str:
    """The section of the address; nonsense opens the first one."""
    return section if section in SECTIONS else next(iter(SECTIONS))


def _typed(form: FormMultiDict, page: SettingsPage, section: str) -> dict[str, object]:
    """JSON values of the fields of the section by key; ticks that are off are not sent, other fields always are."""
    settings = [line.setting for line in page.lines if line.setting.section == section]
    return {
        setting.key: setting.typed([str(one) for one in form.getall(setting.key, [])])
        for setting in settings
        if setting.key in form or isinstance(setting, Switch | Several)
    }


@get("/panel/settings", permission=Permission.SETTINGS_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    show_settings: NamedDependency[ShowSettings],
    section: FromQuery[str] = "main",
    *,
    saved: FromQuery[bool] = False,
) -> Response[str]:
    """One section of the settings."""
    return await _shown(request, frame, await show_settings(request.user), _known(section), saved=saved)


@post("/panel/settings", permission=Permission.SETTINGS_MANAGE, include_in_schema=False)
async def change(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    show_settings: NamedDependency[ShowSettings],
    change_settings: NamedDependency[ChangeSettings],
    section: FromQuery[str] = "main",
) -> Response[Any]:
    """Change a section; refused values come back with the reason at their fields, and nothing has changed."""
    shown, page, form = _known(section), await show_settings(request.user), await request.form()
    typed = _typed(form, page, shown)
    try:
        await change_settings(request.user, typed, version=str(form.get("version", "")))
    except (Invalid, VersionConflict) as refusal:
        page = await show_settings(request.user)
        return await _shown(request, frame, page, shown, typed=typed, refusal=refusal)
    return Redirect(f"/panel/settings?section={shown}&saved=true", status_code=303)


ROUTES = [show, change]
