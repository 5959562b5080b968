"""A company's balance as a person may see it: what is closed to him is not in the answer (BAL, LVL-3, LVL-7, A14)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from msgspec import Struct

from b2b_dvizhenie.application.balances.ports import (
    BalanceReader,
    ItemPage,
    SchedulePage,
    StoredFinding,
)
from b2b_dvizhenie.application.balances.reserving import CreditControl
from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.balances import (
    STALE_HOURS,
    Bonus,
    Credit,
    Objection,
    OpenItem,
    PaymentStatus,
    ScheduledPayment,
    ShippingStopped,
    objections,
    told_to,
)
from b2b_dvizhenie.domain.companies import CompanyRequired
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.domain.visibility import Information

P = TypeVar("P", SchedulePage, ItemPage)
_LIMIT_AND_DEBT = frozenset({Information.CREDIT_LIMIT, Information.DEBT})
MAX_PAGE = 200
PAGE = 20


class CurrencyBalance(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A balance in one currency. What is closed to the viewer is absent.

    `is_limited` False says that nothing limits the company; `credit_limit` is absent then. `available` needs both the
    limit and the debt to be open, since either follows from it and the other. Sums are in `currency`.
    """

    currency: str
    as_of: datetime | None = None
    is_stale: bool = False
    is_limited: bool | None = None
    credit_limit: Decimal | None = None
    available: Decimal | None = None
    reserved: Decimal | None = None
    debt: Decimal | None = None
    advance: Decimal | None = None
    overdue: Decimal | None = None
    overdue_days: int | None = None
    is_stopped: bool | None = None


