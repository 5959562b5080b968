"""The schedules of a new installation.

`b2b migrate` writes those that are missing into the table `schedule` and leaves what exists as it is: from then on
they are the administrator's. A job in this list has a handler (handlers.py) that needs no arguments. Pick odd minutes
for nightly work, so that everything does not begin at once.
"""

from b2b_dvizhenie.adapters.postgres.seeding import DefaultSchedule
from b2b_dvizhenie.application.exchange.closing import CLOSE_JOB
from b2b_dvizhenie.application.exchange.gateway import HEAL_JOB
from b2b_dvizhenie.application.exchange.sweeping import CLEAN_JOB, SWEEP_JOB
from b2b_dvizhenie.application.operations import FORGET_JOB
from b2b_dvizhenie.application.pricing import RATES_JOB
from b2b_dvizhenie.domain.operations import Cron, Every

DEFAULT_SCHEDULES: tuple[DefaultSchedule, ...] = (
    DefaultSchedule("exchange-sweep", SWEEP_JOB, Every(30)),
    DefaultSchedule("exchange-close", CLOSE_JOB, Every(300)),
    DefaultSchedule("gateway-heal", HEAL_JOB, Every(300)),
    DefaultSchedule("exchange-clean", CLEAN_JOB, Cron("17 3 * * *", "Europe/Moscow")),
    DefaultSchedule("forget", FORGET_JOB, Cron("41 3 * * *", "Europe/Moscow")),
    # The rates of tomorrow are told in the afternoon; the night catches up with what was late.
    DefaultSchedule("currency-rates", RATES_JOB, Cron("23 0,9,13,16,19 * * *", "Europe/Moscow")),
)
"""Id, job, plan; ids are stable, people see them in the panel."""
