"""Where visible products stand in the catalogue: kept for exactly the products and sections that changed."""

from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.domain.shared.ids import NodeId

# What `product_placement` must hold for the products in `touched`.
_WANTED = b"""
    INSERT INTO m_placement
    SELECT DISTINCT above.section_id, p.sort_key, p.product_id, t.is_new
      FROM touched t
      JOIN product p ON p.product_id = t.product_id AND p.is_active AND NOT p.is_hidden
     CROSS JOIN LATERAL unnest(p.section_ids) AS own (section_id)
      JOIN section s ON s.section_id = own.section_id
     CROSS JOIN LATERAL unnest(s.path) AS above (section_id)"""

_GONE = b"""
    WITH gone AS (
        DELETE FROM product_placement l USING touched t
         WHERE l.product_id = t.product_id AND NOT t.is_new
           AND NOT EXISTS (
               SELECT FROM m_placement w
                WHERE w.product_id = l.product_id AND w.section_id = l.section_id AND w.sort_key = l.sort_key)
        RETURNING l.section_id
    )
    INSERT INTO m_count SELECT section_id, -count(*) FROM gone GROUP BY section_id"""

_ADDED = b"""
    WITH added AS (
        INSERT INTO product_placement (section_id, sort_key, product_id)
        SELECT w.section_id, w.sort_key, w.product_id
          FROM m_placement w
         WHERE w.is_new OR NOT EXISTS (
             SELECT FROM product_placement l
              WHERE l.section_id = w.section_id AND l.sort_key = w.sort_key AND l.product_id = w.product_id)
         ORDER BY w.section_id, w.sort_key, w.product_id
        RETURNING section_id
    )
    INSERT INTO m_count SELECT section_id, count(*) FROM added GROUP BY section_id"""

_EVERYTHING = b"""
    INSERT INTO touched
    SELECT p.product_id, false FROM product p WHERE p.node_id = %(node)s AND p.section_ids <> '{}'"""

# A section marked as deleted stays while goods stand in it (onec.md §3.3); a nameless one was never announced.
_COUNTED = b"""
    UPDATE section s SET product_count = c.count, is_active = c.is_active
      FROM (
          SELECT one.section_id, one.product_count + COALESCE(change.count, 0) AS count,
                 one.name <> '' AND (NOT one.is_deleted OR one.product_count + COALESCE(change.count, 0) > 0)
                     AS is_active
            FROM section one
            LEFT JOIN (SELECT section_id, sum(change)::int AS count FROM m_count GROUP BY section_id) change
              ON change.section_id = one.section_id
           WHERE one.node_id = %(node)s
      ) c
     WHERE s.section_id = c.section_id AND (s.product_count, s.is_active) IS DISTINCT FROM (c.count, c.is_active)"""


def prepare(connection: Connection[TupleRow]) -> None:
    """Make the temporary tables: `touched` names products whose place may have changed."""
    connection.execute(b"CREATE TEMPORARY TABLE touched (product_id uuid, is_new boolean) ON COMMIT DROP")
    connection.execute(b"CREATE TEMPORARY TABLE m_count (section_id uuid, change bigint) ON COMMIT DROP")
    connection.execute(
        b"CREATE TEMPORARY TABLE m_placement (section_id uuid, sort_key text, product_id uuid, is_new boolean)"
        b" ON COMMIT DROP"
    )


def place(connection: Connection[TupleRow]) -> None:
    """Bring the placements of the products in `touched` up to date, and empty it."""
    connection.execute(b"ANALYZE touched")
    connection.execute(b"TRUNCATE m_placement")
    connection.execute(_WANTED)
    connection.execute(b"ANALYZE m_placement")
    connection.execute(_GONE)
    connection.execute(_ADDED)
    connection.execute(b"TRUNCATE touched")


def place_all(connection: Connection[TupleRow], node_id: NodeId) -> None:
    """Bring the placements of every product of a node up to date: a section has moved."""
    connection.execute(b"TRUNCATE touched")
    connection.execute(_EVERYTHING, {"node": node_id})
    place(connection)


def count(connection: Connection[TupleRow], node_id: NodeId) -> None:
    """Bring the counters of sections up to date with the placements that came and went, and whether they are shown."""
    connection.execute(_COUNTED, {"node": node_id})
    connection.execute(b"TRUNCATE m_count")
