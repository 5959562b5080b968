"""Append-only record of who changed what; written in the transaction of the change."""

from abc import abstractmethod
from typing import Any, Protocol

from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor


class Change(Struct, frozen=True):
    """One change: `action` as `context.verb`, the object, and its state before and after (JSON values)."""

    action: str
    subject_type: str
    subject_id: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class AuditLog(Protocol):
    """Port: append a change. Contract: the row exists if and only if the change was committed; it cannot be edited."""

    @abstractmethod
    async def record(self, actor: Actor, change: Change) -> None:
        """Append; never fails for a reason of its own."""
        ...
