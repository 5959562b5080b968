"""What companies need from the outside when something about them changes: one transaction, and what is in it."""

from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog
from b2b_dvizhenie.domain.companies import Agreement, PaymentMethod, Requisites
from b2b_dvizhenie.domain.hierarchy import Scope
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, FirmId, PaymentMethodId, PriceTypeId, UserId


class HeldCompany(Struct, frozen=True):
    """A company nobody else changes until the transaction ends. `is_foreign`: 1C owns its requisites."""

    company_id: CompanyId
    requisites: Requisites
    is_active: bool
    is_foreign: bool
    manager_id: UserId | None
    updated_at: datetime


class HeldFirm(Struct, frozen=True):
    """A seller firm nobody else changes until the transaction ends."""

    firm_id: FirmId
    requisites: Requisites
    is_active: bool
    is_default: bool


class CompanyBook(Protocol):
    """Port: buyer companies within a transaction."""

    @abstractmethod
    async def hold(self, actor: Actor, scope: Scope, company_id: CompanyId) -> HeldCompany | None:
        """A company the actor may touch in this scope, locked until the end of the transaction, or None."""
        ...

    @abstractmethod
    async def same(self, actor: Actor, scope: Scope, requisites: Requisites) -> CompanyId | None:
        """An active company with this INN and KPP within the scope, if there is one.

        Contract: until the end of the transaction nobody else gets here with the same INN.
        """
        ...

    @abstractmethod
    async def add(
        self, company_id: CompanyId, requisites: Requisites, manager_id: UserId | None, now: datetime
    ) -> None:
        """A new active company made by hand."""
        ...

    @abstractmethod
    async def change(self, company_id: CompanyId, requisites: Requisites, now: datetime) -> None:
        """Write the requisites of a held company."""
        ...

    @abstractmethod
    async def switch(self, company_id: CompanyId, *, is_active: bool, now: datetime) -> None:
        """Make a held company active or not."""
        ...

    @abstractmethod
    async def agreements(self, company_id: CompanyId) -> tuple[Agreement, ...]:
        """All agreements of a held company."""
        ...

    @abstractmethod
    async def put_agreement(self, company_id: CompanyId, agreement: Agreement) -> None:
        """Write an agreement of a held company, new or changed; a default one takes the place of the former default.

        Raises:
            NotFound: naming the field, for a price type, firm or warehouse that does not exist or is switched off, and
                for a payment method that does not exist.
        """
        ...


class FirmBook(Protocol):
    """Port: seller firms within a transaction."""

    @abstractmethod
    async def hold(self, firm_id: FirmId) -> HeldFirm | None:
        """A firm, locked until the end of the transaction."""
        ...

    @abstractmethod
    async def put(self, firm: HeldFirm) -> None:
        """Write a firm, new or held; a default one takes the place of the former default."""
        ...

    @abstractmethod
    async def is_used(self, firm_id: FirmId) -> bool:
        """Whether an active agreement or an active person belongs to the firm."""
        ...


class PaymentMethodBook(Protocol):
    """Port: ways to pay within a transaction."""

    @abstractmethod
    async def hold(self, method_id: PaymentMethodId) -> PaymentMethod | None:
        """A method, locked until the end of the transaction."""
        ...

    @abstractmethod
    async def put(self, method: PaymentMethod) -> None:
        """Write a method, new or held.

        Raises:
            NotFound: naming the field, for a firm that does not exist.
        """
        ...


class TradeBook(Protocol):
    """Port: memberships, managers and terms within a transaction. Unknown ids answer False or None."""

    @abstractmethod
    async def user_by_login(self, login: str) -> UserId | None:
        """The active user with this e-mail or phone, canonical spelling."""
        ...

    @abstractmethod
    async def sees_user(self, actor: Actor, scope: Scope, user_id: UserId) -> bool:
        """Whether this active user is within the scope."""
        ...

    @abstractmethod
    async def is_manager(self, user_id: UserId) -> bool:
        """Whether this active user's role processes orders, so that he can look after companies."""
        ...

    @abstractmethod
    async def price_type_by_name(self, name: str) -> PriceTypeId | None:
        """The active price type with exactly this name."""
        ...

    @abstractmethod
    async def member_level(self, user_id: UserId, company_id: CompanyId) -> int | None:
        """The user's access level in the company; None if he is not a member."""
        ...

    @abstractmethod
    async def put_member(self, user_id: UserId, company_id: CompanyId, access_level: int) -> bool:
        """Make the user a member with this level, or change his level; False if either does not exist."""
        ...

    @abstractmethod
    async def remove_member(self, user_id: UserId, company_id: CompanyId) -> bool:
        """Take the membership away; False if there was none."""
        ...

    @abstractmethod
    async def put_terms(
        self, agreement_id: AgreementId, company_id: CompanyId, price_type_id: PriceTypeId
    ) -> UUID | None:
        """Set the price type of the company's default agreement, making one with the given id where there is none.

        Returns the price type before, or None. Raises NotFound for a company or price type that does not exist.
        """
        ...

    @abstractmethod
    async def put_manager(self, company_id: CompanyId, manager_id: UserId | None) -> None:
        """Write the personal manager of a held company."""
        ...


class TradeTransaction(Protocol):
    """Port: one transaction; leaving without `commit` rolls back."""

    trade: TradeBook
    companies: CompanyBook
    firms: FirmBook
    payment_methods: PaymentMethodBook
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


TradeWork = Callable[[], AbstractAsyncContextManager[TradeTransaction]]
