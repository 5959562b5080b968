import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.adapters.onec.archives import ArchiveLimits, unpack
from b2b_dvizhenie.adapters.onec.names import clean_name, entry_name, is_published, suffix
from b2b_dvizhenie.application.exchange.receiving import ArchiveRefused, FileNameRefused

ONEC = Path(__file__).parents[3].parent / "shared" / "fixtures" / "onec" / "synthetic" / "zip"


@pytest.fixture
def unpacking(tmp_path):
    """Unpack bytes; returns the names. `folder` is where the files are."""

    class Unpacking:
        folder = tmp_path / "outer" / "in"
        outer = tmp_path

        def __call__(self, content, limits=None):
            path = tmp_path / "a.zip"
            path.write_bytes(content)
            scratch = tmp_path / "scratch"
            scratch.mkdir(exist_ok=True)
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                return unpack(path, self.folder, scratch, limits or ArchiveLimits())
            finally:
                assert list(scratch.iterdir()) == []

        def files(self):
            return sorted(p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file())

    return Unpacking()


def packed(entries, method=zipfile.ZIP_DEFLATED):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", method) as opened:
        for name, content in entries:
            opened.writestr(name, content)
    return stream.getvalue()


def test_folders_and_backslashes_are_normal(unpacking):
    content = packed([("import_files/", b""), ("import_files\\ab\\1.png", b"1"), ("/import.xml", b"2")])
    assert unpacking(content) == ["import_files/ab/1.png", "import.xml"]
    assert unpacking.files() == ["import.xml", "import_files/ab/1.png"]


def test_an_existing_file_is_replaced(unpacking):
    unpacking(packed([("a.xml", b"old"), ("b.xml", b"old")]))
    unpacking(packed([("a.xml", b"new")]))
    assert (unpacking.folder / "a.xml").read_bytes() == b"new"
    assert unpacking.files() == ["a.xml", "b.xml"]


