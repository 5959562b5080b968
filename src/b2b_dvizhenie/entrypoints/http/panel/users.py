"""The panel's directory of people: search, roles and states, whom they buy for; changing several at once."""

from collections.abc import Mapping, Sequence
from gettext import GNUTranslations
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Redirect

from b2b_dvizhenie.application.hierarchy import (
    ChangePeople,
    ListRoles,
    ListStaff,
    PeopleAction,
    PeopleChange,
    PersonOutcome,
    StaffTree,
)
from b2b_dvizhenie.application.identity import ListUsers, UserCount, UserLine, UserPage, UserQuery, UserState
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import RoleId, UserId
from b2b_dvizhenie.entrypoints.http.filters import person_id
from b2b_dvizhenie.entrypoints.http.labels import N_, label_of
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered
from b2b_dvizhenie.entrypoints.http.pages.people import Bulk, BulkReport, UserRow, UsersView
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.panel.roles import role_title
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.problems import STATUS
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

ROWS = 50
NEW = "/panel/users/new"
NOBODY = "none"
"""The value that stands for no head at all."""
_KEPT = ("q", "role", "state", "under", "page")
_DONE = {
    PeopleAction.ROLE: N_("The role was changed."),
    PeopleAction.HEAD: N_("The head was changed."),
    PeopleAction.BLOCK: N_("Blocked; their sessions are closed."),
    PeopleAction.UNBLOCK: N_("Unblocked."),
    PeopleAction.LOG_OUT: N_("Sessions are closed."),
    PeopleAction.SECOND_FACTOR_OFF: N_("The second factor is switched off: the password alone is asked."),
}


def tabs(current: str, texts: GNUTranslations) -> tuple[Link, ...]:
    """The pages about people."""
    return (
        Link(texts.gettext("Directory"), "/panel/users", current == "users"),
        Link(texts.gettext("Who stands under whom"), "/panel/staff", current == "staff"),
    )


def head_choices(staff: StaffTree, texts: GNUTranslations, person: UserId | None = None) -> tuple[Choice, ...]:
    """Heads somebody may be put under, the present one of `person` chosen; nobody first where that may be."""
    now = next((one.head_id for one in staff.people if one.user_id == person), None)
    allowed = staff.places if person is None else staff.heads_for(person)
    top = (Choice(NOBODY, texts.gettext("nobody"), now is None),) if staff.everybody else ()
    return top + tuple(
        Choice(str(one.user_id), one.name, one.user_id == now) for one in staff.people if one.user_id in allowed
    )


def _state(text: str) -> UserState | None:
    """The state of the filter; nonsense in the address filters by nothing."""
    try:
        return UserState(text)
    except ValueError:
        return None


def _row(user: UserLine, marked: frozenset[UserId]) -> UserRow:
    first = user.companies[0] if user.companies else None
    return UserRow(
        id=str(user.user_id),
        url=f"/panel/users/{user.user_id}",
        name=user.name,
        email=user.email or "",
        phone=user.phone or "",
        role=user.role_name or user.role,
        state=user.state.value,
        company=first.name if first else "",
        companies=len(user.companies),
        manager=first.manager if first else "",
        level=first.access_level if first else None,
        seen_at=user.last_seen_at,
        marked=user.user_id in marked,
    )


def _sum(counts: tuple[UserCount, ...], role: str, state: UserState | None) -> int:
    return sum(one.count for one in counts if role in ("", one.role) and (state is None or state is one.state))


class People:
    """The page of the directory for one request, with what the address asks for."""

    def __init__(self, request: Request[Actor, Any, Any], frame: Frame, asked: Mapping[str, str]) -> None:
        self.request = request
        self.frame = frame
        self.texts = frame.site.texts(language_of(request))
        self.state = _state(asked.get("state", ""))
        self.role = asked.get("role", "")
        self.text = asked.get("q", "").strip()
        self.under = person_id(asked.get("under", ""))
        page = asked.get("page", "")
        self.number = max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 10 else 1

    def url(self, path: str = "/panel/users", **changes: str) -> str:
        """The address of the page with other filters."""
        state, under = self.state.value if self.state else "", str(self.under) if self.under else ""
        kept = {"state": state, "role": self.role, "q": self.text, "under": under} | changes
        pairs = {name: value for name, value in kept.items() if value}
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def query(self) -> UserQuery:
        """What to read."""
        offset = (self.number - 1) * ROWS
        return UserQuery(self.text, self.role, self.state, limit=ROWS, offset=offset, under=self.under)

    async def answer(
        self,
        found: UserPage,
        staff: StaffTree,
        list_roles: ListRoles,
        *,
        flashes: tuple[Flash, ...] = (),
        report: BulkReport | None = None,
        marked: frozenset[UserId] = frozenset(),
    ) -> Response[str]:
        """The page."""
        actor, texts = self.request.user, self.texts
        bulk = None
        if actor.may(Permission.USERS_MANAGE):
            bulk = Bulk(
                action=self.url("/panel/users/bulk", page=str(self.number)),
                roles=tuple(
                    Choice(str(one.role_id), role_title(one, texts)) for one in (await list_roles(actor)).givable
                ),
                heads=head_choices(staff, texts),
            )
        here = self.url().replace("{", "{{").replace("}", "}}")
        states = (None, *UserState)
        view = UsersView(
            rows=tuple(_row(one, marked) for one in found.items),
            pager=numbered(found.total, self.number, ROWS, f"{here}{'&' if '?' in here else '?'}page={{page}}"),
            url=self.url(),
            new_url=NEW if actor.may(Permission.USERS_MANAGE) else None,
            states=tuple(
                Link(
                    one.value if one else "",
                    self.url(state=one.value if one else ""),
                    one is self.state,
                    _sum(found.counts, self.role, one),
                )
                for one in states
            ),
            state=self.state.value if self.state else "",
            roles=tuple(
                Choice(code, name or texts.gettext(label_of("role", code).text), code == self.role)
                for code, name in {one.role: one.role_name for one in found.counts}.items()
            ),
            tabs=tabs("users", texts),
            under=next((Link(one.name, self.url(under="")) for one in staff.people if one.user_id == self.under), None),
            under_id=str(self.under) if self.under else "",
            query=self.text,
            bulk=bulk,
            report=report,
        )
        shell = await panel_shell(self.frame, self.request, "users", flashes=flashes)
        return self.frame.page(self.request, "pages/users.html", {"shell": shell, "view": view})


