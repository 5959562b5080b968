"""What `b2b exchange import` and `b2b exchange status` print."""

import asyncio
import hashlib
import json
import time
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from b2b_dvizhenie.application.exchange import LogQuery
from b2b_dvizhenie.application.exchange.folders import FileOutcome, Watcher
from b2b_dvizhenie.application.exchange.importing import Progress
from b2b_dvizhenie.application.exchange.receiving import StoredFile
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.entrypoints.cli.exchange import node_or_new
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.entrypoints.texts import error_text

_OUTCOMES = ("read", "added", "changed", "same", "removed")
_ALSO_REMOVED = ("deleted", "emptied", "hidden")
_REDRAW = 0.2


def found_files(source: Path) -> list[StoredFile]:
    """The XML files of a folder with their hashes, or the one file."""
    if source.is_file():
        paths, root = [source], source.parent
    else:
        paths, root = [path for path in sorted(source.rglob("*")) if path.suffix.lower() == ".xml"], source
    return [_stored(path, root) for path in paths if path.is_file()]


def _stored(path: Path, root: Path) -> StoredFile:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    name = path.relative_to(root).as_posix()
    return StoredFile(name=name, path=str(path.absolute()), sha256=digest, bytes=path.stat().st_size)


class _Bars(Watcher):
    """A bar per file on a terminal, a line per file elsewhere."""

    def __init__(self, console: Console) -> None:
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TextColumn("{task.fields[state]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._started = 0.0
        self._progress = Progress()
        self._task = None if not console.is_terminal else self._bars.add_task("", total=1, visible=False, state="")

    async def draw(self) -> None:
        """Redraw until cancelled."""
        with self._bars:
            while True:
                await asyncio.sleep(_REDRAW)
                self._show()

    def _show(self) -> None:
        if self._task is not None:
            elapsed = max(time.monotonic() - self._started, 0.001)
            told = self._progress
            state = f"{told.rows} rows, {told.rows / elapsed:,.0f}/s" if told.stage == "reading" else told.stage
            self._bars.update(self._task, completed=told.done, state=state)

    def begins(self, name: str, size: int, progress: Progress) -> None:
        """Start a new bar."""
        self._started, self._progress = time.monotonic(), progress
        if self._task is not None:
            self._task = self._bars.add_task(name, total=size, state="")

    def ended(self, outcome: FileOutcome) -> None:
        """Leave the finished bar, or print a line."""
        elapsed = time.monotonic() - self._started
        state = f"{outcome.state.state} in {elapsed:.1f} s"
        if self._task is not None:
            self._bars.update(self._task, completed=self._progress.total, state=state)
        else:
            click.echo(f"{outcome.name}: {state}", err=True)


async def run_import(container: Container, source: Path, node: str, *, as_json: bool) -> None:
    """Import, show progress, print what was done; exit code 1 when a file was refused."""
    node_id = await node_or_new(container, node)
    console = Console(stderr=True)
    bars = _Bars(console)
    started = time.monotonic()
    drawing = asyncio.create_task(bars.draw())
    try:
        outcomes = await container.import_folder()(system_actor("cli"), node_id, found_files(source), bars)
    finally:
        drawing.cancel()
        await asyncio.wait([drawing])
    elapsed = time.monotonic() - started
    if as_json:
        _print_json(outcomes, elapsed)
    else:
        _print_tables(outcomes, elapsed)
    if any(outcome.applied is None for outcome in outcomes):
        raise SystemExit(1)


def _totals(outcomes: list[FileOutcome]) -> dict[str, dict[str, int]]:
    totals: dict[str, dict[str, int]] = {}
    for outcome in outcomes:
        for name, count in outcome.state.counters.items():
            entity, _, kind = name.partition(".")
            row = totals.setdefault(entity, {})
            row[kind] = row.get(kind, 0) + count
    return totals


def _print_json(outcomes: list[FileOutcome], elapsed: float) -> None:
    document = {
        "seconds": round(elapsed, 3),
        "totals": _totals(outcomes),
        "files": [
            {
                "name": outcome.name,
                "state": outcome.state.state,
                "counters": outcome.state.counters,
                "error_code": outcome.state.error_code,
                "error_detail": outcome.state.error_detail,
                "problems": [
                    {"entity": one.entity, "severity": one.severity, "code": one.code, "ref": one.ref, "line": one.line}
                    for one in outcome.problems
                ],
            }
            for outcome in outcomes
        ],
    }
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def _print_tables(outcomes: list[FileOutcome], elapsed: float) -> None:
    console = Console()
    table = Table(title=f"{len(outcomes)} files in {elapsed:.1f} s")
    table.add_column("entity")
    for outcome_name in _OUTCOMES:
        table.add_column(outcome_name, justify="right")
    totals = _totals(outcomes)
    problems = totals.pop("problems", {})
    for entity, row in totals.items():
        removed = sum(row.get(name, 0) for name in ("removed", *_ALSO_REMOVED))
        cells = [row.get(name, 0) for name in _OUTCOMES[:-1]] + [removed]
        table.add_row(entity, *(str(cell) if cell else "" for cell in cells))
    console.print(table)
    console.print(f"errors: {problems.get('error', 0)}, warnings: {problems.get('warning', 0)}")
    for outcome in outcomes:
        if outcome.applied is None:
            state = outcome.state
            text = error_text(state.error_code, {}, "ru")
            console.print(f"[red]{outcome.name}[/red]: {text} [{state.error_code}] {state.error_detail}", markup=True)
        for one in outcome.problems[:3]:
            where = f":{one.line}" if one.line else ""
            console.print(f"  {outcome.name}{where} {one.severity} {one.code} {one.ref} {one.detail}", markup=False)


async def show_status(container: Container, limit: int, *, as_json: bool) -> None:
    """Print the latest imports."""
    actor = system_actor("cli")
    lines = await container.read_exchange_log().imports(actor, LogQuery(limit=limit))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(lines)).decode())
        return
    table = Table("created", "node", "file", "state", "rows", "errors", "warnings")
    for line in lines:
        rows = sum(count for name, count in line.counters.items() if name.endswith(".read"))
        state = line.error_code or f"{line.state} {line.stage}".strip()
        cells = (line.filename, state, str(rows), str(line.errors), str(line.warnings))
        table.add_row(f"{line.created_at:%Y-%m-%d %H:%M:%S}", line.node, *cells)
    Console().print(table)
