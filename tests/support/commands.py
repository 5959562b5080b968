"""Commands of `b2b` in processes of their own, forked from one that has loaded the product already.

What a person would run, but for the second that each start of an interpreter takes: environment, folder, exit code and
both streams are the command's own.
"""

import os
import sys
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory
from typing import Any

from processes import Fork

from b2b_dvizhenie.entrypoints.cli.main import main


def command(*arguments: str, folder: Path, **environment: str) -> "CompletedProcess[str]":
    """Run `b2b` with these arguments and, beside this process's own, this environment; without input."""
    with TemporaryDirectory() as streams:
        files = [Path(streams) / name for name in ("out", "err")]
        one = Fork(_run, (arguments, {**os.environ, **environment}, str(folder), [str(file) for file in files]))
        try:
            one.child.join(120)
            code = one.child.exitcode
        finally:
            one.close()
        assert code is not None, f"b2b {' '.join(arguments)} does not end"
        out, err = (file.read_text("utf-8") for file in files)
    return CompletedProcess(["b2b", *arguments], code, out, err)


def _run(_line: Any, arguments: tuple[str, ...], environment: dict[str, str], folder: str, streams: list[str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.stdin = Path(os.devnull).open()  # noqa: SIM115 - for as long as the process lives
    for number, name in enumerate(streams, 1):
        target = os.open(name, os.O_WRONLY | os.O_CREAT)
        os.dup2(target, number)
    sys.argv = ["b2b", *arguments]
    main()
