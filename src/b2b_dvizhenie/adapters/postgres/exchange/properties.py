"""Characteristics of goods and their dictionaries, which the ERP tells piece by piece, also after the goods."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from b2b_dvizhenie.adapters.postgres.exchange.chunks import Write, executing
from b2b_dvizhenie.application.exchange.records import PropertyRecord, PropertyValue
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id


class _Property(Struct):
    property_id: UUID
    ref: str
    name: str
    kind: str
    options: dict[str, str]
    is_active: bool
    state: str = "same"
    reworded: bool = False


class Properties:
    """The characteristics of a node, and what refs of values mean.

    A product stores `{"ref", "name", "values"}` with texts, and `raw` beside them where the texts are not what the
    source sent, so that a dictionary that comes or changes later can be applied to it.
    """

    _LOAD: ClassVar[bytes] = b"""
        SELECT property_id, external_ref, name, kind, options, is_active FROM property WHERE node_id = %s"""
    _WRITE: ClassVar[bytes] = b"""
        INSERT INTO property (property_id, node_id, external_ref, name, kind, options, is_active)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (property_id) DO UPDATE SET
            name = excluded.name, kind = excluded.kind, options = excluded.options, is_active = excluded.is_active"""

    def __init__(self, connection: Connection[TupleRow], node_id: NodeId) -> None:
        self._node_id = node_id
        self._counts: Counter[str] = Counter()
        self._by_ref: dict[str, _Property] = {}
        self.told = 0
        for row in connection.execute(self._LOAD, [node_id]):
            one = _Property(*row)
            self._by_ref[one.ref] = one

    def take(self, record: PropertyRecord) -> None:
        """A characteristic that the ERP announces; `reworded` then names it if goods that have it read differently."""
        self.told += 1
        known = self._by_ref.get(record.ref)
        if known is None:
            options = dict(record.values)
            self._by_ref[record.ref] = _Property(
                new_id(), record.ref, record.name, record.kind, options, not record.deleted, "added", reworded=True
            )
            return
        before = (known.name, known.kind, known.is_active)
        words = known.name
        known.name = record.name or known.name
        if record.kind != "string" or not known.options:
            known.kind = record.kind
        known.is_active = not record.deleted
        options = {ref: text for ref, text in record.values if known.options.get(ref) != text}
        known.options |= options
        reworded = bool(options) or words != known.name
        if known.state == "same" and (reworded or before != (known.name, known.kind, known.is_active)):
            known.state = "changed"
        known.reworded = known.reworded or reworded

    def reworded(self) -> list[str]:
        """Refs of the characteristics that read differently now."""
        return [one.ref for one in self._by_ref.values() if one.reworded]

    def resolve(self, ref: str, name: str, raw: Iterable[str]) -> dict[str, Any]:
        """One element of `product.properties`."""
        known = self._by_ref.get(ref)
        sent = list(raw)
        if known is None:
            return {"ref": ref, "name": name or ref, "values": sent}
        if not known.options:
            return {"ref": ref, "name": known.name, "values": sent}
        texts = [known.options.get(value, value) for value in sent]
        found: dict[str, Any] = {"ref": ref, "name": known.name, "values": texts}
        if texts != sent:
            found["raw"] = sent
        return found

    def of_good(self, values: Iterable[PropertyValue]) -> list[dict[str, Any]]:
        """What a good's properties read like now; those without a value are left out."""
        return [self.resolve(value.ref, value.name, value.values) for value in values if value.values]

    def again(self, stored: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Stored properties, read by today's dictionaries."""
        return [self.resolve(one["ref"], one["name"], one.get("raw", one["values"])) for one in stored]

    def changes(self) -> list[Write]:
        """What is new or changed since the last call."""
        rows: list[tuple[Any, ...]] = []
        for one in self._by_ref.values():
            if one.state != "same":
                options = Jsonb(dict(one.options))
                rows.append((one.property_id, self._node_id, one.ref, one.name, one.kind, options, one.is_active))
                self._counts[one.state] += 1
                one.state = "same"
        return [executing(self._WRITE, rows)] if rows else []

    def counters(self) -> dict[str, int]:
        """For the report."""
        return {"properties.read": self.told} | {f"properties.{state}": n for state, n in self._counts.items()}
