"""Goods: staged as text rows, merged into `product` by set; a good that was resent unchanged costs one narrow row."""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from msgspec.structs import replace
from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.brands import Brands
from b2b_dvizhenie.adapters.postgres.exchange.copying import NULL, Staging, array, flag, json_field, nullable, quoted
from b2b_dvizhenie.adapters.postgres.exchange.problems import Problems
from b2b_dvizhenie.adapters.postgres.exchange.properties import Properties
from b2b_dvizhenie.adapters.postgres.exchange.sections import Sections
from b2b_dvizhenie.adapters.postgres.exchange.words import COLUMNS as WORDS
from b2b_dvizhenie.adapters.postgres.exchange.words import all_words, product_words, vector
from b2b_dvizhenie.adapters.postgres.search import ADD_WORDS
from b2b_dvizhenie.application.exchange.records import GoodRecord, Unit
from b2b_dvizhenie.domain.catalog import article_key, sort_key
from b2b_dvizhenie.domain.exchange.settings import NodeSettings
from b2b_dvizhenie.domain.shared.ids import NodeId

MERGE_VERSION = 1
"""Part of every content hash: raise it when the same record is to be written differently."""
_BOUNDS = {"weight": Decimal(100_000_000), "multiple": Decimal(100_000_000), "vat_rate": Decimal(1000)}
_THOUSANDTH = Decimal("0.001")

_COLUMNS = f"""
    n int, ref text, catalog text, plain boolean, hash bytea, deleted boolean, name text, full_name text, sort_key text,
    article text, article_key text, code text, description text, brand_id uuid, section_id uuid, section_ids uuid[],
    unit_code text, unit_name text, order_multiple numeric, vat_said boolean, vat_rate numeric, weight numeric,
    country text, barcodes text[], properties jsonb, requisites jsonb, packs jsonb, analog_refs text[],
    is_service boolean, {WORDS}"""

_NAMES = [column.split()[0] for column in _COLUMNS.split(",")]

# Column of product → its value for a new row; a change takes the same value, but keeps what is NULL there.
_PLAIN: dict[str, str] = {
    "article": "g.article",
    "article_key": "g.article_key",
    "code": "g.code",
    "name": "g.name",
    "full_name": "g.full_name",
    "sort_key": "g.sort_key",
    "country": "g.country",
    "barcodes": "g.barcodes",
    "requisites": "g.requisites",
    "packs": "g.packs",
    "is_service": "g.is_service",
    "search": vector("g"),
}
_OPTIONAL: dict[str, str] = {
    "description": "''",
    "brand_id": "NULL",
    "section_ids": "'{}'",
    "unit_code": "''",
    "unit_name": "''",
    "order_multiple": "1",
    "weight": "NULL",
    "properties": "'[]'",
    "analog_refs": "'{}'",
}

_NULLABLE = {*_OPTIONAL, "hash", "section_id", "vat_rate"}

_ONE_ROW_PER_GOOD: tuple[str, ...] = (
    # The last row of a good counts; a row of its own outranks one that was made of its variants.
    """DELETE FROM st_good a USING (
           SELECT ref, max(n) FILTER (WHERE plain) AS plain_n, max(n) AS n FROM st_good GROUP BY ref HAVING count(*) > 1
       ) last WHERE a.ref = last.ref AND a.n <> COALESCE(last.plain_n, last.n)""",
    "DELETE FROM st_good a USING st_good_same s WHERE a.ref = s.ref AND a.n < s.n AND NOT a.deleted",
)

_ACTIVE = "CASE WHEN g.deleted THEN 'deleted_in_1c' ELSE '' END"


