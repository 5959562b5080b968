"""Offers: variants of products, their prices and stock; staged as text rows, merged by set."""

import hashlib
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import ClassVar

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.copying import NULL, Staging, array, flag, json_field, quoted
from b2b_dvizhenie.adapters.postgres.exchange.goods import NEW_ID
from b2b_dvizhenie.adapters.postgres.exchange.problems import Problems
from b2b_dvizhenie.adapters.postgres.exchange.references import TOTAL, PriceType, PriceTypes, Warehouse, Warehouses
from b2b_dvizhenie.application.exchange.records import GoodRecord, OfferRecord, PriceRow, StockRow
from b2b_dvizhenie.domain.shared.ids import NodeId

_LARGEST_PRICE = Decimal(10) ** 14
_LARGEST_QUANTITY = Decimal(10) ** 12
_GRID = Decimal("0.0001")
_ONE = Decimal(1)

_OFFER = """
    n int, ref text, variant_ref text, hash bytea, name text, article text, barcodes text[], attributes jsonb,
    deleted boolean, prices_said smallint, stocks_said smallint"""

# What the file says about each variant: facts, prices and stock each from the last row that has them.
_LATEST = """
    CREATE TEMPORARY TABLE m_offer ON COMMIT DROP AS
    SELECT ref, variant_ref, max(n) AS n, max(n) FILTER (WHERE hash IS NOT NULL) AS facts_n,
           max(n) FILTER (WHERE deleted IS NOT NULL OR hash IS NOT NULL) AS state_n,
           max(n) FILTER (WHERE prices_said > 0) AS price_n, max(n) FILTER (WHERE stocks_said > 0) AS stock_n,
           NULL::uuid AS product_id, NULL::uuid AS variant_id
      FROM st_offer GROUP BY ref, variant_ref"""

# Goods that were not announced yet stand inactive until they are, so that nothing that offers say is lost.
_PRODUCTS = f"""
    WITH missing AS (
        SELECT o.ref, min(o.n) AS n, row_number() OVER (ORDER BY min(o.n)) AS place
          FROM m_offer o
         WHERE NOT EXISTS (SELECT FROM product p WHERE p.node_id = %(node)s AND p.external_ref = o.ref)
         GROUP BY o.ref
    ), added AS (
        INSERT INTO product (product_id, node_id, external_ref, name, sort_key, is_active, inactive_reason, updated_at)
        SELECT {NEW_ID.format(place="place")}, %(node)s, ref, ref, ref, false, 'awaiting_good', %(now)s
          FROM missing ORDER BY place
        RETURNING product_id
    )
    INSERT INTO variant (variant_id, product_id) SELECT product_id, product_id FROM added"""

_KNOWN = (
    """UPDATE m_offer o SET product_id = p.product_id
         FROM product p WHERE p.node_id = %(node)s AND p.external_ref = o.ref""",
    "ANALYZE m_offer",
)

_ADD_VARIANTS = f"""
    INSERT INTO variant (variant_id, product_id, variant_ref)
    SELECT {NEW_ID.format(place="row_number() OVER (ORDER BY o.n)")}, o.product_id, o.variant_ref
      FROM m_offer o
     WHERE o.variant_ref <> ''
       AND NOT EXISTS (SELECT FROM variant v WHERE v.product_id = o.product_id AND v.variant_ref = o.variant_ref)
     ORDER BY o.n"""

_FIND_VARIANTS = """
    UPDATE m_offer o SET variant_id = v.variant_id
      FROM variant v WHERE v.product_id = o.product_id AND v.variant_ref = o.variant_ref"""

