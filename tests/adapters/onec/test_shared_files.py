"""The third-party and synthetic exports that lie beside the repository, with the counts their manifest gives."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from b2b_dvizhenie.adapters.onec.cml import CmlBroken, read, survey
from b2b_dvizhenie.application.exchange.records import (
    FileHead,
    GoodRecord,
    OfferRecord,
    OrderStateRecord,
    PartnerRecord,
    PriceTypeRecord,
    PropertyRecord,
    RowProblem,
    SectionRecord,
    UnitRecord,
    WarehouseRecord,
)

pytestmark = pytest.mark.shared

ONEC = Path(__file__).parents[3].parent / "shared" / "fixtures" / "onec"
SYNTHETIC = ONEC / "synthetic"


def manifest():
    """(file, row of the manifest) of every file that a healthy reader takes."""
    text = (ONEC / "MANIFEST.md").read_text("utf-8") if ONEC.exists() else ""
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        folder = section.split("\n", 1)[0].strip()
        for line in section.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if folder == "xsd" or len(cells) != 16 or not cells[0].endswith(".xml"):
                continue
            if not cells[0].startswith(("broken/", "hostile/")):
                yield pytest.param(ONEC / folder / cells[0], cells, id=f"{folder}/{cells[0]}")


ABSENT = pytest.param(None, None, marks=pytest.mark.skip(reason="third-party fixtures are not beside this checkout"))
FILES = list(manifest()) or [ABSENT]


def number(cell):
    return int(cell) if cell else 0


def other(cell, name):
    match = re.search(rf"\b{name}=(\d+)", cell)
    return int(match[1]) if match else 0


def described(path, cells):
    """What the manifest says, by our kinds of records."""
    return {
        SectionRecord: number(cells[8]),
        GoodRecord: number(cells[9]),
        OfferRecord: number(cells[10]),
        OrderStateRecord: number(cells[13]),
        PartnerRecord: number(cells[14]) if not number(cells[13]) else 0,
        PriceTypeRecord: other(cells[15], "pricetypes"),
        UnitRecord: other(cells[15], "units"),
    }


ODD = {
    # one section is nested in itself, two goods have no id
    "group_cycle_by_repeat.xml": {SectionRecord: 2},
    "empty_guid_and_missing_id.xml": {GoodRecord: 1},
}


@pytest.mark.parametrize(("path", "cells"), FILES)
def test_a_file_gives_what_the_manifest_counts(path, cells):
    records = list(read(path))
    counts = Counter(type(record) for record in records)
    expected = described(path, cells) | ODD.get(path.name, {})
    assert {kind: counts[kind] for kind in expected} == expected
    properties = {record.ref for record in records if isinstance(record, PropertyRecord)}
    assert len(properties) == other(cells[15], "props")
    offers = [record for record in records if isinstance(record, OfferRecord)]
    prices = sum(len(record.prices or ()) for record in offers)
    if "documents" not in str(path):
        assert prices == number(cells[11])
    rests = sum(len(record.stocks or ()) for record in offers if record.stocks_complete)
    if number(cells[12]):
        assert rests == number(cells[12])
    lines = sum(len(record.lines or ()) for record in records if isinstance(record, OrderStateRecord))
    subordinate = 1 if path.name == "unf_210_subordinate.xml" else 0
    assert lines == other(cells[15], "lines") - subordinate
    if "changes=" in cells[15]:
        head = next(record for record in records if isinstance(record, FileHead) and record.kind != "classifier")
        assert head.only_changes is ("changes=true" in cells[15])
    assert dict(survey(path).rows).get("Товар", 0) == number(cells[9])


@pytest.mark.parametrize(("path", "cells"), FILES)
def test_reading_twice_gives_the_same(path, cells):
    assert list(read(path)) == list(read(path))


def test_facts_of_real_life():
    def offers(name):
        return [record for record in read(ONEC / name) if isinstance(record, OfferRecord)]

    outlet = offers("d16izhevsk__1coutlet/offers0_1.xml")
    assert (len(outlet), sum(1 for offer in outlet if offer.variant_ref)) == (2641, 2100)
    goods = [r for r in read(ONEC / "d16izhevsk__1coutlet/import0_1.xml") if isinstance(r, GoodRecord)]
    articles = Counter(good.article for good in goods)
    assert articles[""] == 107
    assert sum(count - 1 for article, count in articles.items() if article) == 142
    old = offers("irpsv__commerceml/tests/assets/real-1c-ut101/offers.xml")
    assert sum(1 for offer in old if offer.deleted) == 6
    module = list(read(ONEC / "irpsv__commerceml/tests/assets/bitrix-module-6/goods/1/rests.xml"))
    assert sum(len(r.stocks) for r in module if isinstance(r, OfferRecord)) == 1032


def same(*paths):
    """Records of several files without what may differ: lines, heads, notes."""
    found = []
    for path in paths:
        records = [r for r in read(SYNTHETIC / path) if not isinstance(r, FileHead | RowProblem)]
        found.append([repr(record).rsplit("line=", 1)[0] for record in records])
    return found


def test_every_dialect_gives_the_same_state():
    """T11."""
    imports = same(
        "ok/utf8_bom_207/import0_1.xml",
        "ok/unf_ns205/import0.xml",
        "ok/unf_ns210/import0.xml",
        "broken/utf16le_bom.xml",
        "broken/declared_cp1251_is_utf8.xml",
        "broken/double_declaration.xml",
        "broken/leading_blank_lines.xml",
        "broken/trailing_garbage.xml",
    )
    assert all(records == imports[0] for records in imports)
    offers = same("ok/utf8_bom_207/offers0_1.xml", "ok/unf_ns210/offers0.xml")
    assert offers[0] == offers[1]
    # The code page has no ², so the file spells it otherwise; everything else is the same.
    old, cp1251 = same("ok/utf8_bom_207/import0_1.xml", "ok/cp1251_204_nons/import.xml")
    assert [text.split("name=")[0] for text in old] == [text.split("name=")[0] for text in cp1251]


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("control_characters.xml", "exchange.control_characters"),
        ("declared_cp1251_is_utf8.xml", "exchange.encoding_corrected"),
        ("declared_utf8_is_cp1251.xml", "exchange.encoding_corrected"),
        ("double_declaration.xml", "exchange.declaration_repeated"),
        ("empty.xml", "!exchange.file_empty"),
        ("html_instead.xml", "!exchange.not_commerceml"),
        ("leading_blank_lines.xml", "exchange.leading_blanks"),
        ("trailing_garbage.xml", "exchange.control_characters"),
        ("truncated.xml", "!exchange.file_truncated"),
        ("truncated_inside_utf8_char.xml", "!exchange.file_truncated"),
        ("unescaped_ampersand.xml", "exchange.ampersand_escaped"),
        ("wrong_root.xml", "!exchange.not_commerceml"),
    ],
)
def test_broken_files_are_a_warning_or_a_failure(name, outcome):
    """T12."""
    path = SYNTHETIC / "broken" / name
    if outcome.startswith("!"):
        with pytest.raises(CmlBroken) as caught:
            list(read(path))
        assert caught.value.code == outcome[1:]
        return
    records = list(read(path))
    assert sum(isinstance(record, GoodRecord) for record in records) == 3
    assert [record.code for record in records if isinstance(record, RowProblem)] == [outcome]


_CHILD = """
import sys, time
from b2b_dvizhenie.adapters.onec.cml import CmlBroken, read

