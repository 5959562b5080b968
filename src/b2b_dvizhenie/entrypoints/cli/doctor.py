"""`b2b doctor`."""

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from b2b_dvizhenie.entrypoints.cli.language import speak
from b2b_dvizhenie.entrypoints.examination import Finding, Level, examine

_MARKS = {Level.OK: ("✓", "green"), Level.WARNING: ("!", "yellow"), Level.ERROR: ("✗", "bold red")}


class Said(msgspec.Struct, frozen=True):
    """A finding in words, as `--json` prints it."""

    check: str
    level: str
    text: str


def _said(finding: Finding) -> Said:
    text = speak()(finding.text).format(**finding.params)
    return Said(finding.check, finding.level.name.lower(), text)


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(as_json: bool) -> None:
    """Check settings, database and adapters; say what is wrong.

    Exit code: 0 all is well, 1 there are warnings, 2 there are errors.
    """
    findings = []
    say = speak()
    console = Console(highlight=False, soft_wrap=True)
    table = Table.grid(padding=(0, 1))
    for finding in examine():
        findings.append(finding)
        mark, colour = _MARKS[finding.level]
        table.add_row(Text(mark, colour), Text(say(finding.check), "dim"), Text(_said(finding).text))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode([_said(finding) for finding in findings])).decode())
    else:
        console.print(table)
    raise SystemExit(int(max(finding.level for finding in findings)))
