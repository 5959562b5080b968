"""What becomes of an import: it waits, is told of, survives its worker; files of a node go one by one (T6, T7)."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from exchange_site import LOGIN, PASSWORD, Site, in_thread, make_node, working
from msgspec.structs import replace

from b2b_dvizhenie.application.exchange import (
    ExchangeSession,
    InProgress,
    NodeChange,
    RequestImport,
    Unpacking,
    requesting,
)
from b2b_dvizhenie.application.exchange.receiving import StoredFile
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.exchange.access import ExchangeRight
from b2b_dvizhenie.entrypoints.settings import Settings
from b2b_dvizhenie.testing.digest import digest
from b2b_dvizhenie.testing.emulator import RULES, EmulatorRefused, OneC
from b2b_dvizhenie.testing.wholesaler import Manifest, Profile, Wholesaler, write_catalog

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
Exported = Callable[[Profile], tuple[Path, Manifest]]


async def until(site: Site, query: str, wanted: Any, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while await site.value(query) != wanted:  # noqa: ASYNC110 - what is waited for happens in the database
            await asyncio.sleep(0.05)


async def resolved(site: Site) -> ExchangeSession:
    """The only session there is."""
    token = await site.value("SELECT token_hash FROM exchange_session")
    since = site.container.clock()() - timedelta(hours=1)
    session: ExchangeSession | None = await site.container.session_finder().by_token(token, since)
    assert session is not None
    return session


class TestSlowImport:
    """T6: a request is held for a while only; 1C asks again until it is over."""

    @pytest.fixture
    def exchange_settings(self) -> dict[str, Any]:
        return {"hold_seconds": 1}

    async def test_progress_until_it_is_done(self, idle_site: Site, exported: Exported) -> None:
        folder, manifest = exported(Profile.UT115)
        told: list[str] = []
        one_c = idle_site.one_c(told=told.append)
        sending = asyncio.create_task(in_thread(one_c.send_catalog, folder, manifest.named("import")[:1]))
        async with asyncio.timeout(20):
            while "Ожидание завершения предыдущей загрузки" not in " ".join(told):  # noqa: ASYNC110 - in a thread
                await asyncio.sleep(0.05)
        assert not sending.done()
        async with working(idle_site.container):
            sent = await asyncio.wait_for(sending, 30)
        assert sent.texts[0].startswith("Групп: ")
        assert one_c.slowest < 3
        assert await idle_site.value("SELECT count(*) FROM exchange_import") == 1
        assert await idle_site.value("SELECT count(*) FROM product") == 50

    async def test_two_questions_at_once_are_one_import(self, idle_site: Site, exported: Exported) -> None:
        folder, manifest = exported(Profile.UT115)
        name = manifest.named("import")[0]
        one_c = idle_site.one_c(patience=3)
        with pytest.raises(EmulatorRefused):
            await in_thread(one_c.send_catalog, folder, [name])
        session = await resolved(idle_site)
        ask = idle_site.container.request_import()
        await asyncio.gather(*[ask(session, name) for _ in range(5)])
        assert await idle_site.value("SELECT count(*) FROM exchange_import") == 1
        assert await idle_site.value("SELECT count(*) FROM job WHERE name = 'exchange.import_file'") == 1


async def test_slow_archive_is_told_of_and_unpacked_once(
    idle_site: Site, exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unpacking takes longer than a request may: the work goes on between the questions."""
    files, calls = idle_site.container.session_files(), []
    locate = files.locate

    async def slow(session_id: UUID, name: str) -> StoredFile:
        calls.append(name)
        await asyncio.sleep(1 if len(calls) == 1 else 0)  # what is unpacked is not unpacked again
        found: StoredFile = await locate(session_id, name)
        return found

    monkeypatch.setattr(files, "locate", slow)
    folder, manifest = exported(Profile.UT115)
    name = manifest.named("import")[0]
    await in_thread(idle_site.one_c().send_catalog, folder, [name], wait=False)
    session = await resolved(idle_site)
    ask = RequestImport(
        files,
        idle_site.container.import_work,
        idle_site.container.import_reader(),
        idle_site.container.clock(),
        hold_seconds=0,
    )
    answers = []
    async with asyncio.timeout(10):
        while not isinstance(answer := await ask(session, name), InProgress):
            answers.append(answer)
            await asyncio.sleep(0.1)
    assert len(answers) > 1
    assert set(answers) == {Unpacking()}
    assert calls in ([name], [name, name]), "asked for again only after it was found"


