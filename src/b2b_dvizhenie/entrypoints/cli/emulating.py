"""`b2b exchange emulate-1c`: a day of an emulated 1C against a running portal."""

from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from b2b_dvizhenie.entrypoints.container import utc_now
from b2b_dvizhenie.entrypoints.demo import NODE_LOGIN, NODE_PASSWORD
from b2b_dvizhenie.entrypoints.settings import load_settings
from b2b_dvizhenie.testing.emulator import (
    Counting,
    EmulatorRefused,
    ScenarioReport,
    ScenarioSettings,
    run_scenario,
    watcher,
)
from b2b_dvizhenie.testing.wholesaler import Profile


def _profile(name: str) -> Profile:
    try:
        return Profile(name)
    except ValueError:
        known = ", ".join(profile.value for profile in Profile)
        raise click.BadParameter(f"{name!r} is not one of {known}", param_hint="--profile") from None


def _counting(name: str) -> Counting:
    try:
        return Counting(name)
    except ValueError:
        known = ", ".join(counting.value for counting in Counting)
        raise click.BadParameter(f"{name!r} is not one of {known}", param_hint="--counts") from None


def _rows(file: Path) -> list[dict[str, Any]]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[dict[str, Any]])
    except msgspec.DecodeError as error:
        raise click.BadParameter(f"{file} is no JSON list of rows: {error}", param_hint="--send") from error


def run_emulator(
    *,
    url: str,
    login: str | None,
    password: str | None,
    profile: str,
    goods: int,
    orders_loop: bool,
    pause: float,
    no_zip: bool,
    no_wait: bool,
    counts: str,
    documents: bool,
    tables: tuple[tuple[str, Path], ...],
    folder: Path | None,
    as_json: bool,
) -> None:
    """Run it; progress goes to the terminal, the report to standard output.

    Raises:
        click.ClickException: the portal broke a rule of the protocol, or is not there.
    """
    family = _profile(profile)
    settings = ScenarioSettings(
        url=url,
        login=login or NODE_LOGIN,
        password=password or NODE_PASSWORD,
        folder=folder or load_settings().data / f"emulated-{family.value}",
        profile=family,
        goods=goods,
        archive=not no_zip,
        wait=not no_wait,
        orders_loop=orders_loop,
        pause=pause,
        counting=_counting(counts),
        documents=documents,
        tables={table: _rows(file) for table, file in tables},
    )
    try:
        with watcher(Console(stderr=True)) as progress:
            report = run_scenario(settings, progress, utc_now)
    except EmulatorRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    except KeyboardInterrupt:
        raise click.Abort from None
    if as_json:
        click.echo(msgspec.json.encode(report).decode())
    else:
        Console().print(_told(report))


def _told(report: ScenarioReport) -> Table:
    table = Table(show_header=False, box=None)
    table.add_row(
        "sent", f"{'everything' if report.full else f'changes of day {report.day}'} as {report.profile.value}"
    )
    table.add_row("goods", str(report.goods))
    table.add_row("files, pictures", f"{report.files}, {report.pictures}")
    if report.rows_accepted or report.rows_rejected:
        table.add_row("rows taken, refused", f"{report.rows_accepted}, {report.rows_rejected}")
    table.add_row("orders taken, answered", f"{report.orders_taken}, {report.orders_told}")
    for way, count in sorted(report.payments.items()):
        table.add_row("paid by", f"{way or 'nothing named'}: {count}")
    table.add_row("documents", str(report.documents))
    table.add_row("requests, bytes", f"{report.requests}, {report.bytes_sent}")
    table.add_row("longest answer", f"{report.slowest:.2f} s")
    table.add_row("took", f"{report.seconds:.1f} s")
    for text in report.texts:
        table.add_row("", text.partition("\n")[0])
    return table
