"""Comparisons with the ERP's documents, kept in the transaction that takes them."""

from datetime import datetime

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.drift import order_drift, order_drift_line
from b2b_dvizhenie.application.drift import DriftStore, Kept
from b2b_dvizhenie.domain.drift import Comparison
from b2b_dvizhenie.domain.shared.ids import OrderId


class PostgresDrifts(DriftStore):
    """Keeps comparisons over the connection of a transaction that holds the order's row."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, order_id: OrderId, version: str, comparison: Comparison, now: datetime) -> Kept:
        """Keep it behind a savepoint: what the tables cannot hold must not take the order's state with it."""
        drift = order_drift.c
        latest = select(drift.version).where(drift.order_id == order_id, drift.is_latest)
        if await self._connection.scalar(latest) == version:
            return Kept.KNOWN
        try:
            async with self._connection.begin_nested():
                await self._write(order_id, version, comparison, now)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            return Kept.REFUSED
        return Kept.NEW

    async def _write(self, order_id: OrderId, version: str, found: Comparison, now: datetime) -> None:
        """Make it the latest. Of earlier ones only the figures stay; the ERP may go back to one of them."""
        former = update(order_drift).where(order_drift.c.order_id == order_id, order_drift.c.is_latest)
        await self._connection.execute(former.values(is_latest=False))
        await self._connection.execute(delete(order_drift_line).where(order_drift_line.c.order_id == order_id))
        figures = {
            "compared_at": now,
            "is_latest": True,
            "kinds": [kind.value for kind in found.kinds],
            "lines": len(found.lines),
            "compared": found.compared,
            "within": found.within,
            "our_total": found.our_total,
            "their_total": found.their_total,
            "difference": found.difference,
            "unexplained": found.unexplained,
        }
        row = insert(order_drift).values(order_id=order_id, version=version, **figures)
        await self._connection.execute(row.on_conflict_do_update(index_elements=["order_id", "version"], set_=figures))
        if found.lines:
            rows = [
                {
                    "order_id": order_id,
                    "version": version,
                    "place": place,
                    "position": line.position,
                    "article": line.article,
                    "name": line.name,
                    "kind": line.kind.value,
                    "pairs": msgspec.to_builtins(line.pairs),
                    "first": line.first,
                    "difference": line.difference,
                }
                for place, line in enumerate(found.lines)
            ]
            await self._connection.execute(insert(order_drift_line), rows)
