"""The panel's card of a person: everything about him, changed as a whole; sessions, and the trail of changes."""

from collections.abc import Mapping
from gettext import GNUTranslations
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.application.hierarchy import (
    ChangePerson,
    EditPerson,
    ListRoles,
    ListStaff,
    PeopleAction,
    PeopleChange,
    PersonCard,
    PersonEdit,
    ShownPerson,
    ShowPerson,
)
from b2b_dvizhenie.application.identity import InvitePerson, ListSessionsOf, ListUsers, UserLine, UserQuery
from b2b_dvizhenie.application.operations import AuditQuery, ReadAudit
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import FirmId, RoleId, UserId
from b2b_dvizhenie.entrypoints.http.filters import person_id
from b2b_dvizhenie.entrypoints.http.labels import N_, label_of
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.pages.people import PersonCompany, PersonView
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.pages.staff import AuditRow
from b2b_dvizhenie.entrypoints.http.panel.audit import row_of as trail_row
from b2b_dvizhenie.entrypoints.http.panel.company_forms import errors_of, typed_fields
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.panel.roles import role_title
from b2b_dvizhenie.entrypoints.http.panel.users import NOBODY, head_choices
from b2b_dvizhenie.entrypoints.http.portal.devices import session_rows
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.problems import STATUS
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

PATH = "/panel/users/{user_id:uuid}"
ROWS = 20
INVITED = "invite"
"""The word in the address of a card by which it says that an invitation is on its way."""
_SAVED = "saved"
_DONE = {
    _SAVED: N_("Saved."),
    INVITED: N_("The invitation is on its way."),
    PeopleAction.BLOCK.value: N_("Blocked; the sessions are closed."),
    PeopleAction.UNBLOCK.value: N_("Unblocked."),
    PeopleAction.LOG_OUT.value: N_("Sessions are closed."),
    PeopleAction.SECOND_FACTOR_OFF.value: N_("The second factor is switched off: the password alone is asked."),
}
_BUTTONS = frozenset({PeopleAction.BLOCK, PeopleAction.UNBLOCK, PeopleAction.LOG_OUT, PeopleAction.SECOND_FACTOR_OFF})
LANGUAGE_NAMES = {"ru": "Русский", "en": "English"}
"""Languages of messages, each in itself."""


class CardPage:
    """Puts the card together. A Litestar dependency, as the frame is."""

    def __init__(
        self,
        frame: Frame,
        show_person: ShowPerson,
        list_users: ListUsers,
        list_staff: ListStaff,
        list_roles: ListRoles,
        list_sessions_of: ListSessionsOf,
        read_audit: ReadAudit,
    ) -> None:
        self.frame = frame
        self._show_person = show_person
        self._list_users = list_users
        self._list_staff = list_staff
        self._list_roles = list_roles
        self._list_sessions_of = list_sessions_of
        self._read_audit = read_audit

    async def answer(
        self,
        request: Request[Actor, Any, Any],
        user_id: UserId,
        *,
        flashes: tuple[Flash, ...] = (),
        form: Form | None = None,
        before: int | None = None,
    ) -> Response[str]:
        """The page; NotFound for who is outside the viewer's scope."""
        actor, texts = request.user, self.frame.site.texts(language_of(request))
        shown = await self._show_person(actor, user_id)
        found = (await self._list_users(actor, UserQuery(user_id=user_id, limit=1))).items
        if not found:
            raise NotFound("user_id")
        trail, older = await self._trail(actor, user_id, texts, before)
        view = PersonView(
            id=str(user_id),
            name=shown.card.name,
            role=shown.card.role_name or shown.card.role,
            state="active" if shown.card.is_active else "blocked",
            facts=_facts(shown.card, texts),
            companies=_companies(found[0], actor),
            trail=trail,
            older_url=None if older is None else f"/panel/users/{user_id}?before={older}#trail",
            second_factor=shown.card.second_factor,
            own=user_id == actor.user_id,
            view_as_url=f"/panel/users/{user_id}/view-as" if _may_view(actor, shown.card) else None,
            version=form.value("version") if form else shown.card.version,
            **await self._edit(request, shown, form, texts),
        )
        shell = await panel_shell(self.frame, request, "users", flashes=flashes)
        return self.frame.page(request, "pages/user.html", {"shell": shell, "view": view})

    async def _trail(
        self, actor: Actor, user_id: UserId, texts: GNUTranslations, before: int | None
    ) -> tuple[tuple[AuditRow, ...] | None, int | None]:
        if not actor.may(Permission.AUDIT_VIEW):
            return None, None
        found = await self._read_audit(actor, AuditQuery(cursor=before, limit=ROWS, person_id=user_id))
        orders = actor.may(Permission.ORDERS_VIEW)
        return tuple(trail_row(line, texts, found.names, orders=orders) for line in found.items), found.next_cursor

    async def _edit(
        self, request: Request[Actor, Any, Any], shown: ShownPerson, form: Form | None, texts: GNUTranslations
    ) -> dict[str, Any]:
        """What only who may change the person is shown."""
        if not shown.may_edit:
            return {}
        card, actor = shown.card, request.user
        heads = head_choices(await self._list_staff(actor), texts, card.user_id)
        if card.head_id is not None and not any(one.selected for one in heads):
            heads = (Choice(str(card.head_id), card.head or texts.gettext("somebody you do not see"), True), *heads)
        roles = [(one.role_id, role_title(one, texts)) for one in (await self._list_roles(actor)).givable]
        firms = [(str(key), name) for key, name in shown.firms] or [(str(card.firm_id or ""), card.firm)]
        none = ("", texts.gettext("none"))
        return {
            "form": form or Form(_typed(card)),
            "roles": tuple(Choice(str(key), title, key == card.role_id) for key, title in roles),
            "heads": heads,
            "firms": tuple(
                Choice(key, name or none[1], key == str(card.firm_id or ""))
                for key, name in dict([*([none] if shown.firms else []), *firms]).items()
            ),
            "languages": tuple(Choice(key, name, key == card.language) for key, name in LANGUAGE_NAMES.items()),
            "sessions": session_rows(await self._list_sessions_of(actor, card.user_id), actor),
        }