def _insert() -> str:
    names = [*_PLAIN, *_OPTIONAL]
    values = [*_PLAIN.values(), *(f"COALESCE(g.{name}, {default})" for name, default in _OPTIONAL.items())]
    return f"""
        WITH fresh AS (
            SELECT g.*, row_number() OVER (ORDER BY g.n) AS place
              FROM st_good g
             WHERE NOT EXISTS (
                 SELECT FROM product p WHERE p.node_id = %(node)s AND p.external_ref = g.ref)
        ), added AS (
            INSERT INTO product (product_id, node_id, external_ref, catalog_ref, {", ".join(names)}, section_id,
                                 vat_rate, is_active, inactive_reason, content_hash, updated_at)
            SELECT {NEW_ID.format(place="g.place")}, %(node)s, g.ref, g.catalog, {", ".join(values)}, g.section_id,
                   g.vat_rate, NOT g.deleted, {_ACTIVE}, g.hash, %(now)s
              FROM fresh g ORDER BY g.place
            RETURNING product_id
        ), variants AS (
            INSERT INTO variant (variant_id, product_id) SELECT product_id, product_id FROM added
        )
        INSERT INTO touched SELECT product_id, true FROM added"""


def _update() -> str:
    sets = [f"{name} = {value}" for name, value in _PLAIN.items()]
    sets += [f"{name} = COALESCE(g.{name}, p.{name})" for name in _OPTIONAL]
    return f"""
        WITH changed AS (
            UPDATE product p
               SET {", ".join(sets)},
                   section_id = CASE WHEN g.section_ids IS NULL THEN p.section_id ELSE g.section_id END,
                   vat_rate = CASE WHEN g.vat_said THEN g.vat_rate ELSE p.vat_rate END,
                   catalog_ref = g.catalog, is_active = true, inactive_reason = '',
                   content_hash = g.hash, updated_at = %(now)s
              FROM st_good g
             WHERE p.node_id = %(node)s AND p.external_ref = g.ref AND NOT g.deleted
               AND (g.plain OR p.content_hash IS NULL OR length(p.content_hash) <> 16)
               AND (p.content_hash IS DISTINCT FROM g.hash OR NOT p.is_active OR p.catalog_ref <> g.catalog)
            RETURNING p.product_id
        )
        INSERT INTO touched SELECT product_id, false FROM changed"""


NEW_ID = (
    "(lpad(to_hex(%(milliseconds)s), 12, '0') || '7' || lpad(to_hex({place} >> 12 & 4095), 3, '0') || '8'"
    " || lpad(to_hex({place} & 4095), 3, '0') || substr(md5(random()::text), 1, 12))::uuid"
)
"""A UUIDv7 whose random bits begin with a counter (RFC 9562 §6.2, method 1), so that a set of new rows gets ids in
its own order and indexes grow at one end. PostgreSQL has uuidv7() only since 18."""

_DELETE = """
    WITH hidden AS (
        UPDATE product p SET is_active = false, inactive_reason = 'deleted_in_1c', updated_at = %(now)s
          FROM st_good g
         WHERE p.node_id = %(node)s AND p.external_ref = g.ref AND g.deleted
           AND (p.is_active OR p.inactive_reason <> 'deleted_in_1c')
        RETURNING p.product_id
    )
    INSERT INTO touched SELECT product_id, false FROM hidden"""