def peak():
    # Not ru_maxrss: it remembers the size of the process that started this one.
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))

before, start = peak(), time.process_time()
try:
    outcome = str(sum(1 for _ in read(sys.argv[1])))
except CmlBroken as error:
    outcome = error.code
print(outcome, peak() - before, peak(), time.process_time() - start)
"""


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("deep_groups_5000.xml", "exchange.too_deep"),
        ("entity_bomb.xml", "exchange.entities_refused"),
        ("external_entity.xml", "exchange.entities_refused"),
        ("script_in_text.xml", "11"),
    ],
)
def test_hostile_files_are_safe_fast_and_small(name, outcome):
    """T13: under 64 MiB of memory in all, under 2 s of work."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(SYNTHETIC / "hostile" / name)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found, growth, peak, seconds = done.stdout.split()
    assert found == outcome
    assert int(growth) < 20
    assert int(peak) < 64
    assert float(seconds) < 2


def test_scripts_in_texts_stay_texts():
    records = list(read(SYNTHETIC / "hostile" / "script_in_text.xml"))
    (good,) = [record for record in records if isinstance(record, GoodRecord)]
    assert good.pictures is None
    codes = [record.code for record in records if isinstance(record, RowProblem)]
    assert codes == ["exchange.path_refused", "exchange.file_kind_refused"]


def test_warehouses_of_a_package():
    found = [r for r in read(SYNTHETIC / "ok/utf8_bom_207/offers0_1.xml") if isinstance(r, WarehouseRecord)]
    assert [warehouse.name for warehouse in found] == ["Основной", "Филиал"]
