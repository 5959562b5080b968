"""Price types and warehouses: few rows, known by their ref while a file is read, written when it has been read."""

from collections import Counter
from typing import Any, ClassVar
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.chunks import Write, executing
from b2b_dvizhenie.adapters.postgres.exchange.problems import Problems
from b2b_dvizhenie.application.exchange.records import PriceTypeRecord, WarehouseRecord
from b2b_dvizhenie.domain.exchange.settings import NodeSettings
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id

DEFAULT_PRICE_TYPE_LOCK = 6435426
TOTAL = "*"
"""Ref of the warehouse that stands for a total without warehouses."""


class PriceType(Struct):
    """A price type while a file is read. `place` is its number in the staged rows."""

    place: int
    price_type_id: UUID
    ref: str
    name: str
    currency: str
    vat_included: bool
    is_active: bool
    state: str = "same"


class PriceTypes:
    """The price types of a node; prices of an unknown one are kept under an inactive type (onec.md §3.5)."""

    _LOAD: ClassVar[bytes] = b"""
        SELECT price_type_id, external_ref, name, currency, vat_included, is_active
          FROM price_type WHERE node_id = %s ORDER BY price_type_id"""
    _WRITE: ClassVar[bytes] = b"""
        INSERT INTO price_type (price_type_id, node_id, external_ref, name, currency, vat_included, is_active)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (price_type_id) DO UPDATE SET
            name = excluded.name, currency = excluded.currency, vat_included = excluded.vat_included,
            is_active = excluded.is_active"""
    # Prices that came before their type was announced took the node's currency where they named none.
    _RELABEL: ClassVar[bytes] = b"UPDATE price SET currency = %s WHERE price_type_id = %s AND currency = %s"

    def __init__(
        self, connection: Connection[TupleRow], node_id: NodeId, settings: NodeSettings, problems: Problems
    ) -> None:
        self._counts: Counter[str] = Counter()
        self._node_id = node_id
        self._settings = settings
        self._problems = problems
        self._by_ref: dict[str, PriceType] = {}
        self._by_name: dict[str, PriceType] = {}
        self._relabelled: list[tuple[Any, ...]] = []
        for place, row in enumerate(connection.execute(self._LOAD, [node_id])):
            self._know(PriceType(place, *row))

    def _know(self, one: PriceType) -> PriceType:
        self._by_ref[one.ref] = one
        self._by_name.setdefault(one.name, one)
        return one

    def _new(self, ref: str, name: str, *, is_active: bool) -> PriceType:
        currency = self._settings.default_currency
        return self._know(
            PriceType(
                len(self._by_ref), new_id(), ref, name, currency, vat_included=True, is_active=is_active, state="added"
            )
        )

    def take(self, record: PriceTypeRecord) -> None:
        """A type that the ERP announces. One that waited unannounced becomes active; one hidden by hand stays so."""
        known = self._by_ref.get(record.ref)
        if known is None:
            known = self._new(record.ref, record.name, is_active=True)
        before = (known.name, known.currency, known.vat_included, known.is_active)
        unannounced = known.name == known.ref
        known.name = record.name or known.name
        if record.currency and record.currency != known.currency and unannounced:
            self._relabelled.append((record.currency, known.price_type_id, known.currency))
        known.currency = record.currency or known.currency
        if record.vat_included is not None:
            known.vat_included = record.vat_included
        if record.deleted:
            known.is_active = False
        elif unannounced:
            known.is_active = True
        if known.state == "same" and before != (known.name, known.currency, known.vat_included, known.is_active):
            known.state = "changed"
        self._by_name[known.name] = known

    def find(self, ref: str, line: int) -> PriceType:
        """The type a price names by id, or by its exact name; an unknown one is made, inactive, with a warning."""
        known = self._by_ref.get(ref) or self._by_name.get(ref)
        if known is None:
            known = self._new(ref, ref, is_active=False)
        if not known.is_active and known.name == known.ref:
            self._problems.warn_once("price", "exchange.price_type_unknown", ref, line)
        return known

    @property
    def all(self) -> list[PriceType]:
        """Every type of the node, by place."""
        return list(self._by_ref.values())

    def changes(self) -> list[Write]:
        """What is new or changed since the last call."""
        rows: list[tuple[Any, ...]] = []
        for one in self._by_ref.values():
            if one.state in ("added", "changed"):
                rows.append(
                    (one.price_type_id, self._node_id, one.ref, one.name, one.currency, one.vat_included, one.is_active)
                )
                self._counts[one.state] += 1
                one.state = "same"
        writes = [executing(self._WRITE, rows)] if rows else []
        if self._relabelled:
            writes.append(executing(self._RELABEL, [*self._relabelled]))
            self._relabelled.clear()
        return writes

    def counters(self) -> dict[str, int]:
        """For the report."""
        return {f"price_types.{state}": count for state, count in self._counts.items()}

    def named_default(self) -> UUID | None:
        """The type the node's settings name as default, by id or name."""
        name = self._settings.default_price_type
        one = self._by_ref.get(name) or self._by_name.get(name) if name else None
        return one.price_type_id if one is not None and one.is_active else None

    def choose_default(self, connection: Connection[TupleRow]) -> None:
        """Make the type the settings name the installation's default where there is none yet."""
        named = self.named_default()
        if named is None:
            return
        if connection.execute(b"SELECT 1 FROM price_type WHERE is_default").fetchone():
            return
        # Two nodes may see no default at once; the second one waits here and then sees the first one's choice.
        connection.execute(b"SELECT pg_advisory_xact_lock(%s)", [DEFAULT_PRICE_TYPE_LOCK])
        connection.execute(
            b"""UPDATE price_type SET is_default = true
                 WHERE price_type_id = %s AND NOT EXISTS (SELECT 1 FROM price_type WHERE is_default)""",
            [named],
        )


