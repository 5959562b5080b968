import base64
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from b2b_dvizhenie.testing.emulator import RULES, Credentials, EmulatorRefused, Misbehaviour, Reason, Sessid
from b2b_dvizhenie.testing.wholesaler import Profile, Wholesaler, write_catalog


def modes(site):
    return [query["mode"] for _, query, _, _ in site.requests]


def test_ut115_sends_each_portion_in_a_session_of_its_own(site, connect, exported):
    folder, manifest = exported
    sent = connect().send_catalog(folder, manifest.named("import"))
    assert sent.files == 3
    assert site.imported == {"import0_1.xml": 50, "import0_2.xml": 50, "import0_3.xml": 20}
    assert [site.files[name] for name in manifest.named("import")] == [
        (folder / name).read_bytes() for name in manifest.named("import")
    ]
    assert modes(site).count("checkauth") == modes(site).count("init") == 3
    assert sent.texts == ["Строк: 50", "Строк: 50", "Строк: 20"]
    pictures = {name: body for name, body in site.files.items() if name.startswith("import_files/")}
    assert len(pictures) == sent.pictures > 20
    assert all(body == (folder / name).read_bytes() for name, body in pictures.items())


def test_the_order_of_requests_of_one_portion(site, connect, exported):
    folder, _ = exported
    connect().send_offers(folder, ["offers0_2.xml"])
    assert modes(site)[:2] == ["checkauth", "init"]
    assert set(modes(site)[2:-3]) == {"file"}
    assert modes(site)[-3:] == ["import"] * 3, "two answers of progress, then success"
    methods = {(method, query["mode"]) for method, query, _, _ in site.requests}
    assert methods == {("GET", "checkauth"), ("GET", "init"), ("POST", "file"), ("GET", "import")}
    names = {query["filename"] for _, query, _, _ in site.requests if query["mode"] == "import"}
    assert names == {"offers0_2.xml"}


def test_archives_go_in_chunks_of_the_limit_of_the_site(site, connect, exported):
    folder, _ = exported
    site.file_limit = 3000
    connect().send_catalog(folder, ["import0_1.xml"])
    sizes = [size for _, query, _, size in site.requests if query["mode"] == "file"]
    assert len(sizes) > 3
    assert set(sizes[:-1]) == {3000}
    assert 0 < sizes[-1] <= 3000
    assert site.files["import0_1.xml"] == (folder / "import0_1.xml").read_bytes()


def test_zip_no_sends_pictures_first_under_their_paths(site, connect, exported):
    folder, _ = exported
    site.zip = False
    connect().send_catalog(folder, ["import0_1.xml"], chunk=1_000_000)
    names = [query["filename"] for _, query, _, _ in site.requests if query["mode"] == "file"]
    assert names[0].startswith("import_files/")
    assert names[-1] == "import0_1.xml"
    assert len(set(names)) == len(names) - names.count("import0_1.xml") + 1


def test_do_not_wait_asks_for_no_import(site, connect, exported):
    folder, _ = exported
    connect().send_catalog(folder, ["import0_1.xml"], wait=False)
    assert "import" not in modes(site)


@pytest.mark.parametrize(
    ("credentials", "basic", "cookie"),
    [(Credentials.BOTH, True, True), (Credentials.BASIC, True, False), (Credentials.COOKIE, False, True)],
)
def test_credentials_after_checkauth(site, connect, exported, credentials, basic, cookie):
    folder, _ = exported
    rules = msgspec.structs.replace(RULES[Profile.UT115], credentials=credentials)
    connect(rules=rules).send_offers(folder, ["offers0_1.xml"])
    later = [headers for _, query, headers, _ in site.requests if query["mode"] != "checkauth"]
    assert {"authorization" in headers for headers in later} == {basic}
    assert {"cookie" in headers for headers in later} == {cookie}
    assert base64.b64encode(b"onec:secret").decode() in site.requests[0][2]["authorization"]


@pytest.mark.parametrize("sessid", list(Sessid))
def test_sessid_travels_as_the_family_does_it(site, connect, exported, sessid):
    folder, _ = exported
    rules = msgspec.structs.replace(RULES[Profile.UT115], sessid=sessid)
    connect(rules=rules).send_offers(folder, ["offers0_1.xml"])
    assert {"sessid" in query for _, query, _, _ in site.requests[1:]} == {sessid is not Sessid.IGNORED}


def test_ut10_sends_everything_in_one_session(site, connect, tmp_path):
    manifest = write_catalog(Wholesaler(40), tmp_path, Profile.UT10, pictures=False)
    connect(Profile.UT10).send_catalog(tmp_path, [*manifest.named("import"), *manifest.named("offers")])
    assert modes(site).count("checkauth") == 1
    assert site.imported == {"import.xml": 40, "offers.xml": manifest.counts.offers}
    assert all("sessid" not in query for _, query, _, _ in site.requests)
    assert all("authorization" not in headers for _, _, headers, _ in site.requests[1:])