REFUSED = {
    "climbing": packed([("ok.xml", b"x"), ("../../evil.xml", b"x")]),
    "climbing with backslashes": packed([("ok.xml", b"x"), ("a\\..\\..\\evil.xml", b"x")]),
    "drive": packed([("ok.xml", b"x"), ("C:\\evil.xml", b"x")]),
    "bomb": packed([("ok.xml", b"x"), ("big.xml", bytes(20_000_000))]),
    "many small bombs": packed([(f"{i}.xml", bytes(1_000_000)) for i in range(9)]),
    "no archive": b"not an archive",
    "empty": b"",
    "bzip2": packed([("a.xml", b"x" * 100)], zipfile.ZIP_BZIP2),
    "lzma": packed([("a.xml", b"x" * 100)], zipfile.ZIP_LZMA),
    "a file that is a folder": packed([("a", b"x"), ("a/b", b"x")]),
    "deep": packed([("/".join("abcdefghi"), b"x")]),
    "long": packed([("x" * 256, b"x")]),
    "cut off": packed([("ok.xml", b"x"), ("b.xml", bytes(range(256)))])[:-30],
    "damaged": packed([("ok.xml", bytes(range(256)) * 9)], zipfile.ZIP_STORED).replace(
        b"\x10\x11\x12", b"\x10\x11\x13"
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_honest_leaves_nothing(unpacking, name):
    before = {path for path in unpacking.outer.rglob("*") if path.is_file()}
    with pytest.raises(ArchiveRefused):
        unpacking(REFUSED[name])
    assert unpacking.files() == []
    assert {path.name for path in unpacking.outer.rglob("*") if path.is_file()} - {p.name for p in before} == {"a.zip"}


def test_an_encrypted_entry_is_refused(unpacking):
    content = bytearray(packed([("a.xml", b"x")]))
    directory = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[directory + 8] |= 1
    with pytest.raises(ArchiveRefused, match="encrypted"):
        unpacking(bytes(content))


def test_limits(unpacking):
    ten = packed([(f"{i}.xml", b"12345") for i in range(10)])
    assert len(unpacking(ten, ArchiveLimits(entries=10, unpacked_bytes=50))) == 10
    with pytest.raises(ArchiveRefused):
        unpacking(ten, ArchiveLimits(entries=9))
    with pytest.raises(ArchiveRefused):
        unpacking(ten, ArchiveLimits(unpacked_bytes=49))
    # The directory is refused before it is read into memory.
    with pytest.raises(ArchiveRefused, match="more than 1 entries"):
        unpacking(packed([("x" * 200, b""), ("y" * 200, b""), ("z" * 200, b"")]), ArchiveLimits(entries=1))


def test_an_xml_packed_well_is_no_bomb(unpacking):
    row = "".join(f"<Товар><Ид>{i:032x}</Ид><Наименование>Кабель</Наименование></Товар>" for i in range(40_000))
    assert unpacking(packed([("import.xml", row)])) == ["import.xml"]


HONEST = packed([("import.xml", b"<x/>" * 50), ("import_files/1.png", bytes(range(256)))])


@given(position=st.integers(0, len(HONEST) - 1), byte=st.integers(0, 255), cut=st.integers(0, 40))
def test_a_damaged_archive_is_unpacked_whole_or_refused(tmp_path_factory, position, byte, cut):
    content = bytearray(HONEST)
    content[position] = byte
    root = tmp_path_factory.mktemp("fuzz")
    path = root / "a.zip"
    path.write_bytes(content[: len(content) - cut])
    (root / "in").mkdir()
    (root / "scratch").mkdir()
    try:
        names = unpack(path, root / "in", root / "scratch", ArchiveLimits())
    except ArchiveRefused:
        assert list((root / "in").iterdir()) == []
    else:
        assert len([p for p in (root / "in").rglob("*") if p.is_file()]) == len(names)
    assert {p.name for p in root.iterdir()} == {"a.zip", "in", "scratch"}
    assert list((root / "scratch").iterdir()) == []


@pytest.mark.parametrize("encoding", ["utf-8", "cp866", "cp1251"])
def test_russian_names_in_any_encoding(unpacking, encoding):
    content = packed([("aaaaaaaa.png", b"1")])
    name = {"utf-8": "фото", "cp866": "картинка", "cp1251": "картинка"}[encoding].encode(encoding)
    assert len(name) == 8
    assert unpacking(content.replace(b"aaaaaaaa", name)) == [name.decode(encoding) + ".png"]


def test_the_utf8_mark_is_believed():
    assert entry_name("фото.png", utf8=True) == "фото.png"
    assert entry_name("plain.png", utf8=False) == "plain.png"
    assert entry_name("фото №1.png".encode().decode("cp437"), utf8=False) == "фото №1.png"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("import.xml", "import.xml"),
        ("/tmp/import.xml", "import.xml"),  # noqa: S108
        ("\\import_files\\ab\\1.jpg", "import_files/ab/1.jpg"),
        ("upload/1c/webdata/import.xml", "import.xml"),
        ("./a//b.xml", "a/b.xml"),
        ("  a.xml ", "a.xml"),
        ("фото/1.jpg", "фото/1.jpg"),
        ("a/b/c/d/e/f/g/h", "a/b/c/d/e/f/g/h"),
    ],
)
def test_names_are_cleaned(raw, expected):
    assert clean_name(raw) == expected


@given(st.text(max_size=300) | st.lists(st.sampled_from(["..", "a", "/", "\\", ".", " ", "\x00", "C:"])).map("".join))
def test_a_name_stays_below_its_folder_or_is_refused(raw):
    try:
        name = clean_name(raw)
    except FileNameRefused:
        return
    path = Path("/session/in") / name
    assert path.resolve().is_relative_to("/session/in")
    assert path.name
    assert clean_name(name) == name


def test_kinds_of_files():
    assert suffix("a/b.tar.GZ") == "gz"
    assert suffix("a.b/c") == ""
    assert is_published("1.JPG")
    assert not is_published("1.php")
    assert not is_published("1.svg")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("v8_4F2A_1c.zip", 2),
        ("backslash_paths.zip", 2),
        ("bomb_20MB_of_zero.zip", None),
        ("traversal.zip", None),
        ("truncated.zip", None),
    ],
)
def test_archives_beside_the_repository(unpacking, name, expected):
    content = (ONEC / name).read_bytes()
    if expected is None:
        with pytest.raises(ArchiveRefused):
            unpacking(content)
        assert unpacking.files() == []
    else:
        assert len(unpacking(content)) == expected


@pytest.mark.shared
def test_pieces_of_400_bytes_are_the_archive(unpacking):
    """T4 at the level of bytes."""
    pieces = sorted((ONEC / "chunks_400").iterdir())
    assert b"".join(piece.read_bytes() for piece in pieces) == (ONEC / "v8_4F2A_1c.zip").read_bytes()
