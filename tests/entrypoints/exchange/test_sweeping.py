"""What nobody asks to import is imported all the same; what is old is deleted (T8, onec.md §2.5)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from exchange_site import Site, in_thread

from b2b_dvizhenie.application.exchange import CleanExchange, SweepUploads
from b2b_dvizhenie.testing.emulator import EmulatorRefused
from b2b_dvizhenie.testing.wholesaler import Manifest, Profile

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
Exported = Callable[[Profile], tuple[Path, Manifest]]


async def sweep(site: Site, *, seconds: int) -> int:
    """What the scheduled sweep would do so many seconds from now."""
    later = site.container.clock()() + timedelta(seconds=seconds)
    return await SweepUploads(site.container.session_files(), site.container.sweep_work, lambda: later)()


async def clean(site: Site, *, days: int) -> dict[str, int]:
    """What the nightly cleaning would do so many days from now."""
    later = site.container.clock()() + timedelta(days=days)
    return await CleanExchange(site.container.session_files(), site.container.sweep_work, lambda: later)()


@pytest.mark.parametrize("archive", [True, False])
async def test_export_without_a_request_to_import(idle_site: Site, exported: Exported, archive: bool) -> None:
    """The option "don't wait" of УТ 11.5: files only, each portion in a session of its own."""
    folder, manifest = exported(Profile.UT115)
    names = manifest.named("import")
    await in_thread(idle_site.one_c().send_catalog, folder, names, wait=False, archive=archive)
    assert await sweep(idle_site, seconds=50) == 0, "the upload may still go on"
    assert await sweep(idle_site, seconds=90) == len(names)
    assert await sweep(idle_site, seconds=120) == 0
    rows = await idle_site.rows("SELECT filename, started_by, state FROM exchange_import ORDER BY filename")
    assert rows == [(name, "sweeper", "waiting") for name in names]
    assert await idle_site.value("SELECT count(*) FROM job WHERE lane = %s", f"exchange:{idle_site.node_id}") == 3


async def test_swept_import_is_the_one_1c_asks_for_later(idle_site: Site, exported: Exported) -> None:
    folder, manifest = exported(Profile.UT115)
    name = manifest.named("import")[0]
    await in_thread(idle_site.one_c().send_catalog, folder, [name], wait=False)
    assert await sweep(idle_site, seconds=90) == 1
    token = await idle_site.value("SELECT token_hash FROM exchange_session")
    session = await idle_site.container.session_finder().by_token(token, idle_site.container.clock()() - timedelta(1))
    assert session is not None
    started = await idle_site.value("SELECT import_id FROM exchange_import")
    async with idle_site.container.import_work() as work:
        sha256 = await idle_site.value("SELECT sha256 FROM exchange_import")
        found = await work.imports.latest(session.session_id, name, sha256)
    assert found is not None
    assert found.import_id == started


async def test_what_was_asked_for_is_not_swept(site: Site, exported: Exported) -> None:
    folder, manifest = exported(Profile.UT115)
    await in_thread(site.one_c().send_catalog, folder, manifest.named("import")[:1])
    assert await sweep(site, seconds=90) == 0
    assert await site.value("SELECT count(*) FROM exchange_import") == 1


async def test_half_an_xml_waits_for_its_other_half(idle_site: Site, exported: Exported) -> None:
    folder, manifest = exported(Profile.UT115)
    whole = (folder / manifest.named("import")[0]).read_bytes()
    half = folder.parent / "half"
    half.mkdir(exist_ok=True)
    (half / "import0_1.xml").write_bytes(whole[: len(whole) // 2])
    await in_thread(idle_site.one_c().send_catalog, half, ["import0_1.xml"], wait=False, archive=False)
    assert await sweep(idle_site, seconds=90) == 0
    assert await sweep(idle_site, seconds=86_400) == 0


async def test_broken_archive_stops_nobody_else(idle_site: Site, exported: Exported) -> None:
    folder, manifest = exported(Profile.UT115)
    names = manifest.named("import")
    await in_thread(idle_site.one_c().send_catalog, folder, names, wait=False)
    (broken, *_) = sorted((idle_site.container.settings().data / "exchange").rglob("in/*.zip"))
    broken.write_bytes(broken.read_bytes()[:-50])
    assert await sweep(idle_site, seconds=90) == len(names) - 1
    assert await sweep(idle_site, seconds=120) == 0


async def test_nothing_is_swept_while_the_session_talks(idle_site: Site, exported: Exported) -> None:
    folder, manifest = exported(Profile.UT115)
    one_c = idle_site.one_c()
    await in_thread(one_c.send_catalog, folder, manifest.named("import")[:1], wait=False)
    moment = idle_site.container.clock()() + timedelta(seconds=80)
    async with idle_site.container.database().reading() as connection:
        await connection.execute("UPDATE exchange_session SET last_seen_at = %s", [moment])
    assert await sweep(idle_site, seconds=100) == 0
    assert await sweep(idle_site, seconds=200) == 1


def files_of(site: Site) -> dict[str, int]:
    folder = site.container.settings().data / "exchange"
    found = [path for path in folder.rglob("in/**/*") if path.is_file()]
    kinds = {path.suffix for path in found}
    return {kind: sum(path.suffix == kind for path in found) for kind in kinds}


async def test_old_files_go_xml_last(site: Site, exported: Exported) -> None:
    folder, manifest = exported(Profile.UT115)
    await in_thread(site.one_c().send_catalog, folder, manifest.named("import")[:1], archive=False)
    everything = files_of(site)
    assert everything[".xml"] == 1
    assert len(everything) > 1
    assert (await clean(site, days=2))["bytes"] == 0
    assert files_of(site) == everything
    assert (await clean(site, days=4))["bytes"] > 0
    assert files_of(site) == {".xml": 1}
    counts = await clean(site, days=32)
    assert counts["bytes"] > 0
    assert files_of(site) == {}
    assert not list((site.container.settings().data / "exchange").iterdir())
    assert counts["sessions"] == 1
    assert counts["requests"] > 3
    assert counts["imports"] == 0
    assert (await clean(site, days=91))["imports"] == 1
    assert await site.value("SELECT count(*) FROM product") == 50


async def test_failed_logins_are_forgotten_after_a_day(site: Site) -> None:
    one_c = site.one_c()
    one_c.address = type(one_c.address)(one_c.address.url, "onec", "wrong")
    with pytest.raises(EmulatorRefused):
        await in_thread(one_c.fetch_orders)
    assert (await clean(site, days=0))["attempts"] == 0
    assert (await clean(site, days=2))["attempts"] == 1
