"""The tree of sections out of (ref, parent) pairs that came in any order and may contradict each other."""

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")


def arrange(parents: Mapping[Key, Key | None], age: Mapping[Key, int]) -> tuple[dict[Key, tuple[Key, ...]], list[Key]]:
    """Paths from the root to every section, and the sections that had to be cut from their parent.

    Args:
        parents: every section with its parent; None at the root. A parent that is not a key counts as none.
        age: when each section was last told of; a cycle is opened at its youngest member, so that what the source
            said first stands. Sections that are missing here are the oldest.

    Returns:
        (path of each section, ending with the section itself; sections that are now at the root because their parents
        led back to themselves). Every key has a path; no path holds a section twice.
    """
    up = {key: parent if parent in parents else None for key, parent in parents.items()}
    paths: dict[Key, tuple[Key, ...]] = {}
    cut: list[Key] = []
    for start in parents:
        trail: list[Key] = []
        on_trail: set[Key] = set()
        at: Key | None = start
        while at is not None and at not in paths:
            if at in on_trail:
                loop = trail[trail.index(at) :]
                youngest = max(loop, key=lambda key: (age.get(key, -1), loop.index(key)))
                up[youngest] = None
                cut.append(youngest)
                trail = trail[: trail.index(at)] + _down_from(youngest, loop)
                break
            trail.append(at)
            on_trail.add(at)
            at = up[at]
        for key in reversed(trail):
            above = up[key]
            paths[key] = (key,) if above is None else (*paths[above], key)
    return paths, cut


def _down_from(top: Key, loop: list[Key]) -> list[Key]:
    """The members of an opened cycle in an order where each one's parent comes after it."""
    place = loop.index(top)
    return loop[place + 1 :] + loop[: place + 1]
