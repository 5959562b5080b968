"""How an adapter introduces itself: the settings it takes and how it is built.

An adapter package registers an `Adapter` as an entry point in the group of its port (`b2b_dvizhenie.files`,
`b2b_dvizhenie.sms` …). Our own adapters do the same, so a customer's path is walked every day.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import Struct

from b2b_dvizhenie.application.shared.clock import Clock

PORT_VERSION = 1
"""Raised when a port changes in a way that adapters must follow; `b2b doctor` prints it."""


class Surroundings(Struct, frozen=True):
    """What the product gives to every adapter: where its files may lie, and the time."""

    data_dir: Path
    clock: Clock


class Adapter(Struct, frozen=True):
    """An adapter of a port.

    Args:
        settings: a Struct with `forbid_unknown_fields`; a typo is refused with the field's name.
        build: makes the adapter from its settings; does no I/O, raises ValueError for settings that cannot work.
        port_version: the version of the port it was written for.
    """

    settings: type[Struct]
    build: Callable[[Any, Surroundings], Any]
    port_version: int = PORT_VERSION
