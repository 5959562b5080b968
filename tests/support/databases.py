"""One migrated database for many tests: it is emptied between them, because a fresh copy takes many times as long.

What the migrations put in comes back as it was, sequences start anew, what PostgreSQL learned about the rows is
forgotten. Where a test changed the schema itself, the database is dropped and copied from the template again.
"""

import psycopg
from psycopg import sql

from b2b_dvizhenie.adapters.embedded import Cluster
from b2b_dvizhenie.domain.shared.ids import new_id

_SCHEMA = """
    SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
        SELECT concat_ws(' ', 'schema', nspname) FROM pg_namespace WHERE nspname !~ '^pg_'
        UNION ALL SELECT concat_ws(' ', 'relation', oid, relname, relkind) FROM pg_class
            WHERE oid >= 16384 AND relnamespace <> 'pg_toast'::regnamespace
        UNION ALL SELECT concat_ws(' ', 'column', attrelid, attname, atttypid, attnotnull) FROM pg_attribute
            WHERE attrelid >= 16384 AND NOT attisdropped
        UNION ALL SELECT concat_ws(' ', 'default', oid, adrelid) FROM pg_attrdef
        UNION ALL SELECT concat_ws(' ', 'constraint', oid, convalidated) FROM pg_constraint WHERE oid >= 16384
        UNION ALL SELECT concat_ws(' ', 'index', indexrelid, indisvalid) FROM pg_index WHERE indexrelid >= 16384
        UNION ALL SELECT concat_ws(' ', 'trigger', oid, tgenabled) FROM pg_trigger WHERE oid >= 16384
        UNION ALL SELECT concat_ws(' ', 'function', oid, md5(prosrc)) FROM pg_proc WHERE oid >= 16384
        UNION ALL SELECT concat_ws(' ', 'setting', setdatabase, setconfig) FROM pg_db_role_setting
    ) AS all_of_it (line)
"""
"""Changes with everything that a test may do to the schema; never with rows."""
_TABLES = "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_FILLED = f"{_TABLES} AND pg_relation_size(oid) > 0"
_OTHERS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
_FORGET = """
    UPDATE pg_class SET reltuples = -1, relpages = 0, relallvisible = 0
        WHERE oid >= 16384 AND relkind IN ('r', 't', 'i') AND relnamespace <> 'pg_catalog'::regnamespace;
    DELETE FROM pg_statistic WHERE starelid >= 16384;
    SELECT setval(oid::regclass, seqstart, false) FROM pg_sequence JOIN pg_class ON pg_class.oid = seqrelid;
    SELECT pg_stat_reset();
"""


class Databases:
    """The database of a test worker, clean whenever it is asked for."""

    def __init__(self, cluster: Cluster, template: str) -> None:
        self._cluster = cluster
        self._template = template
        self._name = ""
        self._schema = ""
        with psycopg.connect(cluster.url(template)) as connection:
            self._rows: dict[str, list[bytes]] = {}
            for (table,) in connection.execute(_FILLED).fetchall():
                with connection.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                    self._rows[table] = [bytes(part) for part in copy]

    def clean(self) -> str:
        """Address of a database as the migrations leave it; whoever still uses the one given before is thrown out."""
        if not (self._name and self._emptied()):
            self._copy()
        return self._cluster.url(self._name)

    def _emptied(self) -> bool:
        with psycopg.connect(self._cluster.url(self._name), autocommit=True) as connection:
            connection.execute(_OTHERS, [self._name])
            if connection.execute(_SCHEMA).fetchone() != (self._schema,):
                return False
            filled = [table for (table,) in connection.execute(_FILLED).fetchall()]
            # As a replica PostgreSQL asks neither foreign keys nor the trigger that keeps the audit append-only.
            connection.execute("SET session_replication_role = replica")
            for table in filled:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names out of the catalogue
            connection.execute(f"VACUUM {','.join(filled)}")
            connection.execute(_FORGET)
            for table, rows in self._rows.items():
                with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(b"".join(rows))
        return True

    def _copy(self) -> None:
        with psycopg.connect(self._cluster.url("postgres"), autocommit=True) as connection:
            if self._name:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(self._name)))
            self._name = f"t_{new_id().hex}"
            # Through the log, which is the default, copying would take several times as long.
            copying = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            connection.execute(copying.format(sql.Identifier(self._name), sql.Identifier(self._template)))
        with psycopg.connect(self._cluster.url(self._name), autocommit=True) as connection:
            connection.execute(_FORGET)
            self._schema = str(connection.execute(_SCHEMA).fetchone()[0])
