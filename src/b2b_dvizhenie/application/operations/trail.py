"""Reading the audit trail: who changed what, when, from what to what."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission, Scope

MAX_PAGE = 200
MAX_TEXT = 200
_NAMED = ("company_id", "price_type_id", "manager_id", "firm_id", "warehouse_id", "head_id")
"""Fields of a recorded state that hold the id of something with a name."""


class AuditLine(Struct, frozen=True):
    """A change. `subject` is the object's name where it still has one, else empty."""

    audit_id: int
    at: datetime
    user_id: UUID | None
    actor: str
    action: str
    subject_type: str
    subject_id: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str


class AuditQuery(Struct, frozen=True):
    """Which changes. Empty fields do not filter; `actor` is part of a name, `cursor` the `next_cursor` before.

    `company_id` leaves changes of one company and of who buys for it, `person_id` those that a person made and those
    that were made of him, `segment_id` those of one segment.
    """

    action: str = ""
    actor: str = ""
    cursor: int | None = None
    limit: int = 50
    company_id: UUID | None = None
    person_id: UUID | None = None
    segment_id: UUID | None = None


class AuditPage(Struct, frozen=True):
    """Changes, newest first; `next_cursor` is None on the last page.

    `names` tells what the ids within `before` and `after` are called now (companies, price types, managers,
    firms, warehouses).
    """

    items: tuple[AuditLine, ...]
    next_cursor: int | None
    names: Mapping[str, str]


class AuditReader(Protocol):
    """Port: the trail's read.

    Contract: newest first, at most `limit` lines with an id below the cursor, in one statement. Within a scope
    narrower than everything a change of an order is seen by whoever sees the order; any other change is seen by
    whoever sees the person that made it, so changes made by the system itself are seen in scope `all` only.
    """

    @abstractmethod
    async def changes(self, actor: Actor, scope: Scope, query: AuditQuery) -> Sequence[AuditLine]:
        """The lines."""
        ...

    @abstractmethod
    async def names(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Names of the companies, price types and people among the ids; one statement."""
        ...


class ReadAudit:
    """The audit trail, read only."""

    def __init__(self, reader: AuditReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, query: AuditQuery) -> AuditPage:
        """One page; raises Forbidden."""
        scope = actor.require(Permission.AUDIT_VIEW)
        limit = max(1, min(query.limit, MAX_PAGE))
        wanted = replace(query, actor=query.actor.strip()[:MAX_TEXT], limit=limit + 1)
        found = await self._reader.changes(actor, scope, wanted)
        lines = tuple(found[:limit])
        ids = {
            state[field]
            for line in lines
            for state in (line.before or {}, line.after or {})
            for field in _NAMED
            if isinstance(state.get(field), str)
        }
        names = await self._reader.names(ids) if ids else {}
        return AuditPage(lines, found[limit - 1].audit_id if len(found) > limit else None, names)
