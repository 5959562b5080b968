"""`b2b migrate`."""

import itertools
from collections.abc import Callable

import click

from b2b_dvizhenie.adapters.postgres.migrating import migrate, pending, revisions
from b2b_dvizhenie.adapters.postgres.seeding import install
from b2b_dvizhenie.entrypoints.opening import opened_database
from b2b_dvizhenie.entrypoints.settings import load_settings
from b2b_dvizhenie.entrypoints.worker.schedules import DEFAULT_SCHEDULES


def bring_up_to_date(url: str, progress: Callable[[int, int], None] = lambda _done, _all: None) -> None:
    """Migrate and install what every database has: the default roles and schedules.

    Args:
        url: of an open database.
        progress: told after each step of the schema: how many are done, of how many.
    """
    steps, done = len(pending(url)), itertools.count(1)
    migrate(url, applied=lambda: progress(next(done), steps))
    install(url, DEFAULT_SCHEDULES)


@click.command("migrate")
@click.option("--check", is_flag=True, help="Only tell whether the schema is current; exit code 5 if not.")
def command(*, check: bool) -> None:
    """Bring the database to this version's schema."""
    with opened_database(load_settings()) as url:
        before, needed = revisions(url)
        if check:
            click.echo(f"database: {before or 'empty'}, program: {needed}")
            raise SystemExit(0 if before == needed else 5)
        bring_up_to_date(url)
        click.echo("already current" if before == needed else f"migrated from {before or 'empty'} to {needed}")
