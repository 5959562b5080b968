"""What a full export does not name goes at its end, not before, and not on a doubtful word (onec.md §3.7)."""

from datetime import timedelta

import pytest

from b2b_dvizhenie.adapters.postgres.exchange.exports import PostgresExportKeeper
from b2b_dvizhenie.adapters.postgres.exchange.journal import PostgresImportJournal
from b2b_dvizhenie.application.exchange.exports import CloseExports, DecideAbsent, ExportUnknown, ListExports
from b2b_dvizhenie.application.exchange.records import FileHead, FileKind, GoodRecord, SectionRecord
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.exchange.generations import QUIET
from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.testing.importing import Importer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

FULL = FileHead(FileKind.CATALOG, only_changes=False, catalog_ref="cat")
PORTION = FileHead(FileKind.CATALOG, only_changes=True, catalog_ref="cat")
ACTOR = system_actor("test")


def goods(*numbers: int) -> list[GoodRecord]:
    return [GoodRecord(f"g{number:04}", name=f"Good {number}", section_refs=("s",)) for number in numbers]


def shown(importer: Importer) -> list[str]:
    return [row[0] for row in importer.execute("SELECT external_ref FROM product WHERE is_active ORDER BY 1")]


def states(importer: Importer) -> list[str]:
    return [row[0] for row in importer.execute("SELECT state FROM exchange_generation ORDER BY generation_id")]


@pytest.fixture
async def close(importer: Importer, container: Container) -> CloseExports:
    await importer(FileHead(FileKind.CLASSIFIER), SectionRecord("s", "S"))
    return CloseExports(PostgresExportKeeper(container.database()), lambda: importer.now)


async def test_portions_of_a_full_export_are_one_export(importer: Importer, close: CloseExports):
    await importer(FULL, *goods(*range(10)))
    await importer(PORTION, *goods(*range(10, 20)))
    importer.now += QUIET
    assert await close() == 1
    assert (len(shown(importer)), states(importer)) == (20, ["closed"])
    await importer(FULL, *goods(*range(9)))
    importer.now += timedelta(minutes=20)
    assert await close() == 0
    await importer(PORTION, *goods(*range(10, 19)))
    assert len(shown(importer)) == 20
    importer.now += timedelta(minutes=20)
    assert await close() == 0
    importer.now += QUIET
    assert await close() == 1
    assert sorted(set(range(20)) - {int(ref[1:]) for ref in shown(importer)}) == [9, 19]
    assert states(importer) == ["closed", "applied"]
    assert importer.execute("SELECT product_count FROM section") == [(18,)]
    assert importer.execute("SELECT count(*) FROM exchange_seen") == [(0,)]
    hidden = "SELECT DISTINCT inactive_reason FROM product WHERE NOT is_active"
    assert importer.execute(hidden) == [("absent_in_full_export",)]


async def test_a_hidden_good_that_is_named_again_is_shown_again(importer: Importer, close: CloseExports):
    await importer(FULL, *goods(1, 2))
    await importer(FULL, *goods(1))
    await close(importer.node_id)
    assert shown(importer) == ["g0001"]
    await importer(PORTION, *goods(2))
    assert shown(importer) == ["g0001", "g0002"]
    assert importer.execute("SELECT count(*) FROM product_placement") == [(2,)]


async def test_an_empty_full_catalogue_waits_for_a_word_and_is_obeyed_then(
    importer: Importer, close: CloseExports, container: Container
):
    await importer(FULL, *goods(1, 2, 3))
    await importer(FULL)
    await close(importer.node_id)
    assert states(importer) == ["superseded", "needs_confirmation"]
    assert len(shown(importer)) == 3
    keeper = PostgresExportKeeper(container.database())
    line = (await ListExports(keeper)(ACTOR))[0]
    assert (line.absent, line.stamped, line.state) == (3, 0, "needs_confirmation")
    decide = DecideAbsent(keeper, lambda: importer.now)
    await decide(ACTOR, line.generation_id, hide=True)
    assert shown(importer) == []
    with pytest.raises(ExportUnknown):
        await decide(ACTOR, line.generation_id, hide=False)
    audited = importer.execute(
        "SELECT actor, action, after ->> 'state' FROM audit WHERE subject_type = 'exchange_generation'"
    )
    assert audited == [("system:test", "exchange.absent_decided", "applied")]


async def test_too_many_absent_goods_wait_and_may_be_kept(
    importer: Importer, close: CloseExports, container: Container
):
    await importer(FULL, *goods(*range(300)))
    await importer(FULL, *goods(*range(250)))
    await close(importer.node_id)
    assert (len(shown(importer)), states(importer)[-1]) == (300, "needs_confirmation")
    number = importer.execute("SELECT max(generation_id) FROM exchange_generation")[0][0]
    await DecideAbsent(PostgresExportKeeper(container.database()), lambda: importer.now)(ACTOR, number, hide=False)
    assert (len(shown(importer)), states(importer)[-1]) == (300, "closed")
    assert importer.execute("SELECT count(*) FROM exchange_seen") == [(0,)]


async def test_a_refused_file_makes_the_export_doubtful(importer: Importer, close: CloseExports, container: Container):
    await importer(FULL, *goods(1, 2))
    await importer(FULL, *goods(1))
    import_id = new_id()
    importer.execute(
        "INSERT INTO exchange_import (import_id, node_id, filename, path, sha256, bytes, state, created_at)"
        " VALUES (%s, %s, 'x', 'x', '', 0, 'running', now())",
        import_id,
        importer.node_id,
    )
    await PostgresImportJournal(container.database()).fail(import_id, "exchange.file_truncated", "", importer.now)
    await close(importer.node_id)
    assert (shown(importer), states(importer)[-1]) == (["g0001", "g0002"], "needs_confirmation")


async def test_catalogues_and_nodes_do_not_hide_each_others_goods(
    importer: Importer, close: CloseExports, database_url: str, tmp_path
):
    other = Importer(database_url, tmp_path, "other")
    other_catalog = FileHead(FileKind.CATALOG, only_changes=False, catalog_ref="second")
    await other(FULL, *goods(1))
    await importer(FULL, *goods(1))
    await importer(other_catalog, *goods(5))
    await importer(FULL, *goods(2))
    await close(importer.node_id)
    active = importer.execute(
        "SELECT n.login, p.external_ref FROM product p JOIN exchange_node n USING (node_id)"
        " WHERE p.is_active ORDER BY 1, 2"
    )
    assert active == [("1c", "g0002"), ("1c", "g0005"), ("other", "g0001")]
    assert importer.execute("SELECT count(*) FROM exchange_generation WHERE state = 'open'") == [(1,)]
