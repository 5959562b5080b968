"""The writer of the catalogue: one file, one transaction, one lock per node (onec.md §2.5)."""

import asyncio
from collections.abc import Callable, Iterator

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.batch import Batch
from b2b_dvizhenie.adapters.postgres.exchange.conveyor import Conveyor
from b2b_dvizhenie.adapters.postgres.exchange.locking import lock_node
from b2b_dvizhenie.application.exchange.importing import Applied, CatalogueWriter, ImportTask, Progress
from b2b_dvizhenie.application.exchange.records import Record
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.files import FileStore

_TUNING = (
    "SET LOCAL work_mem = '32MB'",
    "SET LOCAL temp_buffers = '32MB'",
    "SET LOCAL gin_pending_list_limit = '64MB'",
    "SET LOCAL jit = off",
    # A chunk is small and the tables are large: look rows up by index, do not read the tables through.
    "SET LOCAL random_page_cost = 0.5",
    "SET LOCAL effective_cache_size = '4GB'",
    "SET LOCAL lock_timeout = 0",
    "SET LOCAL statement_timeout = 0",
    # A killed importer must not hold the lock of its node until its last statement is over.
    "SET LOCAL client_connection_check_interval = '1s'",
)


class Stopped(Exception):
    """The import was told to stop; nothing is written."""


class PostgresCatalogueWriter(CatalogueWriter):
    """Copies chunks of rows into temporary tables and merges them set by set, while the next chunk is being read.

    Nothing is committed before the file was read to its end: a file that turns out to be broken writes nothing.

    Args:
        url: of the database; every import has a connection of its own.
        files: where pictures go.
        clock: gives the moment of the import.
    """

    def __init__(self, url: str, files: FileStore, clock: Clock) -> None:
        self._url = url
        self._files = files
        self._clock = clock

    async def apply(self, task: ImportTask, records: Callable[[], Iterator[Record]], progress: Progress) -> Applied:
        """Apply on a thread of its own; a cancelled call waits until the thread has rolled back."""
        running: list[Connection[TupleRow]] = []
        work = asyncio.create_task(asyncio.to_thread(self._apply, task, records, progress, running))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            progress.cancelled = True
            for connection in running:
                await asyncio.to_thread(connection.cancel_safe, timeout=5)
            await asyncio.wait([work])
            raise

    def _apply(
        self,
        task: ImportTask,
        records: Callable[[], Iterator[Record]],
        progress: Progress,
        running: list[Connection[TupleRow]],
    ) -> Applied:
        # No prepared statements: chunks differ, and a plan made for an empty table is a bad one for a full one.
        with psycopg.connect(self._url, application_name="b2b-import", prepare_threshold=None) as connection:
            running.append(connection)
            for statement in _TUNING:
                connection.execute(statement.encode())
            lock_node(connection, task.node_id, progress)
            with Conveyor() as conveyor:
                batch = Batch(connection, conveyor, task, self._files, self._clock())
                progress.stage = "reading"
                for record in records():
                    batch.take(record)
                    progress.rows += 1
                    if progress.cancelled:
                        raise Stopped
                progress.stage = "writing"
                applied = batch.finish()
            connection.commit()
            return applied
