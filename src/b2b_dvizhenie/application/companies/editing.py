"""Buyer companies made and changed by hand. What came from 1C is changed there; here it is only switched off."""

from datetime import datetime
from typing import Any

from msgspec import to_builtins

from b2b_dvizhenie.application.companies.ports import TradeWork
from b2b_dvizhenie.application.companies.trade import held
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.companies import Requisites, checked
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, VersionConflict
from b2b_dvizhenie.domain.shared.ids import CompanyId, new_id


class OwnedByErp(DomainError):
    """The requisites came from 1C and are changed there: what is typed here would be lost with the next exchange."""

    code = "companies.owned_by_erp"
    kind = Kind.CONFLICT


class CompanyExists(DomainError):
    """There is an active company with this INN and KPP already; params hold its `company_id`."""

    code = "companies.company_exists"
    kind = Kind.CONFLICT


class ScopeTooNarrow(DomainError):
    """A company made in this scope would be out of it at once, so its maker could not see it."""

    code = "companies.scope_too_narrow"
    kind = Kind.FORBIDDEN


def told(requisites: Requisites) -> dict[str, Any]:
    """Requisites as the audit trail keeps them: what is filled in."""
    whole: dict[str, Any] = to_builtins(requisites)
    bank = {name: value for name, value in whole.pop("bank").items() if value}
    return {name: value for name, value in whole.items() if value} | ({"bank": bank} if bank else {})


class CreateCompany:
    """Add a buyer company by hand."""

    def __init__(self, work: TradeWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, typed: Requisites) -> CompanyId:
        """The new company, active, without agreement: it buys at the default price type until it has one.

        Whoever sees only companies of his own or of his people becomes its personal manager.

        Raises:
            Forbidden: no right to change companies.
            ScopeTooNarrow: the right covers one firm or one company, which a new one does not belong to yet.
            Invalid: wrong requisites, by their fields.
            CompanyExists: there is one with this INN and KPP within the actor's scope.
        """
        scope = actor.require(Permission.COMPANIES_MANAGE)
        if scope in (Scope.OWN, Scope.FIRM):
            raise ScopeTooNarrow
        requisites = checked(typed)
        company_id = CompanyId(new_id())
        manager_id = None if scope is Scope.ALL else actor.user_id
        async with self._work() as work:
            same = await work.companies.same(actor, scope, requisites)
            if same is not None:
                raise CompanyExists("inn", company_id=str(same))
            await work.companies.add(company_id, requisites, manager_id, self._clock())
            after = told(requisites) | ({"manager_id": str(manager_id)} if manager_id else {})
            await work.audit.record(actor, Change("companies.company_created", "company", str(company_id), None, after))
            await work.commit()
        return company_id


class ChangeCompany:
    """Correct the requisites of a company that was made by hand."""

    def __init__(self, work: TradeWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, company_id: CompanyId, typed: Requisites, version: datetime | None) -> None:
        """Write the requisites.

        Args:
            actor: who changes.
            company_id: which company.
            typed: all of its requisites, not only the changed ones.
            version: when the company had last changed as the actor saw it; None takes whatever is there.

        Raises:
            Forbidden, NotFound: no right, or no such company within its scope.
            OwnedByErp: the company came from 1C.
            Invalid: wrong requisites, by their fields.
            VersionConflict: somebody else changed the company meanwhile.
            CompanyExists: another one has this INN and KPP.
        """
        scope = actor.require(Permission.COMPANIES_MANAGE)
        async with self._work() as work:
            company = await held(work, actor, company_id)
            if company.is_foreign:
                raise OwnedByErp
            requisites = checked(typed)
            if version is not None and version != company.updated_at:
                raise VersionConflict
            if requisites == company.requisites:
                return
            if (requisites.inn, requisites.kpp) != (company.requisites.inn, company.requisites.kpp):
                same = await work.companies.same(actor, scope, requisites)
                if same is not None and same != company_id:
                    raise CompanyExists("inn", company_id=str(same))
            await work.companies.change(company_id, requisites, self._clock())
            change = Change(
                "companies.company_changed", "company", str(company_id), told(company.requisites), told(requisites)
            )
            await work.audit.record(actor, change)
            await work.commit()


class SwitchCompany:
    """Let a company buy no more, or again. Its orders stay; its members lose it with their next request."""

    def __init__(self, work: TradeWork, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def __call__(self, actor: Actor, company_id: CompanyId, *, is_active: bool) -> None:
        """Switch; one that is there already stays as it is. Raises Forbidden, NotFound."""
        async with self._work() as work:
            company = await held(work, actor, company_id)
            if company.is_active == is_active:
                return
            await work.companies.switch(company_id, is_active=is_active, now=self._clock())
            was, now = {"is_active": company.is_active}, {"is_active": is_active}
            await work.audit.record(actor, Change("companies.company_switched", "company", str(company_id), was, now))
            await work.commit()
