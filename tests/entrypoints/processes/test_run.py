"""`b2b run`: one command, one process tree, nothing left behind however it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest
from processes import Process, b2b, started, until

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

READY = "http://127.0.0.1:"


def address(process: Process, seconds: float = 60) -> str:
    line = process.wait_for(READY, seconds)
    return READY + line.split(READY)[1].split()[0]


def named(process: Process, word: str) -> psutil.Process:
    return next(child for child in process.children() if word in child.cmdline())


def gone(pids: list[int]) -> bool:
    """Ended, or at least nothing but an entry nobody has collected."""
    return all(not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE for pid in pids)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def crowd() -> float:
    """By how much others slow this machine down: 1 when it is ours alone."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def seconds_of_work(run: Process) -> float:
    """Processor time of the whole tree: what a start costs whatever else the machine does meanwhile."""
    tree = [psutil.Process(run.pid), *run.children()]
    times = [one.cpu_times() for one in tree]
    return sum(time.user + time.system + time.children_user + time.children_system for time in times)


def test_everything_from_nothing_and_all_of_it_gone_after_ctrl_c_or_a_kill(tmp_path: Path) -> None:
    data = {"B2B_DATA_DIR": str(tmp_path / "var"), "B2B_DATABASE_URL": ""}
    with started(b2b("run", "--port", "0"), tmp_path, **data) as run:
        url = address(run)
        assert answers(url)
        assert "b2b_workers_alive 1.0" in httpx.get(f"{url}/metrics", timeout=10).text
        family = [child.pid for child in run.children()]
        assert len(family) >= 2
        began = time.monotonic()
        run.signal(signal.SIGINT)
        assert run.ended(20) == 0
        assert time.monotonic() - began < 5 * crowd()
        assert gone(family)
        assert "Traceback" not in run.output
    assert not (tmp_path / "var" / "postgres" / "data" / "postmaster.pid").exists()  # the database stopped in order
    assert list((tmp_path / "var" / "run").iterdir()) == []

    with started(b2b("run", "--port", "0"), tmp_path, **data) as again:
        assert answers(address(again))
        assert seconds_of_work(again) < 10
        family = [child.pid for child in again.children()]
        postmaster = int((tmp_path / "var" / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
        again.signal(signal.SIGKILL)
        again.child.wait(5)
        until(lambda: gone(family), 8, "the end of the children")
        until(lambda: gone([postmaster]), 8, "the end of the database")


CARELESS = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "b2b_dvizhenie", "worker"], start_new_session=True)
print("child", child.pid, flush=True)
time.sleep(600)
"""


def test_control_child_without_the_line_outlives_its_parent(tmp_path: Path, database_url: str) -> None:
    """Sabotage: the same child, started without `--control-fd`."""
    environment = {"B2B_DATA_DIR": str(tmp_path), "B2B_DATABASE_URL": database_url}
    with started([sys.executable, "-c", CARELESS], tmp_path, **environment) as parent:
        orphan = psutil.Process(int(parent.wait_for("child").split()[1]))
        parent.wait_for("worker started")
        parent.signal(signal.SIGKILL)
        parent.child.wait(5)
        time.sleep(3)
        assert orphan.is_running()
        assert orphan.status() != psutil.STATUS_ZOMBIE
        orphan.kill()


def test_crashed_children_are_started_again_on_the_same_port(tmp_path: Path, database_url: str) -> None:
    environment = {"B2B_DATA_DIR": str(tmp_path), "B2B_DATABASE_URL": database_url, "B2B_LOG_FORMAT": "json"}
    with started(b2b("run", "--port", "0"), tmp_path, **environment) as run:
        url = address(run)
        web, worker = named(run, "serve"), named(run, "worker")
        web.kill()
        worker.kill()
        until(lambda: len({child.pid for child in run.children()} - {web.pid, worker.pid}) == 2, 15, "the new children")
        # The port was never given up: a request of this moment waits for the new process.
        assert httpx.get(f"{url}/health/ready", timeout=30).status_code == 200
        ended = [json.loads(line) for line in run.lines if "starting it again" in line]
        assert {line["process"] for line in ended} == {"web-1", "worker"}
        run.signal(signal.SIGTERM)
        assert run.ended(20) == 0


def test_several_web_processes_serve_one_port(tmp_path: Path, database_url: str) -> None:
    environment = {"B2B_DATA_DIR": str(tmp_path), "B2B_DATABASE_URL": database_url}
    with started(b2b("serve", "--workers", "2", "--port", "0"), tmp_path, **environment) as serve:
        url = address(serve)
        until(lambda: answers(url), 30, "the first answer")
        assert len([child for child in serve.children() if "serve" in child.cmdline()]) == 2
        for _ in range(10):
            httpx.get(f"{url}/health/live", timeout=10)
        family = [child.pid for child in serve.children()]
        serve.signal(signal.SIGTERM)
        assert serve.ended(20) == 0
        assert gone(family)


def test_help_of_the_program_is_instant_and_hides_the_inner_options() -> None:
    text = subprocess.run(b2b("serve", "--help"), capture_output=True, text=True, check=True).stdout
    assert "--port" in text
    assert "control-fd" not in text
