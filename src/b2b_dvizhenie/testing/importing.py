"""Catalogue data for tests: records go through the product's own writer, so that what tests see is what 1C makes."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from b2b_dvizhenie.adapters.files import LocalFiles
from b2b_dvizhenie.adapters.postgres.exchange.writer import PostgresCatalogueWriter
from b2b_dvizhenie.application.exchange.importing import Applied, ImportTask, Progress
from b2b_dvizhenie.application.exchange.records import Record
from b2b_dvizhenie.domain.exchange.settings import NodeSettings
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id


class Importer:
    """One exchange node of a test's database, and a way to hand it records as if a file had held them.

    Args:
        url: a migrated database.
        folder: where pictures are looked for and stored.
        login: of the node, which is made.
        settings: of the node.
    """

    def __init__(self, url: str, folder: Path, login: str = "1c", settings: NodeSettings | None = None) -> None:
        self.url = url
        self.folder = folder
        self.settings = settings or NodeSettings()
        self.node_id = NodeId(new_id())
        self.now = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
        self.writer = PostgresCatalogueWriter(url, LocalFiles(folder / "store"), lambda: self.now)
        self.execute(
            "INSERT INTO exchange_node (node_id, name, login, password_hash, created_at)"
            " VALUES (%s, %s, %s, '', now())",
            self.node_id,
            login,
            login,
        )

    def execute(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement; rows, if it has any."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []

    async def __call__(self, *records: Record) -> Applied:
        """Import the records as one file."""
        return await self.stream(lambda: iter(records))

    async def stream(self, records: Callable[[], Iterator[Record]]) -> Applied:
        """Import what the function yields."""
        task = ImportTask(new_id(), self.node_id, self.folder / "file.xml", self.folder, self.settings)
        return await self.writer.apply(task, records, Progress())

    async def files(self, files: Sequence[Sequence[Record]]) -> None:
        """Import several files, one after another."""
        for records in files:
            await self(*records)
