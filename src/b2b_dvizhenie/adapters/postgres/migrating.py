"""Bringing a database to the newest schema, and telling whether it is there."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url


def configuration(url: str) -> Config:
    """Alembic's configuration for the packaged migrations over a database URL."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(rev)s_%%(slug)s")
    dialect_url = make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    config.set_main_option("sqlalchemy.url", dialect_url.replace("%", "%%"))
    return config


def migrate(url: str, revision: str = "head", applied: Callable[[], None] = lambda: None) -> None:
    """Upgrade the schema; safe to call from several processes at once.

    Each revision is a transaction of its own. All go in one run: a run reads every revision there is, so one for each
    would read them as often as there are revisions.

    Args:
        url: of the database.
        revision: the newest to apply.
        applied: called after each revision that was applied.
    """
    config = configuration(url)
    config.attributes["applied"] = lambda **_: applied()
    command.upgrade(config, revision)


def revisions(url: str) -> tuple[str | None, str | None]:
    """(what the database has, what the program needs)."""
    config = configuration(url)
    engine = create_engine(config.get_main_option("sqlalchemy.url", ""))
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    engine.dispose()
    return current, ScriptDirectory.from_config(config).get_current_head()


def pending(url: str) -> list[str]:
    """The revisions the database lacks, in the order they are to be applied."""
    present, needed = revisions(url)
    if present == needed:
        return []
    script = ScriptDirectory.from_config(configuration(url))
    return [step.revision for step in script.iterate_revisions(needed or "head", present or "base")][::-1]
