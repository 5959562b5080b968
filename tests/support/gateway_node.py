"""1C as a sender of gateway messages: a node with a password, and messages with little to write."""

from base64 import b64encode
from collections.abc import Sequence
from itertools import count
from typing import Any

from httpx import Response
from litestar.testing import AsyncTestClient
from sqlalchemy import insert, text

from b2b_dvizhenie.adapters.postgres.tables import catalog as c
from b2b_dvizhenie.application.exchange import Credentials, ExchangeNode
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.exchange.access import ExchangeRight
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id
from b2b_dvizhenie.entrypoints.container import Container

PASSWORD = "gateway-2026"
_NUMBERS = count(1)


class Gateway:
    """A node at the door of the gateway."""

    def __init__(self, container: Container, client: AsyncTestClient[Any], node_id: NodeId, login: str) -> None:
        self.container, self.client, self.node_id = container, client, node_id
        self.credentials = Credentials(login, PASSWORD)
        self.headers = {"authorization": "Basic " + b64encode(f"{login}:{PASSWORD}".encode()).decode()}

    @classmethod
    async def open(
        cls, container: Container, client: AsyncTestClient[Any], rights: Sequence[ExchangeRight] = tuple(ExchangeRight)
    ) -> "Gateway":
        login, node_id, now = f"gw-{new_id().hex}", NodeId(new_id()), container.clock()()
        node = ExchangeNode(
            node_id=node_id,
            name="Gateway",
            login=login,
            profile="auto",
            answer_encoding="auto",
            rights=tuple(rights),
            allowed_addresses=(),
            settings={},
            is_active=True,
            created_at=now,
        )
        async with container.node_work() as work:
            await work.nodes.add(node, "-")
            await work.commit()
        # As if it had logged in a moment ago: hashes are slow on purpose, and other tests are about them.
        container.verified_credentials().remember(node_id, "-", PASSWORD, now)
        return cls(container, client, node_id, login)

    def message(self, rows: Sequence[Any], **fields: Any) -> dict[str, Any]:
        return {"message_id": f"m-{next(_NUMBERS)}", "mode": "delta", "rows": list(rows)} | fields

    async def send(self, table: str, rows: Sequence[Any], **fields: Any) -> Response:
        return await self.post(table, self.message(rows, **fields))

    async def post(self, table: str, message: Any, **options: Any) -> Response:
        headers = self.headers | options.pop("headers", {})
        content = {"content": message} if isinstance(message, bytes) else {"json": message}
        return await self.client.post(f"/api/gateway/v1/in/{table}", headers=headers, **content)

    async def state(self) -> dict[str, dict[str, Any]]:
        answer = await self.client.get("/api/gateway/v1/state", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return {line["table"]: line for line in answer.json()}

    async def apply(self, table: str = "stocks") -> int:
        """What the job does right after the answer."""
        return await self.container.apply_rows()(system_actor("test"), self.node_id, table)

    async def rows(self, query: str, **facts: Any) -> list[tuple[Any, ...]]:
        async with self.container.database().engine.connect() as connection:
            found = await connection.execute(text(query), {"node": self.node_id} | facts)
            return [tuple(row) for row in found]

    async def execute(self, statement: str, **facts: Any) -> None:
        async with self.container.database().engine.begin() as connection:
            await connection.execute(text(statement), {"node": self.node_id} | facts)

    async def states(self) -> list[str]:
        """States of the staged rows, in the order of their arrival."""
        found = await self.rows("SELECT state FROM gw_in WHERE node_id = :node ORDER BY row_id")
        return [state for (state,) in found]


async def furnish(container: Container, node: NodeId, goods: int) -> None:
    """Two warehouses (w1, w2), the one for totals (*), and goods g1, g2 …, all of the node."""
    now = container.clock()()
    stores = [
        {"warehouse_id": new_id(), "node_id": node, "external_ref": ref, "name": ref} for ref in ("w1", "w2", "*")
    ]
    made: list[dict[str, Any]] = [
        {
            "product_id": new_id(),
            "node_id": node,
            "external_ref": f"g{number}",
            "name": f"g{number}",
            "sort_key": f"g{number}",
            "updated_at": now,
        }
        for number in range(1, goods + 1)
    ]
    variants = [{"variant_id": one["product_id"], "product_id": one["product_id"]} for one in made]
    async with container.database().engine.begin() as connection:
        await connection.execute(insert(c.warehouse), stores)
        await connection.execute(insert(c.product), made)
        await connection.execute(insert(c.variant), variants)


class Stocked(Gateway):
    """With two warehouses and goods of its own; `refs` of goods are g1, g2 …"""

    async def furnish(self, goods: int = 3) -> "Stocked":
        await furnish(self.container, self.node_id, goods)
        return self

    async def stock(self) -> dict[tuple[str, str], str]:
        """What the catalogue holds: (warehouse, good) → quantity, without zeros."""
        found = await self.rows(
            "SELECT w.external_ref, p.external_ref, trim_scale(k.quantity)::text FROM stock k"
            " JOIN warehouse w USING (warehouse_id) JOIN product p ON p.product_id = k.variant_id"
            " WHERE p.node_id = :node AND k.quantity <> 0"
        )
        return {(warehouse, good): quantity for warehouse, good, quantity in found}


def stock(good: Any, free: Any = "5", warehouse: str = "w1", **fields: Any) -> dict[str, Any]:
    """A row of `stocks`; a number stands for a good of `furnish`."""
    ref = f"g{good}" if isinstance(good, int) else good
    return {"warehouse_id": warehouse, "product_id": ref, "free": free} | fields
