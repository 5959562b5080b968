"""Statements that bring variants to what a chunk of offers said, and find them for its prices and stock."""

from typing import Any

from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.chunks import NEW_ID, Chunk
from b2b_dvizhenie.adapters.postgres.exchange.copying import load

HASH_BYTES = 16
"""Length of the hash of what an offer says about a variant; what a good of the catalogue says has a longer one."""

_COLUMNS = """
    n int, ref text, variant_ref text, hash bytea, name text, article text, barcodes text[], attributes jsonb,
    deleted boolean, by_good boolean, prices_said smallint, stocks_said smallint"""

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

# What a good of the catalogue says about a variant counts until an offer describes it, so that their order is free.
_WEAK = f"(o.by_good AND COALESCE(length(v.content_hash), 0) = {HASH_BYTES})"
_ON_SALE = f"""CASE
    WHEN o.deleted THEN false
    WHEN {_WEAK} THEN v.is_active
    WHEN o.deleted IS FALSE OR o.hash IS NOT NULL OR v.content_hash IS NULL THEN true
    ELSE v.is_active END"""
_ATTRIBUTES = f"""CASE
    WHEN {_WEAK} AND v.attributes <> '[]' THEN v.attributes
    ELSE COALESCE(o.attributes, v.attributes) END"""

# A hash marks a variant that an offer spoke for; without one it is only implied by its product (tables/catalog.py).
_CHANGED = f"""
    WITH told AS (
        SELECT o.n, v.variant_id, {_ON_SALE} AS is_active, {_ATTRIBUTES} AS attributes,
               CASE WHEN {_WEAK} THEN v.content_hash ELSE COALESCE(o.hash, v.content_hash, '\\x00') END AS hash,
               CASE WHEN {_WEAK} THEN v.name ELSE COALESCE(o.name, v.name) END AS name,
               CASE WHEN {_WEAK} THEN v.article ELSE COALESCE(o.article, v.article) END AS article,
               CASE WHEN {_WEAK} THEN v.barcodes ELSE COALESCE(o.barcodes, v.barcodes) END AS barcodes,
               (v.is_active, v.attributes, v.content_hash) AS had,
               v.article AS had_article, v.barcodes AS had_barcodes
          FROM st_offer o JOIN m_offer m USING (n)
         CROSS JOIN LATERAL (SELECT * FROM variant WHERE variant_id = m.variant_id OFFSET 0) v
    ), changed AS (
        UPDATE variant v
           SET name = t.name, article = t.article, barcodes = t.barcodes, attributes = t.attributes,
               is_active = t.is_active, content_hash = t.hash
          FROM told t
         WHERE v.variant_id = t.variant_id AND t.had IS DISTINCT FROM (t.is_active, t.attributes, t.hash)
        RETURNING v.product_id, t.had_article, t.had_barcodes
    )
    INSERT INTO touched_variant SELECT product_id, had_article, had_barcodes FROM changed"""

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
    connection.execute(
        b"CREATE TEMPORARY TABLE touched_variant (product_id uuid, had_article text, had_barcodes text[])"
        b" ON COMMIT DROP"
    )


def merge_variants(connection: Connection[TupleRow], chunk: Chunk, facts: dict[str, Any]) -> dict[str, int]:
    """Merge the variants of a chunk.

    Fills `m_offer` for its prices and stock; adds to `touched_variant` what codes the changed ones had.
    """
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
