"""A process that applies what waits in the gateway and may kill itself at any of its statements.

It is forked (`processes.forked`) and says how many statements it ran. Torn, it breaks the product on purpose: every
statement is committed by itself, which is what the test must be able to notice.
"""

import asyncio
import os
import signal
from multiprocessing.connection import Connection
from typing import Any

import psycopg

from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.gateway import PostgresGatewayWork
from b2b_dvizhenie.adapters.postgres.gateway_stocks import PostgresStocks
from b2b_dvizhenie.application.exchange.gateway import ApplyRows, GatewayTables, applying
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.domain.shared.ids import NodeId
from b2b_dvizhenie.entrypoints.container import utc_now

ran = 0


def count_statements(kill_at: int) -> None:
    """Make every statement count, and the chosen one the last thing this process does."""
    execute = psycopg.AsyncCursor.execute

    async def counted(cursor: Any, *arguments: Any, **options: Any) -> Any:
        global ran  # noqa: PLW0603 - a script of its own process
        ran += 1
        if ran == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return await execute(cursor, *arguments, **options)

    psycopg.AsyncCursor.execute = counted  # type: ignore[method-assign]


async def applied(url: str, node_id: NodeId, torn: bool) -> None:
    """Apply what waits, in this process."""
    database = Database(url)
    if torn:
        database.engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")

    def work(actor: Actor, of: NodeId) -> PostgresGatewayWork:
        return PostgresGatewayWork(database, utc_now, actor, of)

    try:
        await ApplyRows(GatewayTables([PostgresStocks()]), work, utc_now)(system_actor("test"), node_id, "stocks")
    finally:
        await database.engine.dispose()


def main(line: Connection, url: str, node_id: NodeId, kill_at: int, torn: bool) -> None:
    """Apply what waits.

    Args:
        line: where the number of statements goes.
        kill_at: the statement that is the last thing this process does; 0 for none.
        torn: commit every statement.
    """
    applying.BATCH = 2
    count_statements(kill_at)
    asyncio.run(applied(url, node_id, torn))
    line.send(ran)
