"""A process killed in the middle of an import leaves the old state, and its successor the new one (onec.md §9 T6)."""

import subprocess
import sys
from pathlib import Path

import pytest

from b2b_dvizhenie.domain.exchange.imports import in_order
from b2b_dvizhenie.testing.digest import digest
from b2b_dvizhenie.testing.importing import Importer
from b2b_dvizhenie.testing.wholesaler import Wholesaler, write_catalog

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

PROGRAM = Path(__file__).parents[3] / "support" / "import_process.py"
KILLED = -9


class Crashes:
    """An export of 120 goods, and a process that imports it."""

    def __init__(self, importer: Importer, folder: Path) -> None:
        self.importer = importer
        self.folder = folder
        write_catalog(Wholesaler(120, 7), folder, portion=60, pictures=False)
        self.empty = digest(importer.url)

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(PROGRAM), self.importer.url, str(self.folder), str(self.importer.node_id)]
        return subprocess.run([*command, *options], capture_output=True, text=True, check=False, timeout=120)

    def clear(self) -> None:
        self.importer.execute(
            "TRUNCATE product, section, brand, property, price_type, warehouse, price, stock, company,"
            " exchange_generation, search_word CASCADE"
        )

    def states_between_files(self) -> list[dict[str, str]]:
        """The digests of what a healthy import leaves after each file."""
        found = [self.empty]
        files = sorted(self.folder.rglob("*.xml"))
        aside = self.folder.with_name("aside")
        aside.mkdir()
        names = in_order(path.relative_to(self.folder).as_posix() for path in files)
        for name in names:
            (self.folder / name).rename(aside / name)
        for name in names:
            (aside / name).rename(self.folder / name)
            self.clear()
            assert self.run().returncode == 0
            found.append(digest(self.importer.url))
        aside.rmdir()
        self.clear()
        return found


@pytest.fixture
def crashes(importer: Importer, tmp_path: Path) -> Crashes:
    folder = tmp_path / "export"
    folder.mkdir()
    return Crashes(importer, folder)


def test_whenever_it_is_killed_files_are_in_or_out_and_a_second_run_finishes(
    crashes: Crashes, request: pytest.FixtureRequest
):
    whole = crashes.states_between_files()
    statements = int(crashes.run().stdout)
    assert digest(crashes.importer.url) == whole[-1]
    times = 100 if request.config.getoption("--nightly") else 8
    seen = set()
    for number in range(times):
        crashes.clear()
        kill_at = 1 + (2 * number + 1) * statements // (2 * times)
        assert crashes.run("kill-at", str(kill_at)).returncode == KILLED
        after_kill = digest(crashes.importer.url)
        assert after_kill in whole, f"half a file is in after a kill at statement {kill_at} of {statements}"
        seen.add(whole.index(after_kill))
        assert crashes.run().returncode == 0
        assert digest(crashes.importer.url) == whole[-1], f"the second run differs after a kill at {kill_at}"
    assert len(seen) > 1


def test_the_check_notices_a_writer_that_commits_half_way(crashes: Crashes):
    """The control: with a commit per chunk some kill must leave a state that no whole number of files gives."""
    whole = crashes.states_between_files()
    statements = int(crashes.run("commits-per-chunk").stdout)
    caught = 0
    for number in range(6):
        crashes.clear()
        kill_at = 1 + (2 * number + 1) * statements // 12
        assert crashes.run("commits-per-chunk", "kill-at", str(kill_at)).returncode == KILLED
        caught += digest(crashes.importer.url) not in whole
    assert caught > 0
