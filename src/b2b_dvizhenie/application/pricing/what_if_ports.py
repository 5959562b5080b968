"""What a what-if needs: lines that were ordered, and a place to keep what came out."""

from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.pricing.rule_set_ports import RuleSets
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog
from b2b_dvizhenie.application.shared.jobs import JobQueue
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.pricing import CurrencyReport, Goods, PricePoint, Side
from b2b_dvizhenie.domain.shared.ids import FirmId, PriceTypeId, UserId, VariantId


class OrderedLine(Struct, frozen=True, gc=False):
    """A line as it was ordered: under which terms, from which base price per unit; goods as they are now.

    `manager_id` is the company's personal manager now. `guards` are prices of the limits' types now.
    """

    terms: Terms
    manager_id: UUID | None
    variant_id: VariantId
    quantity: Decimal
    base: Decimal
    goods: Goods
    guards: tuple[PricePoint, ...] = ()


class Extent(Struct, frozen=True):
    """How many lines can be replayed, and how many cannot.

    Those were ordered without discounts or at live prices, or keep no base price.
    """

    lines: int
    left_out: int


class OrderHistory(Protocol):
    """Port: what was ordered.

    Contract: `extent` and `lines` obey the predicate of the orders' list for the actor and scope; cancelled orders
    are left out. Lines of one company stand together. Memory does not grow with the number of lines.
    """

    @abstractmethod
    async def extent(self, actor: Actor, scope: Scope, since: datetime) -> Extent:
        """How much there is."""
        ...

    @abstractmethod
    def lines(
        self, actor: Actor, scope: Scope, since: datetime, guards: Collection[PriceTypeId]
    ) -> AsyncIterator[Sequence[OrderedLine]]:
        """The lines in batches."""
        ...

    @abstractmethod
    async def titles(self, keys: Mapping[Side, Collection[UUID]]) -> Mapping[tuple[Side, UUID], str]:
        """Names of companies, managers and variants: a fixed number of statements."""
        ...


class RunState(StrEnum):
    """Where a what-if is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Outcome(Struct, frozen=True, omit_defaults=True):
    """What came out. `against` is the version it was compared with; None: no discounts at all were in force."""

    currencies: tuple[CurrencyReport, ...]
    lines: int
    left_out: int
    against: UUID | None = None
    against_number: int | None = None


class WhatIf(Struct, frozen=True, kw_only=True):
    """A replay somebody asked for: of which version and revision, over how many days, within which scope."""

    what_if_id: UUID
    rule_set_id: UUID
    revision: int
    days: int
    user_id: UserId
    scope: Scope
    firm_id: FirmId | None = None
    asked_at: datetime
    state: RunState = RunState.WAITING
    done: int = 0
    total: int = 0
    outcome: Outcome | None = None
    finished_at: datetime | None = None


class WhatIfs(Protocol):
    """Port: replays within a transaction; one per version and person, a new one takes the place of the last."""

    @abstractmethod
    async def put(self, asked: WhatIf) -> None:
        """Store one that was just asked for."""
        ...

    @abstractmethod
    async def get(self, what_if_id: UUID) -> WhatIf | None:
        """One of them; None when another took its place."""
        ...

    @abstractmethod
    async def of(self, rule_set_id: UUID, user_id: UserId) -> WhatIf | None:
        """The one of a version and a person."""
        ...

    @abstractmethod
    async def progress(self, what_if_id: UUID, done: int, total: int) -> bool:
        """Tell how far it is; False when another took its place."""
        ...

    @abstractmethod
    async def finish(self, what_if_id: UUID, state: RunState, outcome: Outcome | None, now: datetime) -> None:
        """Store what came out."""
        ...


class WhatIfTransaction(Protocol):
    """Port: one transaction of what-ifs; leaving without `commit` rolls back."""

    sets: RuleSets
    what_ifs: WhatIfs
    jobs: JobQueue
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


WhatIfWork = Callable[[], AbstractAsyncContextManager[WhatIfTransaction]]
