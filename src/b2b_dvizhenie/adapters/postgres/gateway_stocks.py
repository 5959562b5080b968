"""The table `stocks` of the gateway: free stock, merged into the catalogue's."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.gateway import connection_of
from b2b_dvizhenie.application.exchange.gateway.stocks import StockKey, StockRow
from b2b_dvizhenie.application.exchange.gateway.tables import (
    Absence,
    GatewayTable,
    GatewayWork,
    Outcome,
    RowApplied,
    RowNote,
    RowRefused,
)
from b2b_dvizhenie.domain.exchange.access import ExchangeRight
from b2b_dvizhenie.domain.exchange.monitoring import SyncCategory
from b2b_dvizhenie.domain.shared.refs import joined_key, normal_ref

PRODUCT_UNKNOWN = "exchange.gateway_product_unknown"
WAREHOUSE_UNKNOWN = "exchange.gateway_warehouse_unknown"
_SAID = """
unnest(CAST(:warehouses AS text[]), CAST(:products AS text[]), CAST(:variants AS text[]), CAST(:free AS numeric[]))
  WITH ORDINALITY AS s (warehouse_ref, product_ref, variant_ref, free, n)
  LEFT JOIN warehouse w ON w.node_id = :node_id AND w.external_ref = s.warehouse_ref
  LEFT JOIN product p ON p.node_id = :node_id AND p.external_ref = s.product_ref
  LEFT JOIN variant v ON v.product_id = p.product_id AND v.variant_ref = s.variant_ref
"""
_FOUND = text(f"SELECT w.warehouse_id IS NOT NULL, v.variant_id IS NOT NULL FROM {_SAID} ORDER BY s.n")  # noqa: S608
_MERGED = text(f"""
INSERT INTO stock AS k (variant_id, warehouse_id, quantity, updated_at)
SELECT v.variant_id, w.warehouse_id, s.free, :now FROM {_SAID}
 WHERE v.variant_id IS NOT NULL AND w.warehouse_id IS NOT NULL ORDER BY v.variant_id, w.warehouse_id
    ON CONFLICT (variant_id, warehouse_id) DO UPDATE SET quantity = excluded.quantity, updated_at = excluded.updated_at
""")  # noqa: S608 - the piece is a constant
# A total and stock by warehouse exclude each other, or the same goods would be counted twice (onec.md §3.5).
_TOTALS_EMPTIED = text(f"""
UPDATE stock k SET quantity = 0, updated_at = :now
  FROM {_SAID}
  JOIN warehouse total ON total.node_id = :node_id AND total.external_ref = '*'
 WHERE k.variant_id = v.variant_id AND k.warehouse_id = total.warehouse_id AND k.quantity <> 0
   AND w.warehouse_id IS NOT NULL AND w.warehouse_id <> total.warehouse_id
""")  # noqa: S608 - as above
# The node's stock in a scope, with the key as `PostgresStocks.key` makes it.
_IN_SCOPE = r"""
  FROM stock k
  JOIN warehouse w ON w.warehouse_id = k.warehouse_id AND w.node_id = :node_id
  JOIN variant v ON v.variant_id = k.variant_id
  JOIN product p ON p.product_id = v.product_id AND p.node_id = :node_id
 CROSS JOIN LATERAL (
       SELECT string_agg(replace(replace(part, '\', '\\'), '|', '\|'), '|' ORDER BY n) AS key
         FROM unnest(ARRAY[w.external_ref, p.external_ref, v.variant_ref]) WITH ORDINALITY AS a (part, n)) as_key
 WHERE k.quantity <> 0 AND (:warehouse = '' OR w.external_ref = :warehouse)
"""
_NAMED = "as_key.key IN (SELECT unnest(CAST(:keys AS text[])))"  # hashed once, however many keys there are
_ABSENCE = text(f"SELECT count(*), count(*) FILTER (WHERE NOT {_NAMED}) {_IN_SCOPE}")
_EMPTIED = text(f"""
UPDATE stock gone SET quantity = 0, updated_at = :now
  FROM (SELECT k.variant_id, k.warehouse_id {_IN_SCOPE} AND NOT {_NAMED}) absent
 WHERE gone.variant_id = absent.variant_id AND gone.warehouse_id = absent.warehouse_id
""")  # noqa: S608 - as above


class PostgresStocks(GatewayTable[StockKey, StockRow]):
    """Free stock; a row that is gone is stock of zero, as in an exchange of files."""

    name = "stocks"
    category = SyncCategory.STOCKS
    right = ExchangeRight.CATALOG
    key_row = StockKey
    row = StockRow
    scopes = ("warehouse_id",)
    in_line = True

    def key(self, row: StockKey) -> str:
        """Warehouse, good, characteristic."""
        return joined_key([normal_ref(row.warehouse_id), normal_ref(row.product_id), normal_ref(row.variant_id)])

    def scope(self, row: StockKey) -> Mapping[str, str]:
        """The warehouse."""
        return {"warehouse_id": normal_ref(row.warehouse_id)}

    async def apply(self, work: GatewayWork, rows: Sequence[StockRow], now: datetime) -> Sequence[Outcome]:
        """Write the stock of goods and warehouses that are known; the others may come with the next catalogue."""
        return await _merge(work, rows, [row.free for row in rows], now)

    async def remove(self, work: GatewayWork, keys: Sequence[StockKey], now: datetime) -> Sequence[Outcome]:
        """Stock of zero; of what is not known there is none anyway."""
        await _merge(work, keys, [0] * len(keys), now)
        return [RowApplied()] * len(keys)

    async def absence(self, work: GatewayWork, scope: Mapping[str, str], keep_keys: Collection[str]) -> Absence:
        """Goods in stock, and those of them that were not named."""
        found = await connection_of(work).execute(_ABSENCE, _scope(work, scope, keep_keys))
        return Absence(*found.one())

    async def tombstone(
        self, work: GatewayWork, scope: Mapping[str, str], keep_keys: Collection[str], now: datetime
    ) -> int:
        """Set what was not named to zero."""
        facts = _scope(work, scope, keep_keys) | {"now": now}
        return (await connection_of(work).execute(_EMPTIED, facts)).rowcount


def _scope(work: GatewayWork, scope: Mapping[str, str], keys: Collection[str]) -> dict[str, Any]:
    return {"node_id": work.node_id, "warehouse": scope.get("warehouse_id", ""), "keys": list(keys)}


async def _merge(work: GatewayWork, rows: Sequence[StockKey], free: Sequence[Any], now: datetime) -> list[Outcome]:
    connection: AsyncConnection = connection_of(work)
    facts = {
        "node_id": work.node_id,
        "warehouses": [normal_ref(row.warehouse_id) for row in rows],
        "products": [normal_ref(row.product_id) for row in rows],
        "variants": [normal_ref(row.variant_id) for row in rows],
        "free": list(free),
    }
    found = (await connection.execute(_FOUND, facts)).all()
    await connection.execute(_TOTALS_EMPTIED, facts | {"now": now})
    await connection.execute(_MERGED, facts | {"now": now})
    return [_outcome(row, *known) for row, known in zip(rows, found, strict=True)]


def _outcome(row: StockKey, warehouse: bool, variant: bool) -> Outcome:
    if not warehouse:
        return RowRefused(RowNote(WAREHOUSE_UNKNOWN, {"warehouse_id": row.warehouse_id}), may_heal=True)
    if not variant:
        refs = " ".join(filter(None, (row.product_id, row.variant_id)))
        return RowRefused(RowNote(PRODUCT_UNKNOWN, {"product_id": refs}), may_heal=True)
    return RowApplied()
