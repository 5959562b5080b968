"""Brands: the ERP only names them in goods, so the name is the identity; its first spelling is shown."""

from typing import ClassVar
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.domain.shared.ids import NodeId, new_id


class Brands:
    """The brands of a node."""

    _LOAD: ClassVar[str] = "SELECT name_key, brand_id FROM brand WHERE node_id = %s"

    def __init__(self, connection: Connection[TupleRow], node_id: NodeId) -> None:
        self._connection = connection
        self._node_id = node_id
        self._by_key: dict[str, UUID] = dict(iter(connection.execute(self._LOAD.encode(), [node_id])))
        self._by_name: dict[str, UUID] = {}
        self._new: list[tuple[UUID, NodeId, str, str]] = []

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

    def merge(self) -> dict[str, int]:
        """Write the new ones."""
        if not self._new:
            return {}
        with self._connection.cursor() as cursor:
            cursor.executemany(
                b"INSERT INTO brand (brand_id, node_id, name_key, name) VALUES (%s, %s, %s, %s)", self._new
            )
        return {"brands.added": len(self._new)}
