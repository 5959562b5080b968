"""API: settings that administrators change at run time."""

from datetime import datetime
from typing import Any

from litestar import Request, get, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from b2b_dvizhenie.application.settings import ChangeSettings, ShowSettings
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission


class Value(Struct, frozen=True):
    """A setting; `changed_at` is null while the default holds."""

    key: str
    value: Any
    default: Any
    changed_by: str
    changed_at: datetime | None


class Values(Struct, frozen=True):
    """All settings; `version` goes back with a change, so that nobody overwrites what he has not seen."""

    settings: tuple[Value, ...]
    version: str


class NewValues(Struct, frozen=True, forbid_unknown_fields=True):
    """Values by key; all are stored or none."""

    values: dict[str, Any]
    version: str = ""


async def _all(show_settings: ShowSettings, actor: Actor) -> Values:
    page = await show_settings(actor)
    return Values(
        tuple(
            Value(
                line.setting.key,
                line.setting.encoded(line.value),
                line.setting.encoded(line.setting.default),
                line.changed_by,
                line.changed_at,
            )
            for line in page.lines
        ),
        page.version,
    )


@get("/api/v1/settings", permission=Permission.SETTINGS_VIEW, tags=["settings"])
async def settings(request: Request[Actor, Any, Any], show_settings: NamedDependency[ShowSettings]) -> Values:
    """Every setting with its value and default."""
    return await _all(show_settings, request.user)


@patch("/api/v1/settings", permission=Permission.SETTINGS_MANAGE, tags=["settings"])
async def change(
    request: Request[Actor, Any, Any],
    data: JSONBody[NewValues],
    change_settings: NamedDependency[ChangeSettings],
    show_settings: NamedDependency[ShowSettings],
) -> Values:
    """Change settings; they hold in every process within a second."""
    await change_settings(request.user, data.values, version=data.version)
    return await _all(show_settings, request.user)


ROUTES = [settings, change]
