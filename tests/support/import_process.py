"""A process that imports a folder and may kill itself, without a chance to tidy up, at any of its statements.

    python import_process.py URL FOLDER NODE [kill-at STATEMENT] [commits-per-chunk]

It prints how many statements it ran. `commits-per-chunk` breaks the product on purpose: every chunk becomes visible
at once, which is what the test must be able to notice.
"""

import asyncio
import os
import signal
import sys
from functools import partial
from pathlib import Path
from uuid import UUID

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


async def main(url: str, folder: Path, names: list[str], node: str) -> None:
    """Import the files of the folder one after another."""
    chunks.GOODS_AT_ONCE = chunks.OFFERS_AT_ONCE = 20
    reader, writer = CommerceMLReader(), PostgresCatalogueWriter(url, LocalFiles(folder / "store"), utc_now)
    for name in names:
        progress = Progress()
        task = ImportTask(new_id(), NodeId(UUID(node)), folder / name, folder)
        await writer.apply(task, partial(reader, task.path, NodeSettings(), progress), progress)


if __name__ == "__main__":
    options, where = sys.argv[4:], Path(sys.argv[2])
    if "commits-per-chunk" in options:
        commit_every_chunk()
    count_statements(int(options[options.index("kill-at") + 1]) if "kill-at" in options else 0)
    found = in_order(path.relative_to(where).as_posix() for path in where.rglob("*.xml"))
    asyncio.run(main(sys.argv[1], where, found, sys.argv[3]))
    sys.stdout.write(str(ran))
