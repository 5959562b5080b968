"""Files by the paths that exports write: case is often wrong, folders are often missing (onec.md §3.9)."""

import os
from pathlib import Path


class FileIndex:
    """Looks files up below a folder: exactly, then whatever the case, then by the file's own name alone.

    The folder is walked once, at the first lookup that is not exact; make a new index when files have been added.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._paths: dict[str, str] | None = None
        self._names: dict[str, str | None] = {}

    def find(self, path: str) -> Path | None:
        """The file, or None when there is none, or when several could be meant.

        Args:
            path: relative, with `/`; anything that leads out of the folder finds nothing.
        """
        if not path or ".." in path.split("/") or path.startswith("/") or "\0" in path:
            return None
        exact = self._root / path
        if exact.is_file():
            return exact
        if self._paths is None:
            self._paths = self._walk()
        wanted = path.casefold()
        found = self._paths.get(wanted) or self._names.get(wanted.rpartition("/")[2])
        return self._root / found if found else None

    def _walk(self) -> dict[str, str]:
        paths: dict[str, str] = {}
        for folder, _, names in os.walk(self._root):
            above = os.path.relpath(folder, self._root)
            for name in names:
                path = name if above == "." else f"{above}/{name}"
                paths[path.casefold()] = path
                key = name.casefold()
                self._names[key] = None if key in self._names else path
        return paths
