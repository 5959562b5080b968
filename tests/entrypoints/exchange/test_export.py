"""A full export of every family arrives whole, whatever way its bytes take (onec.md §9: T2, T3, T4)."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from exchange_site import Site, in_thread
from msgspec.structs import replace

from b2b_dvizhenie.testing.digest import digest
from b2b_dvizhenie.testing.emulator import RULES, Credentials, EmulatorRefused, Misbehaviour, OneC, Reason, Sessid
from b2b_dvizhenie.testing.wholesaler import Manifest, Profile

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
Exported = Callable[[Profile], tuple[Path, Manifest]]
FAMILIES = list(Profile)


def send_all(one_c: OneC, folder: Path, manifest: Manifest, **how: Any) -> None:
    one_c.send_catalog(folder, manifest.named("import"), **how)
    one_c.send_offers(folder, manifest.named("offers"), **how)
    one_c.send_partners(folder, manifest.named("partners"), **how)


async def check_arrived(site: Site, manifest: Manifest) -> None:
    counts = manifest.counts
    live, deleted = await site.rows("SELECT is_active, count(*) FROM product GROUP BY is_active ORDER BY 1 DESC")
    assert (live, deleted) == ((True, counts.goods - counts.deleted), (False, counts.deleted))
    priced = counts.prices - counts.zero_prices
    assert await site.value("SELECT count(*) FROM price") == priced
    assert await site.value("SELECT count(*) FROM stock") == counts.stocks
    assert await site.value("SELECT count(*) FROM company") == counts.partners
    states = await site.rows("SELECT state, count(*) FROM exchange_import GROUP BY state")
    assert states == [("done", len(manifest.files))]


@pytest.mark.parametrize("profile", FAMILIES)
async def test_export_of_every_family_arrives(site: Site, exported: Exported, profile: Profile) -> None:
    folder, manifest = exported(profile)
    one_c = site.one_c(profile)
    await in_thread(send_all, one_c, folder, manifest)
    await check_arrived(site, manifest)
    assert one_c.slowest < 20
    profiles = await site.rows("SELECT DISTINCT profile FROM exchange_session")
    assert profiles == [(profile.value,)]


CLIENTS = {
    "cookie only": {"credentials": Credentials.COOKIE, "sessid": Sessid.IGNORED},
    "basic only": {"credentials": Credentials.BASIC, "sessid": Sessid.IGNORED},
    "basic and sessid": {"credentials": Credentials.BASIC, "sessid": Sessid.STRIPPED},
    "glued sessid": {"credentials": Credentials.BOTH, "sessid": Sessid.GLUED},
    "everything": {"credentials": Credentials.BOTH, "sessid": Sessid.STRIPPED},
}


@pytest.mark.parametrize("how", CLIENTS.values(), ids=CLIENTS.keys())
async def test_every_way_of_saying_who_one_is(site: Site, exported: Exported, how: dict[str, Any]) -> None:
    folder, manifest = exported(Profile.UT115)
    one_c = site.one_c(rules=replace(RULES[Profile.UT115], **how))
    await in_thread(one_c.send_catalog, folder, manifest.named("import")[:1])
    assert await site.value("SELECT count(*) FROM product") == 50
    assert await site.value("SELECT count(*) FROM exchange_session") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        Misbehaviour(wrong_password=True),
        Misbehaviour(no_authorization=True),
        Misbehaviour(no_credentials_after_checkauth=True),
        Misbehaviour(wrong_sessid=True),
    ],
    ids=["wrong password", "no authorization", "nothing after checkauth", "wrong sessid"],
)
async def test_who_cannot_say_it_changes_nothing(site: Site, exported: Exported, wrong: Misbehaviour) -> None:
    folder, manifest = exported(Profile.UT115)
    with pytest.raises(EmulatorRefused) as refused:
        await in_thread(site.one_c(misbehaviour=wrong).send_catalog, folder, manifest.named("import"))
    needs_401 = wrong.no_authorization or wrong.no_credentials_after_checkauth
    assert refused.value.reason is (Reason.UNAUTHORIZED if needs_401 else Reason.SERVER_FAILURE)
    assert await site.value("SELECT count(*) FROM exchange_import") == 0
    folders = site.container.settings().data / "exchange"
    assert not [path for path in folders.rglob("in/*") if path.is_file()]


async def test_door_is_closed_without_credentials(site: Site) -> None:
    await in_thread(site.one_c().check_closed_door)


WAYS: dict[str, dict[str, Any]] = {
    "one archive": {},
    "archive in 400-byte pieces": {"chunk": 400},
    "plain files": {"archive": False},
    "plain files in pieces": {"archive": False, "chunk": 5000},
}


async def test_state_does_not_depend_on_the_way_of_the_bytes(site: Site, exported: Exported, database_url: str) -> None:
    """T4. The catalogue is emptied between the ways; what is made again must be the same."""
    folder, manifest = exported(Profile.UT115)
    names = manifest.named("import")[:1]
    digests = {}
    for title, how in WAYS.items():
        async with site.container.database().engine.begin() as connection:
            await connection.exec_driver_sql("TRUNCATE product, section, brand, property, exchange_import CASCADE")
        await in_thread(site.one_c().send_catalog, folder, names, **how)
        assert await site.value("SELECT count(*) FROM product") == 50
        digests[title] = str(digest(database_url))
    assert len(set(digests.values())) == 1


async def test_chunked_transfer_encoding(site: Site, exported: Exported, database_url: str) -> None:
    folder, manifest = exported(Profile.UT115)
    one_c = site.one_c(misbehaviour=Misbehaviour(chunked_encoding=True))
    await in_thread(one_c.send_catalog, folder, manifest.named("import")[:1], chunk=3000)
    assert await site.value("SELECT count(*) FROM product") == 50


@pytest.mark.parametrize(
    ("wrong", "archive"),
    [(Misbehaviour(lose_chunk=1), True), (Misbehaviour(repeat_chunk=1), True), (Misbehaviour(lose_chunk=0), False)],
    ids=["lost in archive", "repeated in archive", "lost in xml"],
)
async def test_lost_or_repeated_chunk_fails_and_changes_nothing(
    site: Site, exported: Exported, wrong: Misbehaviour, archive: bool
) -> None:
    """1C does not notice; the archive or the XML must say it, and the next attempt must succeed."""
    folder, manifest = exported(Profile.UT115)
    names = manifest.named("import")[:1]
    one_c = site.one_c(misbehaviour=wrong)
    with pytest.raises(EmulatorRefused) as refused:
        await in_thread(one_c.send_catalog, folder, names, chunk=20_000, archive=archive)
    assert refused.value.reason is Reason.SERVER_FAILURE
    assert await site.value("SELECT count(*) FROM product") == 0
    await in_thread(site.one_c().send_catalog, folder, names)
    assert await site.value("SELECT count(*) FROM product") == 50


async def test_connection_lost_in_a_chunk_leaves_no_half_of_it(site: Site, exported: Exported) -> None:
    folder, manifest = exported(Profile.UT115)
    one_c = site.one_c(misbehaviour=Misbehaviour(drop_in_chunk=1))
    sent = await in_thread(one_c.send_catalog, folder, manifest.named("import")[:1], chunk=50_000)
    assert sent.retries == 1
    assert await site.value("SELECT count(*) FROM product") == 50


async def test_same_export_again_changes_nothing(site: Site, exported: Exported, database_url: str) -> None:
    """T10 through the door: whole sessions are sent again after any error (rule 23)."""
    folder, manifest = exported(Profile.UT115)
    await in_thread(send_all, site.one_c(), folder, manifest)
    before = digest(database_url)
    one_c = site.one_c()
    sent = await in_thread(one_c.send_catalog, folder, manifest.named("import"))
    assert sent.texts == ["Файл уже загружен"] * 3
    await in_thread(one_c.send_offers, folder, manifest.named("offers"))
    assert digest(database_url) == before
    assert await site.value("SELECT count(*) FROM exchange_import") == len(manifest.files)


async def test_what_arrived_is_what_was_sent(site: Site, exported: Exported) -> None:
    folder, manifest = exported(Profile.UT10)
    await in_thread(site.one_c(Profile.UT10).send_catalog, folder, manifest.named("import"), archive=False, chunk=7777)
    for name, path, sha256 in await site.rows("SELECT filename, path, sha256 FROM exchange_import"):
        sent = (folder / name).read_bytes()
        assert await in_thread(Path(path).read_bytes) == sent
        assert sha256 == hashlib.sha256(sent).hexdigest()
