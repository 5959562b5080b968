"""`python -m b2b_dvizhenie.testing.wholesaler --size 3000 --out DIR`: write the data of a made-up wholesaler."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from b2b_dvizhenie.testing.wholesaler.dialects import Profile
from b2b_dvizhenie.testing.wholesaler.export import Manifest, steps, write_catalog, write_changes
from b2b_dvizhenie.testing.wholesaler.goods import Wholesaler


@click.command()
@click.option("--size", default=3000, show_default=True, help="Number of goods.")
@click.option("--seed", default=2026, show_default=True, help="Another seed makes other goods.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write into.")
@click.option("--profile", type=click.Choice(list(Profile)), default=Profile.UT115, show_default=True)
@click.option("--portion", default=1000, show_default=True, help="Goods per file; 0 = one file.")
@click.option("--day", default=0, show_default=True, help="Prices and stocks as of this day.")
@click.option("--changes", is_flag=True, help="Only the price and stock changes of --day (at least 1).")
@click.option("--pictures/--no-pictures", default=True, show_default=True)
def main(
    *,
    size: int,
    seed: int,
    out: Path,
    profile: Profile,
    portion: int,
    day: int,
    changes: bool,
    pictures: bool,
) -> None:
    """Write the catalogue of a made-up electrical wholesaler as CommerceML files of a 1C family."""
    wholesaler = Wholesaler(size, seed)
    if changes:
        if day < 1:
            raise click.UsageError("--changes needs --day 1 or later")
        _tell(write_changes(wholesaler, out, day, profile), out)
        return
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("goods and offers", total=steps(wholesaler, pictures=pictures))
        manifest = write_catalog(
            wholesaler,
            out,
            profile,
            portion=portion,
            day=day,
            pictures=pictures,
            advance=lambda count: progress.advance(task, count),
        )
    _tell(manifest, out)


def _tell(manifest: Manifest, out: Path) -> None:
    counts = manifest.counts
    size = sum(file.size for file in manifest.files) / 1_048_576
    click.echo(
        f"{out}: {len(manifest.files)} XML files ({size:.1f} MiB), {len(manifest.pictures)} pictures, "
        f"{counts.goods} goods, {counts.offers} offers, {counts.prices} prices, {counts.stocks} stocks"
    )


if __name__ == "__main__":
    main()
