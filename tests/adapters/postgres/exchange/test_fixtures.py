"""Real exports of others: expected counts, nothing written the second time, equal content in every dialect.

Acceptance T10, T11 and T12 of onec.md §9; the files lie beside the repository and are only read.
"""

import re
import time
from pathlib import Path

import pytest

from b2b_dvizhenie.application.exchange import FileOutcome, NodeDraft
from b2b_dvizhenie.application.exchange.folders import Watcher
from b2b_dvizhenie.application.exchange.importing import Progress
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.ids import NodeId
from b2b_dvizhenie.entrypoints.cli.importing import found_files
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.testing.digest import contents, differences, row_versions

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.shared]

ACTOR = system_actor("test")
SETS = {
    "d16izhevsk__1coutlet": "",
    "dobromyslov__commerceml-parser": "data/import0_1.xml data/offers0_1.xml",
    "carono__php-commerceml": "tests/xml/import.xml tests/xml/offers.xml",
    "AlexMobiCraft__FREESPORT-B2B": "backend/",
    "irpsv__commerceml": "tests/assets/bitrix-module-6/goods/ tests/assets/bitrix-module-6/import.xml "
    "tests/assets/bitrix-module-6/properties/",
}
LONE = {
    "irpsv__commerceml/tests/assets/cs-cart": "",
    "irpsv__commerceml/tests/assets/off-doc-1c": "",
    "irpsv__commerceml/tests/assets/ready-script": "",
    "irpsv__commerceml/tests/assets/real-1c-ut101": "",
    "irpsv__commerceml/tests/assets/umi-cms": "",
}
COLUMNS = {"groups": 9, "goods": 10, "offers": 11}


class Silent(Watcher):
    def begins(self, name: str, size: int, progress: Progress) -> None:
        """Nothing is drawn."""

    def ended(self, outcome: FileOutcome) -> None:
        """Nothing is drawn."""


async def node(container: Container, login: str = "1c") -> NodeId:
    return (await container.create_node()(ACTOR, NodeDraft(login, login, "correct horse"))).node_id


async def load(container: Container, node_id: NodeId, *sources: Path) -> list[FileOutcome]:
    outcomes = []
    for source in sources:
        outcomes += await container.import_folder()(ACTOR, node_id, found_files(source), Silent())
    return outcomes


def manifest(folder: Path, part: str) -> dict[str, dict[str, int]]:
    """Counts of elements by file of a section of MANIFEST.md."""
    text = (folder / "MANIFEST.md").read_text("utf-8")
    section = re.search(rf"^## {re.escape(part)}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section is not None
    found = {}
    for line in section.group(1).splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 14 and cells[1].endswith(".xml"):
            found[cells[1]] = {name: int(cells[place] or 0) for name, place in COLUMNS.items()}
    assert found
    return found


def total(outcomes: list[FileOutcome], counter: str) -> int:
    return sum(outcome.state.counters.get(counter, 0) for outcome in outcomes)


@pytest.mark.parametrize("part", [*SETS, *LONE])
async def test_a_real_export_has_the_expected_counts_and_changes_nothing_the_second_time(
    container: Container, database_url: str, shared: Path, part: str
):
    folder = shared / "onec" / part
    wanted = (SETS | LONE)[part].split()
    expected = manifest(shared / "onec", part.partition("/")[0])
    inside = part.partition("/")[2]
    chosen = {
        name: counts
        for name, counts in expected.items()
        if name.startswith(f"{inside}/" if inside else "") and (not wanted or name.startswith(tuple(wanted)))
    }
    sources = [folder / name for name in wanted] or [folder]
    node_id = await node(container)
    outcomes = await load(container, node_id, *sources)
    assert [(one.name, one.state.error_code) for one in outcomes if one.applied is None] == []
    skipped = {
        kind: sum(
            problem.entity == kind and problem.severity == "error"
            for one in outcomes
            for problem in one.applied.problems
        )
        for kind in ("good", "offer", "section")
    }
    assert total(outcomes, "goods.read") + skipped["good"] == sum(one["goods"] for one in chosen.values())
    assert total(outcomes, "offers.read") + skipped["offer"] == sum(one["offers"] for one in chosen.values())
    assert total(outcomes, "sections.read") + skipped["section"] == sum(one["groups"] for one in chosen.values())
    state, versions = contents(database_url), row_versions(database_url)
    await load(container, node_id, *sources)
    assert differences(state, contents(database_url)) == []
    assert row_versions(database_url) == versions


async def test_the_largest_healthy_pair_comes_in_whole(container: Container, database_url: str, shared: Path, importer):
    outcomes = await load(container, await node(container, "shop"), shared / "onec" / "d16izhevsk__1coutlet")
    assert total(outcomes, "goods.added") == 1197
    assert total(outcomes, "offers.read") == 2641
    with_characteristic = importer.execute("SELECT count(*) FROM variant WHERE variant_ref <> ''")
    assert with_characteristic == [(2100,)]
    orphans = importer.execute(
        "SELECT count(*) FROM variant v LEFT JOIN product p USING (product_id) WHERE p.name IS NULL"
    )
    assert orphans == [(0,)]


async def test_the_same_content_in_every_dialect_is_one_state(container: Container, shared: Path, importer):
    ok, states = shared / "onec" / "synthetic" / "ok", {}
    for dialect in ("utf8_bom_207", "unf_ns205", "unf_ns210", "cp1251_204_nons"):
        importer.execute("TRUNCATE product, section, brand, property, exchange_node CASCADE")
        catalogue = (ok / dialect).glob("import*.xml")
        await load(container, await node(container), *catalogue)
        states[dialect] = contents(importer.url)
    for dialect in ("unf_ns205", "unf_ns210"):
        assert differences(states["utf8_bom_207"], states[dialect]) == []
    names = {dialect: len(state["product"]) for dialect, state in states.items()}
    assert set(names.values()) == {3}


@pytest.mark.parametrize("kind", ["broken", "hostile"])
async def test_a_broken_file_is_taken_with_a_warning_or_not_at_all(
    container: Container, database_url: str, shared: Path, kind: str
):
    node_id = await node(container)
    taken, refused = 0, 0
    for path in sorted((shared / "onec" / "synthetic" / kind).glob("*.xml")):
        before, started = row_versions(database_url), time.monotonic()
        outcome = (await load(container, node_id, path))[0]
        assert time.monotonic() - started < 20
        if outcome.applied is None:
            refused += 1
            assert outcome.state.error_code.startswith("exchange."), path.name
            assert row_versions(database_url) == before, path.name
        else:
            taken += 1
    assert refused > 0
    assert taken > 0
