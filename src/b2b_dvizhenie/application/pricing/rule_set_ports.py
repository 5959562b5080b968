"""Stored rule sets: what use cases need of the database."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.shared.audit import AuditLog
from b2b_dvizhenie.domain.pricing import Effect, GroupNode, Kind, PlacedRule, SetLimits, SetState


class RuleSetHead(Struct, frozen=True, kw_only=True):
    """A version without its rules. `revision` counts the edits of a draft."""

    rule_set_id: UUID
    number: int
    title: str
    state: SetState
    revision: int
    limits: SetLimits = SetLimits()
    based_on: UUID | None = None
    created_by: str = ""
    created_at: datetime
    changed_by: str = ""
    changed_at: datetime
    published_by: str | None = None
    published_at: datetime | None = None


class RuleSetLine(Struct, frozen=True):
    """A version in the list. `in_force_since` is set for the one that holds now, `planned_at` for a scheduled start."""

    head: RuleSetHead
    rules: int
    in_force_since: datetime | None
    planned_at: datetime | None


class RuleSetPage(Struct, frozen=True):
    """A page of versions, newest first."""

    lines: tuple[RuleSetLine, ...]
    total: int


class Activation(Struct, frozen=True):
    """A version is in force from `starts_at` to `ends_at` (exclusive; None: until further notice)."""

    activation_id: UUID
    rule_set_id: UUID
    starts_at: datetime
    ends_at: datetime | None
    decided_by: str


class RuleQuery(Struct, frozen=True, kw_only=True):
    """Which rules of a version: a part of their titles, articles, or of what they name; a group, a kind, an effect."""

    text: str = ""
    group_id: UUID | None = None
    kind: Kind | None = None
    effect: Effect | None = None
    company_id: UUID | None = None
    limit: int = 50
    offset: int = 0


class RulePage(Struct, frozen=True):
    """Rules in the order of their groups, then of their order and id."""

    rules: tuple[PlacedRule, ...]
    total: int


class Unknown(Struct, frozen=True):
    """A rule names something there is not.

    `field` says what: category_id, brand_id, companies, agreements or segments.
    """

    rule_id: UUID
    field: str


class RuleSets(Protocol):
    """Port: rule sets within a transaction.

    Contract: what was published is never changed by any of these; the database refuses it as well.
    """

    @abstractmethod
    async def page(self, now: datetime, limit: int, offset: int) -> RuleSetPage:
        """Versions, newest first."""
        ...

    @abstractmethod
    async def head(self, rule_set_id: UUID) -> RuleSetHead | None:
        """A version as it is now."""
        ...

    @abstractmethod
    async def hold(self, rule_set_id: UUID) -> RuleSetHead | None:
        """The same, and nobody else edits or publishes it until the transaction ends."""
        ...

    @abstractmethod
    async def add(self, rule_set_id: UUID, title: str, based_on: UUID | None, by: str, now: datetime) -> int:
        """A new draft, with the limits, groups and rules of the version it is based on; returns its number.

        Without a base it has neither groups nor rules.
        """
        ...

    @abstractmethod
    async def change(self, head: RuleSetHead, by: str, now: datetime) -> None:
        """Store title and limits of a held draft and count the edit. NotFound names a price type there is not."""
        ...

    @abstractmethod
    async def discard(self, rule_set_id: UUID) -> None:
        """Delete a held draft."""
        ...

    @abstractmethod
    async def nodes(self, rule_set_id: UUID) -> tuple[GroupNode, ...]:
        """Its groups in their order."""
        ...

    @abstractmethod
    async def put_nodes(self, rule_set_id: UUID, nodes: Sequence[GroupNode]) -> None:
        """Add groups of a draft, or replace those with the same ids."""
        ...

    @abstractmethod
    async def drop_node(self, rule_set_id: UUID, group_id: UUID) -> None:
        """Delete a group without groups below it, with its rules."""
        ...

    @abstractmethod
    async def rules(self, rule_set_id: UUID, query: RuleQuery) -> RulePage:
        """One page of its rules."""
        ...

    @abstractmethod
    async def rule(self, rule_set_id: UUID, rule_id: UUID) -> PlacedRule | None:
        """One of its rules."""
        ...

    @abstractmethod
    async def all_rules(self, rule_set_id: UUID) -> tuple[PlacedRule, ...]:
        """All of them, in no particular order."""
        ...

    @abstractmethod
    async def put_rules(self, rule_set_id: UUID, rules: Sequence[PlacedRule]) -> None:
        """Add rules to a draft, or replace those with the same ids: one statement."""
        ...

    @abstractmethod
    async def drop_rules(self, rule_set_id: UUID, rule_ids: Collection[UUID] | None) -> int:
        """Delete rules of a draft (None: all); how many there were."""
        ...

    @abstractmethod
    async def unknown(self, rules: Sequence[PlacedRule]) -> tuple[Unknown, ...]:
        """What the rules name and does not exist: a fixed number of statements whatever their number."""
        ...

    @abstractmethod
    async def mark_published(self, rule_set_id: UUID, by: str, now: datetime) -> None:
        """Turn a held draft into a published version."""
        ...

    @abstractmethod
    async def hold_timeline(self) -> tuple[Activation, ...]:
        """Every period, earliest first; nobody else changes them until the transaction ends."""
        ...

    @abstractmethod
    async def activate(self, activation: Activation, now: datetime) -> None:
        """Add a period."""
        ...

    @abstractmethod
    async def end(self, activation_id: UUID, ends_at: datetime | None) -> None:
        """Set the end of a period."""
        ...

    @abstractmethod
    async def cancel(self, activation_id: UUID) -> None:
        """Remove a period that has not begun."""
        ...


class RuleSetTransaction(Protocol):
    """Port: one transaction of rule sets; leaving without `commit` rolls back."""

    sets: RuleSets
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


RuleSetWork = Callable[[], AbstractAsyncContextManager[RuleSetTransaction]]
