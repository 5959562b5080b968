import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest

from b2b_dvizhenie.adapters.onec import folder as folder_module
from b2b_dvizhenie.adapters.onec.archives import ArchiveLimits
from b2b_dvizhenie.adapters.onec.cml import read
from b2b_dvizhenie.adapters.onec.folder import SessionFolder
from b2b_dvizhenie.adapters.onec.storage import FolderStorage
from b2b_dvizhenie.application.exchange.receiving import (
    ArchiveRefused,
    ChunkTooLarge,
    FileMissing,
    FileNameRefused,
    SessionTooLarge,
)
from b2b_dvizhenie.application.exchange.records import GoodRecord

pytestmark = pytest.mark.anyio
SESSION = UUID(int=1)
START = datetime(2026, 1, 15, 10, tzinfo=UTC)
XML = "<КоммерческаяИнформация></КоммерческаяИнформация>".encode()


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def storage(tmp_path, clock):
    return FolderStorage(tmp_path / "sessions", clock)


async def body(*pieces):
    for piece in pieces:
        yield piece


def archive(**entries):
    stream = BytesIO()
    with ZipFile(stream, "w") as opened:
        for name, content in entries.items():
            opened.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_jpg", ".jpg"), content)
    return stream.getvalue()


def stored(file):
    return Path(file.path).read_bytes()


async def content(storage, name):
    return stored(await storage.locate(SESSION, name))


async def test_pieces_under_one_name_are_appended(storage):
    await storage.begin(SESSION)
    assert await storage.append(SESSION, "import.xml", body(XML[:10], XML[10:20])) == 20
    assert await storage.append(SESSION, "import.xml", body(XML[20:])) == len(XML) - 20
    found = await storage.locate(SESSION, "import.xml")
    assert (found.name, found.bytes) == ("import.xml", len(XML))
    assert stored(found) == XML
    assert len(found.sha256) == 64


async def test_a_body_of_eight_mebibytes_is_kept_to_the_byte(storage):
    """T9: whatever the content type says, the bytes are the file."""
    block = bytes(range(256)) * 256
    assert await storage.append(SESSION, "big.xml", body(*[block] * 128)) == 8 * 1024 * 1024
    found = await storage.locate(SESSION, "big.xml")
    assert stored(found) == block * 128
    with pytest.raises(ChunkTooLarge) as caught:
        await storage.append(SESSION, "big.xml", body(*[block] * 128, b"x"))
    assert caught.value.params == {"limit": 8 * 1024 * 1024}
    assert (await storage.locate(SESSION, "big.xml")).bytes == 8 * 1024 * 1024


async def test_a_client_that_goes_away_leaves_the_file_as_it_was(storage, tmp_path):
    async def broken():
        yield b"more"
        raise ConnectionResetError

    await storage.append(SESSION, "a.xml", body(b"whole"))
    with pytest.raises(ConnectionResetError):
        await storage.append(SESSION, "a.xml", broken())
    assert await content(storage, "a.xml") == b"whole"
    with pytest.raises(ConnectionResetError):
        await storage.append(SESSION, "b.xml", broken())
    with pytest.raises(FileMissing):
        await storage.locate(SESSION, "b.xml")
    assert list((tmp_path / "sessions" / str(SESSION) / "parts").iterdir()) == []


async def test_a_crash_in_the_middle_of_an_append_is_undone_by_the_next(storage, tmp_path):
    await storage.append(SESSION, "a.xml", body(b"first"))
    with (tmp_path / "sessions" / str(SESSION) / "in" / "a.xml").open("ab") as torn:
        torn.write(b"half of the sec")
    await storage.append(SESSION, "a.xml", body(b"second"))
    assert await content(storage, "a.xml") == b"firstsecond"


async def test_a_new_version_after_import_does_not_touch_the_old_one(storage):
    await storage.append(SESSION, "import.xml", body(b"old"))
    old = await storage.locate(SESSION, "import.xml")
    await storage.imported(SESSION, "import.xml")
    await storage.append(SESSION, "import.xml", body(b"n"))
    await storage.append(SESSION, "import.xml", body(b"ew"))
    new = await storage.locate(SESSION, "import.xml")
    assert stored(old) == b"old"
    assert stored(new) == b"new"
    assert old.sha256 != new.sha256


