"""One writer per node: imports and the ends of full exports wait for each other, nodes do not."""

from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.application.exchange.importing import Progress
from b2b_dvizhenie.domain.shared.ids import NodeId

_LOCK_CLASS = 6435427


def lock_node(connection: Connection[TupleRow], node_id: NodeId, progress: Progress | None = None) -> None:
    """Wait until no other transaction writes for the node; held until the end of this one.

    Args:
        connection: in a transaction.
        node_id: whose rows are going to be written.
        progress: told that it waits.
    """
    key = [_LOCK_CLASS, int.from_bytes(node_id.bytes[-4:], "big", signed=True)]
    row = connection.execute(b"SELECT pg_try_advisory_xact_lock(%s, %s)", key).fetchone()
    if row is None or not row[0]:
        if progress is not None:
            progress.stage = "waiting"
        connection.execute(b"SELECT pg_advisory_xact_lock(%s, %s)", key)
