"""`b2b`: every command loads only what it needs, fails in one sentence, and says it by its exit code.

Exit codes: 0 done, 2 wrong input or settings, 4 not found, 5 conflict, 75 try again later, 70 our fault.
"""

import importlib
import sys
from collections.abc import Mapping

import click

from b2b_dvizhenie import __version__

COMMANDS: Mapping[str, tuple[str, str]] = {
    "run": ("run", "Everything in one process tree: database, portal, worker."),
    "serve": ("serve", "The portal and the API."),
    "worker": ("worker", "Background jobs and schedules."),
    "migrate": ("migrate", "Bring the database to this version's schema."),
    "doctor": ("doctor", "Check settings, database and adapters; say what is wrong."),
    "users": ("users", "Add and list people."),
    "exchange": ("exchange", "Exchange with 1C: import, status, nodes."),
    "prices": ("prices", "Explain a price: every discount, who won and why."),
    "demo": ("demo", "Load the demonstration into a running portal: people, and a 1C that sends its goods."),
    "openapi": ("openapi", "Print the OpenAPI document of the API."),
}
"""Name → (module of this package, one-line help). The module has a click command called `command`."""


class _Lazy(click.Group):
    """Imports a command's module when it is called, so that `b2b migrate` does not load the web framework."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"b2b_dvizhenie.entrypoints.cli.{COMMANDS[name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="b2b")
def cli() -> None:
    """b2b_dvizhenie: closed B2B portal tied to 1C."""


def main() -> None:
    """Run the command line; turn every expected error into a sentence and an exit code."""
    from b2b_dvizhenie.entrypoints.cli.failures import exit_code  # noqa: PLC0415 - keeps --help instant

    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:  # noqa: BLE001 - the outermost place; exit_code re-raises what is a bug
        sys.exit(exit_code(error))