async def test_stopping_process_lets_its_held_requests_go(idle_site: Site, exported: Exported) -> None:
    folder, manifest = exported(Profile.UT115)
    name = manifest.named("import")[0]
    await in_thread(idle_site.one_c().send_catalog, folder, [name], wait=False)
    session = await resolved(idle_site)
    ask = idle_site.container.request_import()
    held = [asyncio.create_task(ask(session, name)) for _ in range(3)]
    await asyncio.sleep(0.5)
    assert not any(task.done() for task in held)
    ask.let_go()
    answers = await asyncio.wait_for(asyncio.gather(*held), 2)
    assert all(isinstance(answer, InProgress) for answer in answers)


async def start_worker(settings: Settings, database_url: str) -> Process:
    """A worker as a process of its own, with a short lease."""
    environment = os.environ | {
        "B2B_DATABASE_URL": database_url,
        "B2B_DATA_DIR": settings.data_dir,
        "B2B__JOBS__LEASE_SECONDS": "2",
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "b2b_dvizhenie", "worker", env=environment, stdout=DEVNULL, stderr=DEVNULL
    )


@pytest.mark.slow
async def test_worker_killed_in_the_middle(
    idle_site: Site, app_settings: Settings, database_url: str, tmp_path: Path
) -> None:
    """T6: whoever comes next finishes the work, with the result of an undisturbed import."""
    manifest = write_catalog(Wholesaler(4000), tmp_path / "export", portion=4000, pictures=False)
    (name,) = manifest.named("import")
    first = await start_worker(app_settings, database_url)
    sending = asyncio.create_task(in_thread(idle_site.one_c().send_catalog, tmp_path / "export", [name]))
    try:
        await until(idle_site, "SELECT count(*) FROM exchange_import WHERE state = 'running' AND progress > 0", 1, 60)
        first.send_signal(signal.SIGKILL)
        await first.wait()
        assert await idle_site.value("SELECT count(*) FROM product") == 0, "killed too late to prove anything"
        second = await start_worker(app_settings, database_url)
        try:
            sent = await asyncio.wait_for(sending, 120)
        finally:
            second.terminate()
            await second.wait()
    finally:
        if first.returncode is None:
            first.kill()
    assert "Товаров: 4000" in sent.texts[0]
    assert await idle_site.value("SELECT count(*) FROM product") == 4000
    interrupted = digest(database_url)
    async with idle_site.container.database().engine.begin() as connection:
        await connection.exec_driver_sql("TRUNCATE product, section, brand, property, exchange_import CASCADE")
    async with working(idle_site.container):
        await in_thread(idle_site.one_c().send_catalog, tmp_path / "export", [name])
    assert digest(database_url) == interrupted


async def test_two_sessions_at_once_keep_their_files_apart(site: Site, exported: Exported) -> None:
    """T7: two bases send files of the same names, piece by piece, at the same time."""
    other = await make_node(site.container, "other")
    folder, manifest = exported(Profile.UT115)
    small, files = folder.parent / "small", manifest.named("import")[:1]
    await in_thread(write_catalog, Wholesaler(20, seed=7), small, portion=50)

    def one_c(login: str) -> OneC:
        made = site.one_c()
        made.address = replace(made.address, login=login)
        return made

    ways = [("onec", folder), ("other", small)]
    await asyncio.gather(
        *[
            in_thread(one_c(login).send_catalog, where, files, chunk=3000, archive=archive)
            for login, where in ways
            for archive in (True, False)
        ]
    )
    counted = dict(await site.rows("SELECT node_id, count(*) FROM product GROUP BY node_id"))
    assert counted == {site.node_id: 50, other: 20}
    states = await site.rows("SELECT node_id, state, count(*) FROM exchange_import GROUP BY 1, 2 ORDER BY 3")
    assert all(state == "done" for _, state, _ in states)


async def intervals(site: Site) -> list[tuple[Any, Any]]:
    return await site.rows("SELECT started_at, finished_at FROM exchange_import ORDER BY started_at")


def overlapping(found: list[tuple[Any, Any]]) -> int:
    return sum(later[0] < earlier[1] for earlier, later in pairwise(found))


async def send_at_once(site: Site, folder: Path, manifest: Manifest) -> None:
    names = [*manifest.named("import"), *manifest.named("offers")]
    await asyncio.gather(*[in_thread(site.one_c().send_catalog, folder, [name]) for name in names])


