"""Migrations: one head, every step up and down, and the tables they make are the tables of the code."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from psycopg import sql

from b2b_dvizhenie.adapters.embedded import Cluster
from b2b_dvizhenie.adapters.postgres.migrating import configuration, migrate, revisions
from b2b_dvizhenie.adapters.postgres.seeding import install
from b2b_dvizhenie.domain.hierarchy import DEFAULT_ROLES
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.entrypoints.cli.migrate import bring_up_to_date


@pytest.fixture
def empty_url(cluster: Cluster) -> Iterator[str]:
    name = sql.Identifier(f"m_{new_id().hex}")
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield cluster.url(name.as_string().strip('"'))
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def test_there_is_one_head() -> None:
    scripts = ScriptDirectory.from_config(configuration("postgresql:///x"))
    assert len(scripts.get_heads()) == 1


def test_stairway(empty_url: str) -> None:
    config = configuration(empty_url)
    steps = [script.revision for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]
    for revision in steps:
        command.upgrade(config, revision)
        command.downgrade(config, "-1")
        command.upgrade(config, revision)
    assert revisions(empty_url) == (steps[-1], steps[-1])
    command.downgrade(config, "base")
    with psycopg.connect(empty_url) as connection:
        left = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'alembic%'"
        ).fetchall()
    assert left == []


def test_each_step_is_told_and_stays_where_a_later_one_fails(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    script = ScriptDirectory.from_config(configuration(empty_url))
    steps = [one.revision for one in reversed(list(script.walk_revisions()))]
    told: list[tuple[int, int]] = []

    def fails(done: int, of: int) -> None:
        told.append((done, of))
        if done == 3:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        bring_up_to_date(empty_url, fails)
    assert revisions(empty_url)[0] == steps[1], "the third was taken back, and it alone"
    bring_up_to_date(empty_url, lambda done, of: told.append((done, of)))
    rest = len(steps) - 2
    assert told == [(1, len(steps)), (2, len(steps)), (3, len(steps)), *((n, rest) for n in range(1, rest + 1))]
    assert revisions(empty_url) == (steps[-1], steps[-1])


def test_code_and_database_agree(database_url: str) -> None:
    command.check(configuration(database_url))


def test_drift_would_be_seen(database_url: str) -> None:
    """The control: a column that only the database has fails the check."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE company ADD COLUMN forgotten text")
    with pytest.raises(Exception, match="forgotten"):
        command.check(configuration(database_url))


def test_migrating_twice_and_installing_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    install(database_url)
    with psycopg.connect(database_url) as connection:
        roles = connection.execute("SELECT code FROM role ORDER BY position").fetchall()
    assert [code for (code,) in roles] == [role.code for role in DEFAULT_ROLES]


def test_audit_rows_cannot_be_changed(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO audit (at, actor, action, subject_type, subject_id) VALUES (now(), 'a', 'b.c', 'd', 'e')"
        )
        for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                connection.execute(statement)