# A hash marks a variant that an offer spoke for; without one it is only implied by its product (tables/catalog.py).
_CHANGE_VARIANTS = """
    WITH told AS (
        SELECT o.variant_id, f.hash, f.name, f.article, f.barcodes, f.attributes, s.deleted
          FROM m_offer o
          LEFT JOIN st_offer f ON f.n = o.facts_n
          LEFT JOIN st_offer s ON s.n = o.state_n
    ), changed AS (
        UPDATE variant v
           SET name = COALESCE(t.name, v.name), article = COALESCE(t.article, v.article),
               barcodes = COALESCE(t.barcodes, v.barcodes), attributes = COALESCE(t.attributes, v.attributes),
               is_active = CASE
                   WHEN t.deleted THEN false
                   WHEN t.deleted IS FALSE OR t.hash IS NOT NULL OR v.content_hash IS NULL THEN true
                   ELSE v.is_active END,
               content_hash = COALESCE(t.hash, v.content_hash, '\\x00')
          FROM told t
         WHERE v.variant_id = t.variant_id
           AND (v.content_hash IS DISTINCT FROM COALESCE(t.hash, v.content_hash, '\\x00')
                OR v.is_active IS DISTINCT FROM CASE
                   WHEN t.deleted THEN false
                   WHEN t.deleted IS FALSE OR t.hash IS NOT NULL THEN true
                   ELSE v.is_active END)
        RETURNING v.variant_id, v.product_id
    )
    INSERT INTO touched_variant SELECT variant_id, product_id FROM changed"""

# A product that is only sold by characteristics is not sold without them.
_IMPLIED = """
    UPDATE variant v SET is_active = false
     WHERE v.variant_ref = '' AND v.content_hash IS NULL AND v.is_active
       AND v.product_id IN (SELECT product_id FROM m_offer WHERE variant_ref <> '')"""


