"""Imports asked for through the protocol: round trip, "already loaded", what a told failure means."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from b2b_dvizhenie.adapters.postgres.exchange_imports import (
    PostgresImportReader,
    PostgresImportTransaction,
)
from b2b_dvizhenie.adapters.postgres.tables.exchange import (
    exchange_generation,
    exchange_import,
    exchange_node,
    exchange_problem,
)
from b2b_dvizhenie.application.exchange.receiving import StoredFile
from b2b_dvizhenie.application.exchange.records import RowProblem
from b2b_dvizhenie.application.exchange.requesting import ImportOrder, ImportState
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
DAY_AGO = NOW - timedelta(hours=24)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


async def add_node(work: PostgresImportTransaction) -> NodeId:
    node_id = NodeId(new_id())
    row = {"node_id": node_id, "name": "УТ", "login": node_id.hex, "password_hash": "", "created_at": NOW}
    await work.connection.execute(insert(exchange_node).values(row))
    return node_id


async def add_import(
    work: PostgresImportTransaction,
    node_id: NodeId,
    sha256: str,
    *,
    name: str = "import.xml",
    minutes: int = 0,
    state: str = "done",
) -> UUID:
    import_id, moment = new_id(), NOW + timedelta(minutes=minutes)
    await work.imports.add(import_id, ImportOrder(node_id, None, StoredFile(name, "/x", sha256, 1), "protocol"), moment)
    over = moment + timedelta(seconds=30) if state in ("done", "failed") else None
    await work.connection.execute(
        update(exchange_import).where(exchange_import.c.import_id == import_id).values(state=state, finished_at=over)
    )
    return import_id


@given(
    session_id=st.none() | st.uuids(),
    file=st.builds(StoredFile, texts, texts.filter(bool), texts, st.integers(0, 2**60), texts),
    started_by=texts,
    request_id=texts,
)
async def test_round_trip(
    container: Container, session_id: UUID | None, file: StoredFile, started_by: str, request_id: str
) -> None:
    async with PostgresImportTransaction(container.database(), container.clock()) as work:
        order = ImportOrder(await add_node(work), session_id, file, started_by, request_id)
        import_id = new_id()
        await work.imports.add(import_id, order, NOW)
        assert await work.imports.order_of(import_id) == order
        if session_id is not None:
            found = await work.imports.latest(session_id, file.name, file.sha256)
            assert found == ImportState(import_id, "waiting")


async def test_failure_is_told_once_and_then_tried_anew(container: Container) -> None:
    async with PostgresImportTransaction(container.database(), container.clock()) as work:
        session_id, import_id = new_id(), new_id()
        order = ImportOrder(await add_node(work), session_id, StoredFile("a.xml", "/x", "1", 1), "protocol")
        await work.imports.add(import_id, order, NOW)
        failed = update(exchange_import).where(exchange_import.c.import_id == import_id)
        await work.connection.execute(failed.values(state="failed", error_code="exchange.file_truncated"))
        found = await work.imports.latest(session_id, "a.xml", "1")
        assert found is not None
        assert (found.state, found.error_code) == ("failed", "exchange.file_truncated")
        await work.imports.mark_told(import_id, NOW)
        assert await work.imports.latest(session_id, "a.xml", "1") is None
        await work.connection.execute(failed.values(state="done"))
        assert await work.imports.latest(session_id, "a.xml", "1") is not None


async def loaded(work: PostgresImportTransaction, node_id: NodeId, name: str = "import.xml") -> bool:
    return await work.imports.is_loaded(node_id, name, "A", DAY_AGO)


async def test_same_content_is_loaded_only_if_nothing_came_since(container: Container) -> None:
    async with PostgresImportTransaction(container.database(), container.clock()) as work:
        node_id, other = await add_node(work), await add_node(work)
        assert not await loaded(work, node_id)
        await add_import(work, node_id, "A")
        assert await loaded(work, node_id)
        assert not await loaded(work, other)
        assert not await loaded(work, node_id, "offers.xml")
        assert not await work.imports.is_loaded(node_id, "import.xml", "A", NOW + timedelta(minutes=5))
        # Another file of the session changes nothing, another content under the name does: 10 → 12 → 10 roubles.
        await add_import(work, node_id, "X", name="offers.xml", minutes=1)
        assert await loaded(work, node_id)
        await add_import(work, node_id, "B", minutes=2)
        assert not await loaded(work, node_id)
        await add_import(work, node_id, "A", minutes=3)
        assert await loaded(work, node_id)


@pytest.mark.parametrize("state", ["waiting", "running"])
async def test_unfinished_imports_forbid_the_shortcut(container: Container, state: str) -> None:
    async with PostgresImportTransaction(container.database(), container.clock()) as work:
        node_id = await add_node(work)
        await add_import(work, node_id, "A")
        await add_import(work, node_id, "X", name="other.xml", minutes=1, state=state)
        assert not await loaded(work, node_id)


async def test_full_export_that_began_later_must_see_every_file(container: Container) -> None:
    """Skipping a portion would leave its goods unstamped, and they would be taken for absent."""
    async with PostgresImportTransaction(container.database(), container.clock()) as work:
        node_id = await add_node(work)
        await add_import(work, node_id, "A")
        began = {"node_id": node_id, "catalog_ref": "c", "state": "open"}
        earlier, later = NOW - timedelta(hours=1), NOW + timedelta(minutes=10)
        await work.connection.execute(
            insert(exchange_generation).values(began | {"opened_at": earlier, "last_file_at": NOW})
        )
        assert await loaded(work, node_id)
        await work.connection.execute(
            insert(exchange_generation).values(began | {"opened_at": later, "last_file_at": later})
        )
        assert not await loaded(work, node_id)


async def test_reader_tells_state_and_first_errors(container: Container) -> None:
    async with PostgresImportTransaction(container.database(), container.clock()) as work:
        import_id = await add_import(work, await add_node(work), "A")
        rows = [
            {"import_id": import_id, "entity": "good", "severity": severity, "code": f"exchange.c{n}", "line": n}
            for n, severity in enumerate(["error", "warning", "error", "error"])
        ]
        await work.connection.execute(insert(exchange_problem), rows)
        await work.commit()
    reader = PostgresImportReader(container.database())
    state = await reader.state(import_id)
    assert state is not None
    assert (state.state, state.is_over) == ("done", True)
    first = (RowProblem("good", "exchange.c0", line=0), RowProblem("good", "exchange.c2", line=2))
    assert await reader.problems(import_id, 2) == (first, 3)
    assert await reader.state(new_id()) is None
