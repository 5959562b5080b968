"""What the README promises a newcomer: its command in a fresh clone ends with an open portal, and Ctrl-C ends all."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = re.findall(r"^(\./dev \w+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
PATIENCE = 240

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone in an empty directory; what is not committed is not in it."""
    folder = tmp_path_factory.mktemp("newcomer") / "b2b"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder)], check=True)
    return folder


def environment(folder: Path) -> dict[str, str]:
    """Nothing of this test's own environment leads the clone astray."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("B2B_", "VIRTUAL_ENV", "PYTEST"))}
    return kept | {"TMPDIR": str(folder.parent), "B2B__LOG__LEVEL": "warning"}


@pytest.fixture
def running(clone: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`./dev run` of the README with a free port, once it says where the portal is."""
    log = (clone.parent / "run.log").open("w+")
    process = subprocess.Popen(
        ["./dev", "run", "--port", "0"], cwd=clone, env=environment(clone), stdout=log, stderr=log, text=True
    )
    try:
        address, until = "", time.monotonic() + PATIENCE
        while not address and time.monotonic() < until and process.poll() is None:
            time.sleep(0.2)
            found = re.search(r"http://127\.0\.0\.1:\d+$", (clone.parent / "run.log").read_text(), re.MULTILINE)
            address = found.group() if found else ""
        assert address, (clone.parent / "run.log").read_text()[-3000:]
        yield process, address
    finally:
        process.kill()
        log.close()


def test_the_readme_has_two_commands() -> None:
    assert COMMANDS[:2] == ["./dev run", "./dev test"]


def test_run_opens_the_portal_with_goods_and_ctrl_c_ends_it(
    clone: Path, running: tuple[subprocess.Popen[str], str]
) -> None:
    process, address = running
    login = {"login": "client@demo.local", "password": "demo-2026"}
    with httpx.Client(base_url=address, timeout=30) as http:
        assert "password" in http.get("/login").text
        token = http.post("/api/v1/auth/login", json=login).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        found = http.get("/api/v1/catalog/products", params={"limit": 3}, headers=headers).json()["items"]
        assert len(found) == 3
        assert all(item["variants"][0]["price"] for item in found)
        sections = http.get("/api/v1/catalog/sections", headers=headers).text
        assert "product_count" in sections or "count" in sections
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    left = subprocess.run(["pgrep", "-f", str(clone)], capture_output=True, text=True, check=False).stdout.split()
    assert left == []


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_clone_holds_nothing_that_is_generated(clone: Path) -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=clone, capture_output=True, text=True, check=True).stdout
    assert not re.search(r"\.(min\.js|woff2|sqlite|pyc)$|node_modules|static/vendor|^var/", tracked, re.MULTILINE)
