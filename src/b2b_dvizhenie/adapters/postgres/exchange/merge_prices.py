"""Statements that bring prices and stock to what a chunk of offers said (onec.md §3.5)."""

from datetime import datetime

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.chunks import Chunk
from b2b_dvizhenie.adapters.postgres.exchange.copying import load

_PRICE = (
    "n int, type smallint, amount numeric(18,4), currency text, factor numeric(15,3), unit text, "
    "min_quantity numeric(15,3)"
)
_WANTED_PRICE = (
    "price_type_id uuid, variant_id uuid, min_quantity numeric, amount numeric, currency text, factor numeric, "
    "unit text, state text"
)
_WANTED_STOCK = "variant_id uuid, warehouse_id uuid, quantity numeric, state text"
_STOCK = "n int, place smallint, quantity numeric(15,3)"

_TYPES = "unnest(%(places)s::int[], %(ids)s::uuid[]) AS t (place, price_type_id)"

# A good may list one type and quantity twice; the dearest one is taken, so that the order does not matter.
# One look-up per row by index, whatever the planner thinks of a chunk: OFFSET 0 keeps it from joining by hash.
_PRICES_FOUND = f"""
    INSERT INTO m_price
    SELECT w.*, CASE WHEN p.amount IS NULL THEN 'new'
                     WHEN (p.amount, p.currency, p.factor, p.unit) = (w.amount, w.currency, w.factor, w.unit)
                     THEN 'same'
                     ELSE 'changed' END
      FROM (
          SELECT DISTINCT ON (t.price_type_id, o.variant_id, s.min_quantity)
                 t.price_type_id, o.variant_id, s.min_quantity, s.amount, s.currency, s.factor, s.unit
            FROM m_offer o
            JOIN st_price s USING (n)
            JOIN {_TYPES} ON t.place = s.type
           WHERE s.amount IS NOT NULL
           ORDER BY t.price_type_id, o.variant_id, s.min_quantity, s.amount DESC, s.currency, s.factor, s.unit
      ) w
      LEFT JOIN LATERAL (
          SELECT amount, currency, factor, unit
            FROM price
           WHERE price_type_id = w.price_type_id AND variant_id = w.variant_id AND min_quantity = w.min_quantity
          OFFSET 0) p ON true"""

# In a full package an offer's prices are all it has; in changes only the types it lists are replaced. NOT IN, because
# its list is hashed whatever the planner believes; an anti-join was planned as a loop over the chunk for every row.
_PRICES_GONE = f"""
    DELETE FROM price p
     USING (
         SELECT had.price_type_id, had.variant_id, had.min_quantity
           FROM m_offer o
          CROSS JOIN LATERAL (
              SELECT price_type_id, variant_id, min_quantity FROM price WHERE variant_id = o.variant_id OFFSET 0) had
           JOIN {_TYPES} USING (price_type_id)
          WHERE o.prices_said > 0
            AND (had.price_type_id, had.variant_id, had.min_quantity) NOT IN (
                SELECT price_type_id, variant_id, min_quantity FROM m_price)
            AND (o.prices_said = 2 OR (o.n, t.place) IN (SELECT n, type FROM st_price))
     ) gone
     WHERE p.price_type_id = gone.price_type_id AND p.variant_id = gone.variant_id
       AND p.min_quantity = gone.min_quantity"""

_PRICES_CHANGED = b"""
    UPDATE price p
       SET amount = w.amount, currency = w.currency, factor = w.factor, unit = w.unit, updated_at = %(now)s
      FROM m_price w
     WHERE w.state = 'changed' AND p.price_type_id = w.price_type_id AND p.variant_id = w.variant_id
       AND p.min_quantity = w.min_quantity"""

_PRICES_ADDED = b"""
    INSERT INTO price (price_type_id, variant_id, min_quantity, amount, currency, factor, unit, updated_at)
    SELECT price_type_id, variant_id, min_quantity, amount, currency, factor, unit, %(now)s
      FROM m_price WHERE state = 'new' ORDER BY price_type_id, variant_id, min_quantity"""

_STORES = "unnest(%(places)s::int[], %(ids)s::uuid[]) AS t (place, warehouse_id)"

_STOCKS_FOUND = f"""
    INSERT INTO m_stock
    SELECT w.*, CASE WHEN k.quantity IS NULL THEN 'new' WHEN k.quantity = w.quantity THEN 'same' ELSE 'changed' END
      FROM (
          SELECT DISTINCT ON (o.variant_id, t.warehouse_id) o.variant_id, t.warehouse_id, s.quantity
            FROM m_offer o
            JOIN st_stock s USING (n)
            JOIN {_STORES} ON t.place = s.place
           ORDER BY o.variant_id, t.warehouse_id, s.quantity DESC
      ) w
      LEFT JOIN LATERAL (
          SELECT quantity FROM stock WHERE variant_id = w.variant_id AND warehouse_id = w.warehouse_id OFFSET 0) k
        ON true"""

