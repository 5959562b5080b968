"""A site that breaks one rule of the protocol is refused, and the refusal names that rule."""

import pytest

from b2b_dvizhenie.testing.emulator import EmulatorRefused, Reason
from b2b_dvizhenie.testing.wholesaler import Profile

PLAIN = "text/plain; charset=utf-8"


def body(change):
    return lambda status, kind, content: (status, kind, change(content))


def said(content, status=200, kind=PLAIN):
    return lambda *_: (status, kind, content)


WRONG = [
    ("init", body(lambda it: it + b"\nsessid=abc\nversion=3.1"), Reason.INIT_LINE_COUNT),
    ("init", body(lambda it: it + b"\n"), Reason.INIT_LINE_COUNT),
    ("init", said(b"zip=yes"), Reason.INIT_LINE_COUNT),
    ("init", body(lambda it: it.replace(b"\n", b"\r\n")), Reason.CARRIAGE_RETURN),
    ("init", said(b"zip=true\nfile_limit=100"), Reason.INIT_ZIP),
    ("init", said(b"file_limit=100\nzip=yes"), Reason.INIT_ZIP),
    ("init", said(b"zip=yes\nfile_limit=8M"), Reason.INIT_FILE_LIMIT),
    ("init", said(b"zip=yes\nfile_limit=0"), Reason.INIT_FILE_LIMIT),
    ("init", said("failure\nБаза занята".encode()), Reason.SERVER_FAILURE),
    ("checkauth", body(lambda it: b"\xef\xbb\xbf" + it), Reason.BOM),
    ("checkauth", body(lambda it: b"\n" + it), Reason.LEADING_BLANK),
    ("checkauth", body(lambda it: it.replace(b"success", b"SUCCESS")), Reason.STATUS_CASE),
    ("checkauth", said(b"success"), Reason.AUTH_LINES),
    ("checkauth", said(b"success\nB2BEXCH\n"), Reason.COOKIE_UNSAFE),
    ("checkauth", said(b'success\nB2BEXCH\n"a b"'), Reason.COOKIE_UNSAFE),
    ("checkauth", said(b"success\nB2BEXCH\nabc\nsessid=abc&x=1"), Reason.SESSID_LINE),
    ("checkauth", said(b"success\nB2BEXCH\nabc\ntimestamp=1"), Reason.SESSID_LINE),
    ("checkauth", said(b"<html>login</html>"), Reason.STATUS_UNKNOWN),
    ("checkauth", said(b"", 302), Reason.HTTP_STATUS),
    ("checkauth", said(b"failure\n", 403), Reason.HTTP_STATUS),
    ("checkauth", body(lambda it: b"Warning: x in y.php\n" + it), Reason.STATUS_CASE),
    ("file", said(b"success", 500), Reason.HTTP_STATUS),
    ("file", said(b"ok"), Reason.STATUS_UNKNOWN),
    ("file", said(b"success\n"), Reason.EXTRA_LINES),
    ("file", said("success\nПринято".encode()), Reason.EXTRA_LINES),
    ("file", said(b"success", kind=""), Reason.CHARSET_MISSING),
    ("file", said(b"success", kind="text/plain"), Reason.CHARSET_MISSING),
    ("file", said(b"success", kind="text/plain; charset=klingon"), Reason.CHARSET_WRONG),
    ("import", said("success\nГотово".encode("cp1251")), Reason.CHARSET_WRONG),
    ("import", said("success\nГотово".encode(), kind="text/plain; charset=windows-1251"), Reason.CHARSET_WRONG),
    ("import", said(b"Progress\n1"), Reason.STATUS_CASE),
    ("import", said(b"done"), Reason.STATUS_UNKNOWN),
    ("import", said("failure\nФайл оборван".encode()), Reason.SERVER_FAILURE),
]


@pytest.mark.parametrize(
    ("mode", "spoil", "reason"), WRONG, ids=[f"{at}-{mode}-{reason}" for at, (mode, _, reason) in enumerate(WRONG)]
)
def test_ut115_refuses(site, connect, exported, mode, spoil, reason):
    folder, _ = exported
    site.spoil[mode] = spoil
    with pytest.raises(EmulatorRefused) as refused:
        connect().send_catalog(folder, ["offers0_1.xml"])
    assert (refused.value.reason, refused.value.step) == (reason, f"catalog {mode}")
    assert f"mode={mode}" in refused.value.wire.request
    assert str(refused.value)


def test_the_refusal_shows_the_bytes(site, connect, exported):
    folder, _ = exported
    site.spoil["init"] = said(b"zip=yes\nfile_limit=1\nsessid=1\nversion=3.1")
    with pytest.raises(EmulatorRefused) as refused:
        connect().send_catalog(folder, ["offers0_1.xml"])
    assert refused.value.wire.body == b"zip=yes\nfile_limit=1\nsessid=1\nversion=3.1"
    assert "4 lines" in str(refused.value)
    assert r"file_limit=1\nsessid" in str(refused.value)


def test_only_ut10_minds_blanks_after_the_status_word(site, connect, exported):
    folder, _ = exported
    site.spoil["file"] = said(b"success ")
    connect().send_offers(folder, ["offers0_1.xml"])
    with pytest.raises(EmulatorRefused) as refused:
        connect(Profile.UT10).send_offers(folder, ["offers0_1.xml"])
    assert refused.value.reason is Reason.STATUS_BLANKS


def test_windows_1251_is_read_when_it_is_declared(site, connect, exported):
    folder, _ = exported
    site.encoding = "windows-1251"
    assert connect().send_offers(folder, ["contragents0_1.xml"]).texts == ["Строк: 12"]


def test_nobody_asks_for_compression_and_it_is_refused(site, connect, exported):
    folder, _ = exported
    site.more_headers = {"Content-Encoding": "identity"}
    with pytest.raises(EmulatorRefused) as refused:
        connect().send_offers(folder, ["offers0_1.xml"])
    assert refused.value.reason is Reason.CONTENT_ENCODING
    assert all("accept-encoding" not in headers for _, _, headers, _ in site.requests)
