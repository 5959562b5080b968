"""Look at access levels and change them (LVL-6). Every change works from the next request on and is audited."""

from collections.abc import Iterable, Mapping

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.visibility.ports import VisibilityTransaction, VisibilityWork
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.visibility import (
    FIRST_LEVEL,
    NOTHING,
    AccessLevel,
    FirstLevelStays,
    Information,
    LevelExists,
    LevelInUse,
    Opened,
    checked_name,
    checked_number,
)


def _change(action: str, level: int, before: object, after: object, field: str = "opens") -> Change:
    return Change(
        f"visibility.{action}",
        "access_level",
        str(level),
        None if before is None else {field: before},
        None if after is None else {field: after},
    )


def _names(opens: Iterable[Information]) -> list[str]:
    return sorted(one.value for one in opens)


async def _held(work: VisibilityTransaction, level: int) -> AccessLevel:
    found = await work.levels.hold(level)
    if found is None:
        raise NotFound("level")
    return found


class ListLevels:
    """All access levels."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor) -> tuple[AccessLevel, ...]:
        """The levels, the lowest first; Forbidden without the right to see them."""
        actor.require(Permission.VISIBILITY_VIEW)
        async with self._work() as work:
            return await work.levels.levels()


class NameLevels:
    """What levels there are, for who gives them to buyers."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor) -> tuple[tuple[int, str], ...]:
        """Numbers and names, the lowest first; Forbidden for who may not change the buyers of companies."""
        actor.require(Permission.COMPANIES_MANAGE)
        async with self._work() as work:
            return tuple((one.level, one.name) for one in await work.levels.levels())


class OpenInformation:
    """Open and close groups of information on levels."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, cells: Mapping[tuple[int, Information], bool]) -> int:
        """Change everything that is asked for, or nothing at all.

        Args:
            actor: who changes.
            cells: (level, group) → whether it is to be open.

        Returns:
            How many levels open something else now; each is one row of the audit.

        Raises:
            Forbidden: no right to change levels.
            NotFound: there is no such level.
        """
        actor.require(Permission.VISIBILITY_MANAGE)
        changed = 0
        async with self._work() as work:
            for level in sorted({level for level, _ in cells}):  # in one order, so that two changes cannot block
                found = await _held(work, level)
                asked = {group: is_open for (one, group), is_open in cells.items() if one == level}
                opened = {group for group, is_open in asked.items() if is_open}
                opens: Opened = found.opens - asked.keys() | opened
                if opens == found.opens:
                    continue
                await work.levels.set_opens(level, opens)
                await work.audit.record(actor, _change("level_changed", level, _names(found.opens), _names(opens)))
                changed += 1
            await work.commit()
        return changed


class CreateLevel:
    """Make a level."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, level: int, name: str, *, like: int | None = None) -> None:
        """The level opens what the level `like` opens, or nothing.

        Raises:
            Forbidden: no right to change levels.
            LevelNumberInvalid, LevelNameInvalid, LevelExists: the field is named.
            NotFound: there is no level `like`.
        """
        actor.require(Permission.VISIBILITY_MANAGE)
        made = AccessLevel(checked_number(level), checked_name(name), NOTHING)
        async with self._work() as work:
            opens = made.opens if like is None else (await _held(work, like)).opens
            if not await work.levels.add(AccessLevel(made.level, made.name, opens)):
                raise LevelExists("level", level=level)
            await work.audit.record(actor, _change("level_created", level, None, _names(opens)))
            await work.commit()


class RenameLevel:
    """Give a level another name."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, level: int, name: str) -> None:
        """Raises Forbidden, NotFound, LevelNameInvalid."""
        actor.require(Permission.VISIBILITY_MANAGE)
        name = checked_name(name)
        async with self._work() as work:
            found = await _held(work, level)
            if found.name == name:
                return
            await work.levels.rename(level, name)
            await work.audit.record(actor, _change("level_renamed", level, found.name, name, "name"))
            await work.commit()


class DeleteLevel:
    """Delete a level that no buyer has."""

    def __init__(self, work: VisibilityWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, level: int) -> None:
        """Raises Forbidden, NotFound, FirstLevelStays, LevelInUse."""
        actor.require(Permission.VISIBILITY_MANAGE)
        async with self._work() as work:
            found = await _held(work, level)
            if level == FIRST_LEVEL:
                raise FirstLevelStays("level")
            if not await work.levels.delete(level):
                raise LevelInUse("level", level=level, count=found.buyers)
            await work.audit.record(actor, _change("level_deleted", level, _names(found.opens), None))
            await work.commit()
