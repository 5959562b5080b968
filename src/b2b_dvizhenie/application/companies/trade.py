"""Who buys for a company, at which prices, and who looks after it: changed by staff within their scope, audited."""

from b2b_dvizhenie.application.companies.ports import HeldCompany, TradeTransaction, TradeWork
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, PriceTypeId, UserId, new_id


class AccessLevelInvalid(DomainError):
    """There is no access level of this number."""

    code = "companies.access_level_invalid"


class NoSuchPerson(DomainError):
    """No active person whom the actor may see has this login."""

    code = "companies.no_such_person"


class NoManager(DomainError):
    """The person is none who processes orders, so he cannot look after companies."""

    code = "companies.no_manager"


async def held(work: TradeTransaction, actor: Actor, company_id: CompanyId) -> HeldCompany:
    """A company the actor may change, held until the end of the transaction.

    Raises:
        Forbidden: no right to change companies.
        NotFound: there is none such within his scope.
    """
    scope = actor.require(Permission.COMPANIES_MANAGE)
    company = await work.companies.hold(actor, scope, company_id)
    if company is None:
        raise NotFound("company_id")
    return company


class AssignBuyer:
    """Let a person buy for a company (REG-8, MUL), with an access level of his own there (LVL-4, LVL-5)."""

    def __init__(self, work: TradeWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, user_id: UserId, company_id: CompanyId, access_level: int = 1) -> None:
        """Add or change the membership; effective with the next request.

        Raises:
            Forbidden: no right to change companies or to see people.
            AccessLevelInvalid: there is no such level.
            NotFound: no such user or company within the actor's scope.
        """
        actor.require(Permission.COMPANIES_MANAGE)
        people = actor.require(Permission.USERS_VIEW)
        if not 1 <= access_level <= 99:
            raise AccessLevelInvalid("access_level")
        async with self._work() as work:
            await held(work, actor, company_id)
            before = await work.trade.member_level(user_id, company_id)
            # Who is a member already may lie outside: the company does not, and its members are seen with it.
            if before is None and not await work.trade.sees_user(actor, people, user_id):
                raise NotFound("user_id")
            if not await work.trade.put_member(user_id, company_id, access_level):
                raise NotFound("user_id")
            if before != access_level:
                subject = f"{user_id}:{company_id}"
                was = None if before is None else {"access_level": before}
                change = Change("companies.buyer_assigned", "membership", subject, was, {"access_level": access_level})
                await work.audit.record(actor, change)
            await work.commit()


class RemoveBuyer:
    """Let a person buy for a company no more; open tabs of his are refused from now on."""

    def __init__(self, work: TradeWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, user_id: UserId, company_id: CompanyId) -> None:
        """Take the membership away; raises Forbidden, and NotFound where there is none to take."""
        async with self._work() as work:
            await held(work, actor, company_id)
            before = await work.trade.member_level(user_id, company_id)
            if before is None or not await work.trade.remove_member(user_id, company_id):
                raise NotFound("user_id")
            subject = f"{user_id}:{company_id}"
            await work.audit.record(
                actor, Change("companies.buyer_removed", "membership", subject, {"access_level": before}, None)
            )
            await work.commit()


class FindPerson:
    """A person by the login that somebody typed."""

    def __init__(self, work: TradeWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, login: str, field: str) -> UserId:
        """The active person with this canonical e-mail or phone.

        Raises:
            Forbidden: no right to see people.
            NoSuchPerson: by the field; whether there is one outside the actor's scope is not told.
        """
        scope = actor.require(Permission.USERS_VIEW)
        async with self._work() as work:
            user_id = await work.trade.user_by_login(login)
            if user_id is None or not await work.trade.sees_user(actor, scope, user_id):
                raise NoSuchPerson(field)
            return user_id


class SetTerms:
    """Choose the price type a company buys at (PRC-2)."""

    def __init__(self, work: TradeWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, company_id: CompanyId, price_type_id: PriceTypeId) -> None:
        """Effective from the next request; raises NotFound for an unknown company or price type."""
        async with self._work() as work:
            await held(work, actor, company_id)
            before = await work.trade.put_terms(AgreementId(new_id()), company_id, price_type_id)
            if before != price_type_id:
                was = None if before is None else {"price_type_id": str(before)}
                after = {"price_type_id": str(price_type_id)}
                await work.audit.record(actor, Change("companies.terms_set", "company", str(company_id), was, after))
            await work.commit()


class AssignManager:
    """Give a company its personal manager, or none (REG-8)."""

    def __init__(self, work: TradeWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, company_id: CompanyId, manager_id: UserId | None) -> None:
        """Effective from the next request.

        Raises:
            Forbidden: no right to change companies or to see people.
            NotFound: no such company or person within the actor's scope.
            NoManager: the person processes no orders.
        """
        actor.require(Permission.COMPANIES_MANAGE)
        people = actor.require(Permission.USERS_VIEW)
        async with self._work() as work:
            company = await held(work, actor, company_id)
            if company.manager_id == manager_id:
                return
            if manager_id is not None:
                if not await work.trade.sees_user(actor, people, manager_id):
                    raise NotFound("manager_id")
                if not await work.trade.is_manager(manager_id):
                    raise NoManager("manager_id")
            await work.trade.put_manager(company_id, manager_id)
            was, now = (None if one is None else {"manager_id": str(one)} for one in (company.manager_id, manager_id))
            await work.audit.record(actor, Change("companies.manager_assigned", "company", str(company_id), was, now))
            await work.commit()
