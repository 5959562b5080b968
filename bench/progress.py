"""What is happening while it happens: a bar on a terminal, a line every tenth elsewhere."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

_RUNNING = """
SELECT import_id, filename, total, progress FROM exchange_import WHERE state = 'running' AND total > 0 LIMIT 1"""
_POSITION = "SELECT progress FROM exchange_import WHERE import_id = %s AND state = 'running'"

Advance = Callable[[int], None]
"""Told how many steps were done since it was called before."""


@contextmanager
def bar(console: Console, title: str, total: int) -> Iterator[Advance]:
    """Show progress of work of `total` steps while the block runs."""
    if not console.is_terminal:
        yield _lines(console, title, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda steps: progress.advance(task, steps)


def _lines(console: Console, title: str, total: int) -> Advance:
    done = told = 0

    def advance(steps: int) -> None:
        nonlocal done, told
        done += steps
        tenth = 10 * done // max(1, total)
        if tenth > told:
            told = tenth
            console.print(f"{title}: {10 * tenth} %")

    return advance


@contextmanager
def following_import(console: Console, url: str) -> Iterator[None]:
    """While the block runs, show how far the import of another process has come, by what it notes in the database."""
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(console, url, over), daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()


def _watch(console: Console, url: str, over: threading.Event) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        while not over.wait(1):
            row = connection.execute(_RUNNING).fetchone()
            if row is None:
                continue
            import_id, name, total, before = row
            with bar(console, f"importing {name}", total) as advance:
                advance(before)
                while not over.wait(1) and (now := connection.execute(_POSITION, [import_id]).fetchone()):
                    advance(now[0] - before)
                    before = now[0]
