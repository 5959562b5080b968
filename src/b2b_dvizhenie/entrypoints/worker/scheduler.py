"""The scheduler: looks every second which schedules are due. Every worker has one; they cannot make a slot twice."""

import asyncio

import structlog

from b2b_dvizhenie.application.operations import FireSchedules
from b2b_dvizhenie.domain.shared.errors import DomainError

log = structlog.get_logger("jobs")

INTERVAL = 1.0


async def keep_schedules(fire: FireSchedules) -> None:
    """Make jobs of due slots for ever."""
    while True:
        try:
            for schedule_id in await fire():
                log.info("schedule fired", schedule=schedule_id)
        except DomainError as error:
            log.warning("schedules not read", error=str(error))
        except Exception as error:
            # A broken connection comes as whatever the driver raises; a bug must not end all schedules for good.
            log.exception("schedules failed", error=str(error) or type(error).__name__)
        await asyncio.sleep(INTERVAL)
