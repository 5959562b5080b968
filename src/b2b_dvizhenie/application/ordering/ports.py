"""What ordering needs from the outside: carts, goods, orders within a transaction, and the reads over them."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from b2b_dvizhenie.application.balances import CreditBook
from b2b_dvizhenie.application.ordering.specification_ports import Specifications
from b2b_dvizhenie.application.ordering.views import ExplainedLine, OrderDetails, OrderPage, OrderQuery
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog
from b2b_dvizhenie.application.shared.jobs import JobQueue
from b2b_dvizhenie.domain.companies import PaymentBasis, Terms
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.ordering import (
    CartLine,
    Goods,
    Order,
    OrderPayment,
    OrderPolicy,
    OrderStatus,
    Standing,
    Totals,
)
from b2b_dvizhenie.domain.shared.ids import CompanyId, FirmId, OrderId, UserId, VariantId
from b2b_dvizhenie.domain.visibility import NOTHING, ClosedGoods, Opened


class Seller(Struct, frozen=True):
    """Who serves a company at this moment: its personal manager, the seller firm, the conditions for orders, and what
    decides how they can be paid.
    """

    manager_id: UserId | None
    firm_id: FirmId | None
    policy: OrderPolicy
    payment: PaymentBasis


class PlacedOrder(Struct, frozen=True):
    """What is told of an order right after it was placed, or when the same submission comes again."""

    order_id: OrderId
    number: str
    status: OrderStatus
    company_id: CompanyId
    totals: Totals
    placed_at: datetime
    request_hash: bytes | None = None
    made_of: Opened = NOTHING
    payment: OrderPayment | None = None


class HeldOrder(Struct, frozen=True):
    """An order whose row this transaction holds."""

    order_id: OrderId
    number: str
    company_id: CompanyId
    standing: Standing
    revision: int


class Carts(Protocol):
    """Port: carts within a transaction.

    Contract: whoever changes a cart holds it first; then nobody else changes it until the end of the transaction, and
    what `lines` reads is what is written over.
    """

    @abstractmethod
    async def hold(self, user_id: UserId) -> None:
        """Wait until no other transaction holds this user's cart."""
        ...

    @abstractmethod
    async def lines(self, user_id: UserId, closed: ClosedGoods) -> list[tuple[CartLine, Goods]]:
        """All lines with their goods, oldest first; one round trip. What is closed is there and is marked."""
        ...

    @abstractmethod
    async def put(self, user_id: UserId, lines: Sequence[CartLine]) -> None:
        """Write lines whole, new ones and changed ones; one round trip."""
        ...

    @abstractmethod
    async def record_seen(self, user_id: UserId, lines: Sequence[CartLine]) -> None:
        """Write what was shown by a look at the cart, for lines that still have the quantity it was shown for.

        Never above what is on record in the same currency: of two looks at once, the lower price counts as shown.
        """
        ...

    @abstractmethod
    async def remove(self, user_id: UserId, variants: Sequence[VariantId] | None = None) -> int:
        """Remove lines, all of them for None; returns how many there were."""
        ...


class CartReader(Protocol):
    """Port: the cart as it is now, for looking at it on every page; one round trip without a transaction."""

    @abstractmethod
    async def lines(self, user_id: UserId, closed: ClosedGoods) -> list[tuple[CartLine, Goods]]:
        """All lines with their goods, oldest first. What is closed is there and is marked."""
        ...


class GoodsReader(Protocol):
    """Port: goods as orders need them. Goods that nobody may see, or that are closed to who
    asks, are as unknown as those that do not exist.
    """

    @abstractmethod
    async def by_ids(self, variants: Sequence[VariantId], closed: ClosedGoods) -> Mapping[VariantId, Goods]:
        """Visible goods by variant; one round trip."""
        ...

    @abstractmethod
    async def by_articles(self, articles: Sequence[str], closed: ClosedGoods) -> Mapping[str, tuple[Goods, ...]]:
        """Visible goods by article, exactly as written, else without regard to case and punctuation.

        An article may name several goods (onec.md rule 15). One round trip.
        """
        ...


class Orders(Protocol):
    """Port: orders within a transaction."""

    @abstractmethod
    async def claim_key(self, user_id: UserId, key: str) -> PlacedOrder | None:
        """The order this user already placed with the key. Until the end of the transaction nobody else gets here
        with the same user and key, so the answer stays true.
        """
        ...

    @abstractmethod
    async def seller(self, terms: Terms) -> Seller:
        """Who serves the company under these terms.

        The agreement that the terms come from decides about the firm and, where it names one, about the least sum; so
        an order keeps to one agreement although another one comes into force meanwhile.
        """
        ...

    @abstractmethod
    async def next_number(self) -> int:
        """The next value of the sequence of order numbers."""
        ...

    @abstractmethod
    async def add(self, order: Order, author: str) -> None:
        """Write a new order with its lines, and the event `placed` by its author; one round trip."""
        ...

    @abstractmethod
    async def hold(self, actor: Actor, scope: Scope, order_id: OrderId) -> HeldOrder | None:
        """An order the actor may touch in this scope, locked until the end of the transaction."""
        ...

    @abstractmethod
    async def hold_all(self, order_ids: Sequence[OrderId]) -> list[HeldOrder]:
        """Orders whoever they belong to, locked in the order of their ids; for the system itself."""
        ...

    @abstractmethod
    async def change(self, order_id: OrderId, standing: Standing, revision: int, now: datetime) -> None:
        """Write the standing and the revision of a held order."""
        ...

    @abstractmethod
    async def move(self, order_ids: Sequence[OrderId], status: OrderStatus, now: datetime) -> None:
        """Write one status, other than cancelled, to held orders; their revisions stay."""
        ...

    @abstractmethod
    async def tell(
        self, order_ids: Sequence[OrderId], kind: str, params: Mapping[str, Any], actor: str, now: datetime
    ) -> None:
        """Add one event to the history of each order."""
        ...


class OrderingTransaction(Protocol):
    """Port: one transaction of ordering; leaving without `commit` rolls back."""

    carts: Carts
    goods: GoodsReader
    orders: Orders
    credit: CreditBook
    specifications: Specifications
    jobs: JobQueue
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


class OrderReader(Protocol):
    """Port: orders as people see them.

    Contract: page, details and count obey one and the same predicate of the actor's scope; the number of queries does
    not depend on the number of orders or lines.
    """

    @abstractmethod
    async def page(self, actor: Actor, scope: Scope, query: OrderQuery) -> OrderPage:
        """Newest orders first."""
        ...

    @abstractmethod
    async def details(self, actor: Actor, scope: Scope, order_id: OrderId) -> OrderDetails | None:
        """One order with lines and history; None if it is not the actor's to see."""
        ...

    @abstractmethod
    async def explained(self, actor: Actor, scope: Scope, order_id: OrderId, position: int) -> ExplainedLine | None:
        """Why a line cost what it cost, as stored; None if it is not the actor's to see, sums included."""
        ...


OrderingWork = Callable[[], AbstractAsyncContextManager[OrderingTransaction]]
