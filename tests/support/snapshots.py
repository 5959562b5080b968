"""The state of a small database: one digest per table, and a quick way back to what it was."""

from collections.abc import Mapping
from typing import Self

import psycopg
from psycopg import sql


class Snapshot:
    """A copy of every table at one moment, kept beside the tables in a schema of its own.

    Use it as a context manager; nobody else may be writing while it is taken, compared or restored.
    """

    def __init__(self, url: str, schema: str = "kept") -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.prepare_threshold = 0
        self._schema = sql.Identifier(schema)
        # The transactions up to which the tables are known to be those that were kept, and when that was last asked.
        self._known = self._looked_at = -1
        found = self._connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname <> 'alembic_version' ORDER BY 1"
        )
        self.tables = [row[0] for row in found]
        parts = [
            sql.SQL("SELECT {}::text, md5(coalesce(string_agg(h, '' ORDER BY h), '')) FROM ({}) r").format(
                sql.Literal(table), sql.SQL("SELECT md5(t::text) AS h FROM {} t").format(sql.Identifier(table))
            )
            for table in self.tables
        ]
        self._question = sql.SQL(" UNION ALL ").join(parts).as_string().encode()
        self._columns = {table: self._stored(table) for table in self.tables}
        self.take()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _stored(self, table: str) -> sql.Composable:
        rows = self._connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = '' ORDER BY attnum",
            [f"public.{table}"],
        )
        return sql.SQL(", ").join(sql.Identifier(row[0]) for row in rows)

    def take(self) -> None:
        """Keep the state of now."""
        run = self._connection.execute
        run(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(self._schema))
        run(sql.SQL("CREATE SCHEMA {}").format(self._schema))
        for table in self.tables:
            run(
                sql.SQL("CREATE TABLE {}.{} AS SELECT {} FROM public.{}").format(
                    self._schema, sql.Identifier(table), self._columns[table], sql.Identifier(table)
                )
            )
        self._known = self._finished()
        self.kept = self.digest()

    def _finished(self) -> int:
        """The number after that of the last transaction that changed anything: one that only reads gets none."""
        row = self._connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchone()
        assert row is not None
        return int(row[0])

    def digest(self) -> dict[str, str]:
        """One hash per table, over all its rows."""
        return dict(self._connection.execute(self._question).fetchall())

    def changed(self) -> list[str]:
        """Tables whose rows are not those that were kept."""
        finished = self._looked_at = self._finished()
        if finished == self._known:
            return []
        now = self.digest()
        changed = [table for table in self.tables if now[table] != self.kept[table]]
        if not changed:
            self._known = finished
        return changed

    def restore(self) -> list[str]:
        """Bring every changed table back; which they were."""
        changed = self.changed()
        if not changed:
            return []
        with self._connection.transaction():
            # Triggers and foreign keys sleep: the audit trail refuses to be changed, and order would matter.
            self._connection.execute("SET LOCAL session_replication_role = replica")
            for table in changed:
                name = sql.Identifier(table)
                self._connection.execute(sql.SQL("DELETE FROM public.{}").format(name))
                self._connection.execute(
                    sql.SQL("INSERT INTO public.{} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}.{}").format(
                        name, self._columns[table], self._columns[table], self._schema, name
                    )
                )
        self._known = self._looked_at + 1  # this one alone: whoever wrote besides is seen next time
        return changed

    def run(self, statement: str, *values: object) -> None:
        """Change the state under test."""
        self._connection.execute(statement.encode(), values or None)

    def named(self, statement: str, values: Mapping[str, object]) -> None:
        """Change the state under test by a statement whose parameters have names."""
        self._connection.execute(statement.encode(), values)

    def rewrite(self, statement: str, *values: object) -> None:
        """Change what the database guards: something published was another thing from the start."""
        with self._connection.transaction():
            self._connection.execute("SET LOCAL session_replication_role = replica")
            self.run(statement, *values)

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Look at the state under test."""
        return self._connection.execute(query.encode(), values or None).fetchall()

    def even_sequences(self, value: int = 1_000) -> None:
        """Let every counter of the database go on from the same number."""
        for name in self.rows("SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public'"):
            self._connection.execute("SELECT setval(%s::regclass, %s)", [f"public.{name[0]}", value])
