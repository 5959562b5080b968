"""Read a setting (at most a second old), show them all, change some."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from b2b_dvizhenie.application.settings.ports import SettingReader, SettingsWork, StoredSetting
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.settings import Setting
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, NotFound, VersionConflict

T = TypeVar("T")
FRESH = timedelta(seconds=1)
"""How old the values may be that requests are answered by."""


def value_of(setting: Setting[T], stored: Mapping[str, Any]) -> T:
    """The stored value, or the default where there is none or one that an older version stored and this refuses."""
    if setting.key not in stored:
        return setting.default
    try:
        return setting.decoded(stored[setting.key])
    except DomainError:
        return setting.default


class CurrentSettings:
    """Values by their declaration: `await current(TOKEN_LIFETIME_DAYS)`. One per process.

    A change is seen by every process within a second; what must follow faster reads the setting in its transaction.
    When the database does not answer, the call fails: nothing is decided by a value that may have been withdrawn.
    """

    def __init__(self, reader: SettingReader, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock
        self._values: Mapping[str, Any] = {}
        self._read_at: datetime | None = None
        self._reading = asyncio.Lock()

    async def __call__(self, setting: Setting[T]) -> T:
        """The value now, at most a second old."""
        if not self._is_fresh():
            async with self._reading:
                if not self._is_fresh():
                    began = self._clock()
                    self._values = await self._reader.values()
                    self._read_at = began
        return value_of(setting, self._values)

    def _is_fresh(self) -> bool:
        # A clock that was set back must not make old values last.
        return self._read_at is not None and timedelta(0) <= self._clock() - self._read_at < FRESH


class SettingLine(Struct, frozen=True):
    """A setting with its value; `changed_at` is None while the default holds."""

    setting: Setting[Any]
    value: Any
    changed_by: str = ""
    changed_at: datetime | None = None


class SettingsPage(Struct, frozen=True):
    """All settings in the order they are declared. `version` changes with every change of any of them."""

    lines: tuple[SettingLine, ...]
    version: str


def _version(stored: Sequence[StoredSetting]) -> str:
    told = [(one.key, one.value) for one in stored]
    return sha256(msgspec.json.encode(told, order="sorted")).hexdigest()[:16]


class ShowSettings:
    """Every declared setting, for who may look at settings."""

    def __init__(self, work: SettingsWork, declared: Sequence[Setting[Any]]) -> None:
        self._work = work
        self._declared = declared

    async def __call__(self, actor: Actor) -> SettingsPage:
        """Raises Forbidden without `settings.view`."""
        actor.require(Permission.SETTINGS_VIEW)
        async with self._work() as work:
            stored = await work.settings.stored()
        by_key = {one.key: one for one in stored}
        values = {one.key: one.value for one in stored}
        lines = (
            SettingLine(
                setting,
                value_of(setting, values),
                by_key[setting.key].changed_by if setting.key in by_key else "",
                by_key[setting.key].changed_at if setting.key in by_key else None,
            )
            for setting in self._declared
        )
        return SettingsPage(tuple(lines), _version(stored))


class ChangeSettings:
    """Change settings together: all of them or, when one is refused, none."""

    def __init__(self, work: SettingsWork, declared: Sequence[Setting[Any]]) -> None:
        self._work = work
        self._declared = {one.key: one for one in declared}

    async def __call__(self, actor: Actor, values: Mapping[str, object], *, version: str = "") -> tuple[str, ...]:
        """Store what differs, with one audit row per setting.

        Args:
            actor: must have `settings.manage`.
            values: JSON values by key.
            version: of the page the values were typed on; "" changes whatever is there now.

        Returns:
            Keys that were changed.

        Raises:
            Forbidden: the actor may not.
            NotFound: there is no such setting; the field is its key.
            Invalid: one or more values are refused, each named by its key.
            VersionConflict: somebody changed settings since that version.
        """
        actor.require(Permission.SETTINGS_MANAGE)
        wanted: dict[str, Any] = {}
        refusals: list[DomainError] = []
        for key, value in values.items():
            setting = self._declared.get(key)
            if setting is None:
                raise NotFound(key[:100])
            try:
                wanted[key] = setting.decoded(value)
            except DomainError as refusal:
                refusals.append(refusal)
        if refusals:
            raise Invalid(refusals)
        async with self._work() as work:
            await work.settings.hold()
            stored = await work.settings.stored()
            if version and version != _version(stored):
                raise VersionConflict
            held = {one.key: one.value for one in stored}
            changed = []
            for key, value in wanted.items():
                setting = self._declared[key]
                before = value_of(setting, held)
                if before == value:
                    continue
                await work.settings.put(setting, value, actor.user_id)
                change = Change(
                    "settings.changed",
                    "setting",
                    key,
                    before={"value": setting.encoded(before)},
                    after={"value": setting.encoded(value)},
                )
                await work.audit.record(actor, change)
                changed.append(key)
            await work.commit()
        return tuple(changed)
