"""What a bench runs on: a durable cluster of its own, filled once, with companies whose buyers are logged in."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg
from msgspec import Struct
from psycopg import sql
from rich.console import Console

from b2b_dvizhenie.adapters.embedded import Cluster
from b2b_dvizhenie.domain.identity import new_token, token_hash
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.entrypoints.cli.migrate import bring_up_to_date
from bench.progress import following_import
from bench.report import Report

SIZES = {"S": (3_000, 100), "M": (100_000, 1_000), "L": (1_000_000, 10_000)}
"""(goods, companies)."""
RULES = {"S": 300, "M": 10_000, "L": 1_000_000}
"""Discount rules of the version in force."""
BUYERS = 64
"""Buyers of different companies that are logged in; a load goes through them in turn."""


class Setting(Struct, frozen=True):
    """What was asked for on the command line."""

    size: str
    seconds: int
    folder: Path
    console: Console


class Bench:
    """The database under measurement, and what loads need to know of it."""

    def __init__(self, setting: Setting, cluster: Cluster) -> None:
        self.setting = setting
        self._cluster = cluster
        self.url = self.database("bench")
        self.data_dir = str(setting.folder / "files")

    def database(self, name: str) -> str:
        """The URL of a database of this cluster with the product's tables; made when it is asked for first."""
        with psycopg.connect(self._cluster.url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = self._cluster.url(name)
        bring_up_to_date(url)
        return url

    def copy(self, name: str) -> str:
        """The URL of a fresh copy of the filled database, for what changes it. Nobody may be connected to the first."""
        with psycopg.connect(self._cluster.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE bench").format(sql.Identifier(name)))
        return self._cluster.url(name)

    def b2b(self, *arguments: str) -> tuple[float, float, str]:
        """Run a command of the product; (seconds, peak resident MiB, its output)."""
        # VmHWM, not ru_maxrss: the latter survives exec, so a child would report the memory of this process.
        program = (
            "import sys; from b2b_dvizhenie.entrypoints.cli.main import cli\n"
            "try: cli.main(sys.argv[1:], standalone_mode=False)\n"
            "finally:\n"
            "  peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
            "  print(peak.split()[1], file=sys.stderr)"
        )
        started = time.perf_counter()
        with following_import(self.setting.console, self.url):
            done = subprocess.run(
                [sys.executable, "-c", program, *arguments],
                env={**os.environ, "B2B_DATABASE_URL": self.url, "B2B_DATA_DIR": self.data_dir},
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"b2b {' '.join(arguments)}: {done.stderr[-2000:]}")
        return time.perf_counter() - started, int(done.stderr.split()[-1]) / 1024, done.stdout

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the database."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[call-overload,no-any-return]

    @cached_property
    def tokens(self) -> list[str]:
        """Session tokens of buyers, each of a company of its own with an agreed price type."""
        return _buyers(self.url, BUYERS)

    def backend_cpu(self) -> float:
        """CPU seconds that the server's processes have used so far."""
        import psutil  # noqa: PLC0415 - only benches need it

        seconds = 0.0
        for process in psutil.process_iter(["cmdline", "name"]):
            if process.info["name"] == "postgres":
                try:
                    seconds += sum(process.cpu_times()[:2])
                except psutil.NoSuchProcess:
                    continue
        return seconds


def _buyers(url: str, count: int) -> list[str]:
    now = datetime.now(UTC)  # noqa: TID251 - sessions must be alive while the bench runs
    random = Random(7)  # noqa: S311 - a reproducible mix of price types
    with psycopg.connect(url) as connection:
        role = connection.execute("SELECT role_id FROM role WHERE code = 'client'").fetchone()
        found = connection.execute("SELECT price_type_id FROM price_type WHERE is_active ORDER BY name")
        types = [row[0] for row in found]
        companies: list[UUID] = [
            row[0] for row in connection.execute("SELECT company_id FROM company ORDER BY company_id LIMIT %s", [count])
        ]
        while len(companies) < count:
            company = new_id()
            connection.execute(
                "INSERT INTO company (company_id, kind, name, updated_at) VALUES (%s, 'legal', %s, %s)",
                [company, f"Покупатель {len(companies)}", now],
            )
            companies.append(company)
        tokens = []
        for company in companies:
            user, token = new_id(), new_token()
            tokens.append(token)
            connection.execute(
                "INSERT INTO agreement (agreement_id, company_id, price_type_id) VALUES (%s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                [new_id(), company, random.choice(types)],
            )
            connection.execute(
                "INSERT INTO app_user (user_id, role_id, name, email, created_at) VALUES (%s, %s, %s, %s, %s)",
                [user, role and role[0], "Покупатель", f"{user.hex}@bench.test", now],
            )
            connection.execute("INSERT INTO membership VALUES (%s, %s, 2)", [user, company])
            connection.execute(
                "INSERT INTO session (session_id, token_hash, user_id, created_at, expires_at, last_seen_at)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [new_id(), token_hash(token), user, now, now + timedelta(days=1), now],
            )
        connection.execute("ANALYZE")
    return tokens


@contextmanager
def prepared(setting: Setting, report: Report, *, goods: bool = True) -> Iterator[Bench]:
    """The bench's database: the folder's own cluster, filled with goods, if they are needed, unless it already is."""
    from bench import filling  # noqa: PLC0415 - it needs this module

    cluster = Cluster(setting.folder / "postgres", durable=True)
    with cluster.lease():
        bench = Bench(setting, cluster)
        if goods and not bench.rows("SELECT 1 FROM product LIMIT 1"):
            filling.fill(bench, report)
        yield bench
