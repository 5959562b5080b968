"""Cron expressions by cronsim, which follows Debian's cron where clocks are turned."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from b2b_dvizhenie.application.operations import CronCalendar
from b2b_dvizhenie.domain.operations import Cron, PlanInvalid

_INSTANT = timedelta(microseconds=1)


class CronsimCalendar(CronCalendar):
    """Finds the slots of cron expressions."""

    def latest(self, plan: Cron, now: datetime) -> datetime | None:
        """The newest slot not after `now`, in UTC."""
        return self._step(plan, now + _INSTANT, reverse=True)

    def following(self, plan: Cron, now: datetime) -> datetime | None:
        """The first slot after `now`, in UTC."""
        return self._step(plan, now, reverse=False)

    def _step(self, plan: Cron, at: datetime, *, reverse: bool) -> datetime | None:
        if len(plan.expression.split()) != 5:
            raise PlanInvalid("cron", reason=plan.expression)
        try:
            zone = ZoneInfo(plan.zone)
        except (OSError, ValueError, LookupError) as error:
            raise PlanInvalid("zone", reason=plan.zone) from error
        try:
            slots = CronSim(plan.expression, at.astimezone(zone), reverse=reverse)
            found: datetime = next(slots)
        except CronSimError as error:
            raise PlanInvalid("cron", reason=str(error)) from error
        except StopIteration:
            return None
        return found.astimezone(UTC)
