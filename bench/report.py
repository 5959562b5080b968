"""Rows of a bench, shown as a table and written as JSON."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psutil
from msgspec import Struct
from rich.console import Console
from rich.table import Table


class Row(Struct, frozen=True):
    """One measurement. `goal` is what it should reach, `ratio` compares it with the bare limit of the same run."""

    section: str
    name: str
    value: float
    unit: str
    goal: str = ""
    met: bool | None = None
    ratio: str = ""
    details: dict[str, Any] = {}


class Report:
    """Collects rows, prints them as they come, writes them all at the end."""

    def __init__(self, console: Console) -> None:
        self.rows: list[Row] = []
        self._console = console

    def add(self, row: Row) -> None:
        """Take a row and say it, so that a long run shows life."""
        self.rows.append(row)
        self._console.print(f"[dim]{row.section}[/] {row.name}: [bold]{row.value:,.4g}[/] {row.unit} {row.ratio}")

    def show(self) -> None:
        """The whole table; what else was measured of a row is in the JSON."""
        table = Table(title="bench", title_justify="left")
        for head in ("", "what", "value", "unit", "goal", "", "p50", "p95", "beside the bare limit"):
            table.add_column(head, justify="right" if head in ("value", "p50", "p95") else "left", no_wrap=True)
        section = ""
        for row in self.rows:
            if section and row.section != section:
                table.add_section()
            mark = {None: "", True: "[green]✓[/]", False: "[red]✗[/]"}[row.met]
            shown = row.section if row.section != section else ""
            section = row.section
            times = (str(row.details.get("p50", "")), str(row.details.get("p95", "")))
            table.add_row(shown, row.name, f"{row.value:,.4g}", row.unit, row.goal, mark, *times, row.ratio)
        self._console.print(table)

    def write(self, file: Path) -> None:
        """All rows as JSON, with the machine they were measured on."""
        file.parent.mkdir(parents=True, exist_ok=True)
        machine = {"cores": psutil.cpu_count(), "memory_gib": psutil.virtual_memory().total // 2**30}
        document = {"at": datetime.now(UTC), "machine": machine, "rows": self.rows}  # noqa: TID251
        file.write_bytes(msgspec.json.format(msgspec.json.encode(document)))
