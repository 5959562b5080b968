"""A new person, wholly: role, head, the company he buys for, and the invitation, all or nothing (REG-1, LVL-4)."""

from msgspec import Struct

from b2b_dvizhenie.application.companies.access_requests import AccessTransaction, AccessWork
from b2b_dvizhenie.application.companies.cards import CompanyQuery, CompanyReader
from b2b_dvizhenie.application.companies.trade import AssignBuyer
from b2b_dvizhenie.application.hierarchy import Edit, checked_person, editing
from b2b_dvizhenie.application.identity import CreateUser, InvitePerson, PasswordHasher
from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.hierarchy import BeyondOwnRights, Permission, Scope, check_role_given
from b2b_dvizhenie.domain.shared.errors import DomainError, NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, RoleId, UserId

MAX_FOUND = 200


class NoSuchCompany(DomainError):
    """No active company whom the actor may see is called so."""

    code = "companies.no_such_company"


class SeveralCompanies(DomainError):
    """Several active companies are called so."""

    code = "companies.several_companies"


class NewPerson(Struct, frozen=True, kw_only=True):
    """Who is to be added; logins as typed. Without a company he buys for none."""

    name: str
    email: str = ""
    phone: str = ""
    language: str = "ru"
    role_id: RoleId
    head_id: UserId | None = None
    company_id: CompanyId | None = None
    access_level: int = 1


class AddPerson:
    """Add a person to the closed club, and invite him."""

    def __init__(self, work: AccessWork, passwords: PasswordHasher, current: CurrentSettings, clock: Clock) -> None:
        self._work = work
        self._passwords = passwords
        self._current = current
        self._clock = clock

    async def __call__(self, actor: Actor, new: NewPerson) -> UserId:
        """The person, who sets his password by the link that is on its way to him.

        Args:
            actor: who adds. Who manages not everybody adds people of his own: under himself unless he names a head
                he sees, of his firm where his right is that of a firm.
            new: the person; the role is one the actor may give.

        Raises:
            Forbidden: no right to manage people, or with a company to change companies.
            Invalid: PersonNameInvalid, LoginInvalid; each names its field.
            NotFound: no such role, head or company within the actor's scope; the field is named.
            RoleOutOfReach, BeyondOwnRights: the role is not one to give, or the actor would not see the person.
            LoginTaken: another active person has the e-mail or phone.
            AccessLevelInvalid: there is no such level.
        """
        actor.require(Permission.USERS_MANAGE)
        name, _ = checked_person(new.name, new.email, new.phone)
        async with self._work() as work:
            async with editing(work.part, actor) as edit:
                role = edit.role(new.role_id)
                check_role_given(edit.parents, edit.editor, role.role_id, role.grants)
                create_user = CreateUser(work.part, self._passwords, self._clock)
                user_id = await create_user(edit.actor, role=role.code, name=name, email=new.email, phone=new.phone)
                await _place(edit, user_id, new)
            if new.company_id is not None:
                await AssignBuyer(work.part)(edit.actor, user_id, new.company_id, new.access_level)
            await self._seen(work, edit.actor, edit.scope, user_id)
            await InvitePerson(work.part, self._current, self._clock)(edit.actor, user_id)
            await work.commit()
        return user_id

    async def _seen(self, work: AccessTransaction, actor: Actor, scope: Scope, user_id: UserId) -> None:
        """Refuse somebody whom his maker could not change afterwards."""
        if not await work.accounts.is_within(actor, scope, user_id):
            raise BeyondOwnRights(permission=Permission.USERS_MANAGE.value)


async def _place(edit: Edit, user_id: UserId, new: NewPerson) -> None:
    """Put the new person under his head and into his firm, and note his language."""
    book, actor = edit.work.hierarchy, edit.actor
    everybody = edit.scope is Scope.ALL
    head_id = new.head_id if everybody or new.head_id is not None else actor.user_id
    if head_id is not None:
        if await book.person(actor, edit.scope, head_id) is None:
            raise NotFound("head")
        await book.set_head(user_id, head_id)
        change = Change("hierarchy.head_changed", "user", str(user_id), None, {"head_id": str(head_id)})
        await edit.record(change)
    firm_id = actor.firm_id if edit.scope is Scope.FIRM else None
    name, logins = checked_person(new.name, new.email, new.phone)
    await book.set_details(user_id, name, logins, new.language, firm_id)


class NamedCompany:
    """A company by what staff call it."""

    def __init__(self, reader: CompanyReader) -> None:
        self._reader = reader

    async def __call__(self, actor: Actor, text: str, field: str) -> CompanyId:
        """The active company with this INN or name.

        Raises:
            Forbidden: no right to see companies.
            NoSuchCompany, SeveralCompanies: by the field; companies outside the actor's scope are none.
        """
        scope = actor.require(Permission.COMPANIES_VIEW)
        wanted = " ".join(text.split())
        page = await self._reader.page(actor, scope, CompanyQuery(text=wanted, limit=MAX_FOUND))
        exact = [one for one in page.items if wanted and (one.inn == wanted or one.name.lower() == wanted.lower())]
        if len(exact) != 1:
            raise (SeveralCompanies if exact else NoSuchCompany)(field)
        return exact[0].company_id
