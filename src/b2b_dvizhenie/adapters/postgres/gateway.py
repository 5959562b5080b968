"""The transaction of the gateway's applier, and how a table of the gateway gets at its connection."""

from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.gateway_rows import PostgresWaitingRows
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.exchange.gateway.ports import ApplyTransaction, WaitingRows
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.application.shared.gateway import GatewayWork
from b2b_dvizhenie.domain.shared.ids import NodeId


class PostgresGatewayWork(Transaction, ApplyTransaction):
    """One batch of rows of one node: their states and what they change in the domain, together or not at all."""

    rows: WaitingRows

    def __init__(self, database: Database, clock: Clock, actor: Actor, node_id: NodeId) -> None:
        super().__init__(database, clock)
        self.actor = actor
        self.node_id = node_id

    def bind(self, connection: AsyncConnection) -> None:
        """Add the rows."""
        super().bind(connection)
        self.rows = PostgresWaitingRows(connection)


def connection_of(work: GatewayWork) -> AsyncConnection:
    """The connection of the applier's transaction, for the stores of a table of the gateway."""
    if not isinstance(work, PostgresGatewayWork):
        raise TypeError("a table of the gateway was given a transaction that is not the applier's")
    return work.connection
