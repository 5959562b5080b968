"""Which taskiq broker brings jobs to this worker. The job table is the truth with each of them."""

from importlib import import_module

from taskiq import AsyncBroker

from b2b_dvizhenie.adapters.postgres.broker import PostgresBroker
from b2b_dvizhenie.adapters.postgres.calls import JobCalls
from b2b_dvizhenie.entrypoints.settings import JobsSettings, SettingsError
from b2b_dvizhenie.entrypoints.worker.holding import Holding

TASK = "b2b.run_job"
"""The only taskiq task: runs a job of the table by its id."""

PACKAGES = {"rabbitmq": "taskiq-aio-pika", "nats": "taskiq-nats"}


def message_broker(settings: JobsSettings) -> AsyncBroker:
    """The message broker of the settings; building it does no I/O.

    Raises:
        SettingsError: the transport's package is not installed or its URL is missing.
    """
    transport = settings.transport
    if not settings.url:
        raise SettingsError(f"jobs.transport is {transport}: name its server in jobs.url (B2B__JOBS__URL).")
    try:
        adapter = import_module(f"b2b_dvizhenie.adapters.{transport}")
    except ModuleNotFoundError as error:
        package = PACKAGES[transport]
        raise SettingsError(f"jobs.transport is {transport}: install the package {package} for it.") from error
    broker: AsyncBroker = adapter.make_broker(settings.url, settings.concurrency)
    return broker


def make_broker(settings: JobsSettings, calls: JobCalls, holding: Holding) -> AsyncBroker:
    """The broker the settings ask for.

    Raises:
        SettingsError: see `message_broker`.
    """
    if settings.transport == "postgres":
        return PostgresBroker(calls, holding.claim, task_name=TASK, poll=settings.poll_seconds)
    return message_broker(settings)
