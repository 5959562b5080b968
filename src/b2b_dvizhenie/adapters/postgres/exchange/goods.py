"""Goods as rows for COPY; one that was resent unchanged is told by its hash and costs one narrow row."""

import hashlib
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace
from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.brands import Brands
from b2b_dvizhenie.adapters.postgres.exchange.chunks import Chunk
from b2b_dvizhenie.adapters.postgres.exchange.copying import (
    NULL,
    array,
    binary,
    flag,
    json_field,
    nullable,
    quoted,
)
from b2b_dvizhenie.adapters.postgres.exchange.merge_goods import HASH_BYTES, NAMES, NULLABLE
from b2b_dvizhenie.adapters.postgres.exchange.problems import Problems
from b2b_dvizhenie.adapters.postgres.exchange.properties import Properties
from b2b_dvizhenie.adapters.postgres.exchange.sections import Sections
from b2b_dvizhenie.adapters.postgres.exchange.words import product_words
from b2b_dvizhenie.application.exchange.records import GoodRecord, Unit
from b2b_dvizhenie.domain.catalog import article_key, sort_key
from b2b_dvizhenie.domain.exchange.settings import NodeSettings
from b2b_dvizhenie.domain.shared.ids import NodeId

MERGE_VERSION = 1
"""Part of every content hash: raise it when the same record is to be written differently."""
_BOUNDS = {"weight": Decimal(100_000_000), "multiple": Decimal(100_000_000), "vat_rate": Decimal(1000)}
_THOUSANDTH = Decimal("0.001")
_KNOWN = b"SELECT content_hash FROM product WHERE node_id = %s AND is_active AND content_hash IS NOT NULL"


def known_hashes(connection: Connection[TupleRow], node_id: NodeId) -> set[bytes]:
    """Hashes of every active good of a node. A hash covers the good's id and catalogue, so a set is enough."""
    cursor = connection.cursor(binary=True)
    cursor.execute(_KNOWN, [node_id])
    return {row[0] for row in cursor}


class Goods:
    """Makes rows of the goods of one file."""

    def __init__(self, settings: NodeSettings, books: tuple[Sections, Brands, Properties], problems: Problems) -> None:
        self._sections, self._brands, self._properties = books
        self._brand_property = settings.brand_property
        self._problems = problems
        self._salt = b""
        self._catalog = ""
        self._known: set[bytes] | None = None
        self._changed: set[int] = set()
        self._lowest: dict[str, str] = {}
        self.read = 0

    def open_catalog(self, catalog_ref: str) -> None:
        """Goods of this catalogue follow."""
        self._catalog = quoted(catalog_ref)
        content = f"{MERGE_VERSION}\n{self._brand_property}\n{catalog_ref}".encode()
        self._salt = hashlib.blake2b(content, digest_size=32).digest()

    @property
    def needs_hashes(self) -> bool:
        """Whether `know` has to be called before the first good."""
        return self._known is None

    def know(self, hashes: set[bytes]) -> None:
        """What the database holds."""
        self._known = hashes

    def _hash(self, record: GoodRecord) -> bytes:
        content = msgspec.msgpack.encode(replace(record, line=0, version="", pictures=None))
        digest = hashlib.blake2b(content, digest_size=HASH_BYTES, key=self._salt).digest()
        return digest + record.variant_ref.encode()

    def take(self, record: GoodRecord, chunk: Chunk) -> bool:
        """Add the good to a chunk that has no other row of it; False if the record does not speak for the product.

        With a variant it only does when no lower variant of the product came before in this file.
        """
        self.read += 1
        if record.variant_ref:
            lowest = self._lowest.setdefault(record.ref, record.variant_ref)
            if record.variant_ref > lowest or record.deleted:
                return False
            self._lowest[record.ref] = record.variant_ref
        if record.deleted:
            chunk.goods.append(self._deleted_row(record))
        else:
            digest = self._hash(record)
            key = hash(record.ref)
            if self._known is not None and digest in self._known and key not in self._changed:
                chunk.same.append(quoted(record.ref))
                return True
            self._changed.add(key)
            chunk.goods.append(self._row(record, digest))
        return True

    def _bounded(self, record: GoodRecord, field: str) -> Decimal | None:
        value: Decimal | None = getattr(record, field)
        if value is None:
            return None
        if not value.is_finite() or not 0 <= value < _BOUNDS[field]:
            self._problems.error("good", "exchange.number_out_of_range", record.ref, record.line, f"{field} {value}")
            return None
        return value

    def _deleted_row(self, record: GoodRecord) -> str:
        """A mark; the rest counts only where the good was never seen."""
        self._changed.add(hash(record.ref))
        name = record.name or record.ref
        told = {"n": str(self.read), "ref": quoted(record.ref), "catalog": self._catalog, "name": quoted(name)}
        told |= {"plain": "t", "deleted": "t", "sort_key": quoted(sort_key(name)), "barcodes": "{}"}
        told |= {"requisites": "{}", "packs": "[]", "is_service": "f", "vat_said": "f"}
        return "\t".join([told.get(column, NULL if column in NULLABLE else "") for column in NAMES])

    def _row(self, record: GoodRecord, digest: bytes) -> str:
        name = record.name or record.full_name
        if not name:
            self._problems.warn("good", "exchange.name_missing", record.ref, record.line)
            name = record.ref
        properties = None if record.properties is None else self._properties.of_good(record.properties)
        brand = brand_of(properties, self._brand_property) or record.brand
        sections: list[UUID] | None = None
        if record.section_refs is not None:
            find, line = self._sections.find, record.line
            sections = [find(ref, line) for ref in dict.fromkeys(record.section_refs)]
        multiple = self._bounded(record, "multiple")
        if multiple is not None and multiple < _THOUSANDTH:
            multiple = None
        vat = self._bounded(record, "vat_rate")
        weight = self._bounded(record, "weight")
        unit = record.unit or Unit()
        key = article_key(record.article)
        codes = (record.article, record.code, *record.barcodes)
        fields = (
            str(self.read),
            quoted(record.ref),
            self._catalog,
            "f" if record.variant_ref else "t",
            binary(digest),
            "f",
            quoted(name),
            quoted(record.full_name),
            quoted(sort_key(name)),
            quoted(record.article),
            key,
            quoted(record.code),
            nullable(record.description),
            str(self._brands.find(brand)) if brand else NULL,
            str(sections[0]) if sections else NULL,
            NULL if sections is None else f"{{{','.join(map(str, sections))}}}",
            NULL if record.unit is None else quoted(unit.code),
            NULL if record.unit is None else quoted(unit.name or unit.full_name or unit.international),
            NULL if multiple is None else f"{multiple:f}",
            flag(record.vat_said),
            NULL if vat is None else f"{vat:f}",
            NULL if weight is None else f"{weight:f}",
            quoted(record.country),
            array(record.barcodes),
            NULL if properties is None else json_field(properties),
            json_field(dict(record.requisites)),
            json_field([{"unit": pack.unit, "factor": pack.factor} for pack in record.packs]) if record.packs else "[]",
            NULL if record.analog_refs is None else array(record.analog_refs),
            flag(record.is_service),
            *product_words(name, record.full_name, key, codes, brand or "", properties or ()),
        )
        return "\t".join(fields)


def brand_of(properties: list[dict[str, Any]] | None, brand_property: str) -> str | None:
    """The brand that a characteristic holds, where the node's settings name one (onec.md §3.4)."""
    if brand_property and properties is not None:
        for one in properties:
            if brand_property in (one["ref"], one["name"]):
                return str(one["values"][0])
    return None
