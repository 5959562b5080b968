"""What people, the schedule and time do with staged rows, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Delete, Update, and_, delete, exists, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.gateway import gw_batch, gw_full, gw_in
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.exchange.gateway.managing import ManagedRow, ManagedRows, ManageTransaction
from b2b_dvizhenie.domain.exchange.gateway import RowState
from b2b_dvizhenie.domain.shared.ids import NodeId

FIRST_PAUSE = timedelta(minutes=5)
MOST_ATTEMPTS = 11
"""With pauses that double from five minutes on, the last attempt is made after three and a half days."""
_row = gw_in.c
_HEALED = text("""
WITH due AS (
    SELECT row_id FROM gw_in
     WHERE state = 'error' AND may_heal AND attempts < :most
       AND received_at + :pause * power(2, attempts - 1) <= :now
       FOR UPDATE SKIP LOCKED),
back AS (UPDATE gw_in SET state = 'new' FROM due WHERE gw_in.row_id = due.row_id
         RETURNING gw_in.node_id, gw_in.table_name)
SELECT DISTINCT node_id, table_name FROM back ORDER BY 1, 2
""")


class PostgresManagedRows(ManagedRows):
    """The table `gw_in` as it is managed."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def one(self, row_id: int) -> ManagedRow | None:
        """A row, locked."""
        query = select(_row.row_id, _row.node_id, _row.table_name, _row.key, _row.state, _row.error_code)
        found = (await self._connection.execute(query.where(_row.row_id == row_id).with_for_update())).first()
        if found is None:
            return None
        number, node_id, table, key, state, code = found
        return ManagedRow(number, NodeId(node_id), table, key, RowState(state), code)

    async def put_back(self, row_id: int) -> None:
        """Let a refused row wait again."""
        await self._connection.execute(update(gw_in).where(_row.row_id == row_id).values(state="new"))

    async def put_back_all(self, node_id: NodeId, table: str) -> int:
        """Let every refused row of a table wait again."""
        refused = (_row.node_id == node_id) & (_row.table_name == table) & (_row.state == "error")
        return (await self._connection.execute(update(gw_in).where(refused).values(state="new"))).rowcount

    async def skip(self, row_id: int, reason: str) -> None:
        """Never apply a refused row."""
        values = {"state": "skipped", "error_text": reason}
        await self._connection.execute(update(gw_in).where(_row.row_id == row_id).values(values))

    async def heal(self, now: datetime) -> Sequence[tuple[NodeId, str]]:
        """Put rows back that are due."""
        facts = {"most": MOST_ATTEMPTS, "pause": FIRST_PAUSE, "now": now}
        return [(NodeId(node_id), table) for node_id, table in await self._connection.execute(_HEALED, facts)]


class PostgresManageTransaction(Transaction, ManageTransaction):
    """The unit of work of managing rows."""

    managed: ManagedRows

    def bind(self, connection: AsyncConnection) -> None:
        """Add the rows."""
        super().bind(connection)
        self.managed = PostgresManagedRows(connection)


def gateway_forgetting(*, rows: datetime, errors: datetime) -> dict[str, Delete | Update]:
    """What of the gateway is too old: rows and messages before `rows`, refusals and full exports before `errors`.

    The newest applied row of a key stays whatever its age, without what was sent: its version says what is older.
    Rows that a full export which is not over may have named stay too.
    """
    newer = gw_in.alias("newer")
    outlived = exists().where(
        newer.c.node_id == _row.node_id,
        newer.c.table_name == _row.table_name,
        newer.c.key == _row.key,
        newer.c.state == "applied",
        newer.c.row_id > _row.row_id,
    )
    needed = exists().where(
        gw_full.c.node_id == _row.node_id,
        gw_full.c.table_name == _row.table_name,
        gw_full.c.state.in_(("open", "needs_confirmation")),
        gw_full.c.first_row_id < _row.row_id,
    )
    gone = or_(
        _row.state.in_(("skipped", "superseded")),
        and_(_row.state == "applied", outlived),
        and_(_row.state == "error", _row.received_at < errors),
    )
    return {
        "gateway_fulls": delete(gw_full).where(gw_full.c.opened_at < errors),
        "gateway_rows": delete(gw_in).where(_row.received_at < rows, gone, ~needed),
        "gateway_payloads": update(gw_in)
        .where(_row.received_at < rows, _row.state == "applied", _row.payload != {})
        .values(payload={}),
        "gateway_messages": delete(gw_batch).where(gw_batch.c.received_at < rows),
    }