class Balance(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A company's balance. What is closed to the viewer is absent; an empty list is open and holds nothing.

    The first of `balances` is in the currency of the agreement. `sees_schedule` and `sees_items` say which lists the
    viewer may ask for.
    """

    company_id: CompanyId
    price_type: str | None = None
    balances: tuple[CurrencyBalance, ...] | None = None
    bonuses: tuple[Bonus, ...] | None = None
    sees_schedule: bool = False
    sees_items: bool = False


class ScheduleRow(Struct, frozen=True):
    """A payment of the schedule and where it stands today; `open` is what is still to be paid."""

    payment: ScheduledPayment
    status: PaymentStatus
    open: Decimal


class ItemRow(Struct, frozen=True):
    """An open document and for how many days it has been overdue."""

    item: OpenItem
    days_overdue: int


class Schedule(Struct, frozen=True):
    """A page of the schedule."""

    items: tuple[ScheduleRow, ...]
    total: int


class OpenItems(Struct, frozen=True):
    """A page of the open documents."""

    items: tuple[ItemRow, ...]
    total: int


class ShowBalance:
    """The balance of the selected company, or of one within the scope of a member of staff."""

    def __init__(self, reader: BalanceReader, control: CreditControl, current: CurrentSettings, clock: Clock) -> None:
        self._reader = reader
        self._control = control
        self._current = current
        self._clock = clock

    async def __call__(self, actor: Actor, company_id: CompanyId | None = None) -> Balance:
        """The balance.

        Args:
            actor: whose selected company it is, where no other one is named.
            company_id: a company within the scope of the actor's grant.

        Raises:
            Forbidden: no right to see balances.
            CompanyRequired: no company is selected, nor named.
            NotFound: the named company is not within the scope.
        """
        scope, company = _of(actor, company_id)
        found = await self._reader.balance(actor, scope, company)
        if found is None:
            raise NotFound("company_id")
        policy = await self._control.policy()
        hours: int = await self._current(STALE_HOURS)
        stale = timedelta(hours=hours)
        sees_limit, sees_debt = actor.opens(Information.CREDIT_LIMIT, scope), actor.opens(Information.DEBT, scope)
        pools = (self._control.credit_of(facts, policy) for facts in found.facts)
        told = tuple(self._told(one, stale, sees_limit=sees_limit, sees_debt=sees_debt) for one in pools)
        return Balance(
            company_id=company,
            price_type=found.price_type if actor.opens(Information.INDIVIDUAL_PRICES, scope) else None,
            balances=told if sees_limit or sees_debt else None,
            bonuses=found.bonuses if actor.opens(Information.BONUSES, scope) else None,
            sees_schedule=actor.opens(Information.PAYMENT_SCHEDULE, scope),
            sees_items=sees_debt,
        )

    def _told(self, credit: Credit, stale: timedelta, *, sees_limit: bool, sees_debt: bool) -> CurrencyBalance:
        sees_both = sees_limit and sees_debt
        return CurrencyBalance(
            currency=credit.currency,
            as_of=credit.as_of,
            is_stale=credit.is_stale(self._clock(), stale),
            is_limited=credit.limit is not None if sees_limit else None,
            credit_limit=credit.limit if sees_limit else None,
            available=credit.available if sees_both else None,
            reserved=credit.reserved if sees_both else None,
            debt=credit.debt if sees_debt else None,
            advance=credit.advance if sees_debt else None,
            overdue=credit.overdue if sees_debt else None,
            overdue_days=credit.overdue_days if sees_debt else None,
            is_stopped=credit.is_stopped if sees_debt else None,
        )

    async def schedule(
        self, actor: Actor, company_id: CompanyId | None = None, limit: int = PAGE, offset: int = 0
    ) -> Schedule:
        """A page of the schedule; raises as the balance does, NotFound also for whom it is closed to."""
        scope, company = _of(actor, company_id)
        if not actor.opens(Information.PAYMENT_SCHEDULE, scope):
            raise NotFound
        found = await self._reader.schedule(actor, scope, company, *_bounded(limit, offset))
        page = _existing(found)
        today = await self._reader.today()
        return Schedule(tuple(ScheduleRow(one, one.status(today), one.open) for one in page.items), page.total)

    async def open_items(
        self, actor: Actor, company_id: CompanyId | None = None, limit: int = PAGE, offset: int = 0
    ) -> OpenItems:
        """A page of the open documents; raises as the balance does, NotFound also for whom debts are closed to."""
        scope, company = _of(actor, company_id)
        if not actor.opens(Information.DEBT, scope):
            raise NotFound
        found = await self._reader.open_items(actor, scope, company, *_bounded(limit, offset))
        page = _existing(found)
        today = await self._reader.today()
        return OpenItems(tuple(ItemRow(one, one.days_overdue(today)) for one in page.items), page.total)

    async def today(self) -> date:
        """The day it is for the seller."""
        return await self._reader.today()


class ShowFindings:
    """What does not add up in a company's balance: for staff, who can ask the accountants about it (BAL-5)."""

    def __init__(self, reader: BalanceReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, company_id: CompanyId) -> tuple[StoredFinding, ...]:
        """The findings, the oldest first; raises Forbidden, NotFound."""
        scope = actor.require(Permission.BALANCE_VIEW)
        if scope is Scope.OWN:  # buyers are told numbers, not what is wrong with them
            raise NotFound("company_id")
        found = await self._reader.findings(actor, scope, company_id)
        if found is None:
            raise NotFound("company_id")
        return found


class CreditStanding(Struct, frozen=True):
    """How a sum stands to the credit of who would order for it. `limit` is None where there is none or it is closed.

    `used` are debt and open orders, the sum not yet among them. `objections` are against an order on account; one that
    `is_blocked` could not be placed however it is paid.
    """

    currency: str = ""
    limit: Decimal | None = None
    used: Decimal = Decimal(0)
    objections: tuple[Objection, ...] = ()
    is_blocked: bool = False


class ShowCredit:
    """How an order for a sum would stand to the credit now: for the cart, before anybody waits for a refusal."""

    def __init__(self, reader: BalanceReader, control: CreditControl) -> None:
        self._reader = reader
        self._control = control

    async def __call__(self, actor: Actor, amount: Decimal | None) -> CreditStanding:
        """The standing, with objections that are open to the actor as they are.

        What would have to be hidden is not told before the order.

        Whoever may not know the limit would find it out by trying quantities in a cart.

        Args:
            actor: with a selected company; without one there is nothing to object to.
            amount: of the order; None where it is not known, which asks only about overdue payments and the stop list.
        """
        if actor.terms is None or not actor.may(Permission.ORDERS_PLACE):
            return CreditStanding()
        policy = await self._control.policy()
        facts = await self._reader.facts(actor.terms)
        credit = self._control.credit_of(facts, policy)
        found = objections(credit, amount or Decimal(0), policy, on_account=facts.is_limited)
        sees_sums = not actor.is_concealed
        told = tuple(one for one in found if told_to(one, actor.opened, sees_sums=sees_sums) is one)
        is_blocked = any(one.blocks and isinstance(one.error, ShippingStopped) for one in told)
        if credit.limit is None or credit.available is None or not sees_sums or not actor.opened >= _LIMIT_AND_DEBT:
            return CreditStanding(credit.currency, objections=told, is_blocked=is_blocked)
        return CreditStanding(credit.currency, credit.limit, credit.limit - credit.available, told, is_blocked)


def _of(actor: Actor, company_id: CompanyId | None) -> tuple[Scope, CompanyId]:
    scope = actor.require(Permission.BALANCE_VIEW)
    company = company_id or actor.company_id
    if company is None:
        raise CompanyRequired
    return scope, company


def _bounded(limit: int, offset: int) -> tuple[int, int]:
    return max(1, min(limit, MAX_PAGE)), max(0, offset)


def _existing(page: P | None) -> P:
    if page is None:
        raise NotFound("company_id")
    return page