@get("/panel/users", permission=Permission.USERS_VIEW, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_users: NamedDependency[ListUsers],
    list_staff: NamedDependency[ListStaff],
    list_roles: NamedDependency[ListRoles],
    wanted: Annotated[str, QueryParameter(name="state")] = "",
    role: FromQuery[str] = "",
    q: FromQuery[str] = "",
    under: FromQuery[str] = "",
    page: FromQuery[str] = "",
    done: FromQuery[str] = "",
    count: FromQuery[int] = 0,
) -> Response[str]:
    """People the actor may see, by name; right after a change of several, with a word about it."""
    people = People(request, frame, {"state": wanted, "role": role, "q": q, "under": under, "page": page})
    flashes: tuple[Flash, ...] = ()
    if done in set(PeopleAction):
        text = people.texts.ngettext("{count} person changed.", "{count} people changed.", count).format(count=count)
        flashes = (Flash(text=f"{people.texts.gettext(_DONE[PeopleAction(done)])} {text}"),)
    found = await list_users(request.user, people.query())
    return await people.answer(found, await list_staff(request.user), list_roles, flashes=flashes)


def change_of(form: Mapping[str, Any]) -> PeopleChange | None:
    """The change that a form asks for; None where it asks for none, or names a role or head that is no id."""
    action = str(form.get("action", ""))
    if action not in set(PeopleAction):
        return None
    wanted = PeopleAction(action)
    if wanted is PeopleAction.ROLE:
        role = person_id(str(form.get("new_role", "")))
        return PeopleChange(wanted, role_id=RoleId(role)) if role else None
    if wanted is PeopleAction.HEAD:
        text = str(form.get("new_head", ""))
        head = person_id(text)
        return PeopleChange(wanted, head_id=head) if head or text == NOBODY else None
    return PeopleChange(wanted)


@post("/panel/users/bulk", permission=Permission.USERS_MANAGE, include_in_schema=False)
async def bulk(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_users: NamedDependency[ListUsers],
    list_staff: NamedDependency[ListStaff],
    list_roles: NamedDependency[ListRoles],
    change_people: NamedDependency[ChangePeople],
) -> Response[Any]:
    """Change the marked people, all or none; where somebody is refused, the page says who and why, marks kept."""
    form = await request.form()  # one marked person comes as a single value, several as a list
    people = People(request, frame, {name: request.query_params.get(name, "") for name in _KEPT})
    marked = [one for one in map(person_id, map(str, form.getall("user", []))) if one]
    change = change_of(form)
    status, report, flashes = 422, None, tuple[Flash, ...]()
    if change is None or not marked:
        flashes = (Flash(text=people.texts.gettext("Mark people, and choose what to do."), tone="bad"),)
    else:
        try:
            outcomes = await change_people(request.user, marked, change)
        except DomainError as error:
            if error.kind is Kind.UNAVAILABLE or error.code == "hierarchy.forbidden":
                raise
            said = error_text(error.code, error.params, language_of(request))
            status, flashes = STATUS[error.kind], (Flash(text=said, tone="bad"),)
        else:
            report = report_of(outcomes, people.texts, language_of(request))
            if report is None:
                count = sum(one.changed for one in outcomes)
                page = str(people.number)
                return Redirect(people.url(page=page, done=change.action.value, count=str(count)), status_code=303)
            status = 409
    found = await list_users(request.user, people.query())
    staff = await list_staff(request.user)
    answer = await people.answer(found, staff, list_roles, flashes=flashes, report=report, marked=frozenset(marked))
    answer.status_code = status
    return answer


def report_of(outcomes: Sequence[PersonOutcome], texts: GNUTranslations, language: str) -> BulkReport | None:
    """Who kept the change from being made; None where nobody did."""
    refused = tuple(
        (one.name or texts.gettext("Somebody you do not see"), error_text(one.error.code, one.error.params, language))
        for one in outcomes
        if one.error is not None
    )
    return BulkReport(marked=len(outcomes), refused=refused) if refused else None


ROUTES = [list_, bulk]
