"""What drift needs from the outside: a place to keep comparisons within the exchange's transaction, and reads."""

from abc import abstractmethod
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from b2b_dvizhenie.application.drift.views import DriftLine, DriftPage, DriftQuery, DriftTally, OrderDrift
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.drift import Comparison
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import OrderId


class Kept(StrEnum):
    """What became of a comparison."""

    NEW = "new"
    KNOWN = "known"  # this version is the latest already
    REFUSED = "refused"  # the store cannot hold its numbers


class DriftStore(Protocol):
    """Port: comparisons within the transaction that takes the ERP's document.

    Contract: one comparison per order and version of the document, however often it comes; the version that came last
    is the one reports speak of. Whatever happens in here, the transaction around it goes on as if nobody had asked.
    """

    @abstractmethod
    async def keep(self, order_id: OrderId, version: str, comparison: Comparison, now: datetime) -> Kept:
        """Keep what was found, also that there is no difference."""
        ...


class DriftWatch(Protocol):
    """Port: what operators watch. Calls return at once and never fail."""

    @abstractmethod
    def compared(self, comparison: Comparison) -> None:
        """A version of a document was compared for the first time."""
        ...


class DriftReader(Protocol):
    """Port: drifts as staff see them.

    Contract: every method obeys the one predicate of orders; the number of statements does not depend on the data.
    """

    @abstractmethod
    async def page(self, actor: Actor, scope: Scope, query: DriftQuery) -> DriftPage:
        """Orders whose latest document differs, the latest found first."""
        ...

    @abstractmethod
    async def tally(self, actor: Actor, scope: Scope, query: DriftQuery) -> DriftTally:
        """The same by day and by kind; days without one only between the first and the last asked for."""
        ...

    @abstractmethod
    async def of_order(self, actor: Actor, scope: Scope, order_id: OrderId) -> OrderDrift | None:
        """What became of one order; None if it is not the actor's to see."""
        ...

    @abstractmethod
    async def lines(self, actor: Actor, scope: Scope, query: DriftQuery, most: int) -> tuple[DriftLine, ...]:
        """Differing lines of the orders that match, at most so many, the latest found first."""
        ...
