"""The writer of the catalogue: one file, one transaction, one lock per node (onec.md §2.5)."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.brands import Brands
from b2b_dvizhenie.adapters.postgres.exchange.generations import stamp
from b2b_dvizhenie.adapters.postgres.exchange.goods import Goods
from b2b_dvizhenie.adapters.postgres.exchange.offers import Offers
from b2b_dvizhenie.adapters.postgres.exchange.partners import Partners, give_terms
from b2b_dvizhenie.adapters.postgres.exchange.placements import place
from b2b_dvizhenie.adapters.postgres.exchange.problems import Problems
from b2b_dvizhenie.adapters.postgres.exchange.properties import Properties
from b2b_dvizhenie.adapters.postgres.exchange.references import PriceTypes, Warehouses
from b2b_dvizhenie.adapters.postgres.exchange.sections import Sections
from b2b_dvizhenie.application.exchange.importing import Applied, CatalogueWriter, ImportTask, Progress
from b2b_dvizhenie.application.exchange.records import (
    FileHead,
    FileKind,
    GoodRecord,
    OfferRecord,
    OrderStateRecord,
    PartnerRecord,
    PriceTypeRecord,
    PropertyRecord,
    Record,
    RowProblem,
    SectionRecord,
    UnitRecord,
    WarehouseRecord,
)
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.files import FileStore

_TUNING = (
    "SET LOCAL work_mem = '64MB'",
    "SET LOCAL temp_buffers = '32MB'",
    "SET LOCAL gin_pending_list_limit = '64MB'",
    "SET LOCAL jit = off",
    "SET LOCAL lock_timeout = 0",
    "SET LOCAL statement_timeout = 0",
)
_LOCK_CLASS = 6435427


class Cancelled(Exception):
    """The import was told to stop; nothing is written."""


class PostgresCatalogueWriter(CatalogueWriter):
    """Copies the records into temporary tables while they are read, then merges set by set.

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
                connection.cancel_safe(timeout=5)
            await asyncio.wait([work])
            raise

    def _apply(
        self,
        task: ImportTask,
        records: Callable[[], Iterator[Record]],
        progress: Progress,
        running: list[Connection[TupleRow]],
    ) -> Applied:
        with psycopg.connect(self._url, application_name="b2b-import") as connection:
            running.append(connection)
            for statement in _TUNING:
                connection.execute(statement.encode())
            self._lock(connection, task, progress)
            batch = Batch(connection, task, self._clock())
            progress.stage = "reading"
            for record in records():
                batch.take(record)
                progress.rows += 1
                if progress.cancelled:
                    raise Cancelled
            progress.stage = "writing"
            applied = batch.merge()
            connection.commit()
            return applied

    def _lock(self, connection: Connection[TupleRow], task: ImportTask, progress: Progress) -> None:
        key = [_LOCK_CLASS, int.from_bytes(task.node_id.bytes[-4:], "big", signed=True)]
        row = connection.execute(b"SELECT pg_try_advisory_xact_lock(%s, %s)", key).fetchone()
        if row is None or not row[0]:
            progress.stage = "waiting"
            connection.execute(b"SELECT pg_advisory_xact_lock(%s, %s)", key)


class Batch:
    """Everything one file says, staged and then merged in the transaction of its connection."""

    def __init__(self, connection: Connection[TupleRow], task: ImportTask, now: datetime) -> None:
        self._connection = connection
        self._node_id = node_id = task.node_id
        self._settings = settings = task.settings
        self._now = now
        self._problems = problems = Problems()
        self._price_types = PriceTypes(connection, node_id, settings, problems)
        self._warehouses = Warehouses(connection, node_id, problems)
        self._sections = Sections(connection, node_id, problems)
        self._properties = Properties(connection, node_id)
        self._brands = Brands(connection, node_id)
        books = (self._sections, self._brands, self._properties)
        self._goods = Goods(connection, node_id, settings, books, problems)
        self._offers = Offers(connection, node_id, self._price_types, self._warehouses, problems)
        self._partners = Partners(connection, node_id, problems)
        self._orders: list[OrderStateRecord] = []
        self._only_changes = True
        self._kinds: dict[FileKind, None] = {}
        self._catalogs: dict[str, bool] = {}
        self._takers: dict[type[Record], Callable[..., object]] = {
            FileHead: self._take_head,
            SectionRecord: self._sections.take,
            PropertyRecord: self._take_property,
            PriceTypeRecord: self._price_types.take,
            WarehouseRecord: self._warehouses.take,
            UnitRecord: self._take_unit,
            GoodRecord: self._take_good,
            OfferRecord: self._take_offer,
            PartnerRecord: self._partners.take,
            OrderStateRecord: self._orders.append,
            RowProblem: problems.add,
        }
        connection.execute(b"CREATE TEMPORARY TABLE touched (product_id uuid, is_new boolean) ON COMMIT DROP")
        connection.execute(b"CREATE TEMPORARY TABLE touched_variant (variant_id uuid, product_id uuid) ON COMMIT DROP")

    def take(self, record: Record) -> None:
        """Stage one record."""
        self._takers[type(record)](record)

    def _take_head(self, head: FileHead) -> None:
        self._kinds[head.kind] = None
        self._only_changes = head.only_changes
        if head.kind is FileKind.CATALOG:
            self._catalogs[head.catalog_ref] = self._catalogs.get(head.catalog_ref, True) and head.only_changes
            self._goods.open_catalog(head.catalog_ref)

    def _take_property(self, record: PropertyRecord) -> None:
        if self._properties.take(record):
            self._goods.reworded_at = self._goods.read

    def _take_unit(self, record: UnitRecord) -> None:
        """Goods carry their unit themselves; the list adds nothing that is shown."""

    def _take_good(self, record: GoodRecord) -> None:
        self._goods.take(record)
        if record.variant_ref:
            self._offers.take_variant(record)

    def _take_offer(self, record: OfferRecord) -> None:
        self._offers.take(record, only_changes=self._only_changes)

    def merge(self) -> Applied:
        """Bring the tables to what the file said; the caller commits."""
        connection, now = self._connection, self._now
        milliseconds = int(now.timestamp() * 1000)
        counters = self._price_types.merge() | self._warehouses.merge() | self._properties.merge()
        told, paths_changed = self._sections.merge()
        counters |= told | self._brands.merge()
        counters |= self._goods.merge(now, milliseconds)
        counters |= self._offers.merge(now, milliseconds)
        for catalog_ref, only_changes in self._catalogs.items():
            stamped = stamp(connection, self._node_id, self._settings, catalog_ref, now, only_changes=only_changes)
            counters["goods.stamped"] = counters.get("goods.stamped", 0) + stamped
        place(connection, self._node_id, sections_changed=bool(told), paths_changed=paths_changed)
        counters |= self._partners.merge(now, milliseconds)
        counters |= give_terms(connection, self._node_id, self._price_types.named_default(), milliseconds)
        counters |= self._problems.counters()
        return Applied(
            kinds=tuple(self._kinds),
            only_changes=all(self._catalogs.values()),
            catalog_ref=next(iter(self._catalogs), ""),
            counters={name: count for name, count in counters.items() if count},
            problems=tuple(self._problems.kept),
            order_states=tuple(self._orders),
        )
