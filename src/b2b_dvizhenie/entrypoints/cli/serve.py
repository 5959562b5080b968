"""`b2b serve`."""

import asyncio
import signal
import socket
from contextlib import ExitStack

import click
from msgspec.structs import replace

from b2b_dvizhenie.entrypoints.control import Control
from b2b_dvizhenie.entrypoints.logging import configure_logging
from b2b_dvizhenie.entrypoints.metrics import shared_metrics
from b2b_dvizhenie.entrypoints.opening import opened_database
from b2b_dvizhenie.entrypoints.settings import HttpSettings, Settings, load_settings
from b2b_dvizhenie.entrypoints.starting import bind, check_data_dir, check_schema
from b2b_dvizhenie.entrypoints.supervision import ChildSpec, Supervisor


def with_address(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The settings with the address given on the command line."""
    http: HttpSettings = replace(
        settings.http, host=host or settings.http.host, port=settings.http.port if port is None else port
    )
    return replace(settings, http=http)


def address_of(listener: socket.socket, settings: Settings) -> str:
    """The address people type."""
    if settings.http.public_url:
        return settings.http.public_url
    host = settings.http.host
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else f"[{host}]" if ":" in host else host  # noqa: S104
    return f"http://{shown}:{listener.getsockname()[1]}"


def web_children(count: int, listener: socket.socket) -> list[ChildSpec]:
    """Children that accept requests on a listening socket of this process."""
    descriptor = listener.fileno()
    arguments = ("serve", "--listen-fd", str(descriptor))
    return [ChildSpec(f"web-{number}", arguments, (descriptor,)) for number in range(1, count + 1)]


async def _supervise(count: int, listener: socket.socket, settings: Settings, control: Control) -> None:
    supervisor = Supervisor()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        with shared_metrics(settings.data) as environment:
            children = web_children(count, listener)
            await supervisor.start([replace(child, environment=environment) for child in children])
            control.ready()
            await stop.wait()
            await supervisor.stop(settings.http.stop_seconds + 2)
    finally:
        await supervisor.stop(0)


@click.command("serve")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.")
@click.option("--workers", type=click.IntRange(1), help="Number of processes.")
@click.option("--listen-fd", type=int, hidden=True)
@click.option("--control-fd", type=int, hidden=True)
def command(
    host: str | None, port: int | None, workers: int | None, listen_fd: int | None, control_fd: int | None
) -> None:
    """The portal and the API."""
    control = Control(control_fd)
    settings = with_address(load_settings(), host, port)
    configure_logging(settings.log)
    with ExitStack() as stack:
        if listen_fd is not None:
            listener = stack.enter_context(socket.socket(fileno=listen_fd))
        else:
            check_data_dir(settings.data)
            listener = stack.enter_context(bind(settings.http.host, settings.http.port))
        url = stack.enter_context(opened_database(settings))
        check_schema(url)
        count = 1 if listen_fd is not None else workers or settings.http.workers
        if listen_fd is None:
            click.echo(f"b2b: {address_of(listener, settings)}", err=True)
        if count > 1:
            asyncio.run(_supervise(count, listener, settings, control))
            return
        from b2b_dvizhenie.entrypoints.http.serving import serve  # noqa: PLC0415 - the parent of several needs none

        if not serve(settings, url, listener, control.ready):
            raise SystemExit(70)
