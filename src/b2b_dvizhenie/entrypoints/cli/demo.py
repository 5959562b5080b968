"""`b2b demo`."""

import signal
import sys

import click
from rich.console import Console

from b2b_dvizhenie.entrypoints.cli.session import with_container
from b2b_dvizhenie.entrypoints.container import Container, utc_now
from b2b_dvizhenie.entrypoints.control import Control
from b2b_dvizhenie.entrypoints.demo import NODE_LOGIN, NODE_PASSWORD, attach_buyers, load_demo
from b2b_dvizhenie.entrypoints.settings import load_settings
from b2b_dvizhenie.testing.emulator import EmulatorRefused, ScenarioSettings, Watcher, run_scenario, watcher
from b2b_dvizhenie.testing.wholesaler import settlement_tables

ORDERS_EVERY = 5.0
"""Seconds between two visits of the emulated 1C for orders."""


class _Reporting:
    """Tells the supervising process how far the emulated 1C is."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._title, self._total, self._done, self._told = "", 0, 0, -1

    def stage(self, title: str, total: int) -> None:
        """A stage begins."""
        self._title, self._total, self._done, self._told = title, total, 0, -1
        self.step(0)

    def step(self, count: int = 1) -> None:
        """Some steps are done; every tenth of them is told once."""
        self._done += count
        percent = 10 * self._done // max(self._total, 1) * 10
        if percent != self._told:
            self._told = percent
            self._control.say(f"{self._title} {percent} %")

    def say(self, text: str) -> None:
        """What goes on right now."""
        self._control.say(f"{self._title}: {text.partition(chr(10))[0]}")


def _trade(settings: ScenarioSettings, control: Control, *, first: bool) -> None:
    def run(progress: Watcher) -> None:
        run_scenario(settings, progress, utc_now)

    try:
        if first and sys.stderr.isatty():
            with watcher(Console(stderr=True)) as progress:
                run(progress)
        else:
            run(_Reporting(control))
    except EmulatorRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal


@click.command("demo")
@click.option(
    "--url", default="http://127.0.0.1:8000/1c_exchange.php", show_default=True, help="Door of a running portal."
)
@click.option("--goods", default=3000, show_default=True, help="Size of the assortment.")
@click.option("--orders-loop", is_flag=True, help="Go on exchanging orders until stopped.")
@click.option("--control-fd", type=int, hidden=True)
def command(url: str, goods: int, orders_loop: bool, control_fd: int | None) -> None:
    """Load the demonstration into a running portal: people, and goods that an emulated 1C sends through the exchange.

    The emulated 1C keeps its state in the data directory: the first time it sends everything, later only what changed.
    """
    control = Control(control_fd)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folder = load_settings().data / "demo-1c"
    owed = settlement_tables(utc_now())
    day = ScenarioSettings(url, NODE_LOGIN, NODE_PASSWORD, folder, goods=goods, documents=True, tables=owed)

    async def people(container: Container) -> None:
        await load_demo(container, control.say)

    async def buyers(container: Container) -> int:
        return await attach_buyers(container)

    with_container(people)
    companies = with_container(buyers)
    if not companies:
        _trade(day, control, first=control_fd is None)
        companies = with_container(buyers)
    control.ready()
    if control_fd is None:
        click.echo(f"companies: {companies}")
    if orders_loop:
        looping = ScenarioSettings(
            url,
            NODE_LOGIN,
            NODE_PASSWORD,
            folder,
            goods=goods,
            orders_loop=True,
            pause=ORDERS_EVERY,
            documents=True,
            tables=owed,
        )
        _trade(looping, control, first=False)