class Offers:
    """Offers of one file."""

    _PRICE_COLUMNS: ClassVar[str] = (
        "n int, type smallint, amount numeric(18,4), currency text, factor numeric(15,3), unit text, "
        "min_quantity numeric(15,3)"
    )

    def __init__(
        self,
        connection: Connection[TupleRow],
        node_id: NodeId,
        price_types: PriceTypes,
        warehouses: Warehouses,
        problems: Problems,
    ) -> None:
        self._connection = connection
        self._node_id = node_id
        self._price_types = price_types
        self._warehouses = warehouses
        self._problems = problems
        self._offers = Staging(connection, "st_offer", _OFFER)
        self._prices = Staging(connection, "st_price", self._PRICE_COLUMNS, batch=10_000)
        self._stocks = Staging(connection, "st_stock", "n int, place smallint, quantity numeric(15,3)", batch=10_000)
        self._types: dict[str, PriceType] = {}
        self._stores: dict[str, Warehouse] = {}
        self._count = 0
        self.read = 0

    def take(self, record: OfferRecord, *, only_changes: bool) -> None:
        """Stage an offer."""
        self.read += 1
        self._count += 1
        n = self._count
        prices, stocks = record.prices, record.stocks
        row = (
            str(n),
            quoted(record.ref),
            quoted(record.variant_ref),
            *self._facts(record),
            flag(record.deleted),
            "0" if prices is None else "1" if only_changes else "2",
            "0" if stocks is None else "2" if record.stocks_complete else "1",
        )
        self._offers.add("\t".join(row))
        if prices:
            for price in prices:
                self._take_price(n, price, record)
        if stocks:
            for stock in stocks:
                self._take_stock(n, stock, record)

    def take_variant(self, record: GoodRecord) -> None:
        """Stage the variant a good of the catalogue describes (onec.md §3.4: `guid#charguid` as its Ид)."""
        self._count += 1
        facts = OfferRecord(
            record.ref,
            record.variant_ref,
            name=record.name,
            article=record.article,
            barcodes=record.barcodes,
            attributes=record.attributes,
        )
        row = (
            str(self._count),
            quoted(record.ref),
            quoted(record.variant_ref),
            *self._facts(facts),
            flag(record.deleted),
            "0",
            "0",
        )
        self._offers.add("\t".join(row))

    def _facts(self, record: OfferRecord) -> tuple[str, str, str, str, str]:
        """hash, name, article, barcodes, attributes. An offer with a name describes its variant, others do not."""
        if not record.name:
            return NULL, NULL, NULL, NULL, NULL
        name = record.name if record.variant_ref else ""
        content = msgspec.msgpack.encode((name, record.article, record.barcodes, record.attributes))
        return (
            f"\\\\x{hashlib.blake2b(content, digest_size=16).hexdigest()}",
            quoted(name),
            quoted(record.article),
            array(record.barcodes),
            json_field(record.attributes) if record.attributes else NULL,
        )

    def _take_price(self, n: int, price: PriceRow, record: OfferRecord) -> None:
        kind = self._types.get(price.price_type_ref)
        if kind is None:
            kind = self._types[price.price_type_ref] = self._price_types.find(price.price_type_ref, record.line)
        value, factor = price.value, price.factor
        amount = NULL
        if value is not None and value > 0:
            if factor != _ONE:
                value = (value / factor).quantize(_GRID, ROUND_HALF_UP)
            if value >= _LARGEST_PRICE or factor >= _LARGEST_QUANTITY or price.min_quantity >= _LARGEST_QUANTITY:
                self._problems.error("price", "exchange.number_out_of_range", record.ref, record.line, str(value))
                return
            if value >= _GRID:
                amount = f"{value:f}"
        self._prices.add(
            f"{n}\t{kind.place}\t{amount}\t{price.currency or kind.currency}\t{factor:f}\t{quoted(price.unit)}"
            f"\t{price.min_quantity:f}"
        )

    def _take_stock(self, n: int, stock: StockRow, record: OfferRecord) -> None:
        store = self._stores.get(stock.warehouse_ref)
        if store is None:
            store = self._stores[stock.warehouse_ref] = self._warehouses.find(stock.warehouse_ref, record.line)
        quantity = stock.quantity
        if not -_LARGEST_QUANTITY < quantity < _LARGEST_QUANTITY:
            self._problems.error("stock", "exchange.number_out_of_range", record.ref, record.line, str(quantity))
            return
        self._stocks.add(f"{n}\t{store.place}\t{quantity:f}")

    def merge(self, now: datetime, milliseconds: int) -> dict[str, int]:
        """Bring variants, prices and stock to what the file said; fills `touched_variant`."""
        if not self._offers.finish():
            return {}
        has_prices, has_stocks = self._prices.finish(), self._stocks.finish()
        execute = self._connection.execute
        facts = {"node": self._node_id, "now": now, "milliseconds": milliseconds}
        execute(_LATEST.encode())
        counters = {"offers.read": self.read, "goods.awaited": execute(_PRODUCTS.encode(), facts).rowcount}
        execute(_KNOWN[0].encode(), facts)
        execute(_KNOWN[1].encode())
        counters["variants.added"] = execute(_ADD_VARIANTS.encode(), facts).rowcount
        execute(_FIND_VARIANTS.encode())
        execute(b"ANALYZE m_offer")
        counters["variants.changed"] = execute(_CHANGE_VARIANTS.encode()).rowcount
        execute(_IMPLIED.encode())
        counters |= self._merge_prices(now, has_prices)
        counters |= self._merge_stocks(now, has_stocks)
        return counters

    def _merge_prices(self, now: datetime, staged: int) -> dict[str, int]:
        execute = self._connection.execute
        types = self._price_types.all
        places = {"places": [one.place for one in types], "ids": [one.price_type_id for one in types], "now": now}
        removed = execute(_PRICES_GONE.encode(), places).rowcount
        changed = execute(_PRICES_CHANGED.encode(), places).rowcount
        added = execute(_PRICES_ADDED.encode(), places).rowcount
        return {"prices.read": staged, "prices.added": added, "prices.changed": changed, "prices.removed": removed}

    def _merge_stocks(self, now: datetime, staged: int) -> dict[str, int]:
        execute = self._connection.execute
        stores = self._warehouses.all
        total = [one.place for one in stores if one.ref == TOTAL]
        places = {
            "places": [one.place for one in stores],
            "ids": [one.warehouse_id for one in stores],
            "total": total[0] if total else -1,
            "now": now,
        }
        emptied = execute(_STOCKS_EMPTIED.encode(), places).rowcount
        changed = execute(_STOCKS_CHANGED.encode(), places).rowcount
        added = execute(_STOCKS_ADDED.encode(), places).rowcount
        return {"stocks.read": staged, "stocks.added": added, "stocks.changed": changed, "stocks.emptied": emptied}


_TYPES = "unnest(%(places)s::int[], %(ids)s::uuid[]) AS t (place, price_type_id)"

