"""Brands: the ERP only names them in goods, so the name is the identity; its first spelling is shown."""

from typing import Any, ClassVar
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.chunks import Write, executing
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id


class Brands:
    """The brands of a node."""

    _LOAD: ClassVar[bytes] = b"SELECT name_key, brand_id FROM brand WHERE node_id = %s"
    _WRITE: ClassVar[bytes] = b"INSERT INTO brand (brand_id, node_id, name_key, name) VALUES (%s, %s, %s, %s)"

    def __init__(self, connection: Connection[TupleRow], node_id: NodeId) -> None:
        self._node_id = node_id
        self._by_key: dict[str, UUID] = {}
        self._by_name: dict[str, UUID] = {}
        for key, brand_id in connection.execute(self._LOAD, [node_id]):
            self._by_key[key] = brand_id
        self._new: list[tuple[Any, ...]] = []
        self.added = 0

    def find(self, name: str) -> UUID:
        """Id of a brand; spellings that differ only in case and blanks are one."""
        found = self._by_name.get(name)
        if found is None:
            key = " ".join(name.casefold().split())[:255]
            found = self._by_key.get(key)
            if found is None:
                found = self._by_key[key] = new_id()
                self._new.append((found, self._node_id, key, " ".join(name.split())))
            self._by_name[name] = found
        return found

    def changes(self) -> list[Write]:
        """What was added since the last call."""
        new, self._new = self._new, []
        self.added += len(new)
        return [executing(self._WRITE, new)] if new else []

    def counters(self) -> dict[str, int]:
        """For the report."""
        return {"brands.added": self.added}
