"""The command line: every command is registered, imports only what it needs, and fails in one sentence."""

import importlib
import pkgutil
import subprocess
import sys

import click
import pytest

from b2b_dvizhenie.entrypoints import cli
from b2b_dvizhenie.entrypoints.cli.main import COMMANDS


def b2b(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        [sys.executable, "-m", "b2b_dvizhenie", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_every_command_module_is_registered() -> None:
    """A module of the package with a `command` is a command of `b2b`."""
    modules = {info.name for info in pkgutil.iter_modules(cli.__path__)}
    commands = {name for name in modules if hasattr(importlib.import_module(f"{cli.__name__}.{name}"), "command")}
    assert {module for module, _ in COMMANDS.values()} == commands


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    command = importlib.import_module(f"{cli.__name__}.{COMMANDS[name][0]}").command
    assert isinstance(command, click.Command)
    assert command.help
    assert name in b2b("--help").stdout


def test_migrate_does_not_load_the_web_framework() -> None:
    program = (
        "import sys, b2b_dvizhenie.entrypoints.cli.main, b2b_dvizhenie.entrypoints.cli.migrate;"
        "print([m for m in ('litestar', 'jinja2', 'taskiq') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("environment", "code", "words"),
    [
        ({"B2B_PORT": "eighty"}, 2, "port"),
        ({"B2B_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, 75, "shared.database_unavailable"),
        ({"B2B_DATA_DIR": "/proc/nowhere"}, 2, "cannot be written"),
        ({"B2B_EMBEDDED": "sqlite"}, 2, "embedded"),
    ],
)
def test_failures_are_one_sentence(environment: dict[str, str], code: int, words: str) -> None:
    answer = b2b("migrate", **environment)
    assert answer.returncode == code, answer.stderr
    assert words in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