async def test_init_drops_what_was_never_imported_and_keeps_pictures(storage):
    await storage.append(SESSION, "half.xml", body(b"half"))
    await storage.append(SESSION, "done.xml", body(b"done"))
    await storage.append(SESSION, "v8.zip", body(b"PK half"))
    await storage.append(SESSION, "import_files/a.jpg", body(b"picture"))
    await storage.imported(SESSION, "done.xml")
    await storage.begin(SESSION)
    with pytest.raises(FileMissing):
        await storage.locate(SESSION, "half.xml")
    assert await content(storage, "done.xml") == b"done"
    assert storage.pictures(SESSION).find("import_files/a.jpg") is not None
    # A picture that is sent again replaces the old one instead of growing it.
    await storage.append(SESSION, "import_files/a.jpg", body(b"pic"))
    await storage.append(SESSION, "import_files/a.jpg", body(b"2"))
    assert storage.pictures(SESSION).find("import_files/a.jpg").read_bytes() == b"pic2"


async def test_limits_of_a_session(tmp_path, clock):
    storage = FolderStorage(tmp_path, clock, session_bytes=10)
    await storage.append(SESSION, "a.xml", body(b"123456"))
    with pytest.raises(SessionTooLarge):
        await storage.append(SESSION, "b.xml", body(b"12345"))
    await storage.append(SESSION, "b.xml", body(b"1234"))
    await storage.append(UUID(int=2), "a.xml", body(b"123456"))
    await storage.begin(SESSION)
    await storage.append(SESSION, "c.xml", body(b"1234567890"))


@pytest.mark.parametrize("name", ["", " ", "../x.xml", "a/../../x.xml", "C:\\x.xml", "a\x00.xml", "a\n.xml", "x" * 256])
async def test_names_that_lead_astray_are_refused(storage, tmp_path, name):
    with pytest.raises(FileNameRefused):
        await storage.append(SESSION, name, body(XML))
    with pytest.raises(FileNameRefused):
        await storage.locate(SESSION, name)
    assert not (tmp_path / "x.xml").exists()


async def test_a_file_cannot_be_a_folder(storage):
    await storage.append(SESSION, "a", body(b"x"))
    with pytest.raises(FileNameRefused):
        await storage.append(SESSION, "a/b", body(b"x"))
    with pytest.raises(FileNameRefused):
        await storage.append(SESSION, "я" * 200, body(b"x"))


async def test_case_and_missing_folders_are_forgiven(storage):
    await storage.append(SESSION, "Import0_1.XML", body(XML))
    assert (await storage.locate(SESSION, "import0_1.xml")).name == "Import0_1.XML"
    await storage.append(SESSION, "goods/1/prices.xml", body(XML))
    assert (await storage.locate(SESSION, "prices.xml")).name == "goods/1/prices.xml"
    await storage.append(SESSION, "goods/2/prices.xml", body(XML))
    with pytest.raises(FileMissing):
        await storage.locate(SESSION, "prices.xml")


async def test_an_archive_in_pieces_is_unpacked_when_its_xml_is_asked_for(storage):
    packed = archive(import_xml=XML, import_files__ab__1_jpg=b"picture")
    for position in range(0, len(packed), 40):
        await storage.append(SESSION, "v8_1.zip", body(packed[position : position + 40]))
    found = await storage.locate(SESSION, "import.xml")
    assert stored(found) == XML
    assert storage.pictures(SESSION).find("IMPORT_FILES/AB/1.JPG").read_bytes() == b"picture"
    assert await storage.locate(SESSION, "import.xml") == found
    with pytest.raises(FileMissing) as caught:
        await storage.locate(SESSION, "offers.xml")
    assert caught.value.params == {"name": "offers.xml"}
    # A second archive brings the rest, and a new version of the first file.
    await storage.imported(SESSION, "import.xml")
    await storage.append(SESSION, "v8_2.zip", body(archive(offers_xml=XML, import_xml=b"newer")))
    assert (await storage.locate(SESSION, "offers.xml")).bytes == len(XML)
    assert await content(storage, "import.xml") == b"newer"
    assert stored(found) == XML


@pytest.mark.shared
async def test_an_archive_whole_in_pieces_or_as_plain_files_gives_the_same_records(tmp_path, clock, shared):
    """T4."""
    folder = shared / "onec" / "synthetic" / "zip"
    whole = (folder / "v8_4F2A_1c.zip").read_bytes()
    with ZipFile(BytesIO(whole)) as opened:
        plain = {name: opened.read(name) for name in opened.namelist()}
    uploads = {
        "whole": [("v8_4F2A_1c.zip", whole)],
        "pieces": [("v8_4F2A_1c.zip", piece.read_bytes()) for piece in sorted((folder / "chunks_400").iterdir())],
        "plain": list(plain.items()),
    }
    found = []
    for name, pieces in uploads.items():
        storage = FolderStorage(tmp_path / name, clock)
        for path, content in pieces:
            await storage.append(SESSION, path, body(content))
        file = await storage.locate(SESSION, "import0_1.xml")
        pictures = storage.pictures(SESSION)
        goods = [record for record in read(file.path) if isinstance(record, GoodRecord)]
        shown = [pictures.find(path).read_bytes() for good in goods for path in good.pictures or ()]
        found.append((file.sha256, goods, shown))
    assert found[0][2]
    assert found[0] == found[1] == found[2]


