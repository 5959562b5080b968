"""A process killed in the middle of an import leaves the old state, and its successor the new one (onec.md §9 T6)."""

from pathlib import Path
from typing import ClassVar

import import_process
import pytest
from processes import forked

from b2b_dvizhenie.domain.exchange.imports import in_order
from b2b_dvizhenie.testing.digest import digest
from b2b_dvizhenie.testing.importing import Importer
from b2b_dvizhenie.testing.wholesaler import Wholesaler, write_catalog

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.xdist_group("crashes")]
"""One group, because the states that a healthy import goes through are found once for both."""

KILLED = -9


class Crashes:
    """An export of 120 goods, and a process that imports it."""

    _healthy: ClassVar[list[dict[str, str]]] = []

    def __init__(self, importer: Importer, folder: Path) -> None:
        self.importer = importer
        self.folder = folder
        write_catalog(Wholesaler(120, 7), folder, portion=60, pictures=False)
        self.empty = digest(importer.url)

    def run(self, *, torn: bool = False) -> int:
        """A whole import; how many statements it took."""
        where = self.importer.url, str(self.folder), self.importer.node_id
        with forked(import_process.main, *where, 0, torn) as process:
            return int(process.ready(120))

    def killed(self, statement: int, *, torn: bool = False) -> None:
        """An import that is killed at that statement."""
        where = self.importer.url, str(self.folder), self.importer.node_id
        with forked(import_process.main, *where, statement, torn) as process:
            process.child.join(120)
            assert process.child.exitcode == KILLED

    def clear(self) -> None:
        self.importer.execute(
            "TRUNCATE product, section, brand, property, price_type, warehouse, price, stock, company,"
            " exchange_generation, search_word CASCADE"
        )

    def states_between_files(self) -> list[dict[str, str]]:
        """The digests of what a healthy import leaves after each file."""
        if self._healthy:
            assert self._healthy[0] == self.empty
            return self._healthy
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
            self.run()
            found.append(digest(self.importer.url))
        aside.rmdir()
        self.clear()
        self._healthy.extend(found)
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
    statements = crashes.run()
    assert digest(crashes.importer.url) == whole[-1]
    times = 100 if request.config.getoption("--nightly") else 8
    seen = set()
    for number in range(times):
        crashes.clear()
        kill_at = 1 + (2 * number + 1) * statements // (2 * times)
        crashes.killed(kill_at)
        after_kill = digest(crashes.importer.url)
        assert after_kill in whole, f"half a file is in after a kill at statement {kill_at} of {statements}"
        seen.add(whole.index(after_kill))
        crashes.run()
        assert digest(crashes.importer.url) == whole[-1], f"the second run differs after a kill at {kill_at}"
    assert len(seen) > 1


def test_the_check_notices_a_writer_that_commits_half_way(crashes: Crashes):
    """The control: with a commit per chunk some kill must leave a state that no whole number of files gives."""
    whole = crashes.states_between_files()
    statements = crashes.run(torn=True)

    def is_caught(number: int) -> bool:
        crashes.clear()
        crashes.killed(1 + (2 * number + 1) * statements // 12, torn=True)
        return digest(crashes.importer.url) not in whole

    assert any(is_caught(number) for number in range(6))
