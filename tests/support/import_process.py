"""A process that imports a folder and may kill itself, without a chance to tidy up, at any of its statements.

It is forked (`processes.forked`) and says how many statements it ran. Torn, it breaks the product on purpose: every
chunk becomes visible at once, which is what the test must be able to notice.
"""

import asyncio
import os
import signal
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg

from b2b_dvizhenie.adapters.files import LocalFiles
from b2b_dvizhenie.adapters.onec.importing import CommerceMLReader
from b2b_dvizhenie.adapters.postgres.exchange import batch, chunks
from b2b_dvizhenie.adapters.postgres.exchange.writer import PostgresCatalogueWriter
from b2b_dvizhenie.application.exchange.importing import ImportTask, Progress
from b2b_dvizhenie.domain.exchange.imports import in_order
from b2b_dvizhenie.domain.exchange.settings import NodeSettings
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id
from b2b_dvizhenie.entrypoints.container import utc_now

ran = 0


def count_statements(kill_at: int) -> None:
    """Make every statement count, and the chosen one the last thing this process does."""
    execute = psycopg.Connection.execute

    def counted(connection: psycopg.Connection, *arguments: object, **options: object) -> psycopg.Cursor:
        global ran  # noqa: PLW0603 - a script of its own process
        ran += 1
        if ran == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(connection, *arguments, **options)

    psycopg.Connection.execute = counted


def commit_every_chunk() -> None:
    """The sabotage: temporary tables survive a commit, and every chunk is committed by itself."""
    execute, merge = psycopg.Connection.execute, batch.Batch._merge

    def keeping(connection: psycopg.Connection, query: bytes, *arguments: object, **options: object) -> psycopg.Cursor:
        return execute(connection, query.replace(b"ON COMMIT DROP", b""), *arguments, **options)

    def committing(self: batch.Batch, *arguments: object) -> None:
        merge(self, *arguments)
        self._connection.commit()

    psycopg.Connection.execute = keeping
    batch.Batch._merge = committing


async def _imported(url: str, folder: Path, names: list[str], node_id: NodeId) -> None:
    chunks.GOODS_AT_ONCE = chunks.OFFERS_AT_ONCE = 20
    reader, writer = CommerceMLReader(), PostgresCatalogueWriter(url, LocalFiles(folder / "store"), utc_now)
    for name in names:
        progress = Progress()
        task = ImportTask(new_id(), node_id, folder / name, folder)
        await writer.apply(task, partial(reader, task.path, NodeSettings(), progress), progress)


def main(line: Connection, url: str, folder: str, node_id: NodeId, kill_at: int, torn: bool) -> None:
    """Import the files of the folder one after another.

    Args:
        line: where the number of statements goes.
        kill_at: the statement that is the last thing this process does; 0 for none.
        torn: commit every chunk.
    """
    if torn:
        commit_every_chunk()
    count_statements(kill_at)
    where = Path(folder)
    names = in_order(path.relative_to(where).as_posix() for path in where.rglob("*.xml"))
    asyncio.run(_imported(url, where, names, node_id))
    line.send(ran)
