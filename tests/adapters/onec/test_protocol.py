"""The protocol to the byte (onec.md §0 rules 1-6, §2.1, §2.2), and as the modules of 1C read it."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.adapters.onec.profiles import encoding_of, recognised
from b2b_dvizhenie.adapters.onec.protocol import (
    COOKIE,
    PATHS,
    Asked,
    checked_in,
    failure,
    initialised,
    parse,
    progress,
    success,
)
from b2b_dvizhenie.testing.emulator import answers
from b2b_dvizhenie.testing.emulator.refusal import EmulatorRefused, Wire
from b2b_dvizhenie.testing.emulator.rules import RULES
from b2b_dvizhenie.testing.emulator.wire import Reply
from b2b_dvizhenie.testing.wholesaler import Profile

NOW = datetime(2026, 1, 15, 10, tzinfo=UTC)
TOKEN, SESSID = "0123456789abcdef" * 2, "f" * 32


def reply(answer, charset="utf-8"):
    return Reply(Wire("", 200, "", b""), answer.encoded(charset), f"text/plain; charset={charset}", 0)


def test_paths_of_the_door():
    assert PATHS == ("/1c_exchange.php", "/bitrix/admin/1c_exchange.php", "/api/1c/exchange")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (success(), b"success"),
        (success("Товаров: 3"), "success\nТоваров: 3".encode()),
        (progress("Товары: 1200"), "progress\nТовары: 1200".encode()),
        (failure("Нет\r\n\r\nтакого \n"), "failure\nНет\nтакого".encode()),
        (
            checked_in(Asked("catalog"), TOKEN, SESSID, NOW),
            f"success\n{COOKIE}\n{TOKEN}\nsessid={SESSID}\ntimestamp=1768471200".encode(),
        ),
        (checked_in(Asked("sale"), TOKEN, SESSID, NOW), f"success\n{COOKIE}\n{TOKEN}\nsessid={SESSID}".encode()),
        (initialised(Asked(), zipped=True, file_limit=8388608, sessid=SESSID), b"zip=yes\nfile_limit=8388608"),
        (initialised(Asked(), zipped=False, file_limit=1, sessid=SESSID), b"zip=no\nfile_limit=1"),
        (
            initialised(Asked(version="3.1"), zipped=True, file_limit=1, sessid=SESSID),
            f"zip=yes\nfile_limit=1\nsessid={SESSID}\nversion=3.1".encode(),
        ),
    ],
    ids=range(9),
)
def test_answers_to_the_byte(answer, expected):
    """T1."""
    assert answer.encoded("utf-8") == expected
    assert answer.encoded("windows-1251") == expected.decode().encode("windows-1251")


def test_init_has_exactly_one_line_feed():
    """T1: УТ 10 and УТ 11 count the lines."""
    content = initialised(Asked("catalog", "init"), zipped=True, file_limit=8388608, sessid=SESSID).encoded("utf-8")
    assert content.count(b"\n") == 1
    assert not content.endswith(b"\n")


@given(st.text(max_size=200), st.sampled_from([success, progress, failure]), st.sampled_from(["utf-8", "windows-1251"]))
def test_no_text_breaks_the_form_of_an_answer(text, word, charset):
    content = word(text.encode("utf-8", "replace").decode()).encoded(charset)
    assert not content.startswith((b"\xef\xbb\xbf", b" ", b"\n"))
    assert b"\r" not in content
    assert not content.endswith(b"\n")
    lines = content.decode(charset).split("\n")
    assert lines[0] == word.__name__
    assert all(lines[1:])


@pytest.mark.parametrize("profile", list(RULES))
def test_every_family_reads_our_answers(profile):
    rules = RULES[profile]
    kind = Asked("catalog", version=rules.version)
    ticket = answers.ticket("checkauth", reply(checked_in(kind, TOKEN, SESSID, NOW)), rules)
    assert (ticket.cookie, ticket.sessid_line) == (f"{COOKIE}={TOKEN}", f"sessid={SESSID}")
    terms = answers.terms("init", reply(initialised(kind, zipped=True, file_limit=99, sessid=SESSID)), rules)
    assert (terms.zip, terms.file_limit) == (True, 99)
    answers.plain_success("file", reply(success()), rules)
    for charset in ("utf-8", "windows-1251"):
        told = answers.status("import", reply(progress("Товары: 1"), charset), rules, "progress", "success")
        assert told == ["progress", "Товары: 1"]


def test_the_families_would_refuse_a_trailing_line_feed():
    """Control of the test above."""
    content = initialised(Asked(), zipped=True, file_limit=99, sessid=SESSID).encoded("utf-8") + b"\n"
    wrong = Reply(Wire("", 200, "", b""), content, "text/plain; charset=utf-8", 0)
    with pytest.raises(EmulatorRefused):
        answers.terms("init", wrong, RULES[Profile.UT115])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"type=catalog&mode=checkauth", Asked("catalog", "checkauth")),
        (b"type=catalog&mode=file&filename=v8_2A1_5.zip", Asked("catalog", "file", "v8_2A1_5.zip")),
        (b"type=sale&mode=query&sessid=abc", Asked("sale", "query", sessid="abc")),
        (b"mode=init&type=catalog&version=3.1&sessid=ab", Asked("catalog", "init", sessid="ab", version="3.1")),
        (b"type=catalog&mode=init&version=4.0", Asked("catalog", "init", version="3.1")),
        (b"type=catalog&mode=init&version=2.09", Asked("catalog", "init", version="2.09")),
        (b"type=catalog&mode=init&version=", Asked("catalog", "init")),
        (b"type=catalog&mode=init&version=abc", Asked("catalog", "init")),
        (b"type=catalog&mode=init&version=NaN", Asked("catalog", "init")),
        (b" type =Catalog&MODE=Init", Asked("catalog", "init")),
        (b"", Asked()),
        (b"&&&=&type", Asked()),
    ],
    ids=range(12),
)
def test_requests(query, expected):
    assert parse(query) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
def test_names_of_files_in_any_spelling(encoding):
    name = "import_files/ab/Фото №1.jpg"
    for spelled in (quote(name.encode(encoding), safe="/").encode(), name.replace(" ", "%20").encode(encoding)):
        assert parse(b"type=catalog&mode=file&filename=" + spelled).filename == name


@given(st.binary(max_size=2000))
def test_any_query_is_read(query):
    asked = parse(query)
    assert len(asked.filename) <= 1000
    assert asked.kind == asked.kind.strip().lower()


@pytest.mark.parametrize(
    ("filename", "version", "known", "expected"),
    [
        ("import0_1.xml", "", "", "ut115"),
        ("offers12_3.xml", "", "", "ut115"),
        ("import0.xml", "", "", "unf"),
        ("import.xml", "", "", "ut10"),
        ("goods_1_5_0a1b.xml", "", "", "bitrix31"),
        ("propertiesGoods_1_1_10f3.xml", "", "", "bitrix31"),
        ("prices_1_2_ab.xml", "", "", "bitrix31"),
        ("v8_4F2A_1c.zip", "", "", ""),
        ("import_files/ab/1.jpg", "", "ut115", "ut115"),
        ("", "3.1", "", "bitrix31"),
        ("import.xml", "", "bitrix31", "bitrix31"),
        ("orders-1a-2b_1.xml", "", "ut10", "ut10"),
        ("", "", "", ""),
    ],
    ids=range(13),
)
def test_families_are_recognised(filename, version, known, expected):
    assert recognised(filename, version, known) == expected


@pytest.mark.parametrize(
    ("setting", "profile", "expected"),
    [
        ("auto", "ut10", "windows-1251"),
        ("auto", "bitrix31", "windows-1251"),
        ("auto", "ut115", "utf-8"),
        ("auto", "unf", "utf-8"),
        ("utf-8", "ut10", "utf-8"),
        ("windows-1251", "unf", "windows-1251"),
    ],
)
def test_the_encoding_of_answers(setting, profile, expected):
    assert encoding_of(setting, profile) == expected
