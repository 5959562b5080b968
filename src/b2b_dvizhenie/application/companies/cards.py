"""Buyer companies as staff see them: the list, the card and its parts, each within the viewer's scope."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import (
    Agreement,
    AgreementState,
    CompanyKind,
    PaymentMethod,
    Requisites,
    in_force,
    state_of,
)
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, FirmId, PriceTypeId, UserId, WarehouseId

MAX_PAGE = 200
MAX_TEXT = 200


class CompanyState(StrEnum):
    """Whether a company buys."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class CompanyQuery(Struct, frozen=True):
    """Which companies. Empty fields do not filter; `text` is part of a name or the beginning of an INN.

    `manager_id` finds the companies of one manager, `unmanaged` those that have none. `after` continues behind a row.
    """

    text: str = ""
    kind: CompanyKind | None = None
    state: CompanyState | None = CompanyState.ACTIVE
    manager_id: UserId | None = None
    unmanaged: bool = False
    limit: int = 50
    after: tuple[str, CompanyId] | None = None


class CompanyRow(Struct, frozen=True):
    """A company in the list. `price_type` is that of the agreement in force, "" for none; `node` names its 1C base."""

    company_id: CompanyId
    name: str
    inn: str
    kpp: str
    kind: CompanyKind
    is_active: bool
    node: str
    manager_id: UserId | None
    manager: str
    price_type: str
    buyers: int


class CompanyPage(Struct, frozen=True):
    """A page by name; `total` counts what the query finds, `next` is where to go on, None at the end."""

    items: tuple[CompanyRow, ...]
    total: int
    next: tuple[str, CompanyId] | None


class CompanyCard(Struct, frozen=True):
    """A company with everything that stands on its first page."""

    row: CompanyRow
    requisites: Requisites
    updated_at: datetime
    is_vip: bool = False


class AgreementLine(Struct, frozen=True):
    """An agreement with the names of what it refers to, and where it stands today."""

    agreement: Agreement
    state: AgreementState
    price_type: str
    firm: str
    warehouse: str
    payment_methods: tuple[str, ...] = ()


class NamedAgreement(Struct, frozen=True):
    """An agreement with the names of what it refers to."""

    agreement: Agreement
    price_type: str
    firm: str
    warehouse: str
    payment_methods: tuple[str, ...] = ()


class MemberLine(Struct, frozen=True):
    """Who buys for a company, with the access level there; `role_name` is empty where the code is shown."""

    user_id: UserId
    name: str
    email: str | None
    phone: str | None
    role: str
    role_name: str
    is_active: bool
    access_level: int
    last_seen_at: datetime | None


class ManagerChoice(Struct, frozen=True):
    """Somebody who can look after companies."""

    user_id: UserId
    name: str
    login: str


class TermsChoices(Struct, frozen=True):
    """What an agreement can name: price types with their currency, firms, warehouses, all of them switched on; and
    ways to pay, also those switched off, which are offered again when they are switched on.
    """

    price_types: tuple[tuple[PriceTypeId, str, str], ...]
    firms: tuple[tuple[FirmId, str], ...]
    warehouses: tuple[tuple[WarehouseId, str], ...]
    payment_methods: tuple[PaymentMethod, ...] = ()


class CompanyReader(Protocol):
    """Port: companies as staff see them.

    Contract: one predicate decides about rows, counts and cards: a company outside the scope is in no row, no number
    and no answer. A constant number of statements, whatever is found.
    """

    @abstractmethod
    async def page(self, actor: Actor, scope: Scope, query: CompanyQuery) -> CompanyPage:
        """One page by name."""
        ...

    @abstractmethod
    async def card(self, actor: Actor, scope: Scope, company_id: CompanyId) -> CompanyCard | None:
        """One company, or None."""
        ...

    @abstractmethod
    async def agreements(self, company_id: CompanyId) -> Sequence[NamedAgreement]:
        """Its agreements, the default one first, then the latest."""
        ...

    @abstractmethod
    async def members(self, company_id: CompanyId) -> Sequence[MemberLine]:
        """Its members by name."""
        ...

    @abstractmethod
    async def managers(self, actor: Actor, scope: Scope) -> Sequence[ManagerChoice]:
        """Active people of the scope who can look after companies, by name; the first few hundred."""
        ...

    @abstractmethod
    async def choices(self) -> TermsChoices:
        """What an agreement can name."""
        ...

    @abstractmethod
    async def today(self) -> date:
        """The day it is for the seller."""
        ...


class BrowseCompanies:
    """Companies the actor may see, by the scope of the grant: own clients, subtree, firm, all."""

    def __init__(self, reader: CompanyReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, query: CompanyQuery) -> CompanyPage:
        """One page; raises Forbidden. Bounds of the query are brought within their limits."""
        scope = actor.require(Permission.COMPANIES_VIEW)
        text = "".join(sign for sign in query.text.strip()[:MAX_TEXT] if sign.isprintable())
        bounded = replace(query, text=text, limit=max(1, min(query.limit, MAX_PAGE)))
        return await self._reader.page(actor, scope, bounded)


class ShowCompany:
    """One company and its parts. A company outside the scope does not exist."""

    def __init__(self, reader: CompanyReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, company_id: CompanyId) -> CompanyCard:
        """The card; raises Forbidden, NotFound."""
        scope = actor.require(Permission.COMPANIES_VIEW)
        found = await self._reader.card(actor, scope, company_id)
        if found is None:
            raise NotFound("company_id")
        return found

    async def agreements(self, actor: Actor, company_id: CompanyId) -> tuple[AgreementLine, ...]:
        """Its agreements with where they stand today; raises Forbidden, NotFound."""
        actor.require(Permission.PRICES_VIEW)
        await self(actor, company_id)
        found = await self._reader.agreements(company_id)
        day = await self._reader.today()
        current = in_force((one.agreement for one in found), day)
        return tuple(
            AgreementLine(
                one.agreement,
                state_of(one.agreement, current, day),
                one.price_type,
                one.firm,
                one.warehouse,
                one.payment_methods,
            )
            for one in found
        )

    async def members(self, actor: Actor, company_id: CompanyId) -> tuple[MemberLine, ...]:
        """Who buys for it, by name; raises Forbidden, NotFound."""
        await self(actor, company_id)
        return tuple(await self._reader.members(company_id))

    async def managers(self, actor: Actor) -> tuple[ManagerChoice, ...]:
        """Who could look after companies, of the people the actor may see; nobody for who may see none."""
        scope = actor.grants.get(Permission.USERS_VIEW)
        return () if scope is None else tuple(await self._reader.managers(actor, scope))

    async def choices(self, actor: Actor) -> TermsChoices:
        """What an agreement can name; raises Forbidden for who may not change companies."""
        actor.require(Permission.COMPANIES_MANAGE)
        return await self._reader.choices()
