"""Full exports in the database: which goods they named, and the hiding of those they did not (onec.md §3.7)."""

from datetime import datetime

from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.domain.exchange.generations import Generation, GenerationState, plan_file
from b2b_dvizhenie.domain.exchange.settings import NodeSettings
from b2b_dvizhenie.domain.shared.ids import NodeId

_OPEN = b"""
    SELECT generation_id, catalog_ref, last_file_at, failed_files FROM exchange_generation
     WHERE node_id = %s AND catalog_ref = %s AND state = 'open' ORDER BY generation_id DESC LIMIT 1"""

_SUPERSEDE = b"""
    WITH over AS (
        UPDATE exchange_generation SET state = %s, closed_at = %s
         WHERE node_id = %s AND catalog_ref = %s AND state IN ('open', 'needs_confirmation')
        RETURNING generation_id
    )
    DELETE FROM exchange_seen s USING over WHERE s.generation_id = over.generation_id"""

_BEGIN = b"""
    INSERT INTO exchange_generation (node_id, catalog_ref, state, opened_at, last_file_at)
    VALUES (%s, %s, 'open', %s, %s) RETURNING generation_id"""

_STAMP = b"""
    INSERT INTO exchange_seen (generation_id, product_id)
    SELECT DISTINCT %(generation)s::bigint, p.product_id
      FROM (SELECT ref, catalog FROM st_good UNION ALL SELECT ref, catalog FROM st_good_same) g
      JOIN product p ON p.node_id = %(node)s AND p.external_ref = g.ref
     WHERE g.catalog = %(catalog)s AND NOT EXISTS (
         SELECT FROM exchange_seen s WHERE s.generation_id = %(generation)s AND s.product_id = p.product_id)"""


def stamp(
    connection: Connection[TupleRow],
    node_id: NodeId,
    settings: NodeSettings,
    catalog_ref: str,
    now: datetime,
    *,
    only_changes: bool,
) -> int:
    """Note that the goods of this file were named by the full export that is going on, if there is one.

    Args:
        connection: in the transaction of the import, whose goods lie in `st_good` and `st_good_same`.
        node_id: whose file it is.
        settings: its quiet time.
        catalog_ref: the catalogue of the goods.
        now: when the file is imported.
        only_changes: False begins a full export.

    Returns:
        How many goods were noted.
    """
    row = connection.execute(_OPEN, [node_id, catalog_ref]).fetchone()
    current = Generation(*row) if row else None
    plan = plan_file(current, only_changes=only_changes, now=now, quiet=settings.quiet)
    generation_id = current.generation_id if current else 0
    if plan.opens:
        connection.execute(_SUPERSEDE, [GenerationState.SUPERSEDED, now, node_id, catalog_ref])
        begun = connection.execute(_BEGIN, [node_id, catalog_ref, now, now]).fetchone()
        generation_id = begun[0] if begun else 0
    if not plan.stamp:
        return 0
    stamped = connection.execute(
        _STAMP, {"generation": generation_id, "node": node_id, "catalog": catalog_ref}
    ).rowcount
    connection.execute(
        b"UPDATE exchange_generation SET last_file_at = %s, stamped = stamped + %s WHERE generation_id = %s",
        [now, stamped, generation_id],
    )
    return stamped
