"""The steps of a start, shown live on a terminal and as plain lines anywhere else."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text


class _Step:
    """One step: what it is called, what it is at, how long it took."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.detail = ""
        self.began = 0.0
        self.took: float | None = None
        self.failed = False
        self.spinner = Spinner("dots")


class Steps:
    """Shows the steps in their order; each is done inside `step(title)`.

    Args:
        titles: all steps that will be done.
        console: where to show them; standard error by default, so that standard output stays for results.
    """

    def __init__(self, titles: Sequence[str], console: Console | None = None) -> None:
        self._console = console or Console(file=sys.stderr, highlight=False)
        self._steps = [_Step(title) for title in titles]
        self._live = (
            Live(console=self._console, get_renderable=self._table, refresh_per_second=10, transient=False)
            if self._console.is_terminal
            else None
        )

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the terminal to others; what was shown stays."""
        if self._live is not None:
            self._live.stop()

    @contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """The next step; gives a function that tells what it is at."""
        one = next(step for step in self._steps if step.title == title)
        one.began = time.monotonic()

        def tell(detail: str) -> None:
            one.detail = detail
            self._line(f"  {title}: {detail}")

        try:
            yield tell
        except BaseException:
            one.failed = True
            one.took = time.monotonic() - one.began
            raise
        one.took = time.monotonic() - one.began
        one.detail = ""
        place = f"[{self._steps.index(one) + 1}/{len(self._steps)}]"
        self._line(f"{place} {title} ({one.took:.1f} s)")

    def _line(self, text: str) -> None:
        if self._live is None:
            self._console.print(text, markup=False, soft_wrap=True)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for step in self._steps:
            if step.failed:
                mark: Spinner | Text = Text("✗", "bold red")
            elif step.took is not None:
                mark = Text("✓", "bold green")
            else:
                mark = step.spinner if step.began else Text("·", "dim")
            took = f"{step.took:.1f} s" if step.took is not None else step.detail
            table.add_row(mark, Text(step.title, "" if step.began else "dim"), Text(took, "dim"))
        return table