# A good may list one type and quantity twice; the dearest one is taken, so that the order does not matter.
_WANTED = f"""
    SELECT DISTINCT ON (t.price_type_id, o.variant_id, s.min_quantity)
           t.price_type_id, o.variant_id, s.min_quantity, s.amount, s.currency, s.factor, s.unit
      FROM m_offer o
      JOIN st_price s ON s.n = o.price_n
      JOIN {_TYPES} ON t.place = s.type
     WHERE s.amount IS NOT NULL
     ORDER BY t.price_type_id, o.variant_id, s.min_quantity, s.amount DESC"""

# In a full package an offer's prices are all it has; in changes only the types it lists are replaced (onec.md §3.5).
_PRICES_GONE = f"""
    DELETE FROM price p
     USING m_offer o JOIN st_offer f ON f.n = o.price_n, {_TYPES}
     WHERE p.variant_id = o.variant_id AND p.price_type_id = t.price_type_id
       AND (f.prices_said = 2 OR EXISTS (SELECT FROM st_price s WHERE s.n = o.price_n AND s.type = t.place))
       AND NOT EXISTS (
           SELECT FROM st_price s
            WHERE s.n = o.price_n AND s.type = t.place AND s.min_quantity = p.min_quantity AND s.amount IS NOT NULL)"""

_PRICES_CHANGED = f"""
    UPDATE price p
       SET amount = w.amount, currency = w.currency, factor = w.factor, unit = w.unit, updated_at = %(now)s
      FROM ({_WANTED}) w
     WHERE p.price_type_id = w.price_type_id AND p.variant_id = w.variant_id AND p.min_quantity = w.min_quantity
       AND (p.amount, p.currency, p.factor, p.unit) IS DISTINCT FROM (w.amount, w.currency, w.factor, w.unit)"""

_PRICES_ADDED = f"""
    INSERT INTO price (price_type_id, variant_id, min_quantity, amount, currency, factor, unit, updated_at)
    SELECT w.*, %(now)s
      FROM ({_WANTED}) w
     WHERE NOT EXISTS (
         SELECT FROM price p
          WHERE p.price_type_id = w.price_type_id AND p.variant_id = w.variant_id AND p.min_quantity = w.min_quantity)
     ORDER BY w.price_type_id, w.variant_id"""

_STORES = "unnest(%(places)s::int[], %(ids)s::uuid[]) AS t (place, warehouse_id)"

_WANTED_STOCK = f"""
    SELECT DISTINCT ON (o.variant_id, t.warehouse_id) o.variant_id, t.warehouse_id, s.quantity
      FROM m_offer o
      JOIN st_stock s ON s.n = o.stock_n
      JOIN {_STORES} ON t.place = s.place
     ORDER BY o.variant_id, t.warehouse_id, s.quantity DESC"""

# A total and stock by warehouse exclude each other, or the same goods would be counted twice.
_STOCKS_EMPTIED = f"""
    UPDATE stock k SET quantity = 0, updated_at = %(now)s
      FROM m_offer o JOIN st_offer f ON f.n = o.stock_n, {_STORES}
     WHERE k.variant_id = o.variant_id AND k.warehouse_id = t.warehouse_id AND k.quantity <> 0
       AND (f.stocks_said = 2 OR t.place = %(total)s
            OR EXISTS (SELECT FROM st_stock s WHERE s.n = o.stock_n AND s.place = %(total)s))
       AND NOT EXISTS (SELECT FROM st_stock s WHERE s.n = o.stock_n AND s.place = t.place)"""

_STOCKS_CHANGED = f"""
    UPDATE stock k SET quantity = w.quantity, updated_at = %(now)s
      FROM ({_WANTED_STOCK}) w
     WHERE k.variant_id = w.variant_id AND k.warehouse_id = w.warehouse_id AND k.quantity <> w.quantity"""

_STOCKS_ADDED = f"""
    INSERT INTO stock (variant_id, warehouse_id, quantity, updated_at)
    SELECT w.*, %(now)s
      FROM ({_WANTED_STOCK}) w
     WHERE NOT EXISTS (
         SELECT FROM stock k WHERE k.variant_id = w.variant_id AND k.warehouse_id = w.warehouse_id)
     ORDER BY w.variant_id, w.warehouse_id"""
