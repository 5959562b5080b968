"""`b2b worker`."""

import asyncio
import signal

import click
import uvloop
from prometheus_client import start_http_server

from b2b_dvizhenie.entrypoints.container import build, running
from b2b_dvizhenie.entrypoints.control import Control
from b2b_dvizhenie.entrypoints.logging import configure_logging
from b2b_dvizhenie.entrypoints.opening import opened_database
from b2b_dvizhenie.entrypoints.settings import load_settings
from b2b_dvizhenie.entrypoints.starting import bind, check_schema
from b2b_dvizhenie.entrypoints.worker.working import work


@click.command("worker")
@click.option("--control-fd", type=int, hidden=True)
def command(control_fd: int | None) -> None:
    """Background jobs and schedules."""
    control = Control(control_fd)
    settings = load_settings()
    configure_logging(settings.log)

    async def inside(url: str) -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with running(build(settings, url)) as container:
            await work(container, stop=stop, ready=control.ready)

    if settings.jobs.metrics_port and control_fd is None:
        host, port = settings.jobs.metrics_host, settings.jobs.metrics_port
        bind(host, port).close()  # says clearly what the server below would say with a trace
        start_http_server(port, host)
    with opened_database(settings) as url:
        check_schema(url)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(inside(url))
