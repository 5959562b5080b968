"""The protocol byte by byte, with input nobody sane would send (onec.md §9: T1, T2, T3, T5, T9)."""

import asyncio
import base64
import io
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest
from exchange_site import LOGIN, PASSWORD, Site, make_node
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import AsyncTestClient
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from b2b_dvizhenie.application.exchange import NodeChange
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.exchange.access import ExchangeRight
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
BASIC = {"Authorization": "Basic " + base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()}
PATH = "/1c_exchange.php"
GOODS = """<?xml version="1.0" encoding="UTF-8"?>
<КоммерческаяИнформация ВерсияСхемы="2.07"><Каталог СодержитТолькоИзменения="true"><Ид>c</Ид><Товары>
<Товар><Ид>{ref}</Ид><Наименование>Болт</Наименование></Товар></Товары></Каталог></КоммерческаяИнформация>"""


class Wire:
    """One client of the site; remembers its cookie."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.cookie: dict[str, str] = {}
        self.sessid = ""

    async def ask(
        self, query: str, method: str = "GET", path: str = "/1c_exchange.php", **options: Any
    ) -> httpx.Response:
        headers = self.cookie | options.pop("headers", {})
        return await self.http.request(method, f"{path}?{query}", headers=headers, **options)

    async def check_in(self, kind: str = "catalog", method: str = "GET") -> httpx.Response:
        answer = await self.ask(f"type={kind}&mode=checkauth", method, headers=BASIC)
        _, name, token, sessid, *_ = answer.text.split("\n")
        self.cookie = {"Cookie": f"{name}={token}"}
        self.sessid = sessid.removeprefix("sessid=")
        return answer

    async def send(self, name: str, content: bytes, kind: str = "catalog", **options: Any) -> httpx.Response:
        return await self.ask(f"type={kind}&mode=file&filename={name}", "POST", content=content, **options)

    async def load(self, name: str, kind: str = "catalog") -> str:
        while True:
            answer = await self.ask(f"type={kind}&mode=import&filename={name}")
            assert answer.status_code == 200
            if not answer.text.startswith("progress"):
                return answer.text


@pytest.fixture
async def wire(site: Site) -> AsyncIterator[Wire]:
    async with httpx.AsyncClient(base_url=site.url, timeout=30) as http:
        yield Wire(http)


def is_clean(answer: httpx.Response) -> bool:
    """No mark of byte order, no leading blank, bare line feeds, none at the end (rule 1)."""
    body = answer.content
    return body[:1].isalnum() and b"\r" not in body and not body.endswith(b"\n")


async def test_answers_byte_by_byte(wire: Wire, site: Site) -> None:
    """T1, T2: at every address, by either method, of a 1C that nobody has met before."""
    for path in ("/1c_exchange.php", "/bitrix/admin/1c_exchange.php", "/api/1c/exchange"):
        for method in ("GET", "POST"):
            await _answers_byte_by_byte(Wire(wire.http), method, path)
            async with site.container.database().engine.begin() as connection:
                await connection.exec_driver_sql("TRUNCATE exchange_session CASCADE")


async def _answers_byte_by_byte(wire: Wire, method: str, path: str) -> None:
    answer = await wire.check_in(method=method)
    lines = answer.content.split(b"\n")
    assert lines[:2] == [b"success", b"B2BEXCH"]
    assert (len(lines), len(lines[2]), lines[3][:7], lines[4][:10]) == (5, 32, b"sessid=", b"timestamp=")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert is_clean(answer)

    init = await wire.ask("type=catalog&mode=init", method, path)
    assert init.content == b"zip=yes\nfile_limit=8388608"
    four = await wire.ask("type=catalog&mode=init&version=3.1", method, path)
    assert four.content == f"zip=yes\nfile_limit=8388608\nsessid={wire.sessid}\nversion=3.1".encode()
    newer = await wire.ask("type=catalog&mode=init&version=9.9", method, path)
    assert newer.content.endswith(b"\nversion=3.1")

    sent = await wire.ask("type=catalog&mode=file&filename=a.xml", "POST", path, content=GOODS.format(ref=1).encode())
    assert sent.content == b"success"
    for query, text in [
        ("type=catalog&mode=import&filename=b.xml", "failure\nФайл b.xml не найден"),
        ("type=catalog&mode=nonsense", "failure\nНеизвестная команда"),
        ("type=crm&mode=query", "failure\nНеизвестный тип обмена"),
        ("mode=init", "failure\nНеизвестный тип обмена"),
        ("", "failure\nНеизвестный тип обмена"),
    ]:
        answer = await wire.ask(query, method, path)
        assert (answer.status_code, answer.text.startswith(text), is_clean(answer)) == (200, True, True), answer.text


async def test_sale_has_no_timestamp_and_an_empty_root(wire: Wire) -> None:
    answer = await wire.check_in("sale")
    assert len(answer.content.split(b"\n")) == 4
    query = await wire.ask("type=sale&mode=query")
    assert query.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert query.headers["content-type"] == "text/xml; charset=utf-8"
    assert "<КоммерческаяИнформация" in query.text
    assert (await wire.ask("type=sale&mode=success")).content == b"success"
    info = await wire.ask("type=sale&mode=info")
    assert info.headers["content-type"] == "application/xml; charset=windows-1251"
    assert info.content.startswith(b"<?xml")
    told = info.content.decode("windows-1251")
    assert "C" + "татусы" in told
    assert "<Название>Предоплата по счёту</Название><ТипОплаты>Безналичный</ТипОплаты>" in told


async def test_nobody_and_somebody_wrong(wire: Wire, site: Site) -> None:
    """T3: none → 401 with a challenge; a wrong password is told in words, with status 200."""
    for mode in ("checkauth", "init", "file", "import"):
        answer = await wire.ask(f"type=catalog&mode={mode}")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Basic realm="1C exchange"'
        assert answer.text.startswith("failure\nТребуется авторизация: заголовок Authorization не пришёл")
        assert is_clean(answer)
    for header in ("Basic !!!", "Basic bm9jb2xvbg==", "Bearer abc", "Basic"):
        answer = await wire.ask("type=catalog&mode=checkauth", headers={"Authorization": header})
        assert answer.status_code == 401
    wrong = "Basic " + base64.b64encode(f"{LOGIN}:nonsense".encode()).decode()
    answer = await wire.ask("type=catalog&mode=checkauth", headers={"Authorization": wrong})
    assert (answer.status_code, answer.text) == (200, "failure\nНеверное имя пользователя или пароль")
    answer = await wire.ask("type=catalog&mode=init", headers={"Cookie": f"B2BEXCH={'0' * 32}"})
    assert (answer.status_code, answer.text) == (200, "failure\nСессия не найдена, повторите checkauth")
    assert await site.value("SELECT count(*) FROM exchange_session") == 0


async def test_unprintable_credentials_and_sessids_are_just_wrong(wire: Wire, site: Site) -> None:
    """PostgreSQL takes no NUL: it must not get so far."""
    for login in ("\0", f"{LOGIN}\0", "\ud83d", "a\nb"):
        secret = base64.b64encode(f"{login}:x".encode("utf-8", "surrogatepass")).decode()
        answer = await wire.ask("type=catalog&mode=checkauth", headers={"Authorization": f"Basic {secret}"})
        assert answer.text == "failure\nНеверное имя пользователя или пароль"
    answer = await wire.ask("type=catalog&mode=init&sessid=%00", headers=BASIC)
    assert answer.text.startswith("zip=yes"), "nothing printable was said, so nothing was said"
    answer = await wire.ask("type=catalog&mode=init&sessid=a%00b", headers=BASIC)
    assert answer.text == "failure\nСессия не найдена, повторите checkauth"
    assert await site.value("SELECT count(*) FROM exchange_session") == 1


async def test_password_in_windows_1251(wire: Wire, site: Site) -> None:
    change = NodeChange(password="пароль-обмена")
    await site.container.change_node()(system_actor("test"), site.node_id, change)
    for encoding in ("utf-8", "windows-1251"):
        header = "Basic " + base64.b64encode(f"{LOGIN}:пароль-обмена".encode(encoding)).decode()
        answer = await wire.ask("type=catalog&mode=checkauth", headers={"Authorization": header})
        assert answer.text.startswith("success"), encoding


async def test_budget_of_failures_does_not_lock_out_who_is_known(wire: Wire) -> None:
    wrong = {"Authorization": "Basic " + base64.b64encode(f"{LOGIN}:nonsense".encode()).decode()}
    await wire.check_in()
    answers = [(await wire.ask("type=catalog&mode=checkauth", headers=wrong)).text for _ in range(12)]
    assert answers[0].startswith("failure\nНеверное имя")
    assert answers[-1].startswith("failure\nСлишком много неверных попыток")
    assert (await wire.check_in()).text.startswith("success")


async def test_rights_and_addresses(wire: Wire, site: Site) -> None:
    await wire.check_in()
    change = site.container.change_node()
    await change(system_actor("test"), site.node_id, NodeChange(rights=(ExchangeRight.SALE,)))
    for query in ("type=catalog&mode=init", "type=catalog&mode=checkauth"):
        answer = await wire.ask(query, headers=BASIC)
        assert (answer.status_code, answer.text.split("\n")[0]) == (200, "failure")
        assert "не разрешён вид обмена" in answer.text
    assert (await wire.ask("type=sale&mode=query")).content.startswith(b"<?xml")
    await change(system_actor("test"), site.node_id, NodeChange(allowed_addresses=("10.0.0.0/8",)))
    answer = await wire.ask("type=sale&mode=query")
    assert answer.text == "failure\nОбмен с адреса 127.0.0.1 не разрешён"
    await change(system_actor("test"), site.node_id, NodeChange(is_active=False))
    assert (await wire.ask("type=sale&mode=checkauth", headers=BASIC)).text.startswith("failure\nНеверное имя")


async def test_encoding_of_answers(wire: Wire, site: Site) -> None:
    change = site.container.change_node()
    for setting, charset in (("auto", "windows-1251"), ("utf-8", "utf-8"), ("windows-1251", "windows-1251")):
        await change(system_actor("test"), site.node_id, NodeChange(answer_encoding=setting, profile="ut10"))
        await wire.check_in()
        answer = await wire.ask("type=catalog&mode=nonsense")
        assert answer.headers["content-type"] == f"text/plain; charset={charset}", setting
        assert answer.content.decode(charset) == "failure\nНеизвестная команда"
        query = await wire.ask("type=sale&mode=query")
        assert query.headers["content-type"] == f"text/xml; charset={charset}", setting
        assert query.content.lower().startswith(f'<?xml version="1.0" encoding="{charset}"?>'.encode())


async def test_body_is_raw_whatever_it_is_called(wire: Wire, site: Site) -> None:
    """T9: 8 MiB that claim to be a form are stored verbatim."""
    await wire.check_in()
    content = bytes(range(256)) * 4096 * 8
    for number, kind in enumerate(("application/x-www-form-urlencoded", "multipart/form-data", "application/json", "")):
        headers = {"Content-Type": kind} if kind else {}
        answer = await wire.send(f"picture{number}.jpg", content, headers=headers)
        assert answer.text == "success"
    folder = site.container.settings().data / "exchange"
    stored = [path.read_bytes() for path in folder.rglob("in/picture*.jpg")]
    assert stored == [content] * 4


OUTSIDE = [
    "../../evil.xml",
    "..%2F..%2Fevil.xml",
    "..\\..\\evil.xml",
    "/etc/../../evil.xml",
    "a/../../evil.xml",
    "evil%00.xml",
    "evil%0a.xml",
    "C:\\evil.xml",
    "a/b/c/d/e/f/g/h/i/evil.xml",
    "%D0%B0" * 300,
    "",
    "%20",
    ".",
    "..",
]


async def test_name_never_leaves_the_folder(wire: Wire, site: Site) -> None:
    """T5."""
    data = site.container.settings().data
    for name in OUTSIDE:
        await wire.check_in()
        answer = await wire.send(name, b"x" * 100)
        assert (answer.status_code, answer.text) == (200, "failure\nНедопустимое имя файла"), name
        imported = await wire.ask(f"type=catalog&mode=import&filename={name}")
        assert imported.text.startswith("failure\n"), name
        assert not [path for path in data.rglob("*") if path.is_file() and path.stat().st_size == 100], name
        assert not list(data.parent.rglob("*evil*")), name


def archive(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return out.getvalue()


async def test_bad_archive_is_refused_whole(wire: Wire, site: Site) -> None:
    archives = {
        "leads outside": archive({"import.xml": b"<x/>", "../../evil.xml": b"evil"}),
        "bomb": archive({"import.xml": b"\0" * 50_000_000}),
        "cut off": archive({"import.xml": GOODS.format(ref=1).encode()})[:-30],
        "nonsense": b"PK\x03\x04nonsense",
    }
    data = site.container.settings().data
    for what, content in archives.items():
        await wire.check_in()
        assert (await wire.send("v8_1.zip", content)).text == "success"
        assert (await wire.load("import.xml")).startswith("failure\nАрхив не принят"), what
        assert not list(data.parent.rglob("*evil*")), what
        assert not list(data.rglob("in/import.xml")), what
        assert await site.value("SELECT count(*) FROM exchange_import") == 0, what


class TestLimits:
    """Bodies and sessions beyond the limits are refused in words, and nothing of them stays."""

    @pytest.fixture
    def exchange_settings(self) -> dict[str, Any]:
        return {"chunk_bytes": 1000, "session_bytes": 10_000}

    async def test_chunk(self, wire: Wire, site: Site) -> None:
        await wire.check_in()
        assert (await wire.ask("type=catalog&mode=init")).text == "zip=yes\nfile_limit=1000"
        assert (await wire.send("a.jpg", b"x" * 4000)).text == "success"
        answer = await wire.send("b.jpg", b"x" * 3_000_000)
        assert answer.text.startswith("failure\nЧасть файла больше 4000 байт")
        for _ in range(4):
            answer = await wire.send("a.jpg", b"x" * 2000)
        assert answer.text == "failure\nФайлы одной сессии больше 10000 байт"
        folder = site.container.settings().data / "exchange"
        sizes = {path.name: path.stat().st_size for path in folder.rglob("in/*")}
        assert sizes == {"a.jpg": 10_000}


@contextmanager
def unreachable(url: str) -> Iterator[None]:
    """The database refuses everybody for as long as the block runs."""
    parts = conninfo_to_dict(url)
    name = sql.Identifier(str(parts["dbname"]))
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [parts["dbname"]]
        )
        yield
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


async def test_database_away_is_told_in_the_words_of_the_protocol(idle_site: Site, database_url: str) -> None:
    async with httpx.AsyncClient(base_url=idle_site.url, timeout=60) as http:
        wire = Wire(http)
        await wire.check_in()
        with unreachable(database_url):
            queries = "type=catalog&mode=init", "type=catalog&mode=checkauth", "type=sale&mode=query"
            for answer in await asyncio.gather(*(wire.ask(query, headers=BASIC) for query in queries)):
                assert answer.status_code == 200
                assert answer.headers["content-type"].startswith("text/plain; charset=")
                assert answer.text.startswith("failure\nСервис временно недоступен"), answer.text
                assert is_clean(answer)
                # The pool waits five seconds; a second wait, for the log, would double what 1C waits.
                assert answer.elapsed < timedelta(seconds=9.5)
    # A new connection: the answers came seconds apart, and the server closes one that has been idle for so long.
    async with httpx.AsyncClient(base_url=idle_site.url, timeout=60) as http:
        assert (await Wire(http).check_in()).text.startswith("success")


async def test_log_has_a_line_per_request_and_no_secrets(wire: Wire, site: Site) -> None:
    checked = await wire.check_in()
    await wire.ask("type=catalog&mode=init")
    await wire.send("a.xml", b"12345")
    await wire.ask("type=catalog&mode=import&filename=%00%0aname")
    rows = await site.rows("SELECT kind, mode, bytes_in, status, answer FROM exchange_request ORDER BY request_id")
    assert [row[:4] for row in rows] == [
        ("catalog", "checkauth", 0, 200),
        ("catalog", "init", 0, 200),
        ("catalog", "file", 5, 200),
        ("catalog", "import", 0, 200),
    ]
    token = checked.text.split("\n")[2]
    assert rows[0][4] == "success"
    everything = str(rows) + str(await site.rows("SELECT * FROM exchange_session"))
    assert token not in everything
    assert PASSWORD not in everything


PARTS = st.one_of(
    st.sampled_from(["catalog", "sale", "reference", "get_catalog", "checkauth", "init", "file", "import", "query"]),
    st.sampled_from(["success", "complete", "deactivate", "info", "import.xml", "../a.xml", "%00", "\x00", "\ud83d"]),
    st.text(max_size=12),
)


NAMES = st.sampled_from(["type", "mode", "filename", "sessid", "version", "cmlVersion"])
HEADERS = st.sampled_from(["none", "basic", "cookie"])


class TestAnything:
    """Whatever comes, by whatever right: an answer in the words of the protocol, never a fault of ours."""

    @pytest.fixture
    def exchange_settings(self) -> dict[str, Any]:
        return {"hold_seconds": 0}

    @given(
        asked=st.lists(st.tuples(NAMES, PARTS), max_size=6),
        who=st.tuples(PARTS, PARTS) | st.just((LOGIN, PASSWORD)),
        how=HEADERS,
        method=st.sampled_from(["GET", "POST"]),
        body=st.none() | st.binary(max_size=50),
    )
    async def test_no_input_makes_a_fault(
        self,
        client: AsyncTestClient,
        container: Container,
        asked: list[tuple[str, str]],
        who: tuple[str, str],
        how: str,
        method: str,
        body: bytes | None,
    ) -> None:
        if not await container.list_nodes()(system_actor("test")):
            await make_node(container)
        query = "&".join(f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in asked)
        secret = base64.b64encode(":".join(who).encode("utf-8", "surrogatepass")).decode()
        headers = {"basic": {"Authorization": f"Basic {secret}"}, "cookie": {"Cookie": "B2BEXCH=" + "a" * 32}}
        answer = await client.request(method, f"{PATH}?{query}", headers=headers.get(how, {}), content=body)
        assert answer.status_code in (200, 401)
        assert "Ошибка на стороне портала" not in answer.text
        assert answer.text.startswith(("success", "failure", "progress", "zip=yes", "<?xml"))


async def test_foreign_method_and_browser_are_refused(wire: Wire) -> None:
    assert (await wire.ask("type=catalog&mode=init", "PUT")).status_code == 405
    await wire.check_in()
    headers = {"Cookie": wire.cookie["Cookie"] + "; b2b_session=abc", "Sec-Fetch-Site": "cross-site"}
    answer = await wire.http.post("/1c_exchange.php?type=catalog&mode=init", headers=headers)
    assert answer.text.startswith("zip=yes"), "the portal's cookie and its rules are of no meaning here"
