"""Exchange nodes in PostgreSQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.tables.exchange import exchange_node
from b2b_dvizhenie.adapters.postgres.transactions import Transaction
from b2b_dvizhenie.application.exchange.nodes import (
    ExchangeNode,
    NodeLoginTaken,
    NodeRepository,
    NodeTransaction,
)
from b2b_dvizhenie.domain.exchange.access import ExchangeRight
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import NodeId

_NODES = select(
    exchange_node.c.node_id,
    exchange_node.c.name,
    exchange_node.c.login,
    exchange_node.c.profile,
    exchange_node.c.answer_encoding,
    exchange_node.c.rights,
    exchange_node.c.allowed_addresses,
    exchange_node.c.settings,
    exchange_node.c.is_active,
    exchange_node.c.created_at,
)
_RIGHTS = {right.value: right for right in ExchangeRight}


def rights_of(names: Sequence[str]) -> tuple[ExchangeRight, ...]:
    """The rights this version knows; a name of a later version grants nothing."""
    return tuple(_RIGHTS[name] for name in names if name in _RIGHTS)


def _node(row: Row[*tuple[Any, ...]]) -> ExchangeNode:
    node_id, name, login, profile, encoding, rights, addresses, settings, is_active, created_at = row
    known = rights_of(rights)
    return ExchangeNode(
        NodeId(node_id), name, login, profile, encoding, known, tuple(addresses), settings, is_active, created_at
    )


def _values(node: ExchangeNode) -> dict[str, Any]:
    return {
        "name": node.name,
        "login": node.login,
        "profile": node.profile,
        "answer_encoding": node.answer_encoding,
        "rights": [right.value for right in node.rights],
        "allowed_addresses": list(node.allowed_addresses),
        "settings": node.settings,
        "is_active": node.is_active,
    }


class PostgresNodes(NodeRepository):
    """The `exchange_node` table."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, node: ExchangeNode, password_hash: str) -> None:
        """Write a new node; raises NodeLoginTaken."""
        values = _values(node) | {
            "node_id": node.node_id,
            "password_hash": password_hash,
            "created_at": node.created_at,
        }
        try:
            await self._connection.execute(insert(exchange_node).values(values))
        except IntegrityError as error:
            if getattr(getattr(error.orig, "diag", None), "constraint_name", "") != "uq_exchange_node_login":
                raise
            raise NodeLoginTaken("login") from error

    async def get(self, node_id: NodeId) -> ExchangeNode:
        """The node, locked until the end of the transaction; raises NotFound."""
        query = _NODES.where(exchange_node.c.node_id == node_id).with_for_update()
        row = (await self._connection.execute(query)).first()
        if row is None:
            raise NotFound("node_id")
        return _node(row)

    async def save(self, node: ExchangeNode, password_hash: str | None) -> None:
        """Overwrite a node; without a hash the password stays."""
        values = _values(node) | ({"password_hash": password_hash} if password_hash else {})
        await self._connection.execute(
            update(exchange_node).where(exchange_node.c.node_id == node.node_id).values(values)
        )

    async def all(self) -> Sequence[ExchangeNode]:
        """Every node, by name."""
        query = _NODES.order_by(exchange_node.c.name, exchange_node.c.node_id)
        return [_node(row) for row in (await self._connection.execute(query))]


class PostgresNodeTransaction(Transaction, NodeTransaction):
    """The unit of work of exchange nodes."""

    nodes: NodeRepository

    def bind(self, connection: AsyncConnection) -> None:
        """Add the nodes."""
        super().bind(connection)
        self.nodes = PostgresNodes(connection)