class Goods:
    """Goods of one file."""

    _KNOWN: ClassVar[str] = """
        SELECT content_hash FROM product
         WHERE node_id = %s AND catalog_ref = %s AND is_active AND content_hash IS NOT NULL"""

    def __init__(
        self,
        connection: Connection[TupleRow],
        node_id: NodeId,
        settings: NodeSettings,
        books: tuple[Sections, Brands, Properties],
        problems: Problems,
    ) -> None:
        self._connection = connection
        self._node_id = node_id
        self._sections, self._brands, self._properties = books
        self._brand_property = settings.brand_property
        self._problems = problems
        self._rows = Staging(connection, "st_good", _COLUMNS, batch=1000)
        self._same = Staging(connection, "st_good_same", "n int, ref text, catalog text")
        self._salt = f"{MERGE_VERSION}:{settings.brand_property}".encode()
        self._known: set[tuple[str, bytes]] = set()
        self._opened: set[str] = set()
        self._catalog = ""
        self._lowest: dict[str, str] = {}
        self.read = 0
        self.reworded_at = 0

    def open_catalog(self, catalog_ref: str) -> None:
        """Goods of this catalogue follow; what the database knows of it is remembered as a set of hashes."""
        self._catalog = quoted(catalog_ref)
        if catalog_ref not in self._opened:
            self._opened.add(catalog_ref)
            cursor = self._connection.cursor(binary=True)
            cursor.execute(self._KNOWN.encode(), [self._node_id, catalog_ref])
            self._known.update((self._catalog, row[0]) for row in cursor)

    def _hash(self, record: GoodRecord) -> bytes:
        content = msgspec.msgpack.encode(replace(record, line=0, version="", pictures=None))
        digest = hashlib.blake2b(content, digest_size=16, key=self._salt).digest()
        return digest + b"v" if record.variant_ref else digest

    def _bounded(self, record: GoodRecord, field: str) -> Decimal | None:
        value: Decimal | None = getattr(record, field)
        if value is None:
            return None
        if not value.is_finite() or not 0 <= value < _BOUNDS[field]:
            self._problems.error("good", "exchange.number_out_of_range", record.ref, record.line, f"{field} {value}")
            return None
        return value

    def take(self, record: GoodRecord) -> None:
        """Stage a good. With a variant it only speaks for the product when no other variant of it comes before."""
        self.read += 1
        n = self.read
        if record.variant_ref:
            lowest = self._lowest.setdefault(record.ref, record.variant_ref)
            if record.variant_ref > lowest or record.deleted:
                return
            self._lowest[record.ref] = record.variant_ref
        if record.deleted:
            self._rows.add(self._deleted_row(n, record))
            return
        digest = self._hash(record)
        if (self._catalog, digest) in self._known:
            self._same.add(f"{n}\t{quoted(record.ref)}\t{self._catalog}")
            return
        self._rows.add(self._row(n, record, digest))

    def _deleted_row(self, n: int, record: GoodRecord) -> str:
        """A mark; the rest counts only where the good was never seen."""
        name = record.name or record.ref
        told = {
            "n": str(n),
            "ref": quoted(record.ref),
            "catalog": self._catalog,
            "plain": "t",
            "deleted": "t",
            "name": quoted(name),
        }
        told |= {"sort_key": quoted(sort_key(name)), "barcodes": "{}", "requisites": "{}", "packs": "[]"}
        told |= {"is_service": "f", "vat_said": "f"}
        return "\t".join([told.get(column, NULL if column in _NULLABLE else "") for column in _NAMES])

    def _row(self, n: int, record: GoodRecord, digest: bytes) -> str:
        name = record.name or record.full_name
        if not name:
            self._problems.warn("good", "exchange.name_missing", record.ref, record.line)
            name = record.ref
        properties = None if record.properties is None else self._properties.of_good(record.properties)
        brand = self._brand(record, properties)
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
        codes = (record.article, key, record.code, *record.barcodes)
        words = product_words(name, record.full_name, codes, brand or "", properties or ())
        fields = (
            str(n),
            quoted(record.ref),
            self._catalog,
            "f" if record.variant_ref else "t",
            f"\\\\x{digest.hex()}",
            "f",
            quoted(name),
            quoted(record.full_name),
            quoted(sort_key(name)),
            quoted(record.article),
            key,
            quoted(record.code),
            nullable(record.description),
            NULL if brand is None else str(self._brands.find(brand)) if brand else NULL,
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
            *words,
        )
        return "\t".join(fields)

    def _brand(self, record: GoodRecord, properties: list[dict[str, Any]] | None) -> str | None:
        if self._brand_property and properties is not None:
            for one in properties:
                if self._brand_property in (one["ref"], one["name"]):
                    return str(one["values"][0])
        return record.brand

    def merge(self, now: datetime, milliseconds: int) -> dict[str, int]:
        """Bring `product` to what the file said; fills the table `touched` (product_id, is_new)."""
        staged, same = self._rows.finish(), self._same.finish()
        if not self.read:
            return {}
        counters = {"goods.read": self.read}
        execute = self._connection.execute
        if staged:
            for statement in _ONE_ROW_PER_GOOD:
                execute(statement.encode())
            facts = {"node": self._node_id, "now": now, "milliseconds": milliseconds}
            counters["goods.changed"] = execute(_update().encode(), facts).rowcount
            counters["goods.deleted"] = execute(_DELETE.encode(), facts).rowcount
            counters["goods.added"] = execute(_insert().encode(), facts).rowcount
            execute(ADD_WORDS.format(words=all_words("st_good"), source="st_good").encode())
        counters["goods.same"] = same
        return counters
