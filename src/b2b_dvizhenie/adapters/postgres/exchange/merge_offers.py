"""Statements that bring variants to what a chunk of offers said, and find them for its prices and stock."""

from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.chunks import NEW_ID, Chunk
from b2b_dvizhenie.adapters.postgres.exchange.copying import load

_COLUMNS = """
    n int, ref text, variant_ref text, hash bytea, name text, article text, barcodes text[], attributes jsonb,
    deleted boolean, prices_said smallint, stocks_said smallint"""

# One look-up per row by index, whatever the planner thinks of a chunk: OFFSET 0 keeps it from joining by hash.
_FOUND = b"""
    INSERT INTO m_offer
    SELECT o.n, o.prices_said, o.stocks_said, p.product_id, v.variant_id
      FROM st_offer o
      LEFT JOIN LATERAL (
          SELECT product_id FROM product WHERE node_id = %(node)s AND external_ref = o.ref OFFSET 0) p ON true
      LEFT JOIN LATERAL (
          SELECT variant_id FROM variant WHERE product_id = p.product_id AND variant_ref = o.variant_ref OFFSET 0) v
        ON true"""

# Goods that were not announced yet stand inactive until they are, so that nothing that offers say is lost.
_PRODUCTS = f"""
    WITH added AS (
        INSERT INTO product (product_id, node_id, external_ref, name, sort_key, is_active, inactive_reason, updated_at)
        SELECT {NEW_ID.format(place="min(o.n)")}, %(node)s, o.ref, o.ref, left(o.ref, 200), false, 'awaiting_good',
               %(now)s
          FROM m_offer m JOIN st_offer o USING (n)
         WHERE m.product_id IS NULL
         GROUP BY o.ref
        RETURNING product_id, external_ref
    ), variants AS (
        INSERT INTO variant (variant_id, product_id) SELECT product_id, product_id FROM added
    )
    UPDATE m_offer m SET product_id = a.product_id, variant_id = CASE WHEN o.variant_ref = '' THEN a.product_id END
      FROM st_offer o, added a
     WHERE o.n = m.n AND a.external_ref = o.ref"""

_VARIANTS = f"""
    WITH added AS (
        INSERT INTO variant (variant_id, product_id, variant_ref)
        SELECT {NEW_ID.format(place="o.n")}, m.product_id, o.variant_ref
          FROM m_offer m JOIN st_offer o USING (n)
         WHERE m.variant_id IS NULL
         ORDER BY o.n
        RETURNING variant_id, product_id, variant_ref
    )
    UPDATE m_offer m SET variant_id = a.variant_id
      FROM st_offer o, added a
     WHERE o.n = m.n AND a.product_id = m.product_id AND a.variant_ref = o.variant_ref"""

_ON_SALE = """CASE
    WHEN o.deleted THEN false
    WHEN o.deleted IS FALSE OR o.hash IS NOT NULL OR v.content_hash IS NULL THEN true
    ELSE v.is_active END"""

# A hash marks a variant that an offer spoke for; without one it is only implied by its product (tables/catalog.py).
_CHANGED = f"""
    WITH changed AS (
        UPDATE variant v
           SET name = COALESCE(o.name, v.name), article = COALESCE(o.article, v.article),
               barcodes = COALESCE(o.barcodes, v.barcodes), attributes = COALESCE(o.attributes, v.attributes),
               is_active = {_ON_SALE}, content_hash = COALESCE(o.hash, v.content_hash, '\\x00')
          FROM st_offer o JOIN m_offer m USING (n)
         WHERE v.variant_id = m.variant_id
           AND (v.content_hash IS DISTINCT FROM COALESCE(o.hash, v.content_hash, '\\x00')
                OR v.is_active IS DISTINCT FROM {_ON_SALE})
        RETURNING v.variant_id, v.product_id
    )
    INSERT INTO touched_variant SELECT variant_id, product_id FROM changed"""

# A product that is only sold by characteristics is not sold without them.
_IMPLIED = b"""
    UPDATE variant v SET is_active = false
      FROM st_offer o JOIN m_offer m USING (n)
     WHERE o.variant_ref <> '' AND v.variant_id = m.product_id AND v.content_hash IS NULL AND v.is_active"""


def prepare(connection: Connection[TupleRow]) -> None:
    """Make the temporary tables of offers."""
    connection.execute(f"CREATE TEMPORARY TABLE st_offer ({_COLUMNS}) ON COMMIT DROP".encode())
    connection.execute(
        b"CREATE TEMPORARY TABLE m_offer (n int, prices_said smallint, stocks_said smallint, product_id uuid,"
        b" variant_id uuid) ON COMMIT DROP"
    )
    connection.execute(b"CREATE TEMPORARY TABLE touched_variant (variant_id uuid, product_id uuid) ON COMMIT DROP")


def merge_variants(connection: Connection[TupleRow], chunk: Chunk, facts: dict[str, Any]) -> dict[str, int]:
    """Merge the variants of a chunk; fills `m_offer` for its prices and stock, adds to `touched_variant`."""
    execute = connection.execute
    load(connection, "st_offer", chunk.offers, analyze="n")
    execute(b"TRUNCATE m_offer")
    execute(_FOUND, facts)
    execute(b"ANALYZE m_offer")
    row = execute(
        b"SELECT count(*) FILTER (WHERE product_id IS NULL), count(*) FILTER (WHERE variant_id IS NULL) FROM m_offer"
    ).fetchone()
    no_product, no_variant = row or (0, 0)
    if no_product:
        execute(_PRODUCTS.encode(), facts)
    added = execute(_VARIANTS.encode(), facts).rowcount if no_variant else 0
    changed = execute(_CHANGED.encode()).rowcount
    execute(_IMPLIED)
    return {"goods.awaited": no_product, "variants.added": added, "variants.changed": changed}