async def test_files_of_a_node_are_imported_one_by_one(site: Site, exported: Exported) -> None:
    folder, manifest = exported(Profile.UT115)
    await send_at_once(site, folder, manifest)
    found = await intervals(site)
    assert len(found) == len(manifest.named("import")) + len(manifest.named("offers"))
    assert overlapping(found) == 0


async def test_control_without_lanes_they_meet(site: Site, exported: Exported, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requesting, "node_lane", lambda _: None)
    folder, manifest = exported(Profile.UT115)
    await send_at_once(site, folder, manifest)
    assert overlapping(await intervals(site)) > 0


async def test_failure_is_told_once_and_a_retry_starts_anew(site: Site, tmp_path: Path) -> None:
    (tmp_path / "import0_1.xml").write_text("<КоммерческаяИнформация><Каталог>", "utf-8")
    one_c = site.one_c(rules=RULES[Profile.UT115])
    for attempt in (1, 2):
        with pytest.raises(EmulatorRefused) as refused:
            await in_thread(one_c.send_catalog, tmp_path, ["import0_1.xml"], archive=False)
        assert "Файл оборван" in str(refused.value)
        assert await site.value("SELECT count(*) FROM exchange_import WHERE state = 'failed'") == attempt


async def test_rows_with_errors_are_told_and_do_not_fail_the_file(site: Site, tmp_path: Path) -> None:
    rows = "".join(f"<Товар><Наименование>Без ид {n}</Наименование></Товар>" for n in range(7))
    good = "<Товар><Ид>g-1</Ид><Наименование>Болт</Наименование></Товар>"
    content = (
        f"<КоммерческаяИнформация><Каталог><Ид>c</Ид><Товары>{good}{rows}</Товары></Каталог></КоммерческаяИнформация>"
    )
    (tmp_path / "import0_1.xml").write_text(content, "utf-8")
    sent = await in_thread(site.one_c().send_catalog, tmp_path, ["import0_1.xml"])
    first, *problems = sent.texts[0].split("\n")
    assert first == "Товаров: 1 (добавлено: 1); ошибок: 7"
    assert len(problems) == 5
    assert all(line.startswith("строка 1") for line in problems)
    assert "Без ид 0" in problems[0]


async def test_held_requests_do_not_starve_others(idle_site: Site, exported: Exported) -> None:
    """Twenty held imports occupy neither connections nor threads that the other requests need."""
    folder, manifest = exported(Profile.UT115)
    name = manifest.named("import")[0]
    clients = [idle_site.one_c(patience=1) for _ in range(20)]
    sending = [asyncio.create_task(in_thread(client.send_catalog, folder, [name])) for client in clients]
    await until(idle_site, "SELECT count(*) FROM exchange_session", 20)
    started = time.monotonic()
    await in_thread(idle_site.one_c().check_closed_door)
    await idle_site.value("SELECT 1")
    assert time.monotonic() - started < 5
    async with working(idle_site.container):
        await asyncio.wait(sending, timeout=60)
    assert all(task.done() for task in sending)
    for task in sending:
        task.exception()


@pytest.mark.parametrize(
    ("right", "kind", "name", "content"),
    [
        (
            ExchangeRight.SALE,
            "sale",
            "orders.xml",
            "<Каталог><Ид>c</Ид><Товары><Товар><Ид>g</Ид></Товар></Товары></Каталог>",
        ),
        (ExchangeRight.CATALOG, "catalog", "import.xml", "<Документ><Ид>d</Ид><Номер>B-000001</Номер></Документ>"),
    ],
)
async def test_content_is_judged_by_the_rights_not_by_what_the_request_calls_it(
    site: Site, right: ExchangeRight, kind: str, name: str, content: str
) -> None:
    """A node that may only talk about orders cannot bring goods by sending them as orders."""
    change = NodeChange(rights=(right,))
    await site.container.change_node()(system_actor("test"), site.node_id, change)
    document = f"<КоммерческаяИнформация>{content}</КоммерческаяИнформация>"
    async with httpx.AsyncClient(base_url=site.url, auth=(LOGIN, PASSWORD), timeout=30) as http:
        door = f"/1c_exchange.php?type={kind}&mode="
        await http.get(f"{door}checkauth")
        await http.post(f"{door}file&filename={name}", content=document.encode())
        answer = await http.get(f"{door}import&filename={name}")
    assert answer.text.startswith("failure\nЭтому узлу обмена не разрешено передавать такие данные")
    assert await site.value("SELECT count(*) FROM product") == 0
