"""Choosing adapters: settings name one, entry points know it, its own settings are checked, then it is built.

```toml
[files]
adapter = "local"
[files.local]
folder = "/srv/b2b/files"
```
"""

import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from typing import Any

import msgspec

from b2b_dvizhenie.application.shared.adapters import PORT_VERSION, Adapter, Surroundings
from b2b_dvizhenie.entrypoints.settings import SettingsError

GROUP = "b2b_dvizhenie."


@cache
def _entry_points(port: str, _path: tuple[str, ...]) -> EntryPoints:
    """Those of a port on a path, read once: reading takes longer than building everything else."""
    return entry_points(group=GROUP + port)


def installed(port: str) -> Mapping[str, EntryPoint]:
    """The adapters of a port that are installed, by name; what is installed later, the next process sees."""
    return {point.name: point for point in _entry_points(port, tuple(sys.path))}


def build_adapter(port: str, section: Mapping[str, Any], surroundings: Surroundings) -> Any:
    """The adapter that a section of the settings asks for.

    Args:
        port: name of the port and of the section.
        section: `adapter` names one; a table of that name holds its own settings.
        surroundings: handed to the adapter.

    Raises:
        SettingsError: an unknown adapter (names the installed ones), an unknown or wrong setting, settings for an
            adapter that is not chosen, or an adapter written for another version of the port.
    """
    known = installed(port)
    name = str(section.get("adapter", ""))
    if name not in known:
        choice = ", ".join(sorted(known)) or "none"
        raise SettingsError(f"[{port}] adapter = {name!r} is not installed; installed: {choice}.")
    stray = sorted(set(section) - {"adapter", name})
    if stray:
        raise SettingsError(f"[{port}] has settings that the adapter {name!r} does not read: {', '.join(stray)}.")
    adapter = known[name].load()
    if not isinstance(adapter, Adapter):
        raise SettingsError(f"The entry point {port}:{name} is not an Adapter but {type(adapter).__name__}.")
    if adapter.port_version != PORT_VERSION:
        raise SettingsError(
            f"{port}:{name} is for version {adapter.port_version} of the ports, this is {PORT_VERSION}."
        )
    try:
        own = msgspec.convert(section.get(name, {}), adapter.settings, strict=False)
        return adapter.build(own, surroundings)
    except (msgspec.ValidationError, ValueError) as error:
        raise SettingsError(f"[{port}.{name}]: {error}.") from error
