"""Shows a person what the emulated 1C is doing; says nothing where nobody watches."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Watcher(Protocol):
    """Told about stages of work; stages do not overlap."""

    def stage(self, title: str, total: int) -> None:
        """A stage of `total` steps begins; the one before it is over."""

    def step(self, count: int = 1) -> None:
        """`count` steps of the stage are done."""

    def say(self, text: str) -> None:
        """What goes on right now, a line that may be replaced by the next."""


class Quiet:
    """Nobody watches."""

    def stage(self, title: str, total: int) -> None:
        """Said to nobody."""

    def step(self, count: int = 1) -> None:
        """Counted by nobody."""

    def say(self, text: str) -> None:
        """Heard by nobody."""


class Terminal:
    """Progress bars, one per stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._title = ""
        self._task = None if progress.disable else progress.add_task("", total=None, visible=False)

    def stage(self, title: str, total: int) -> None:
        """A new bar; the one before it stays, full."""
        self._title = title
        self._task = self._progress.add_task(title, total=total)

    def step(self, count: int = 1) -> None:
        """Advance the bar."""
        if self._task is not None:
            self._progress.advance(self._task, count)

    def say(self, text: str) -> None:
        """Show the text beside the title."""
        if self._task is not None:
            first = text.partition("\n")[0]
            self._progress.update(self._task, description=f"{self._title}: {first}" if first else self._title)


@contextmanager
def watcher(console: Console) -> Iterator[Watcher]:
    """Progress bars on a terminal, silence elsewhere."""
    if not console.is_terminal:
        yield Quiet()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield Terminal(progress)
