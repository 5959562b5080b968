from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.adapters.onec.cml import errors, read, survey
from b2b_dvizhenie.adapters.onec.cml.repair import escape_ampersands
from b2b_dvizhenie.adapters.onec.cml.text import CleanSource, looks_complete
from b2b_dvizhenie.application.exchange.records import GoodRecord, RowProblem


@pytest.fixture(scope="module")
def document(files):
    return files.root(files.catalog(files.good(name="Кабель «ВВГ» №1")), encoding="@")


def codes(records):
    return [record.code for record in records if isinstance(record, RowProblem)]


def names(records):
    return [record.name for record in records if isinstance(record, GoodRecord)]


@pytest.mark.parametrize(
    ("declared", "encoding", "prefix", "notes"),
    [
        ("UTF-8", "utf-8", b"", []),
        ("utf-8", "utf-8", b"\xef\xbb\xbf", []),
        ("windows-1251", "cp1251", b"", []),
        ("WINDOWS-1251", "cp1251", b"", []),
        ("UTF-16", "utf-16-le", b"\xff\xfe", []),
        ("UTF-16", "utf-16-be", b"\xfe\xff", []),
        ("UTF-16", "utf-16-le", b"", []),
        ("KOI8-U", "utf-8", b"", []),
        ("UTF-8", "cp1251", b"", ["exchange.encoding_corrected"]),
        ("windows-1251", "utf-8", b"", ["exchange.encoding_corrected"]),
        ("windows-1251", "utf-8", b"\xef\xbb\xbf", []),
        ("UTF-8", "utf-8", b"\n\r\n ", ["exchange.leading_blanks"]),
    ],
    ids=range(12),
)
def test_any_encoding_gives_the_same_good(document, reading, declared, encoding, prefix, notes):
    records = reading(prefix + document.replace("@", declared).encode(encoding))
    assert names(records) == ["Кабель «ВВГ» №1"]
    assert codes(records) == notes


def test_line_ends_of_windows(document, reading):
    assert names(reading(document.replace("\n", "\r\n").encode())) == ["Кабель «ВВГ» №1"]


@pytest.mark.parametrize(
    ("damage", "notes"),
    [
        (lambda text: text.replace("<?xml", '<?xml version="1.0" encoding="UTF-8"?><?xml', 1), "declaration_repeated"),
        (lambda text: text.replace("Кабель", "Ка\x01бе\x1fль"), "control_characters"),
        (lambda text: "\x00\x00" + text, None),
        (lambda text: text + "\x00\x00\x00", "control_characters"),
        (lambda text: text + "--boundary--", "trailing_garbage"),
        (lambda text: text + "   \n\n", None),
    ],
    ids=["declarations", "controls inside", "zeros before", "zeros after", "garbage after", "blanks after"],
)
def test_repairs_are_told(document, reading, damage, notes):
    records = reading(damage(document.replace("@", "UTF-8")))
    assert names(records) == ["Кабель «ВВГ» №1"]
    assert codes(records) == ([f"exchange.{notes}"] if notes else [])


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", errors.FileEmpty),
        (b"\xef\xbb\xbf", errors.FileEmpty),
        (b" \r\n \x00\x00", errors.FileEmpty),
        (b"\xff\xfe", errors.FileEmpty),
        (b"<html><body>502 Bad Gateway</body></html>", errors.NotCommerceML),
        (b"<!DOCTYPE html><html></html>", errors.NotCommerceML),
        (b"not xml at all", errors.NotCommerceML),
        (b"PK\x03\x04rest of an archive", errors.NotCommerceML),
        ("<ФайлОбмена/>".encode(), errors.NotCommerceML),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', errors.EntitiesRefused),
        (b'<?xml version="1.0"?>', errors.FileTruncated),
        ("<?xml version='1.0'?><Коммер".encode(), errors.FileTruncated),
        ("<КоммерческаяИнформация ВерсияСхемы='2.0".encode(), errors.FileTruncated),
        ("<КоммерческаяИнформация>".encode(), errors.FileTruncated),
        ("<КоммерческаяИнформация><Каталог></КоммерческаяИнформация>".encode(), errors.XmlMalformed),
        ("<КоммерческаяИнформация><Каталог а='1' а='2'/></КоммерческаяИнформация>".encode(), errors.XmlMalformed),
        ("<КоммерческаяИнформация><Прайс/></КоммерческаяИнформация>".encode(), errors.NothingKnown),
        ("<КоммерческаяИнформация>".encode() + b"\xff\xfe</", errors.BadEncoding),
        (b"\xff\xfe" + "<КоммерческаяИнформация>".encode("utf-16-le") + b"\x00\xd8\x00", errors.FileTruncated),
    ],
    ids=range(19),
)
def test_a_file_that_is_not_one_is_refused(reading, content, error):
    with pytest.raises(errors.CmlBroken) as caught:
        reading(content)
    assert type(caught.value) is error
    with pytest.raises(error):
        survey(BytesIO(content))


