"""What balances need from the outside: credit within the transaction that places an order, and reads for pages."""

from abc import abstractmethod
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.balances import Bonus, CreditPosition, Finding, OpenItem, OpenOrder, ScheduledPayment
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, OrderId


class CreditFacts(Struct, frozen=True):
    """Everything that a company's credit in one currency is made of, read at one moment.

    `agreement_limit` is that of the agreement the purchase follows, None where it has none or is in another currency.
    """

    currency: str
    positions: tuple[CreditPosition, ...] = ()
    agreement_limit: Decimal | None = None
    orders: tuple[OpenOrder, ...] = ()

    @property
    def is_limited(self) -> bool:
        """Whether the agreement or the ERP sets a limit."""
        return self.agreement_limit is not None or any(one.limit is not None for one in self.positions)


class CreditBook(Protocol):
    """Port: credit of companies within a transaction.

    Contract: who holds a credit is alone with it until the end of his transaction, and `facts` read after `hold` know
    every reservation that a former holder committed.
    """

    @abstractmethod
    async def hold(self, company_id: CompanyId, currency: str) -> None:
        """Wait until no other transaction holds the company's credit in this currency."""
        ...

    @abstractmethod
    async def facts(self, company_id: CompanyId, currency: str, agreement_id: AgreementId | None) -> CreditFacts:
        """What the credit is made of; one round trip."""
        ...

    @abstractmethod
    async def reserve(
        self, order_id: OrderId, company_id: CompanyId, currency: str, amount: Decimal, now: datetime
    ) -> None:
        """Record that an order, written in this transaction, is on account for `amount`."""
        ...


class StoredBalance(Struct, frozen=True):
    """What is known of a company: `facts` by currency, those of the agreement in force first.

    `price_type` is the name of the price type of that agreement, or of the default one where there is none.
    """

    company_id: CompanyId
    price_type: str
    facts: tuple[CreditFacts, ...]
    bonuses: tuple[Bonus, ...] = ()


class SchedulePage(Struct, frozen=True):
    """A page of scheduled payments, the earliest first, open ones before paid ones; `total` counts all."""

    items: tuple[ScheduledPayment, ...]
    total: int


class ItemPage(Struct, frozen=True):
    """A page of open documents, the oldest debt first; `total` counts all."""

    items: tuple[OpenItem, ...]
    total: int


class StoredFinding(Struct, frozen=True):
    """A contradiction in what the ERP told, and since when it stands."""

    currency: str
    finding: Finding
    since: datetime


class BalanceReader(Protocol):
    """Port: balances as people see them.

    Contract: every read takes the actor and the scope of his grant; a company outside of it gives None, whatever is
    asked. The number of statements does not depend on the number of rows.
    """

    @abstractmethod
    async def today(self) -> date:
        """The day it is for the seller."""
        ...

    @abstractmethod
    async def balance(self, actor: Actor, scope: Scope, company_id: CompanyId) -> StoredBalance | None:
        """The balance of a company."""
        ...

    @abstractmethod
    async def schedule(
        self, actor: Actor, scope: Scope, company_id: CompanyId, limit: int, offset: int
    ) -> SchedulePage | None:
        """A page of its schedule."""
        ...

    @abstractmethod
    async def open_items(
        self, actor: Actor, scope: Scope, company_id: CompanyId, limit: int, offset: int
    ) -> ItemPage | None:
        """A page of its open documents."""
        ...

    @abstractmethod
    async def findings(self, actor: Actor, scope: Scope, company_id: CompanyId) -> tuple[StoredFinding, ...] | None:
        """What contradicts itself in its balance, the oldest first."""
        ...

    @abstractmethod
    async def facts(self, terms: Terms) -> CreditFacts:
        """The credit an order under these terms would be placed against, as it is now; one round trip."""
        ...
