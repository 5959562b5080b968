"""The command line: every command is registered, imports only what it needs, and fails in one sentence."""

import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from commands import command

from b2b_dvizhenie.entrypoints import cli
from b2b_dvizhenie.entrypoints.cli.main import COMMANDS


@pytest.fixture(scope="module")
def overview() -> str:
    """What `b2b --help` says."""
    return subprocess.run(
        [sys.executable, "-m", "b2b_dvizhenie", "--help"], capture_output=True, text=True, check=True
    ).stdout


def test_every_command_module_is_registered() -> None:
    """A module of the package with a `command` is a command of `b2b`."""
    modules = {info.name for info in pkgutil.iter_modules(cli.__path__)}
    commands = {name for name in modules if hasattr(importlib.import_module(f"{cli.__name__}.{name}"), "command")}
    assert {module for module, _ in COMMANDS.values()} == commands


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, overview: str) -> None:
    one = importlib.import_module(f"{cli.__name__}.{COMMANDS[name][0]}").command
    assert isinstance(one, click.Command)
    assert one.help
    assert name in overview


def test_migrate_does_not_load_the_web_framework() -> None:
    """A cold start, as a person's: its exit code is the process's, and it tells every module it loads."""
    answer = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "b2b_dvizhenie", "migrate"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "B2B_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
    )
    assert answer.returncode == 75
    loaded = {line.rsplit("|", 1)[1].strip() for line in answer.stderr.splitlines() if line.startswith("import time:")}
    assert "alembic" in loaded
    assert not {"litestar", "jinja2", "taskiq"} & loaded


@pytest.mark.parametrize(
    ("environment", "code", "words"),
    [
        ({"B2B_PORT": "eighty"}, 2, "port"),
        ({"B2B_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, 75, "shared.database_unavailable"),
        ({"B2B_DATA_DIR": "/proc/nowhere"}, 2, "cannot be written"),
        ({"B2B_EMBEDDED": "sqlite"}, 2, "embedded"),
    ],
)
def test_failures_are_one_sentence(environment: dict[str, str], code: int, words: str, tmp_path: Path) -> None:
    answer = command("migrate", folder=tmp_path, **environment)
    assert answer.returncode == code, answer.stderr
    assert words in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