def test_an_empty_answer_is_whole(reading):
    assert reading("<КоммерческаяИнформация/>") == []
    assert reading("<КоммерческаяИнформация ВерсияСхемы='2.07'>\n\n</КоммерческаяИнформация>") == []


def test_a_broken_byte_far_from_the_head_is_refused(files, reading):
    document = files.root(files.catalog(*(files.good(f"g{i}") for i in range(2000)))).encode()
    position = len(document) // 2
    position = document.index("Кабель".encode(), position)
    with pytest.raises(errors.BadEncoding):
        reading(document[: position + 1] + b"\xff" + document[position + 1 :])
    wrong = document.decode().replace("UTF-8", "windows-1251", 1).encode("cp1251")
    position = wrong.index("Кабель".encode("cp1251"), len(wrong) // 2)
    with pytest.raises(errors.BadEncoding):
        reading(wrong[:position] + b"\x98" + wrong[position:])


def test_truncation_at_every_byte_is_never_success(files):
    document = files.root(
        files.catalog(files.good(more="<Описание><![CDATA[a]]></Описание>"), files.good("b", "<Картинка/>"))
    ).encode()
    whole = len(document.rstrip())
    for length in range(whole):
        with pytest.raises(errors.CmlBroken):
            list(read(BytesIO(document[:length])))
    assert list(read(BytesIO(document[:whole])))


def test_two_uploads_in_one_file_are_refused(document, reading):
    text = document.replace("@", "UTF-8")
    with pytest.raises(errors.SeveralDocuments):
        reading(text + text)
    with pytest.raises(errors.SeveralDocuments):
        reading(text + " " * 100_000 + text)
    with pytest.raises(errors.CmlBroken):
        reading(text[: len(text) // 2] + text)


@pytest.mark.parametrize("mark", ["& ", "&b", "&nbsp;", "&#0;", "&&", "&amp", "&#xD800;"])
def test_lone_ampersands_are_read_as_text(files, reading, mark):
    goods = [files.good(f"g{i}") for i in range(500)]
    records = reading(files.root(files.catalog(*goods, files.good("odd", name=f"A {mark}B &amp; C"), *goods)))
    expected = "A " + ("" if mark.startswith("&#") else mark) + "B & C"
    assert names(records)[500] == expected
    assert len(names(records)) == 1001
    assert "exchange.ampersand_escaped" in codes(records)
    assert survey(BytesIO(files.root(files.catalog(files.good(name=mark))).encode())).rows == {"Товар": 1}


def test_cdata_and_comments_keep_their_ampersands(files, reading):
    more = "<Описание><![CDATA[a & b &nbsp; c]]></Описание><!-- a & b --><Артикул>x & y</Артикул>"
    records = reading(files.root(files.catalog(files.good(more=more))))
    good = next(record for record in records if isinstance(record, GoodRecord))
    assert (good.description, good.article) == ("a & b &nbsp; c", "x & y")


_PIECES = st.lists(
    st.sampled_from(
        ["&", "&amp;", "&lt;", "&#65;", "&nbsp;", "a", " ", "<b>", "<![CDATA[", "]]>", "<!--", "-->", "<?p", "?>"]
    ),
    max_size=40,
).map("".join)


@given(_PIECES, st.integers(min_value=1, max_value=9))
def test_repair_does_not_depend_on_how_the_file_is_cut(text: str, size: int) -> None:
    data = text.encode()
    whole = b"".join(escape_ampersands(iter([data])))
    cut = b"".join(escape_ampersands(data[i : i + size] for i in range(0, len(data), size)))
    assert whole == cut
    assert b"".join(escape_ampersands(iter([whole]))) == whole


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "utf-16-le"])
def test_complete_xml_is_told_by_its_tail(document, tmp_path: Path, encoding):
    whole = document.replace("@", encoding).encode(encoding)
    path = tmp_path / "x.xml"
    path.write_bytes(whole + b"\n  ")
    assert looks_complete(path)
    path.write_bytes(whole[: len(whole) * 3 // 4])
    assert not looks_complete(path)
    path.write_bytes(b"")
    assert not looks_complete(path)


def test_the_opening_tag_alone_is_not_completeness(tmp_path: Path):
    path = tmp_path / "x.xml"
    path.write_text("<КоммерческаяИнформация><Каталог>", encoding="utf-8")
    assert not looks_complete(path)


class NoSeek(BytesIO):
    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise OSError("cannot seek")


def test_a_stream_that_cannot_seek_is_spooled(document):
    assert names(list(read(NoSeek(document.replace("@", "UTF-8").encode())))) == ["Кабель «ВВГ» №1"]


def test_a_stream_that_was_handed_in_stays_open(document):
    stream = BytesIO(document.replace("@", "UTF-8").encode())
    list(read(stream))
    assert not stream.closed
    stream.seek(0)
    source = CleanSource(stream)
    source.close()
    assert not stream.closed


def test_a_path_is_closed_even_when_the_reader_is_left_early(document, tmp_path: Path):
    path = tmp_path / "x.xml"
    path.write_text(document.replace("@", "UTF-8"), encoding="utf-8")
    reader = read(path)
    next(reader)
    reader.close()  # an unclosed file would be a ResourceWarning, and warnings are errors here


@pytest.mark.parametrize(
    ("root", "namespace"),
    [
        ('xmlns="urn:1C.ru:commerceml_210"', "urn:1C.ru:commerceml_210"),
        ("xmlns='urn:1C.ru:commerceml_3'\n Ид='Обмен'", "urn:1C.ru:commerceml_3"),
        ("", ""),
    ],
)
def test_the_namespace_is_a_fact_and_no_obstacle(files, reading, root, namespace):
    head, good = reading(files.root(files.catalog(files.good()), attributes=f"{root} ВерсияСхемы='2.08'"))
    assert (head.namespace, head.schema_version, good.name) == (namespace, "2.08", "Кабель")


def test_prefixes_and_inner_namespaces(files, reading):
    plain = files.root(files.catalog(files.good(more="<Группы><Ид>g</Ид></Группы>"), flag="false"))
    prefixed = plain.replace("</", "</c:").replace("<", "<c:").replace("<c:/c:", "</c:").replace("<c:?", "<?")
    prefixed = prefixed.replace("ВерсияСхемы", 'xmlns:c="urn:1C.ru:commerceml_2" ВерсияСхемы', 1)
    inner = plain.replace("<Каталог", '<Каталог xmlns="urn:1C.ru:commerceml_205"')
    expected = reading(plain)
    assert reading(inner) == expected
    head, good = reading(prefixed)
    assert good == expected[1]
    assert head.namespace == "urn:1C.ru:commerceml_2"