# A total and stock by warehouse exclude each other, or the same goods would be counted twice.
_STOCKS_EMPTIED = f"""
    UPDATE stock k SET quantity = 0, updated_at = %(now)s
      FROM (
          SELECT had.variant_id, had.warehouse_id
            FROM m_offer o
           CROSS JOIN LATERAL (
               SELECT variant_id, warehouse_id, quantity FROM stock WHERE variant_id = o.variant_id OFFSET 0) had
            JOIN {_STORES} USING (warehouse_id)
           WHERE o.stocks_said > 0 AND had.quantity <> 0
             AND (had.variant_id, had.warehouse_id) NOT IN (SELECT variant_id, warehouse_id FROM m_stock)
             AND (o.stocks_said = 2 OR t.place = %(total)s OR o.n IN (SELECT n FROM st_stock WHERE place = %(total)s))
      ) gone
     WHERE k.variant_id = gone.variant_id AND k.warehouse_id = gone.warehouse_id"""

_STOCKS_CHANGED = b"""
    UPDATE stock k SET quantity = w.quantity, updated_at = %(now)s
      FROM m_stock w
     WHERE w.state = 'changed' AND k.variant_id = w.variant_id AND k.warehouse_id = w.warehouse_id"""

_STOCKS_ADDED = b"""
    INSERT INTO stock (variant_id, warehouse_id, quantity, updated_at)
    SELECT variant_id, warehouse_id, quantity, %(now)s
      FROM m_stock WHERE state = 'new' ORDER BY variant_id, warehouse_id"""


class Places(Struct, frozen=True):
    """What the numbers in the rows of a chunk stand for: ids by place; `total` is the place of the warehouse "*"."""

    ids: list[object]
    total: int = -1


def prepare(connection: Connection[TupleRow]) -> None:
    """Make the temporary tables of prices and stock."""
    for statement in (
        f"CREATE TEMPORARY TABLE st_price ({_PRICE}) ON COMMIT DROP",
        f"CREATE TEMPORARY TABLE st_stock ({_STOCK}) ON COMMIT DROP",
        f"CREATE TEMPORARY TABLE m_price ({_WANTED_PRICE}) ON COMMIT DROP",
        f"CREATE TEMPORARY TABLE m_stock ({_WANTED_STOCK}) ON COMMIT DROP",
    ):
        connection.execute(statement.encode())


def _states(connection: Connection[TupleRow], table: str) -> dict[str, int]:
    connection.execute(f"ANALYZE {table}".encode())
    return dict(iter(connection.execute(f"SELECT state, count(*) FROM {table} GROUP BY state".encode())))


def merge_prices(connection: Connection[TupleRow], chunk: Chunk, types: Places, now: datetime) -> dict[str, int]:
    """Merge the prices of the offers in `m_offer`."""
    facts = {"places": list(range(len(types.ids))), "ids": types.ids, "now": now}
    load(connection, "st_price", chunk.prices, analyze="n, type")
    connection.execute(b"TRUNCATE m_price")
    connection.execute(_PRICES_FOUND.encode(), facts)
    states = _states(connection, "m_price")
    removed = connection.execute(_PRICES_GONE.encode(), facts).rowcount
    if states.get("changed"):
        connection.execute(_PRICES_CHANGED, facts)
    if states.get("new"):
        connection.execute(_PRICES_ADDED, facts)
    return {
        "prices.added": states.get("new", 0),
        "prices.changed": states.get("changed", 0),
        "prices.same": states.get("same", 0),
        "prices.removed": removed,
    }


def merge_stocks(connection: Connection[TupleRow], chunk: Chunk, stores: Places, now: datetime) -> dict[str, int]:
    """Merge the stock of the offers in `m_offer`."""
    facts = {"places": list(range(len(stores.ids))), "ids": stores.ids, "total": stores.total, "now": now}
    load(connection, "st_stock", chunk.stocks, analyze="n, place")
    connection.execute(b"TRUNCATE m_stock")
    connection.execute(_STOCKS_FOUND.encode(), facts)
    states = _states(connection, "m_stock")
    emptied = connection.execute(_STOCKS_EMPTIED.encode(), facts).rowcount
    if states.get("changed"):
        connection.execute(_STOCKS_CHANGED, facts)
    if states.get("new"):
        connection.execute(_STOCKS_ADDED, facts)
    return {
        "stocks.added": states.get("new", 0),
        "stocks.changed": states.get("changed", 0),
        "stocks.same": states.get("same", 0),
        "stocks.emptied": emptied,
    }
