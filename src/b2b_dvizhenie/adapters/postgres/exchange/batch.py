"""One file on its way: records become rows of chunks, chunks are merged on the conveyor, all in one transaction."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange import (
    merge_goods,
    merge_offers,
    merge_prices,
    pictures,
    placements,
    refresh,
)
from b2b_dvizhenie.adapters.postgres.exchange.brands import Brands
from b2b_dvizhenie.adapters.postgres.exchange.chunks import Chunk
from b2b_dvizhenie.adapters.postgres.exchange.conveyor import Conveyor
from b2b_dvizhenie.adapters.postgres.exchange.generations import begin_file
from b2b_dvizhenie.adapters.postgres.exchange.goods import Goods, known_hashes
from b2b_dvizhenie.adapters.postgres.exchange.merge_prices import Places
from b2b_dvizhenie.adapters.postgres.exchange.offers import Offers
from b2b_dvizhenie.adapters.postgres.exchange.partners import Partners, give_terms
from b2b_dvizhenie.adapters.postgres.exchange.problems import Problems
from b2b_dvizhenie.adapters.postgres.exchange.properties import Properties
from b2b_dvizhenie.adapters.postgres.exchange.references import TOTAL, PriceTypes, Warehouses
from b2b_dvizhenie.adapters.postgres.exchange.sections import Sections
from b2b_dvizhenie.application.exchange.importing import Applied, ImportTask
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
from b2b_dvizhenie.application.shared.files import FileStore


class Batch:
    """Everything one file says.

    Rows are made on the thread that calls `take`; the connection belongs to the conveyor's thread, which also is the
    only one that touches `_merged` and `_found_late`.
    """

    def __init__(
        self,
        connection: Connection[TupleRow],
        conveyor: Conveyor,
        task: ImportTask,
        files: FileStore,
        now: datetime,
    ) -> None:
        self._connection = connection
        self._conveyor = conveyor
        self._node_id = node_id = task.node_id
        self._settings = settings = task.settings
        self._now = now
        self._facts = {"node": node_id, "now": now, "milliseconds": int(now.timestamp() * 1000)}
        self._merged: Counter[str] = Counter()
        self._problems = problems = Problems()
        self._price_types = PriceTypes(connection, node_id, settings, problems)
        self._warehouses = Warehouses(connection, node_id, problems)
        self._sections = Sections(connection, node_id, problems)
        self._properties = Properties(connection, node_id)
        self._brands = Brands(connection, node_id)
        self._goods = Goods(settings, (self._sections, self._brands, self._properties), problems)
        self._pictures = pictures.Pictures(files, task.root, problems)
        self._found_late = Problems()
        self._reworded_late = False
        self._offers = Offers(self._price_types, self._warehouses, problems)
        self._partners = Partners(problems)
        self._orders: list[OrderStateRecord] = []
        self._chunk = Chunk()
        self._only_changes = True
        self._kinds: dict[FileKind, None] = {}
        self._catalogs: dict[str, bool] = {}
        self._generation: int | None = None
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
        for part in (placements, merge_goods, pictures, merge_offers, merge_prices, refresh):
            part.prepare(connection)

    def take(self, record: Record) -> None:
        """Take one record; waits when merging cannot keep up."""
        self._takers[type(record)](record)

    def _take_head(self, head: FileHead) -> None:
        self._kinds[head.kind] = None
        self._only_changes = head.only_changes
        if head.kind is FileKind.CATALOG:
            self._send()
            self._catalogs[head.catalog_ref] = self._catalogs.get(head.catalog_ref, True) and head.only_changes
            self._goods.open_catalog(head.catalog_ref)
            begin = partial(
                begin_file,
                self._connection,
                self._node_id,
                self._settings,
                head.catalog_ref,
                self._now,
                only_changes=head.only_changes,
            )
            self._generation = self._conveyor.ask(begin)

    def _take_property(self, record: PropertyRecord) -> None:
        self._properties.take(record)
        self._reworded_late = self._reworded_late or self._goods.read > 0

    def _take_unit(self, record: UnitRecord) -> None:
        """Goods carry their unit themselves; the list adds nothing that is shown."""

    def _take_good(self, record: GoodRecord) -> None:
        if self._goods.needs_hashes:
            self._goods.know(self._conveyor.ask(partial(known_hashes, self._connection, self._node_id)))
        if record.ref in self._chunk.good_refs or (record.ref, record.variant_ref) in self._chunk.offer_refs:
            self._send()
        if self._goods.take(record, self._chunk):
            self._chunk.good_refs.add(record.ref)
            self._pictures.take(record, self._chunk)
        if record.variant_ref:
            self._chunk.offer_refs.add((record.ref, record.variant_ref))
            self._offers.take_variant(record, self._chunk)
        if self._chunk.is_full:
            self._send()

    def _take_offer(self, record: OfferRecord) -> None:
        key = (record.ref, record.variant_ref)
        if key in self._chunk.offer_refs or self._chunk.is_full:
            self._send()
        self._chunk.offer_refs.add(key)
        self._offers.take(record, self._chunk, only_changes=self._only_changes)

    def _send(self) -> None:
        """Put the chunk on the conveyor, with everything its rows refer to."""
        chunk, self._chunk = self._chunk, Chunk()
        for book in (self._sections, self._brands, self._price_types, self._warehouses):
            chunk.before += book.changes()
        if chunk.is_empty:
            return
        types = Places([one.price_type_id for one in self._price_types.all])
        stores = self._warehouses.all
        total = next((one.place for one in stores if one.ref == TOTAL), -1)
        places = Places([one.warehouse_id for one in stores], total)
        self._conveyor.put(partial(self._merge, chunk, types, places, self._generation))

    def _merge(self, chunk: Chunk, types: Places, stores: Places, generation: int | None) -> None:
        connection = self._connection
        for write in chunk.before:
            write(connection)
        if chunk.goods or chunk.same:
            self._merged.update(merge_goods.merge_goods(connection, chunk, self._facts, generation))
            if chunk.pictures:
                told = pictures.merge_pictures(connection, chunk, self._facts, self._found_late)
                self._merged.update(told)
        if chunk.goods:
            connection.execute(b"INSERT INTO rewritten SELECT product_id, is_new FROM touched")
            placements.place(connection)
        if chunk.offers:
            self._merged.update(merge_offers.merge_variants(connection, chunk, self._facts))
        if chunk.says_prices:
            self._merged.update(merge_prices.merge_prices(connection, chunk, types, self._now))
        if chunk.says_stocks:
            self._merged.update(merge_prices.merge_stocks(connection, chunk, stores, self._now))

    def finish(self) -> Applied:
        """Merge what is left and what can only be said at the end; the caller commits."""
        self._send()
        return self._conveyor.ask(self._finish)

    def _finish(self) -> Applied:
        connection = self._connection
        for write in self._properties.changes():
            write(connection)
        self._merged.update(
            refresh.refresh(
                connection,
                self._node_id,
                self._now,
                (self._properties, self._brands),
                brand_property=self._settings.brand_property,
                late=self._reworded_late,
            )
        )
        if self._sections.moved:
            placements.place_all(connection, self._node_id)
        if self._sections.are_told or self._goods.read:
            placements.count(connection, self._node_id)
        self._merged.update(self._partners.merge(connection, self._facts))
        self._price_types.choose_default(connection)
        self._merged.update(give_terms(connection, self._price_types.named_default(), self._facts))
        self._problems.absorb(self._found_late)
        return Applied(
            kinds=tuple(self._kinds),
            only_changes=all(self._catalogs.values()),
            catalog_ref=next(iter(self._catalogs), ""),
            counters=self._counters(),
            problems=tuple(self._problems.kept),
            order_states=tuple(self._orders),
        )

    def _counters(self) -> dict[str, int]:
        found: dict[str, Any] = {"goods.read": self._goods.read, "companies.read": self._partners.read}
        for part in (
            self._sections,
            self._brands,
            self._properties,
            self._price_types,
            self._warehouses,
            self._offers,
            self._problems,
        ):
            found |= part.counters()
        found |= self._merged
        return {name: count for name, count in found.items() if count}
