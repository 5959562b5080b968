"""kill -9 at any moment (reliability.md §4.5): nothing acknowledged is lost, nothing is done half.

Each check has a control in which the protection is taken away and which must then lose something.
"""

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import psycopg
import pytest
import web_process
import worker_process
from processes import Fork, forked, until

from b2b_dvizhenie.adapters.embedded import Cluster
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.entrypoints.cli.migrate import bring_up_to_date

pytestmark = pytest.mark.postgres

LEASE = 1
KILLS = 3
NIGHTLY_KILLS = 200


@pytest.fixture
def db(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE trace (job_id text, phase text, pid int, at timestamptz DEFAULT now())")
        connection.execute("CREATE TABLE thing (key text PRIMARY KEY)")
        yield connection


def put(db: psycopg.Connection, count: int, seconds: float) -> None:
    db.execute(
        "INSERT INTO job (job_id, name, payload, run_at, created_at, max_attempts)"
        " SELECT gen_random_uuid(), 'slow', jsonb_build_object('seconds', %s::float), now(), now(), 1000"
        " FROM generate_series(1, %s)",
        (seconds, count),
    )
    db.execute("SELECT pg_notify('b2b_job', 'default')")


def number(db: psycopg.Connection, query: str) -> int:
    row = db.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def begun(db: psycopg.Connection) -> int:
    return number(db, "SELECT count(DISTINCT job_id) FROM trace WHERE phase = 'begun'")


def done(db: psycopg.Connection) -> int:
    return number(db, "SELECT count(DISTINCT job_id) FROM trace WHERE phase = 'done'")


def worker(url: str, folder: Path, *, delete_first: bool = False) -> AbstractContextManager[Fork]:
    return forked(worker_process.main, url, str(folder), LEASE, delete_first)


@pytest.mark.slow
def test_job_of_a_killed_worker_is_done_after_its_lease(
    db: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    put(db, 1, 0.5)
    with worker(database_url, tmp_path) as first:
        until(lambda: begun(db) == 1, 20, "the first start")
        first.kill()
    assert done(db) == 0
    with worker(database_url, tmp_path) as second:
        second.ready()
        until(lambda: done(db) == 1, LEASE + 5, "the second run")
        until(lambda: number(db, "SELECT count(*) FROM job") == 0, 5, "the end of the job")
    assert number(db, "SELECT count(*) FROM trace WHERE phase = 'begun'") == 2


@pytest.mark.slow
def test_control_job_that_is_deleted_first_is_lost(db: psycopg.Connection, database_url: str, tmp_path: Path) -> None:
    put(db, 1, 0.5)
    with worker(database_url, tmp_path, delete_first=True) as first:
        until(lambda: begun(db) == 1, 20, "the first start")
        first.kill()
    with worker(database_url, tmp_path, delete_first=True) as second:
        second.ready()
        time.sleep(3 * LEASE)
    assert done(db) == 0


@pytest.mark.slow
def test_stopped_worker_hands_back_at_once(db: psycopg.Connection, database_url: str, tmp_path: Path) -> None:
    put(db, 2, 60)
    with worker(database_url, tmp_path) as first:
        until(lambda: begun(db) == 2, 20, "the first start")
        assert first.terminate(6) == 0
    assert db.execute("SELECT leased_by, attempts FROM job").fetchall() == [(None, 0), (None, 0)]
    assert number(db, "SELECT count(*) FROM worker") == 0


@pytest.mark.slow
def test_worker_outlives_its_database(tmp_path: Path) -> None:
    """The server is killed and started again: the worker goes on, and what had been committed is done."""
    cluster = Cluster(tmp_path / "postgres", durable=True)
    with cluster.lease():
        url = cluster.url("postgres")
        bring_up_to_date(url)
        with psycopg.connect(url, autocommit=True) as db:
            db.execute("CREATE TABLE trace (job_id text, phase text, pid int, at timestamptz DEFAULT now())")
        with worker(url, tmp_path) as process:
            process.ready()
            with psycopg.connect(url, autocommit=True) as db:
                put(db, 5, 0.3)
                until(lambda: begun(db) > 0, 10, "the first start")
            os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            with cluster.lease(), psycopg.connect(url, autocommit=True) as db:
                put(db, 5, 0)
                until(
                    lambda: number(db, "SELECT count(*) FROM job WHERE name = 'slow'") == 0, 20, "the end of the work"
                )
                assert done(db) == 10
            assert process.child.is_alive()


def _kill_workers(db: psycopg.Connection, url: str, folder: Path, kills: int) -> None:
    """Two workers, one of them killed and started again, again and again; everything is done at last."""
    dice = random.Random(7)  # noqa: S311 - moments of kills
    put(db, 20 * kills, 0.05)
    with worker(url, folder):
        for _ in range(kills):
            with worker(url, folder) as victim:
                victim.ready()
                time.sleep(dice.uniform(0, 0.3))
                victim.kill()
        until(lambda: number(db, "SELECT count(*) FROM job") == 0, 60 + kills, "the end of the work")
    assert done(db) == 20 * kills


@pytest.mark.slow
def test_workers_killed_at_random_lose_nothing(db: psycopg.Connection, database_url: str, tmp_path: Path) -> None:
    _kill_workers(db, database_url, tmp_path, KILLS)


@pytest.mark.nightly
@pytest.mark.slow
def test_workers_killed_many_times_lose_nothing(db: psycopg.Connection, database_url: str, tmp_path: Path) -> None:
    _kill_workers(db, database_url, tmp_path, NIGHTLY_KILLS)


class Clients:
    """Clients that send things with keys and send each again until it is acknowledged."""

    def __init__(self, count: int) -> None:
        self.address = ""
        self.acknowledged: set[str] = set()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(count)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(10)

    def _run(self) -> None:
        with httpx.Client(timeout=2) as client:
            key = new_id().hex
            while not self._stop.is_set():
                try:
                    answer = client.post(f"{self.address}/things", json={"key": key})
                except httpx.HTTPError:
                    time.sleep(0.02)
                    continue
                if answer.status_code == 201:
                    self.acknowledged.add(key)
                    key = new_id().hex


def _kill_web(url: str, folder: Path, kills: int, *, two_commits: bool = False) -> set[str]:
    dice = random.Random(11)  # noqa: S311 - moments of kills
    clients = Clients(4)
    for turn in range(kills + 1):
        with forked(web_process.main, url, str(folder), two_commits) as process:
            clients.address = f"http://127.0.0.1:{process.ready()}"
            if turn == 0:
                clients.start()
            time.sleep(dice.uniform(0.2, 0.5))
            if turn == kills:
                clients.stop()
            process.kill()
    assert len(clients.acknowledged) > 20
    return clients.acknowledged


def _unpaired(db: psycopg.Connection) -> int:
    """Things without exactly one job, and jobs without a thing."""
    return number(
        db,
        "SELECT count(*) FROM (SELECT coalesce(thing.key, job.payload ->> 'key') AS key FROM thing"
        " FULL JOIN job ON job.payload ->> 'key' = thing.key GROUP BY 1"
        " HAVING count(job.job_id) <> 1 OR count(thing.key) <> 1) AS unpaired",
    )


def _stored(db: psycopg.Connection) -> set[str]:
    return {row[0] for row in db.execute("SELECT key FROM thing")}


@pytest.mark.slow
def test_killed_web_process_loses_nothing_acknowledged_and_no_job(
    db: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    acknowledged = _kill_web(database_url, tmp_path, KILLS)
    assert acknowledged <= _stored(db)
    assert _unpaired(db) == 0


@pytest.mark.slow
def test_control_job_after_the_commit_is_lost_by_kills(
    db: psycopg.Connection, database_url: str, tmp_path: Path
) -> None:
    _kill_web(database_url, tmp_path, KILLS, two_commits=True)
    assert _unpaired(db) > 0


@pytest.mark.nightly
@pytest.mark.slow
def test_web_process_killed_many_times(db: psycopg.Connection, database_url: str, tmp_path: Path) -> None:
    acknowledged = _kill_web(database_url, tmp_path, NIGHTLY_KILLS)
    assert acknowledged <= _stored(db)
    assert _unpaired(db) == 0
