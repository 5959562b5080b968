"""The panel's page of a new person: his role, whom he stands under, the company he buys for; the invitation follows."""

from collections.abc import Mapping
from gettext import GNUTranslations
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.application.companies import AddPerson, NamedCompany, NewPerson, ShowCompany
from b2b_dvizhenie.application.hierarchy import LANGUAGES, ListRoles, ListStaff
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.visibility import NameLevels
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import CompanyId, RoleId
from b2b_dvizhenie.entrypoints.http.filters import person_id
from b2b_dvizhenie.entrypoints.http.information_texts import level_title
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.pages.people import NewUserView
from b2b_dvizhenie.entrypoints.http.panel.company_forms import errors_of, typed_fields
from b2b_dvizhenie.entrypoints.http.panel.company_people import level_of
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.panel.roles import role_title
from b2b_dvizhenie.entrypoints.http.panel.user_card import INVITED, LANGUAGE_NAMES
from b2b_dvizhenie.entrypoints.http.panel.users import NEW, NOBODY, head_choices
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.problems import STATUS
from b2b_dvizhenie.entrypoints.http.responses import language_of

_FIELDS = frozenset({"name", "phone", "email", "role", "head", "company", "level"})
_BUYER = "client"
"""The role that is chosen first: most people who are added buy."""


class NewUserPage:
    """Puts the form together. A Litestar dependency, as the frame is."""

    def __init__(self, frame: Frame, list_roles: ListRoles, list_staff: ListStaff, name_levels: NameLevels) -> None:
        self._frame = frame
        self._list_roles = list_roles
        self._list_staff = list_staff
        self._name_levels = name_levels

    async def answer(self, request: Request[Actor, Any, Any], form: Form) -> Response[str]:
        """The form, as typed."""
        actor, texts = request.user, self._frame.site.texts(language_of(request))
        roles = (await self._list_roles(actor)).givable
        view = NewUserView(
            form=form,
            action=NEW,
            roles=tuple(Choice(str(one.role_id), role_title(one, texts), one.code == _BUYER) for one in roles),
            heads=head_choices(await self._list_staff(actor), texts),
            languages=tuple(Choice(key, LANGUAGE_NAMES[key]) for key in LANGUAGES),
            levels=await self._levels(actor, texts) if may_assign(actor) else (),
        )
        shell = await panel_shell(self._frame, request, "users")
        return self._frame.page(request, "pages/user_new.html", {"shell": shell, "view": view})

    async def _levels(self, actor: Actor, texts: GNUTranslations) -> tuple[Choice, ...]:
        named = await self._name_levels(actor)
        return tuple(Choice(str(level), level_title(level, name, texts)) for level, name in named)


def may_assign(actor: Actor) -> bool:
    """Whether the actor may say for which company people buy."""
    rights = (Permission.COMPANIES_MANAGE, Permission.COMPANIES_VIEW, Permission.USERS_VIEW)
    return all(map(actor.may, rights))


@get(NEW, permission=Permission.USERS_MANAGE, include_in_schema=False)
async def form(
    request: Request[Actor, Any, Any],
    new_user_page: NamedDependency[NewUserPage],
    show_company: NamedDependency[ShowCompany],
    company: FromQuery[str] = "",
) -> Response[str]:
    """The empty form; with a company that the viewer sees in the address, for a buyer of that one."""
    key, typed = person_id(company), {}
    if key is not None and may_assign(request.user):
        row = (await show_company(request.user, CompanyId(UUID(str(key))))).row
        typed = {"company": row.inn or row.name}
    return await new_user_page.answer(request, Form(typed))


async def _meant(actor: Actor, fields: Mapping[str, str], named_company: NamedCompany) -> NewPerson:
    """Who is meant by a form; raises NotFound and as NamedCompany does, naming the field."""
    role, head = person_id(fields.get("role", "")), fields.get("head", "")
    if role is None:
        raise NotFound("role")
    if head not in ("", NOBODY) and person_id(head) is None:
        raise NotFound("head")
    company = fields.get("company", "").strip()
    language = fields.get("language", "")
    return NewPerson(
        name=fields.get("name", ""),
        email=fields.get("email", ""),
        phone=fields.get("phone", ""),
        language=language if language in LANGUAGES else LANGUAGES[0],
        role_id=RoleId(role),
        head_id=person_id(head),
        company_id=await named_company(actor, company, "company") if company else None,
        access_level=level_of(fields.get("level", "").strip() or "1"),
    )


@post(NEW, permission=Permission.USERS_MANAGE, include_in_schema=False)
async def add(
    request: Request[Actor, Any, Any],
    new_user_page: NamedDependency[NewUserPage],
    add_person: NamedDependency[AddPerson],
    named_company: NamedDependency[NamedCompany],
) -> Response[Any]:
    """Add and invite the person; what is wrong comes back with the form, and nothing is done."""
    fields = await typed_fields(request)
    try:
        user_id = await add_person(request.user, await _meant(request.user, fields, named_company))
    except DomainError as error:
        if error.kind is Kind.UNAVAILABLE or (error.kind is Kind.FORBIDDEN and error.field is None):
            raise
        told = errors_of(error, language_of(request))
        errors = {name if name in _FIELDS else "": said for name, said in told.items()}
        answer = await new_user_page.answer(request, Form(fields, errors))
        answer.status_code = 422 if error.kind in (Kind.INVALID, Kind.NOT_FOUND) else STATUS[error.kind]
        return answer
    return Redirect(f"/panel/users/{user_id}?done={INVITED}", status_code=303)


ROUTES = [form, add]
