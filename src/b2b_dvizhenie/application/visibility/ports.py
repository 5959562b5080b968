"""What visibility needs from the outside."""

from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import CompanyId, SectionId, SegmentId
from b2b_dvizhenie.domain.visibility import AccessLevel, Opened, RuleOn, Segment, SegmentCompany, SegmentRule


class LevelBook(Protocol):
    """Port: access levels within a transaction.

    Contract: what is committed decides the next request of everybody who has the level, in every process.
    """

    @abstractmethod
    async def levels(self) -> tuple[AccessLevel, ...]:
        """All levels with the number of their buyers, the lowest first; one round trip."""
        ...

    @abstractmethod
    async def hold(self, level: int) -> AccessLevel | None:
        """The level, held until the end of the transaction; None if there is none."""
        ...

    @abstractmethod
    async def add(self, level: AccessLevel) -> bool:
        """Make a level; False if its number is taken."""
        ...

    @abstractmethod
    async def rename(self, level: int, name: str) -> None:
        """Give a held level another name."""
        ...

    @abstractmethod
    async def set_opens(self, level: int, opens: Opened) -> None:
        """Write what a held level opens."""
        ...

    @abstractmethod
    async def delete(self, level: int) -> bool:
        """Delete a held level; False, and nothing changed, while buyers have it."""
        ...


class SegmentBook(Protocol):
    """Port: segments within a transaction.

    Contract: what is committed decides the next request of everybody who buys for a member, in every process.
    """

    @abstractmethod
    async def segments(self) -> tuple[Segment, ...]:
        """All segments with the number of their members, by name; one round trip."""
        ...

    @abstractmethod
    async def find(self, segment_id: SegmentId) -> Segment | None:
        """The segment, or None."""
        ...

    @abstractmethod
    async def hold(self, segment_id: SegmentId) -> Segment | None:
        """The segment, held until the end of the transaction; None if there is none."""
        ...

    @abstractmethod
    async def companies(
        self, segment_id: SegmentId, actor: Actor, scope: Scope, text: str, limit: int, after: tuple[str, UUID] | None
    ) -> tuple[SegmentCompany, ...]:
        """Companies within the scope, by name: the members, or where there is a text whoever it names.

        Args:
            segment_id: whose members.
            actor: who looks.
            scope: which companies he may see.
            text: a part of a name, or of an INN; "" for the members.
            limit: at most so many.
            after: beyond this (name, id).
        """
        ...

    @abstractmethod
    async def company_name(self, company_id: CompanyId, actor: Actor, scope: Scope) -> str | None:
        """The name of a company within the scope, or None."""
        ...

    @abstractmethod
    async def add(self, segment: Segment) -> bool:
        """Make a segment; False if its name is taken."""
        ...

    @abstractmethod
    async def rename(self, segment_id: SegmentId, name: str) -> bool:
        """Give a held segment another name; False, and nothing changed, if it is taken."""
        ...

    @abstractmethod
    async def set_for_all(self, segment_id: SegmentId, *, for_all: bool) -> None:
        """Let every company be in a held segment, or only its members."""
        ...

    @abstractmethod
    async def put_member(self, segment_id: SegmentId, company_id: CompanyId) -> bool:
        """Make a company a member; False if it is one."""
        ...

    @abstractmethod
    async def drop_member(self, segment_id: SegmentId, company_id: CompanyId) -> bool:
        """Let a company leave; False if it is no member."""
        ...

    @abstractmethod
    async def discounts(self, segment_id: SegmentId) -> int:
        """How many discounts, of drafts and published versions, name the segment."""
        ...

    @abstractmethod
    async def delete(self, segment_id: SegmentId) -> None:
        """Delete a held segment with its memberships."""
        ...


class RuleSection(Struct, frozen=True):
    """A section as the editor of rules shows it: with the segment's own rule, and whether there are sections below."""

    section_id: SectionId
    name: str
    opens: bool | None
    has_more: bool


class RuleBranch(Struct, frozen=True):
    """The way to a section, and the sections below it (or at the root)."""

    path: tuple[RuleSection, ...]
    below: tuple[RuleSection, ...]


class SegmentRuleBook(Protocol):
    """Port: what segments open and close, within a transaction.

    Contract: what is committed decides the next request of everybody who buys for a member, in every process. Whoever
    writes holds the segment first (`SegmentBook.hold`).
    """

    @abstractmethod
    async def rules(self, segment_id: SegmentId) -> tuple[SegmentRule, ...]:
        """The rules of a segment: sections by their paths, brands and groups by name; one round trip."""
        ...

    @abstractmethod
    async def branch(self, segment_id: SegmentId, section_id: SectionId | None) -> RuleBranch | None:
        """The sections below one (None: the root), all that are shown to somebody; None where there is no such one."""
        ...

    @abstractmethod
    async def brands(self, segment_id: SegmentId, text: str, limit: int) -> tuple[SegmentRule, ...]:
        """Brands whose name has the text in it, with the segment's rules about them; those that begin so first."""
        ...

    @abstractmethod
    async def rule(self, segment_id: SegmentId, on: RuleOn, key: str) -> SegmentRule | None:
        """What the segment says about a thing (`opens` is None if nothing); None where there is no such thing."""
        ...

    @abstractmethod
    async def count(self, segment_id: SegmentId) -> int:
        """How many rules a segment has."""
        ...

    @abstractmethod
    async def put(self, segment_id: SegmentId, on: RuleOn, key: str, opens: bool | None) -> None:
        """Write a rule about a thing that exists, or take it back."""
        ...

    @abstractmethod
    async def set_weight(self, segment_id: SegmentId, weight: int) -> None:
        """Write the weight."""
        ...


class VisibilityTransaction(Protocol):
    """Port: one transaction of visibility; leaving without `commit` rolls back."""

    levels: LevelBook
    segments: SegmentBook
    rules: SegmentRuleBook
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


VisibilityWork = Callable[[], AbstractAsyncContextManager[VisibilityTransaction]]
