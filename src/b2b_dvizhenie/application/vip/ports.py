"""What VIP needs from the outside: one transaction for changes, reads for the cabinet and the panel."""

from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.messaging import MessageOutbox
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, SegmentId, UserId
from b2b_dvizhenie.domain.vip import OfferDraft


class VipCompany(Struct, frozen=True):
    """A VIP company. `agreement_id` names the agreement that goes before all its others while it is in force.

    `segment_id` is its assortment, called `segment`: a segment that it is in for as long as it is VIP.
    """

    company_id: CompanyId
    name: str
    since: datetime
    agreement_id: AgreementId | None
    segment_id: SegmentId | None = None
    segment: str = ""


class Offer(Struct, frozen=True):
    """A partner's offer. `activations` counts the companies that took it up."""

    offer_id: UUID
    content: OfferDraft
    activations: int = 0


class CabinetOffer(Struct, frozen=True):
    """An offer as a VIP company sees it; `activated_at` is None until it takes it up."""

    offer_id: UUID
    partner: str
    title: str
    text: str
    valid_to: date | None
    activated_at: datetime | None


class Activation(Struct, frozen=True):
    """A company took an offer up; `person` did it for the company."""

    offer_id: UUID
    partner: str
    title: str
    company_id: CompanyId
    company: str
    person: str
    manager: str
    at: datetime


class ActivationPage(Struct, frozen=True):
    """A page of activations, newest first; `total` counts all that the viewer may see."""

    items: tuple[Activation, ...]
    total: int


class Candidate(Struct, frozen=True):
    """A company over both thresholds. `amount` is the sum of its orders in roubles, as the ERP corrected them."""

    company_id: CompanyId
    name: str
    inn: str
    manager: str
    orders: int
    amount: Decimal
    last_order_at: datetime


class CandidateQuery(Struct, frozen=True):
    """Companies that placed at least `orders` orders for at least `amount` roubles since the moment."""

    since: datetime
    orders: int
    amount: int
    limit: int = 50
    offset: int = 0


class Addressee(Struct, frozen=True):
    """Where a company's personal manager is told something."""

    company: str
    manager: str
    to: str
    language: str


class VipBook(Protocol):
    """Port: VIP companies, offers and activations within a transaction."""

    @abstractmethod
    async def hold_company(self, actor: Actor, scope: Scope, company_id: CompanyId) -> bool:
        """Lock a company the actor may touch in this scope until the end of the transaction; False if there is none."""
        ...

    @abstractmethod
    async def company(self, company_id: CompanyId) -> VipCompany | None:
        """A held company's standing; None for one that is no VIP."""
        ...

    @abstractmethod
    async def put_company(
        self, company_id: CompanyId, agreement_id: AgreementId | None, segment_id: SegmentId | None, now: datetime
    ) -> bool:
        """Make a held company VIP, or give it other terms; False if it has no such agreement that is not closed.

        A segment is held by `share_segment` before.
        """
        ...

    @abstractmethod
    async def share_segment(self, segment_id: SegmentId) -> bool:
        """Keep a segment from being deleted until the end of the transaction; False if there is none."""
        ...

    @abstractmethod
    async def drop_company(self, company_id: CompanyId) -> None:
        """A held company is VIP no more; what it took up stays."""
        ...

    @abstractmethod
    async def hold_offer(self, offer_id: UUID) -> Offer | None:
        """An offer, which nobody else changes until the end of the transaction."""
        ...

    @abstractmethod
    async def share_offer(self, offer_id: UUID, company_id: CompanyId) -> OfferDraft | None:
        """What a VIP company is about to take up, unchanged until the end of the transaction.

        None for an unknown offer, and for a company that is no VIP at this moment.
        """
        ...

    @abstractmethod
    async def put_offer(self, offer_id: UUID, content: OfferDraft, now: datetime) -> bool:
        """Write an offer, new or held; False if a listed company is no VIP."""
        ...

    @abstractmethod
    async def activate(self, offer_id: UUID, company_id: CompanyId, user_id: UserId, now: datetime) -> bool:
        """Record that the company took the offer up.

        Contract: however many ask at once, exactly one gets True; the others wait for him and get False.
        """
        ...

    @abstractmethod
    async def manager_of(self, company_id: CompanyId) -> Addressee | None:
        """The company's personal manager and how he is reached; None where nobody looks after it."""
        ...


class VipTransaction(Protocol):
    """Port: one transaction of VIP; leaving without `commit` rolls back."""

    vip: VipBook
    audit: AuditLog
    outbox: MessageOutbox

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


VipWork = Callable[[], AbstractAsyncContextManager[VipTransaction]]


class VipReader(Protocol):
    """Port: reads. Contract: a constant number of statements each; nothing outside the scope is in rows or counts."""

    @abstractmethod
    async def today(self) -> date:
        """The day it is for the seller."""
        ...

    @abstractmethod
    async def standing(self, actor: Actor, scope: Scope, company_id: CompanyId) -> tuple[bool, VipCompany | None]:
        """Whether the company is within the scope, and its standing if it is VIP."""
        ...

    @abstractmethod
    async def cabinet(self, company_id: CompanyId, day: date) -> tuple[CabinetOffer, ...]:
        """What a company is offered on the day, and what it took up before; what is open comes first."""
        ...

    @abstractmethod
    async def offers(self) -> tuple[Offer, ...]:
        """All offers, the newest first."""
        ...

    @abstractmethod
    async def segments(self) -> tuple[tuple[SegmentId, str], ...]:
        """The segments that can be an assortment, by name."""
        ...

    @abstractmethod
    async def companies(self) -> tuple[VipCompany, ...]:
        """All VIP companies by name."""
        ...

    @abstractmethod
    async def activations(self, actor: Actor, scope: Scope, limit: int, offset: int) -> ActivationPage:
        """What companies of the scope took up, newest first."""
        ...

    @abstractmethod
    async def candidates(
        self, actor: Actor, scopes: tuple[Scope, ...], query: CandidateQuery
    ) -> tuple[tuple[Candidate, ...], int]:
        """Active companies within all of the scopes that are no VIP and over the thresholds, and how many they are.

        The greatest sum comes first.
        """
        ...
