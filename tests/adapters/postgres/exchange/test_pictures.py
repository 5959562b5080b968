"""Pictures: taken from the folder of the exchange, kept when they are not resent (onec.md §3.9)."""

import hashlib
from pathlib import Path

import pytest

from b2b_dvizhenie.application.exchange.records import FileHead, FileKind, GoodRecord
from b2b_dvizhenie.testing.digest import row_versions
from b2b_dvizhenie.testing.importing import Importer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

CATALOG = FileHead(FileKind.CATALOG, catalog_ref="cat")
PNG, OTHER = b"\x89PNG\r\n\x1a\n one", b"\xff\xd8\xff two"


def put(importer: Importer, name: str, content: bytes) -> str:
    path = importer.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def listed(importer: Importer) -> list[tuple]:
    return importer.execute("SELECT position, sha256, media_type, source FROM product_picture ORDER BY 1")


def good(*pictures: str) -> GoodRecord:
    return GoodRecord("a", name="A", pictures=pictures)


async def test_pictures_are_stored_in_their_order(importer: Importer):
    one, two = put(importer, "import_files/aa/1.png", PNG), put(importer, "import_files/aa/2.jpg", OTHER)
    await importer(CATALOG, good("import_files/aa/2.jpg", "import_files/aa/1.png"))
    assert listed(importer) == [
        (0, two, "image/jpeg", "import_files/aa/2.jpg"),
        (1, one, "image/png", "import_files/aa/1.png"),
    ]


async def test_a_picture_that_was_not_sent_again_stays(importer: Importer):
    one = put(importer, "1.png", PNG)
    await importer(CATALOG, good("1.png"))
    (importer.folder / "1.png").unlink()
    versions = row_versions(importer.url)
    again = await importer(CATALOG, good("1.png"))
    assert row_versions(importer.url) == versions
    assert again.problems == ()
    two = put(importer, "2.png", OTHER)
    await importer(CATALOG, good("2.png", "1.png"))
    assert [row[:2] for row in listed(importer)] == [(0, two), (1, one)]


async def test_a_picture_that_was_never_sent_is_told_and_what_there_was_stays(importer: Importer):
    one = put(importer, "1.png", PNG)
    await importer(CATALOG, good("1.png"))
    applied = await importer(CATALOG, good("never.png"))
    assert [(one.code, one.detail) for one in applied.problems] == [("exchange.picture_missing", "never.png")]
    assert [row[1] for row in listed(importer)] == [one]


async def test_a_picture_that_comes_later_is_taken_although_the_good_did_not_change(importer: Importer):
    await importer(CATALOG, good("1.png"))
    one = put(importer, "1.png", PNG)
    applied = await importer(CATALOG, good("1.png"))
    assert applied.counters["goods.same"] == 1
    assert [row[1] for row in listed(importer)] == [one]
    two = put(importer, "1.png", OTHER)
    await importer(CATALOG, good("1.png"))
    assert [row[1] for row in listed(importer)] == [two]


async def test_an_empty_list_removes_them_and_silence_does_not(importer: Importer):
    put(importer, "1.png", PNG)
    await importer(CATALOG, good("1.png"))
    await importer(CATALOG, GoodRecord("a", name="A", pictures=None))
    assert len(listed(importer)) == 1
    await importer(CATALOG, GoodRecord("a", name="A", pictures=()))
    assert listed(importer) == []


async def test_names_are_found_whatever_their_case_and_without_their_folder(importer: Importer):
    one = put(importer, "Import_Files/AB/Pic.PNG", PNG)
    await importer(CATALOG, good("import_files/ab/pic.png"))
    assert [row[1] for row in listed(importer)] == [one]
    two = put(importer, "flat.jpg", OTHER)
    await importer(CATALOG, GoodRecord("b", name="B", pictures=("import_files/cd/flat.jpg",)))
    assert (two,) in importer.execute("SELECT sha256 FROM product_picture")


async def test_nothing_outside_the_folder_and_nothing_but_pictures_is_taken(importer: Importer, tmp_path: Path):
    outside = tmp_path.parent / f"{tmp_path.name}-outside.png"
    outside.write_bytes(PNG)
    (importer.folder / "link.png").symlink_to(outside)
    put(importer, "script.png", b"<svg onload=alert(1)>")
    names = (f"../{outside.name}", str(outside), "link.png", "script.png")
    applied = await importer(CATALOG, good(*names))
    assert listed(importer) == []
    codes = sorted({one.code for one in applied.problems})
    assert codes == ["exchange.picture_missing", "exchange.picture_refused"]