class Warehouse(Struct):
    """A warehouse while a file is read."""

    place: int
    warehouse_id: UUID
    ref: str
    name: str
    address: str
    is_active: bool
    state: str = "same"


class Warehouses:
    """The warehouses of a node. One that only stock rows name is made and named by its id until it is announced."""

    _LOAD: ClassVar[bytes] = b"""
        SELECT warehouse_id, external_ref, name, address, is_active
          FROM warehouse WHERE node_id = %s ORDER BY position, warehouse_id"""
    _WRITE: ClassVar[bytes] = b"""
        INSERT INTO warehouse (warehouse_id, node_id, external_ref, name, address, position, is_active)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (warehouse_id) DO UPDATE SET
            name = excluded.name, address = excluded.address, is_active = excluded.is_active"""

    def __init__(self, connection: Connection[TupleRow], node_id: NodeId, problems: Problems) -> None:
        self._counts: Counter[str] = Counter()
        self._node_id = node_id
        self._problems = problems
        self._by_ref: dict[str, Warehouse] = {}
        for place, row in enumerate(connection.execute(self._LOAD, [node_id])):
            one = Warehouse(place, *row)
            self._by_ref[one.ref] = one

    def _new(self, ref: str, name: str) -> Warehouse:
        one = Warehouse(len(self._by_ref), new_id(), ref, name, "", is_active=True, state="added")
        self._by_ref[ref] = one
        return one

    def take(self, record: WarehouseRecord) -> None:
        """A warehouse that the ERP announces."""
        known = self._by_ref.get(record.ref) or self._new(record.ref, record.name)
        before = (known.name, known.address, known.is_active)
        known.name = record.name or known.name
        known.address = record.address or known.address
        if record.deleted:
            known.is_active = False
        if known.state == "same" and before != (known.name, known.address, known.is_active):
            known.state = "changed"

    def find(self, ref: str, line: int) -> Warehouse:
        """The warehouse a stock row names; an unknown one is made with a warning."""
        known = self._by_ref.get(ref)
        if known is None:
            known = self._new(ref, ref)
            if ref != TOTAL:
                self._problems.warn_once("stock", "exchange.warehouse_unknown", ref, line)
        return known

    @property
    def all(self) -> list[Warehouse]:
        """Every warehouse of the node, by place."""
        return list(self._by_ref.values())

    def changes(self) -> list[Write]:
        """What is new or changed since the last call."""
        rows: list[tuple[Any, ...]] = []
        for one in self._by_ref.values():
            if one.state in ("added", "changed"):
                rows.append((one.warehouse_id, self._node_id, one.ref, one.name, one.address, one.place, one.is_active))
                self._counts[one.state] += 1
                one.state = "same"
        return [executing(self._WRITE, rows)] if rows else []

    def counters(self) -> dict[str, int]:
        """For the report."""
        return {f"warehouses.{state}": count for state, count in self._counts.items()}
