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


def begin_file(
    connection: Connection[TupleRow],
    node_id: NodeId,
    settings: NodeSettings,
    catalog_ref: str,
    now: datetime,
    *,
    only_changes: bool,
) -> int | None:
    """Open or continue the full export that a file of a catalogue belongs to.

    Args:
        connection: in the transaction of the import.
        node_id: whose file it is.
        settings: its quiet time.
        catalog_ref: the catalogue of the goods.
        now: when the file is imported.
        only_changes: False begins a full export.

    Returns:
        Id of the generation that the goods of the file are named by; None when no full export is going on.
    """
    row = connection.execute(_OPEN, [node_id, catalog_ref]).fetchone()
    current = Generation(*row) if row else None
    plan = plan_file(current, only_changes=only_changes, now=now, quiet=settings.quiet)
    if plan.opens:
        connection.execute(_SUPERSEDE, [GenerationState.SUPERSEDED, now, node_id, catalog_ref])
        begun = connection.execute(_BEGIN, [node_id, catalog_ref, now, now]).fetchone()
        return begun[0] if begun else None
    if not plan.stamp or current is None:
        return None
    connection.execute(
        b"UPDATE exchange_generation SET last_file_at = %s WHERE generation_id = %s", [now, current.generation_id]
    )
    return current.generation_id
