"""The database that tests share: whatever one of them leaves behind, the next one does not find."""

import psycopg
import pytest
from databases import Databases

_TABLES = "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences ORDER BY sequencename"
_STATISTICS = "SELECT count(*) FROM pg_statistic WHERE starelid >= 16384"


def _all_of(address: str) -> list[object]:
    with psycopg.connect(address, autocommit=True) as connection:
        tables = sorted(table for (table,) in connection.execute(_TABLES).fetchall())
        rows = [f"SELECT one::text FROM {table} AS one ORDER BY 1" for table in tables]  # noqa: S608 - names out of the catalogue
        return [connection.execute(query).fetchall() for query in (*rows, _SEQUENCES, _STATISTICS)]


@pytest.fixture(scope="module")
def own(cluster, template) -> Databases:
    return Databases(cluster, template)


def test_rows_sequences_and_statistics_are_as_the_migrations_left_them(own: Databases) -> None:
    address = own.clean()
    before = _all_of(address)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM role WHERE code = 'client'")
        connection.execute("UPDATE schedule SET is_active = NOT is_active")
        connection.execute("INSERT INTO setting (key, value, updated_at) VALUES ('stray', '1', now())")
        connection.execute("SELECT nextval('order_number')")
        connection.execute("ANALYZE")
    assert _all_of(address) != before
    assert own.clean() == address, "it was copied though emptying would have done"
    assert _all_of(address) == before


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE rule_set_activation DROP CONSTRAINT ex_rule_set_activation_period",
        "ALTER TABLE company ADD COLUMN stray text",
        "ALTER TABLE company ALTER COLUMN name DROP NOT NULL",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "CREATE INDEX stray ON company (name)",
        "CREATE SCHEMA stray",
    ],
)
def test_a_changed_schema_does_not_stay(own: Databases, change: str) -> None:
    address = own.clean()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(change)
    assert own.clean() != address


def test_whoever_still_uses_it_is_thrown_out(own: Databases) -> None:
    with psycopg.connect(own.clean()) as lingering:
        lingering.execute("LOCK TABLE company")
        own.clean()
        with pytest.raises(psycopg.OperationalError):
            lingering.execute("SELECT 1")
