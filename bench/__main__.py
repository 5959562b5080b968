"""`./dev bench`: measure, print a table, write JSON."""

import importlib
import tempfile
from pathlib import Path

import click
from rich.console import Console

from bench.report import Report
from bench.setting import SIZES, Setting, prepared

SECTIONS = ("importing", "catalogue", "ordering", "prices", "what_if", "one_price", "access")


@click.command("bench")
@click.argument("sections", nargs=-1, type=click.Choice(SECTIONS))
@click.option("--size", type=click.Choice([*SIZES, "peers"]), default="S", show_default=True)
@click.option("--seconds", default=8, show_default=True, help="How long each load lasts.")
@click.option("--json", "file", type=click.Path(path_type=Path), default=Path("bench-results/latest.json"))
@click.option(
    "--data", type=click.Path(path_type=Path), help="Keep the filled cluster in this folder and use it again."
)
def main(sections: tuple[str, ...], size: str, seconds: int, file: Path, data: Path | None) -> None:
    """Measure SECTIONS (all of them when none is named).

    Sizes: S 3,000 goods and 300 discount rules, M 100,000 and 10,000, L a million of each (takes
    minutes); for access 10,000, 100,000 and a million orders. `peers` is the data that Medusa, Saleor
    and Vendure were measured on.
    """
    console = Console()
    if not console.is_terminal:
        console.width = 160
    report = Report(console)
    folder = data or Path(tempfile.mkdtemp(prefix="b2b-bench-"))
    goods = set(sections) != {"access"}
    with prepared(Setting(size, seconds, folder, console), report, goods=goods) as bench:
        for name in sections or SECTIONS:
            importlib.import_module(f"bench.{name}").measure(bench, report)
    report.show()
    report.write(file)
    console.print(f"written to {file}")


if __name__ == "__main__":
    main()