async def test_a_broken_archive_does_not_hide_a_file_that_is_there(storage):
    await storage.append(SESSION, "v8.zip", body(archive(import_xml=XML)[:50]))
    with pytest.raises(ArchiveRefused):
        await storage.locate(SESSION, "import.xml")
    await storage.append(SESSION, "import.xml", body(XML))
    assert await content(storage, "import.xml") == XML


async def test_an_archive_may_not_exceed_what_is_left_of_the_session(tmp_path, clock):
    storage = FolderStorage(tmp_path, clock, session_bytes=1500)
    await storage.append(SESSION, "v8.zip", body(archive(import_xml=b"x" * 900)))
    with pytest.raises(ArchiveRefused):
        await storage.locate(SESSION, "import.xml")


async def test_what_nobody_asked_to_import_is_found_when_all_is_quiet(storage, clock):
    """T8: an upload without an import request."""
    assert await storage.unclaimed(SESSION, clock.now) == []
    await storage.append(SESSION, "orders-2.xml", body(XML))
    await storage.append(SESSION, "half.xml", body(XML[:-9]))
    await storage.append(SESSION, "orders-1.xml", body(XML))
    await storage.append(SESSION, "import.xml", body(XML))
    await storage.append(SESSION, "v8.zip", body(archive(packed_xml=XML)))
    await storage.imported(SESSION, "import.xml")
    assert await storage.unclaimed(SESSION, clock.now - timedelta(seconds=1)) == []
    waiting = await storage.unclaimed(SESSION, clock.now)
    assert [file.name for file in waiting] == ["orders-2.xml", "orders-1.xml", "packed.xml"]
    assert waiting[0].first_byte_at < waiting[1].first_byte_at
    await storage.imported(SESSION, "packed.xml")
    assert len(await storage.unclaimed(SESSION, clock.now)) == 2


async def test_removal_counts_what_became_free(storage, tmp_path):
    await storage.append(SESSION, "import.xml", body(XML))
    await storage.append(SESSION, "import_files/a.jpg", body(b"x" * 100))
    found = await storage.locate(SESSION, "import.xml")
    freed = await storage.remove(SESSION, keep_xml=True)
    assert freed >= 100
    assert stored(found) == XML
    assert storage.pictures(SESSION).find("import_files/a.jpg") is None
    assert await storage.remove(SESSION, keep_xml=False) >= len(XML)
    assert not (tmp_path / "sessions" / str(SESSION)).exists()
    assert await storage.remove(SESSION, keep_xml=False) == 0


async def test_sessions_do_not_see_each_other(storage):
    await asyncio.gather(
        *(storage.append(UUID(int=i), "a.xml", body(str(i).encode(), b"!")) for i in range(1, 9)),
    )
    for i in range(1, 9):
        found = await storage.locate(UUID(int=i), "a.xml")
        assert stored(found) == f"{i}!".encode()


class Slow(SessionFolder):
    """Opens the window between reading the state of a file and writing it."""

    def _state(self, name):
        state = super()._state(name)
        time.sleep(0.02)
        return state


def appended_by_threads(root):
    def run(number):
        one = Slow(root, 10**9, ArchiveLimits())
        part = one.new_part()
        part.write_bytes(bytes([number]) * 10)
        one.commit("a.xml", part, START)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (root / "in" / "a.xml").read_bytes()


def test_appends_at_one_time_are_all_kept(tmp_path):
    assert sorted(appended_by_threads(tmp_path / "s")) == sorted(bytes(range(8)) * 10)


def test_without_the_lock_appends_are_lost(tmp_path, monkeypatch):
    """Control of the test above."""
    monkeypatch.setattr(folder_module.fcntl, "flock", lambda *_: None)
    monkeypatch.setattr(threading, "excepthook", lambda *_: None)
    assert sorted(appended_by_threads(tmp_path / "s")) != sorted(bytes(range(8)) * 10)