def _may_view(actor: Actor, card: PersonCard) -> bool:
    # Whether he sees more is judged when the button is pressed: the answer names the right by which he does.
    return card.is_active and card.user_id != actor.user_id and actor.may(Permission.USERS_VIEW_AS)


def _typed(card: PersonCard) -> dict[str, str]:
    return {"name": card.name, "email": card.email or "", "phone": card.phone or ""}


def _facts(card: PersonCard, texts: GNUTranslations) -> tuple[tuple[str, str], ...]:
    """What is known of the person, by the words for its fields; empty ones are left out."""
    pairs = (
        ("email", card.email),
        ("phone", card.phone),
        ("role", card.role_name or texts.gettext(label_of("role", card.role).text)),
        ("head_id", card.head),
        ("firm_id", card.firm),
    )
    return tuple((texts.gettext(label_of("field", name).text), value) for name, value in pairs if value)


def _companies(line: UserLine, actor: Actor) -> tuple[PersonCompany, ...]:
    opens = actor.may(Permission.COMPANIES_VIEW)
    return tuple(
        PersonCompany(
            name=one.name,
            inn=one.inn,
            level=one.access_level,
            manager=one.manager,
            url=f"/panel/companies/{one.company_id}/people" if opens else "",
        )
        for one in line.companies
    )


@get(PATH, permission=Permission.USERS_VIEW, include_in_schema=False)
async def card(
    request: Request[Actor, Any, Any],
    user_id: FromPath[UUID],
    card_page: NamedDependency[CardPage],
    done: FromQuery[str] = "",
    before: FromQuery[int | None] = None,
) -> Response[str]:
    """The card."""
    texts = card_page.frame.site.texts(language_of(request))
    flashes = (Flash(text=texts.gettext(_DONE[done])),) if done in _DONE else ()
    return await card_page.answer(request, UserId(user_id), flashes=flashes, before=before)


def edit_of(fields: Mapping[str, str]) -> PersonEdit:
    """The card as a form holds it.

    Raises:
        NotFound: naming the field that holds no id.
    """
    ids: dict[str, UserId | None] = {}
    for name in ("role", "head", "firm"):
        text = fields.get(name, "")
        ids[name] = person_id(text)
        if ids[name] is None and (name == "role" or text not in ("", NOBODY)):
            raise NotFound(name)
    return PersonEdit(
        name=fields.get("name", ""),
        email=fields.get("email", ""),
        phone=fields.get("phone", ""),
        language=fields.get("language", ""),
        role_id=RoleId(ids["role"] or UUID(int=0)),
        head_id=ids["head"],
        firm_id=FirmId(ids["firm"]) if ids["firm"] else None,
    )


@post(PATH, permission=Permission.USERS_MANAGE, include_in_schema=False)
async def edit(
    request: Request[Actor, Any, Any],
    user_id: FromPath[UUID],
    card_page: NamedDependency[CardPage],
    edit_person: NamedDependency[EditPerson],
) -> Response[Any]:
    """Save the whole card; what is wrong comes back with the form."""
    fields = await typed_fields(request)
    try:
        wanted = edit_of(fields)
        await edit_person(request.user, UserId(user_id), wanted, version=fields.get("version", ""))
    except DomainError as error:
        known = error.field in ("role", "head", "firm")
        if error.kind is Kind.UNAVAILABLE or (error.kind is Kind.NOT_FOUND and not known):
            raise
        answer = await card_page.answer(
            request, UserId(user_id), form=Form(fields, errors_of(error, language_of(request)))
        )
        answer.status_code = 422 if error.kind in (Kind.INVALID, Kind.NOT_FOUND) else STATUS[error.kind]
        return answer
    return Redirect(f"/panel/users/{user_id}?done={_SAVED}", status_code=303)


@post(PATH + "/state", permission=Permission.USERS_MANAGE, include_in_schema=False)
async def state(
    request: Request[Actor, Any, Any],
    user_id: FromPath[UUID],
    card_page: NamedDependency[CardPage],
    change_person: NamedDependency[ChangePerson],
    invite_person: NamedDependency[InvitePerson],
) -> Response[Any]:
    """Block, unblock, close sessions, reset the second factor, or send an invitation, by the pressed button."""
    action = (await typed_fields(request)).get("action", "")
    try:
        if action == INVITED:
            await invite_person(request.user, UserId(user_id))
        elif action in _BUTTONS:
            await change_person(request.user, UserId(user_id), PeopleChange(PeopleAction(action)))
        else:
            raise NotFound("action")
    except DomainError as error:
        if error.kind in (Kind.NOT_FOUND, Kind.UNAVAILABLE):
            raise
        said = error_text(error.code, error.params, language_of(request))
        answer = await card_page.answer(request, UserId(user_id), flashes=(Flash(text=said, tone="bad"),))
        answer.status_code = STATUS[error.kind]
        return answer
    return Redirect(f"/panel/users/{user_id}?done={action}", status_code=303)


ROUTES = [card, edit, state]
