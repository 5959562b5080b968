"""Requests for access: made by strangers, read and decided by staff."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.application.companies.editing import CompanyExists, CreateCompany
from b2b_dvizhenie.application.companies.ports import TradeTransaction
from b2b_dvizhenie.application.companies.trade import AssignBuyer
from b2b_dvizhenie.application.hierarchy import HierarchyTransaction
from b2b_dvizhenie.application.identity import CreateUser, InvitePerson, PasswordHasher
from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.companies import CompanyKind, Requisites, clean_text
from b2b_dvizhenie.domain.companies.access_requests import (
    MAX_REASON,
    REQUEST_WINDOW,
    REQUESTS_IN_ALL,
    REQUESTS_PER_ADDRESS,
    AccessRequestsOff,
    AskedAccess,
    RequestDecided,
    RequestState,
    checked_request,
)
from b2b_dvizhenie.domain.companies.settings import ACCESS_REQUESTS
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.identity import TooManyAttempts
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, UserId, new_id

BUYER_ROLE = "client"
"""What a person whose request is approved becomes; administrators give another role afterwards."""
_LEGAL_INN = 10


class AccessRequest(Struct, frozen=True):
    """A request with what became of it; `decided_by` is a name, `reason` why it was refused."""

    request_id: UUID
    asked: AskedAccess
    created_at: datetime
    state: RequestState
    decided_at: datetime | None
    decided_by: str
    reason: str


class SameCompany(Struct, frozen=True):
    """An active company with the INN of a request."""

    company_id: CompanyId
    name: str
    kpp: str


class RequestPage(Struct, frozen=True):
    """A page of requests, the newest first; `counts` by state, whatever state is asked for."""

    items: tuple[AccessRequest, ...]
    total: int
    counts: dict[RequestState, int]


class AccessRequests(Protocol):
    """Port: requests within a transaction."""

    @abstractmethod
    async def asked(self, address: str, since: datetime) -> tuple[int, int]:
        """(requests from this address, requests in all) since a moment; nobody else adds until the transaction ends."""
        ...

    @abstractmethod
    async def add(self, request_id: UUID, asked: AskedAccess, address: str, now: datetime) -> None:
        """Keep a request that waits."""
        ...

    @abstractmethod
    async def page(self, state: RequestState | None, limit: int, offset: int) -> RequestPage:
        """Requests in this state, or all."""
        ...

    @abstractmethod
    async def one(self, request_id: UUID, *, hold: bool = False) -> AccessRequest | None:
        """A request, with `hold` locked until the transaction ends."""
        ...

    @abstractmethod
    async def decide(
        self, request_id: UUID, state: RequestState, by: UserId | None, reason: str, now: datetime
    ) -> None:
        """Write down what became of it."""
        ...

    @abstractmethod
    async def companies(self, actor: Actor, inn: str) -> Sequence[SameCompany]:
        """Active companies with this INN that the actor may change."""
        ...


class AccessTransaction(HierarchyTransaction, TradeTransaction, Protocol):
    """Port: one transaction over requests, people and companies; leaving without `commit` rolls all of it back."""

    requests: AccessRequests

    @abstractmethod
    def part(self) -> AbstractAsyncContextManager["AccessTransaction"]:
        """The same transaction, for a use case that thinks it has one of its own: its `commit` is left to this one."""
        ...


AccessWork = Callable[[], AbstractAsyncContextManager[AccessTransaction]]


class RequestAccess:
    """Ask for access; open to strangers."""

    def __init__(self, work: AccessWork, current: CurrentSettings, clock: Clock) -> None:
        self._work = work
        self._current = current
        self._clock = clock

    async def is_offered(self) -> bool:
        """Whether anybody can ask."""
        offered: bool = await self._current(ACCESS_REQUESTS)
        return offered

    async def __call__(self, typed: AskedAccess, *, address: str = "") -> None:
        """Keep the request for staff. Whether the company or the person is known is not looked at, so it is not told.

        Raises:
            AccessRequestsOff: nobody can ask at present.
            Invalid: everything that is wrong, by its field.
            TooManyAttempts: too many requests from this address, or in all, within an hour.
        """
        if not await self.is_offered():
            raise AccessRequestsOff
        asked = checked_request(typed)
        now = self._clock()
        async with self._work() as work:
            of_address, in_all = await work.requests.asked(address, now - REQUEST_WINDOW)
            if of_address >= REQUESTS_PER_ADDRESS or in_all >= REQUESTS_IN_ALL:
                raise TooManyAttempts(retry_after=int(REQUEST_WINDOW.total_seconds()))
            await work.requests.add(new_id(), asked, address, now)
            await work.commit()


class ListAccessRequests:
    """Requests, for who decides about them."""

    def __init__(self, work: AccessWork) -> None:
        self._work = work

    async def __call__(
        self, actor: Actor, state: RequestState | None = None, *, limit: int = 50, offset: int = 0
    ) -> RequestPage:
        """A page; raises Forbidden."""
        actor.require(Permission.REQUESTS_MANAGE)
        async with self._work() as work:
            return await work.requests.page(state, limit, offset)


class ShowAccessRequest:
    """One request, with the companies that it may mean."""

    def __init__(self, work: AccessWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, request_id: UUID) -> tuple[AccessRequest, Sequence[SameCompany]]:
        """The request and active companies of its INN that the actor may change; raises Forbidden, NotFound."""
        actor.require(Permission.REQUESTS_MANAGE)
        async with self._work() as work:
            found = await work.requests.one(request_id)
            if found is None:
                raise NotFound("request_id")
            return found, await work.requests.companies(actor, found.asked.inn)


class ApproveRequest:
    """Let the person in: the company is made or taken, the person made, assigned and invited, all or nothing."""

    def __init__(self, work: AccessWork, passwords: PasswordHasher, current: CurrentSettings, clock: Clock) -> None:
        self._work = work
        self._passwords = passwords
        self._current = current
        self._clock = clock

    async def __call__(
        self, actor: Actor, request_id: UUID, *, company_id: CompanyId | None = None, kpp: str = ""
    ) -> UserId:
        """The new person, who buys for the company at the first access level.

        Args:
            actor: who decides; needs beside the right to requests those to make companies and people.
            request_id: about what.
            company_id: the company it is; None makes one, or takes the one with this INN and KPP.
            kpp: of the company to be made; an organisation needs it.

        Raises:
            Forbidden: one of these rights is missing.
            NotFound: no such request, or no such company within the scope.
            RequestDecided: somebody has decided already.
            Invalid: the company cannot be made so, by its fields.
            LoginTaken: somebody has the e-mail or phone already.
        """
        actor.require(Permission.REQUESTS_MANAGE)
        async with self._work() as work:
            asked = await _waiting(work, request_id)
            if company_id is None:
                company_id = await self._company(work, actor, asked, kpp)
            create_user = CreateUser(work.part, self._passwords, self._clock)
            user_id = await create_user(actor, role=BUYER_ROLE, name=asked.name, email=asked.email, phone=asked.phone)
            await AssignBuyer(work.part)(actor, user_id, company_id)
            await InvitePerson(work.part, self._current, self._clock)(actor, user_id)
            await work.requests.decide(request_id, RequestState.APPROVED, actor.user_id, "", self._clock())
            after = {"state": RequestState.APPROVED.value, "company_id": str(company_id)}
            change = Change("companies.request_approved", "access_request", str(request_id), None, after)
            await work.audit.record(actor, change)
            await work.commit()
        return user_id

    async def _company(self, work: AccessTransaction, actor: Actor, asked: AskedAccess, kpp: str) -> CompanyId:
        kind = CompanyKind.LEGAL if len(asked.inn) == _LEGAL_INN else CompanyKind.ENTREPRENEUR
        made = Requisites(kind=kind, name=asked.company, inn=asked.inn, kpp=kpp, phone=asked.phone, email=asked.email)
        try:
            return await CreateCompany(work.part, self._clock)(actor, made)
        except CompanyExists as known:
            return CompanyId(UUID(known.params["company_id"]))


class RefuseRequest:
    """Do not let the person in."""

    def __init__(self, work: AccessWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, request_id: UUID, reason: str) -> None:
        """Keep the reason, which is not told to who asked.

        Raises:
            Forbidden, NotFound, RequestDecided: as of approving.
            FieldRequired, TextTooLong, TextUnreadable: the reason.
        """
        actor.require(Permission.REQUESTS_MANAGE)
        reason = clean_text(reason, "reason", MAX_REASON, required=True)
        async with self._work() as work:
            await _waiting(work, request_id)
            await work.requests.decide(request_id, RequestState.REFUSED, actor.user_id, reason, self._clock())
            after = {"state": RequestState.REFUSED.value, "reason": reason}
            change = Change("companies.request_refused", "access_request", str(request_id), None, after)
            await work.audit.record(actor, change)
            await work.commit()


async def _waiting(work: AccessTransaction, request_id: UUID) -> AskedAccess:
    found = await work.requests.one(request_id, hold=True)
    if found is None:
        raise NotFound("request_id")
    if found.state is not RequestState.WAITING:
        raise RequestDecided
    return found.asked
