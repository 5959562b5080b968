"""Sections of a node: held in memory while a file is read (there are thousands, not millions), then written."""

from typing import ClassVar
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.chunks import Write, executing
from b2b_dvizhenie.adapters.postgres.exchange.problems import Problems
from b2b_dvizhenie.application.exchange.records import SectionRecord
from b2b_dvizhenie.domain.exchange.sections import arrange
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id


class _Section(Struct):
    section_id: UUID
    ref: str
    parent_id: UUID | None
    path: tuple[UUID, ...]
    name: str
    position: int
    is_deleted: bool
    age: int = -1
    line: int = 0
    before: tuple[object, ...] | None = None

    def state(self) -> tuple[object, ...]:
        return (self.parent_id, self.path, self.name, self.position, self.is_deleted)


class Sections:
    """The tree of a node. A section that only goods name stands nameless and inactive until it is announced."""

    _LOAD: ClassVar[bytes] = b"""
        SELECT section_id, external_ref, parent_id, path, name, position, is_deleted
          FROM section WHERE node_id = %s"""
    _WRITE: ClassVar[bytes] = b"""
        INSERT INTO section (node_id, section_id, external_ref, parent_id, path, name, position, is_deleted, is_active)
        VALUES (%s, %s, %s, %s, %s::uuid[], %s, %s, %s, false)
        ON CONFLICT (section_id) DO UPDATE SET
            parent_id = excluded.parent_id, path = excluded.path, name = excluded.name,
            position = excluded.position, is_deleted = excluded.is_deleted"""

    def __init__(self, connection: Connection[TupleRow], node_id: NodeId, problems: Problems) -> None:
        self._node_id = node_id
        self._problems = problems
        self._by_ref: dict[str, _Section] = {}
        self._told = 0
        self._added = self._changed = 0
        self.moved = False
        self._touched = False
        for section_id, ref, parent_id, path, name, position, is_deleted in connection.execute(self._LOAD, [node_id]):
            one = _Section(section_id, ref, parent_id, tuple(path), name, position, is_deleted)
            one.before = one.state()
            self._by_ref[ref] = one
        self._last_position = max((one.position for one in self._by_ref.values()), default=0)

    def _known(self, ref: str) -> _Section:
        known = self._by_ref.get(ref)
        if known is None:
            self._last_position += 1
            section_id = new_id()
            known = _Section(section_id, ref, None, (section_id,), "", self._last_position, is_deleted=False)
            self._by_ref[ref] = known
            self._touched = True
        return known

    def take(self, record: SectionRecord) -> None:
        """A section that the ERP announces; the last word about it counts."""
        known = self._known(record.ref)
        parent = self._known(record.parent_ref) if record.parent_ref else None
        known.parent_id = parent.section_id if parent else None
        known.name = record.name or known.name or record.ref
        known.is_deleted = record.deleted
        known.age = self._told
        self._told += 1
        self._touched = True

    def find(self, ref: str, line: int) -> UUID:
        """Id of the section a good names; an unknown one is made with a warning."""
        known = self._by_ref.get(ref)
        if known is None or not known.name:
            self._problems.warn_once("section", "exchange.section_unknown", ref, line)
            known = known or self._known(ref)
        return known.section_id

    def _row(self, one: _Section) -> tuple[object, ...]:
        path = list(one.path)
        return (self._node_id, one.section_id, one.ref, one.parent_id, path, one.name, one.position, one.is_deleted)

    def changes(self) -> list[Write]:
        """What is new or changed since the last call; notes in `moved` whether a section that stood moved."""
        if not self._touched:
            return []
        self._touched = False
        everyone = {one.section_id: one for one in self._by_ref.values()}
        paths, cut = arrange(
            {key: one.parent_id for key, one in everyone.items()}, {key: one.age for key, one in everyone.items()}
        )
        for key in cut:
            one = everyone[key]
            one.parent_id = None
            self._problems.error("section", "exchange.section_cycle", one.ref, detail=one.name)
        for key, one in everyone.items():
            self.moved = self.moved or (one.before is not None and one.path != paths[key])
            one.path = paths[key]
        changed = [one for one in everyone.values() if one.before != one.state()]
        changed.sort(key=lambda one: len(one.path))  # parents first: they are foreign keys
        self._added += sum(one.before is None for one in changed)
        self._changed += sum(one.before is not None for one in changed)
        for one in changed:
            one.before = one.state()
        return [executing(self._WRITE, [self._row(one) for one in changed])] if changed else []

    @property
    def are_told(self) -> bool:
        """Whether the file spoke of sections, or goods named unknown ones."""
        return bool(self._told or self._added)

    def counters(self) -> dict[str, int]:
        """For the report."""
        return {"sections.read": self._told, "sections.added": self._added, "sections.changed": self._changed}
