"""Which taskiq broker brings jobs to this worker. The job table is the truth with each of them."""

from taskiq import AsyncBroker

from b2b_dvizhenie.adapters.postgres.broker import PostgresBroker
from b2b_dvizhenie.adapters.postgres.leases import PostgresJobLeases
from b2b_dvizhenie.entrypoints.settings import JobsSettings
from b2b_dvizhenie.entrypoints.worker.holding import Holding

TASK = "b2b.run_job"
"""The only taskiq task: runs a job of the table by its id."""


def make_broker(settings: JobsSettings, leases: PostgresJobLeases, holding: Holding) -> AsyncBroker:
    """The broker the settings ask for; building it does no I/O.

    Raises:
        SettingsError: the transport's package is not installed or its URL is missing.
    """
    return PostgresBroker(leases, holding.claim, task_name=TASK, poll=settings.poll_seconds)
