"""Who buys for a company, on what terms, and who looks after it: changed by staff, audited."""

from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog, Change
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, PriceTypeId, UserId, new_id


class AccessLevelInvalid(DomainError):
    """Access levels are whole numbers from 1 to 99."""

    code = "companies.access_level_invalid"


class CompanyRow(Struct, frozen=True):
    """A buyer company in lists: the price type is that of its agreement."""

    company_id: CompanyId
    name: str
    inn: str
    kind: str
    price_type: str
    manager: str
    buyers: int


class TradeBook(Protocol):
    """Port: companies, memberships and agreements within a transaction. Unknown ids answer False or None."""

    @abstractmethod
    async def companies(self) -> tuple[CompanyRow, ...]:
        """Active companies by name."""
        ...

    @abstractmethod
    async def user_by_login(self, login: str) -> UserId | None:
        """The active user with this e-mail or phone, canonical spelling."""
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
    async def put_terms(
        self, agreement_id: AgreementId, company_id: CompanyId, price_type_id: PriceTypeId
    ) -> UUID | None:
        """Set the price type of the company's default agreement, making one with the given id where there is none.

        Returns the price type before, or None. Raises NotFound for a company or price type that does not exist.
        """
        ...

    @abstractmethod
    async def put_manager(self, company_id: CompanyId, manager_id: UserId) -> bool:
        """Make the user the company's personal manager; False if either does not exist."""
        ...


class TradeTransaction(Protocol):
    """Port: one transaction; leaving without `commit` rolls back."""

    trade: TradeBook
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


TradeWork = Callable[[], AbstractAsyncContextManager[TradeTransaction]]


class ListCompanies:
    """Buyer companies, for staff."""

    def __init__(self, work: TradeWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor) -> tuple[CompanyRow, ...]:
        """Active companies by name; Forbidden without the right to manage them."""
        actor.require(Permission.COMPANIES_MANAGE)
        async with self._work() as work:
            return await work.trade.companies()


class AssignBuyer:
    """Let a person buy for a company (REG-8, MUL)."""

    def __init__(self, work: TradeWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, user_id: UserId, company_id: CompanyId, access_level: int = 1) -> None:
        """Add or change the membership.

        Raises:
            AccessLevelInvalid: not between 1 and 99.
            NotFound: no such user or company.
        """
        actor.require(Permission.COMPANIES_MANAGE)
        if not 1 <= access_level <= 99:
            raise AccessLevelInvalid("access_level")
        async with self._work() as work:
            before = await work.trade.member_level(user_id, company_id)
            if not await work.trade.put_member(user_id, company_id, access_level):
                raise NotFound("user_id")
            if before != access_level:
                subject = f"{user_id}:{company_id}"
                was = None if before is None else {"access_level": before}
                change = Change("companies.buyer_assigned", "membership", subject, was, {"access_level": access_level})
                await work.audit.record(actor, change)
            await work.commit()


class SetTerms:
    """Choose the price type a company buys at (PRC-2)."""

    def __init__(self, work: TradeWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, company_id: CompanyId, price_type_id: PriceTypeId) -> None:
        """Effective from the next request; raises NotFound for an unknown company or price type."""
        actor.require(Permission.COMPANIES_MANAGE)
        async with self._work() as work:
            before = await work.trade.put_terms(AgreementId(new_id()), company_id, price_type_id)
            if before != price_type_id:
                was = None if before is None else {"price_type_id": str(before)}
                after = {"price_type_id": str(price_type_id)}
                await work.audit.record(actor, Change("companies.terms_set", "company", str(company_id), was, after))
            await work.commit()


class AssignManager:
    """Give a company its personal manager (REG-8)."""

    def __init__(self, work: TradeWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, company_id: CompanyId, manager_id: UserId) -> None:
        """Effective from the next request; raises NotFound for an unknown company or user."""
        actor.require(Permission.COMPANIES_MANAGE)
        async with self._work() as work:
            if not await work.trade.put_manager(company_id, manager_id):
                raise NotFound("manager_id")
            after = {"manager_id": str(manager_id)}
            await work.audit.record(
                actor, Change("companies.manager_assigned", "company", str(company_id), None, after)
            )
            await work.commit()
