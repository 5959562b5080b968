"""The list of imports: started, told about, ended. Every call is a transaction of its own."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.exchange_nodes import rights_of
from b2b_dvizhenie.adapters.postgres.tables.exchange import (
    exchange_generation,
    exchange_import,
    exchange_node,
    exchange_problem,
)
from b2b_dvizhenie.application.exchange.importing import Applied, ImportJournal, ImportTask, Progress
from b2b_dvizhenie.domain.exchange.access import ExchangeRight
from b2b_dvizhenie.domain.exchange.generations import GenerationState
from b2b_dvizhenie.domain.exchange.imports import ImportStatus, ImportUnknown
from b2b_dvizhenie.domain.exchange.settings import node_settings
from b2b_dvizhenie.domain.shared.ids import NodeId


class PostgresImportJournal(ImportJournal):
    """The `exchange_import` table as the one who imports sees it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def start(self, import_id: UUID, now: datetime) -> ImportTask | None:
        """Mark the import as running; None when it is done already."""
        row = exchange_import.c
        query = (
            select(
                row.node_id,
                row.path,
                row.root,
                row.filename,
                row.state,
                row.session_id,
                exchange_node.c.settings,
                exchange_node.c.rights,
            )
            .join(exchange_node, exchange_node.c.node_id == row.node_id)
            .where(row.import_id == import_id)
        )
        async with self._database.engine.begin() as connection:
            found = (await connection.execute(query)).first()
            if found is None:
                raise ImportUnknown
            node_id, path, root, filename, state, session_id, settings, rights = found
            if state == ImportStatus.DONE:
                return None
            await connection.execute(delete(exchange_problem).where(exchange_problem.c.import_id == import_id))
            await connection.execute(
                update(exchange_import)
                .where(row.import_id == import_id)
                .values(
                    state=ImportStatus.RUNNING,
                    stage="",
                    progress=0,
                    error_code="",
                    error_detail="",
                    started_at=now,
                    finished_at=None,
                )
            )
        return ImportTask(
            import_id,
            NodeId(node_id),
            Path(path),
            Path(root or _root(path, filename)),
            node_settings(settings),
            frozenset(ExchangeRight) if session_id is None else frozenset(rights_of(rights)),
        )

    async def tell(self, import_id: UUID, progress: Progress) -> None:
        """Write how far a running import is."""
        async with self._database.engine.begin() as connection:
            await connection.execute(
                update(exchange_import)
                .where(exchange_import.c.import_id == import_id, exchange_import.c.state == ImportStatus.RUNNING)
                .values(stage=progress.stage, progress=progress.done, total=progress.total)
            )

    async def finish(self, import_id: UUID, applied: Applied, now: datetime) -> None:
        """Mark the import as done, with what it did and the rows it did not take."""
        async with self._database.engine.begin() as connection:
            await connection.execute(
                update(exchange_import)
                .where(exchange_import.c.import_id == import_id)
                .values(
                    state=ImportStatus.DONE,
                    stage="",
                    progress=exchange_import.c.total,
                    kinds=[kind.value for kind in applied.kinds],
                    only_changes=applied.only_changes,
                    catalog_ref=applied.catalog_ref,
                    counters=applied.counters,
                    finished_at=now,
                )
            )
            if applied.problems:
                await connection.execute(
                    insert(exchange_problem),
                    [
                        {
                            "import_id": import_id,
                            "entity": one.entity,
                            "severity": one.severity,
                            "code": one.code,
                            "ref": one.ref,
                            "line": one.line,
                            "detail": one.detail,
                        }
                        for one in applied.problems
                    ],
                )

    async def fail(self, import_id: UUID, code: str, detail: str, now: datetime) -> None:
        """Mark the import as failed; open full exports of its node then need a person's word."""
        async with self._database.engine.begin() as connection:
            failed = await connection.execute(
                update(exchange_import)
                .where(exchange_import.c.import_id == import_id)
                .values(
                    state=ImportStatus.FAILED,
                    stage="",
                    error_code=code,
                    error_detail=detail.replace("\x00", ""),
                    finished_at=now,
                )
                .returning(exchange_import.c.node_id)
            )
            await connection.execute(
                update(exchange_generation)
                .where(
                    exchange_generation.c.node_id == failed.scalar_one(),
                    exchange_generation.c.state == GenerationState.OPEN,
                )
                .values(failed_files=exchange_generation.c.failed_files + 1, last_file_at=now)
            )


def _root(path: str, filename: str) -> Path:
    """The folder that the file's name is relative to: its session's, or the one that was imported."""
    whole, name = Path(path), Path(filename)
    if whole.parts[-len(name.parts) :] == name.parts:
        return Path(*whole.parts[: -len(name.parts)])
    return whole.parent