def test_chunked_transfer_encoding_and_a_repeated_chunk_of_nothing_lost(site, connect, exported):
    folder, _ = exported
    connect(misbehaviour=Misbehaviour(chunked_encoding=True)).send_offers(folder, ["offers0_1.xml"])
    assert site.files["offers0_1.xml"] == (folder / "offers0_1.xml").read_bytes()
    files = [headers for _, query, headers, _ in site.requests if query["mode"] == "file"]
    assert {headers.get("transfer-encoding") for headers in files} == {"chunked"}


@pytest.mark.parametrize("fault", [Misbehaviour(lose_chunk=1), Misbehaviour(repeat_chunk=1)])
def test_a_lost_or_repeated_chunk_makes_the_site_fail_the_import(site, connect, exported, fault):
    folder, _ = exported
    site.file_limit = 3000
    with pytest.raises(EmulatorRefused) as refused:
        connect(misbehaviour=fault).send_catalog(folder, ["import0_1.xml"])
    assert refused.value.reason is Reason.SERVER_FAILURE
    assert refused.value.step == "catalog import"
    assert "Архив повреждён" in refused.value.detail


def test_a_dropped_connection_starts_the_portion_anew(site, connect, exported):
    folder, _ = exported
    site.file_limit = 3000
    sent = connect(misbehaviour=Misbehaviour(drop_in_chunk=2)).send_catalog(folder, ["import0_1.xml"])
    assert sent.retries == 1
    assert modes(site).count("checkauth") == 2
    assert site.files["import0_1.xml"] == (folder / "import0_1.xml").read_bytes()


@pytest.mark.parametrize(
    ("fault", "reason", "step"),
    [
        (Misbehaviour(wrong_password=True), Reason.SERVER_FAILURE, "catalog checkauth"),
        (Misbehaviour(no_authorization=True), Reason.UNAUTHORIZED, "catalog checkauth"),
        (Misbehaviour(no_credentials_after_checkauth=True), Reason.SERVER_FAILURE, "catalog init"),
        (Misbehaviour(wrong_sessid=True), Reason.SERVER_FAILURE, "catalog init"),
    ],
)
def test_a_site_that_guards_its_door_refuses(connect, exported, fault, reason, step):
    folder, _ = exported
    with pytest.raises(EmulatorRefused) as refused:
        connect(misbehaviour=fault).send_catalog(folder, ["import0_1.xml"])
    assert (refused.value.reason, refused.value.step) == (reason, step)


def test_a_closed_door_is_recognised_and_an_open_one_too(site, connect):
    connect().check_closed_door()
    site.spoil["checkauth"] = lambda _status, kind, _body: (200, kind, b"success\nB2BEXCH\nabc\nsessid=abc")
    with pytest.raises(EmulatorRefused, match="let in without credentials"):
        connect().check_closed_door()


def test_parallel_sessions(site, connect, exported):
    folder, manifest = exported
    site.progress = 20
    jobs = [(connect(), manifest.named(kind)) for kind in ("import", "offers", "partners")]
    with ThreadPoolExecutor(3) as pool:
        sent = list(pool.map(lambda job: job[0].send_catalog(folder, job[1]), jobs))
    assert [item.files for item in sent] == [3, 3, 1]
    assert site.imported.keys() == {file.name for file in manifest.files}


def test_nobody_listens(connect, exported):
    folder, _ = exported
    one_c = connect()
    one_c.address = msgspec.structs.replace(one_c.address, url="http://127.0.0.1:1/1c_exchange.php")
    with pytest.raises(EmulatorRefused) as refused:
        one_c.send_catalog(folder, ["import0_1.xml"])
    assert refused.value.reason is Reason.NO_CONNECTION


def test_a_site_that_hangs_is_given_up(site, connect, exported):
    folder, _ = exported
    rules = msgspec.structs.replace(RULES[Profile.UT115], timeout=0.2)
    site.lock.acquire()
    try:
        with pytest.raises(EmulatorRefused) as refused:
            connect(rules=rules).send_catalog(folder, ["import0_1.xml"])
    finally:
        site.lock.release()
    assert refused.value.reason is Reason.TIMED_OUT


def test_an_import_that_never_ends_is_given_up(site, connect, exported):
    folder, _ = exported
    site.progress = 10**9
    with pytest.raises(EmulatorRefused) as refused:
        connect(patience=0.1).send_catalog(folder, ["import0_1.xml"])
    assert refused.value.reason is Reason.IMPORT_NEVER_ENDS
