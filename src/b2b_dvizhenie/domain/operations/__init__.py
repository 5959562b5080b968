"""Background work: when a failed job is tried again, when it is given up, when a schedule is due."""

from b2b_dvizhenie.domain.operations.retries import LUCK, Bury, Retry, after_failure, back_off
from b2b_dvizhenie.domain.operations.schedules import Cron, Every, Plan, PlanInvalid, is_due, latest_interval

__all__ = [
    "LUCK",
    "Bury",
    "Cron",
    "Every",
    "Plan",
    "PlanInvalid",
    "Retry",
    "after_failure",
    "back_off",
    "is_due",
    "latest_interval",
]
