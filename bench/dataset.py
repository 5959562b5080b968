"""The data that Medusa, Saleor and Vendure were measured on, loaded into our tables.

Loads gen.py's CSVs by COPY straight into our tables (`categories.csv`, `brands.csv`, `products.csv`,
`companies.jsonl`): a catalogue in three levels, three price types, one warehouse, one company per line with the
agreement of its price type. An import would take longer and is measured by itself.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg import sql

from b2b_dvizhenie.adapters.postgres.search import ADD_WORDS, VECTOR
from b2b_dvizhenie.domain.catalog import SearchDocument, article_key, search_document, sort_key
from b2b_dvizhenie.domain.shared.ids import new_id

PRICE_TYPES = ("p1", "p2", "p3")
_PRODUCT = (
    *("product_id", "node_id", "external_ref", "article", "article_key", "name", "sort_key", "description"),
    *("brand_id", "section_id", "section_ids", "unit_name", "vat_rate", "updated_at"),
)
_WORDS = SearchDocument._fields
_PLACEMENTS = """
INSERT INTO product_placement (section_id, sort_key, product_id)
SELECT unnest(s.path), i.sort_key, i.product_id FROM incoming i JOIN section s USING (section_id)
"""
_COUNTS = """
UPDATE section s SET product_count = c.goods
  FROM (SELECT section_id, count(*) AS goods FROM product_placement GROUP BY section_id) c
 WHERE c.section_id = s.section_id
"""


class Loader:
    """One load: the connection, the moment, and the ids given so far."""

    def __init__(self, connection: psycopg.Connection[Any], folder: Path) -> None:
        self.connection = connection
        self.folder = folder
        self.now = datetime.now(UTC)  # noqa: TID251 - the age of the data starts here
        self.node, self.warehouse = new_id(), new_id()
        self.types = {name: new_id() for name in PRICE_TYPES}
        self.sections: dict[str, UUID] = {}
        self.paths: dict[str, list[UUID]] = {}
        self.brands: dict[str, tuple[UUID, str]] = {}

    def rows(self, name: str) -> Iterator[dict[str, str]]:
        """Rows of a CSV."""
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """COPY rows into a table."""
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def references(self) -> None:
        """Node, price types, warehouse, sections, brands."""
        self.copy(
            "exchange_node",
            ("node_id", "name", "login", "password_hash", "created_at"),
            [(self.node, "bench", "bench", "-", self.now)],
        )
        self.copy(
            "price_type",
            ("price_type_id", "node_id", "external_ref", "name", "is_default"),
            [(key, self.node, name, name, name == PRICE_TYPES[0]) for name, key in self.types.items()],
        )
        self.copy(
            "warehouse", ("warehouse_id", "node_id", "external_ref", "name"), [(self.warehouse, self.node, "1", "Main")]
        )
        sections = []
        for row in self.rows("categories.csv"):  # parents come first
            key = self.sections[row["id"]] = new_id()
            self.paths[row["id"]] = [*self.paths.get(row["parent"], []), key]
            parent = self.sections.get(row["parent"])
            path = self.paths[row["id"]]
            sections.append((key, self.node, row["id"], parent, path, row["name"], int(row["id"])))
        self.copy(
            "section", ("section_id", "node_id", "external_ref", "parent_id", "path", "name", "position"), sections
        )
        self.brands = {row["id"]: (new_id(), row["name"]) for row in self.rows("brands.csv")}
        self.copy(
            "brand",
            ("brand_id", "node_id", "name_key", "name"),
            [(key, self.node, name.lower(), name) for key, name in self.brands.values()],
        )

    def goods(self) -> None:
        """Products with their words, variants, placements, prices and stock."""
        connection = self.connection
        names = ", ".join(_PRODUCT)
        numbers = ", ".join(f"0::numeric AS {name}" for name in (*PRICE_TYPES, "amount"))
        words = ", ".join(f"''::text AS words_{name}" for name in _WORDS)
        connection.execute(
            f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {names}, {numbers}, {words} FROM product LIMIT 0"  # noqa: S608 - ours
        )
        staged = (*_PRODUCT, *PRICE_TYPES, "amount", *(f"words_{name}" for name in _WORDS))
        self.copy("incoming", staged, map(self._staged, self.rows("products.csv")))
        vector = VECTOR.format(**{name: f"words_{name}" for name in _WORDS})
        everything = f"concat_ws(' ', {', '.join(f'words_{name}' for name in _WORDS)})"
        for statement in (
            f"INSERT INTO product ({names}, search) SELECT {names}, {vector} FROM incoming",  # noqa: S608 - ours
            "INSERT INTO variant (variant_id, product_id) SELECT product_id, product_id FROM incoming",
            _PLACEMENTS,
            _COUNTS,
            ADD_WORDS.format(words=everything, source="incoming"),
        ):
            connection.execute(statement)
        for name, key in self.types.items():
            connection.execute(
                f"INSERT INTO price (price_type_id, variant_id, amount, currency, updated_at)"  # noqa: S608 - ours
                f" SELECT %s, product_id, {name}, 'RUB', updated_at FROM incoming",
                [key],
            )
        connection.execute(
            "INSERT INTO stock (variant_id, warehouse_id, quantity, updated_at)"
            " SELECT product_id, %s, amount, updated_at FROM incoming",
            [self.warehouse],
        )

    def _staged(self, row: dict[str, str]) -> tuple[object, ...]:
        brand, brand_name = self.brands[row["brand_id"]]
        section = self.sections[row["category_id"]]
        document = search_document(row["name"], codes=[row["sku"]], brand=brand_name)
        return (
            *(new_id(), self.node, row["sku"], row["sku"], article_key(row["sku"]), row["name"]),
            *(sort_key(row["name"]), row["description"], brand, section, [section], "шт", Decimal(22), self.now),
            *(Decimal(row[name]) for name in PRICE_TYPES),
            *(Decimal(row["stock"]), *document),
        )

    def companies(self) -> None:
        """Companies with the agreement of their price type."""
        with (self.folder / "companies.jsonl").open("rb") as file:
            known = [(new_id(), msgspec.json.decode(line)) for line in file]
        self.copy(
            "company",
            ("company_id", "kind", "name", "inn", "updated_at"),
            [(key, "legal", one["name"], one["inn"], self.now) for key, one in known],
        )
        self.copy(
            "agreement",
            ("agreement_id", "company_id", "price_type_id"),
            [(new_id(), key, self.types[PRICE_TYPES[one["price_type"] - 1]]) for key, one in known],
        )


def load(url: str, folder: Path) -> None:
    """Fill an empty, migrated database with the data set in a folder; all or nothing."""
    with psycopg.connect(url) as connection:
        loader = Loader(connection, folder)
        loader.references()
        loader.goods()
        loader.companies()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
