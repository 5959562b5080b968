"""Job name → handler. A handler parses the payload, calls one use case as the system, and may run more than once."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct

from b2b_dvizhenie.entrypoints.container import Container


class RunningJob(Struct, frozen=True):
    """The job a handler works on: its id, which attempt this is (from 1), and the request that asked for it."""

    job_id: str
    attempt: int
    request_id: str = ""


Handler = Callable[[Container, dict[str, Any], RunningJob], Awaitable[None]]

HANDLERS: Mapping[str, Handler] = {}
"""One entry per job name (`context.verb`)."""
