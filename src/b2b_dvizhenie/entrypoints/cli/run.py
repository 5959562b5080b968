"""`b2b run`."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

import click
from msgspec.structs import replace
from rich.console import Console

from b2b_dvizhenie.entrypoints.cli.language import speak
from b2b_dvizhenie.entrypoints.cli.migrate import bring_up_to_date
from b2b_dvizhenie.entrypoints.cli.serve import address_of, web_children, with_address
from b2b_dvizhenie.entrypoints.cli.session import open_container
from b2b_dvizhenie.entrypoints.cli.steps import Steps
from b2b_dvizhenie.entrypoints.control import Control
from b2b_dvizhenie.entrypoints.demo import DemoLogin, load_demo
from b2b_dvizhenie.entrypoints.logging import configure_logging
from b2b_dvizhenie.entrypoints.metrics import shared_metrics
from b2b_dvizhenie.entrypoints.opening import opened_database
from b2b_dvizhenie.entrypoints.settings import load_settings
from b2b_dvizhenie.entrypoints.starting import bind, check_data_dir
from b2b_dvizhenie.entrypoints.supervision import ChildSpec, Supervisor

_PATIENCE = 3.0
_SHORT_STOP = {"B2B__HTTP__STOP_SECONDS": "2", "B2B__JOBS__STOP_SECONDS": "2"}
"""Whoever presses Ctrl-C waits at most five seconds; jobs that need longer are handed back and run again."""

_QUIET = {"B2B__LOG__LEVEL": "warning"}
"""A line per request would run over what the person at the terminal looks at."""


def _unless_set(variables: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in variables.items() if name not in os.environ}


Wave = tuple[str, Sequence[ChildSpec]]
"""Processes that are started together, and what people call that step."""


async def _people(url: str, tell: Callable[[str], None]) -> list[DemoLogin]:
    async with open_container(url) as container:
        return await load_demo(container, tell)


def _announce(address: str, logins: list[DemoLogin]) -> None:
    say = speak()
    console = Console(highlight=False)
    console.print(f"\n  [bold]{say('The portal is at')} [cyan]{address}[/cyan][/bold]")
    for person in logins:
        console.print(f"    {person.login:<22} {person.password:<12} {person.name}", markup=False)
    console.print(f"  {say('Ctrl-C stops everything.')}\n", markup=False)
    sys.stdout.flush()


async def _keep_running(
    steps: Steps, waves: Sequence[Wave], environment: Mapping[str, str], ready: Callable[[], None]
) -> None:
    supervisor = Supervisor()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    stopped = asyncio.create_task(stop.wait())
    try:
        for title, specs in waves:
            with steps.step(title) as tell:
                children = [replace(spec, environment=environment, told=tell) for spec in specs]
                starting = asyncio.create_task(supervisor.start(children))
                await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
                if not starting.done():
                    starting.cancel()
                    return
                starting.result()
        ready()
        await stop.wait()
    finally:
        stopped.cancel()
        await supervisor.stop(_PATIENCE)


@click.command("run")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.")
@click.option("--demo", is_flag=True, help="Also load the demonstration.")
@click.option("--control-fd", type=int, hidden=True)
def command(host: str | None, port: int | None, demo: bool, control_fd: int | None) -> None:
    """Everything in one process tree: database, portal, worker."""
    control = Control(control_fd)
    say = speak()
    settings = with_address(load_settings(), host, port)
    configure_logging(settings.log)
    check_data_dir(settings.data)
    opening, schema, people, processes = (
        say("Database"),
        say("Schema of the database"),
        say("People of the demonstration"),
        say("Portal and worker"),
    )
    goods = say("Goods of the demonstration, sent by an emulated 1C")
    titles = [opening, schema, *([people] if demo else []), processes, *([goods] if demo else [])]
    logins: list[DemoLogin] = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # leaves the database's lease in order from the start
    with ExitStack() as stack:
        listener = stack.enter_context(bind(settings.http.host, settings.http.port))
        steps = stack.enter_context(Steps(titles))
        with steps.step(opening) as tell:
            url = stack.enter_context(opened_database(settings, lambda text: tell(say(text))))
        with steps.step(schema) as tell:
            bring_up_to_date(url, lambda done, of: tell(f"{done}/{of}"))
        if demo:
            with steps.step(people) as tell:
                logins = asyncio.run(_people(url, tell))

        def ready() -> None:
            steps.close()
            control.ready()
            _announce(address_of(listener, settings), logins)

        environment = _unless_set(_SHORT_STOP) | stack.enter_context(shared_metrics(settings.data))
        if sys.stderr.isatty() and settings.log.level == "info":
            environment |= _unless_set(_QUIET)
        web = web_children(settings.http.workers, listener)
        waves: list[Wave] = [(processes, [*web, ChildSpec("worker", ("worker",))])]
        if demo:
            door = f"{address_of(listener, settings)}/1c_exchange.php"
            waves.append((goods, [ChildSpec("1c", ("demo", "--url", door, "--orders-loop"))]))
        asyncio.run(_keep_running(steps, waves, environment, ready))
