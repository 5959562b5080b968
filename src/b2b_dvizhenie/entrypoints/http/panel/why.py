"""The panel's answer to «why does he see this, or not?»: the rules in their order, and what each of them said."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency

from b2b_dvizhenie.application.companies import BrowseCompanies, CompanyQuery
from b2b_dvizhenie.application.hierarchy import GOVERNED_BY, ExplainSight, Explanation, Question, Subject
from b2b_dvizhenie.application.identity import ListUsers, UserQuery
from b2b_dvizhenie.application.ordering import ListOrders, OrderQuery
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind, NotFound
from b2b_dvizhenie.domain.shared.ids import UserId
from b2b_dvizhenie.domain.visibility import Information
from b2b_dvizhenie.entrypoints.http.filters import person_id
from b2b_dvizhenie.entrypoints.http.information_texts import INFORMATION
from b2b_dvizhenie.entrypoints.http.labels import N_, label_of
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.pages.people import WhyView
from b2b_dvizhenie.entrypoints.http.panel.frame import NAVIGATION, panel_shell
from b2b_dvizhenie.entrypoints.http.panel.why_texts import said
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

_LONGEST = 200
_FIELDS = ("user", "kind", "object")
_THINGS: Mapping[str, str] = {
    "order": N_("An order"),
    "company": N_("A company"),
    "person": N_("A person"),
}
SECTIONS: Mapping[str, tuple[str, Permission]] = {
    key: (url, right) for _, entries in NAVIGATION for key, url, right in entries
}
_SECTION_TITLES = {
    "statistics": N_("Statistics"),
    "orders": N_("Orders"),
    "prices": N_("Prices and discounts"),
    "users": N_("Users"),
    "roles": N_("Roles and rights"),
    "levels": N_("Access levels"),
    "companies": N_("Companies"),
    "exchange": N_("Exchange monitor"),
    "jobs": N_("Jobs"),
    "settings": N_("Settings"),
    "audit": N_("Audit trail"),
}


class Finder:
    """Finds what the form names: by id, or as people name things; only what the asker sees himself."""

    def __init__(self, list_users: ListUsers, list_orders: ListOrders, browse_companies: BrowseCompanies) -> None:
        self._list_users = list_users
        self._list_orders = list_orders
        self._browse_companies = browse_companies

    async def person(self, actor: Actor, text: str, field: str) -> UserId:
        """By id, e-mail, phone or name, where exactly one person fits; raises NotFound."""
        known = person_id(text)
        if known is not None:
            return known
        found = await self._list_users(actor, UserQuery(text, limit=2))
        if not text or len(found.items) != 1:
            raise NotFound(field)
        return found.items[0].user_id

    async def thing(self, actor: Actor, subject: Subject, text: str) -> UUID:
        """By id; orders by number, companies by name or INN, people as above; raises NotFound."""
        known = person_id(text)
        if known is not None:
            return known
        if not text:
            raise NotFound("object")
        exact: list[UUID]
        match subject:
            case Subject.PERSON:
                return await self.person(actor, text, "object")
            case Subject.ORDER:
                orders = (await self._list_orders(actor, OrderQuery(text=text, limit=2))).orders
                exact = [one.order_id for one in orders if one.number == text] or [one.order_id for one in orders]
            case Subject.COMPANY:
                rows = (await self._browse_companies(actor, CompanyQuery(text=text, limit=2))).items
                exact = [one.company_id for one in rows]
        if len(exact) != 1:
            raise NotFound("object")
        return exact[0]


async def question_of(actor: Actor, fields: Mapping[str, str], finder: Finder) -> Question:
    """What is asked; raises NotFound naming the field that names nothing."""
    kind, _, wanted = fields["kind"].partition(":")
    if kind in set(Subject):
        subject = Subject(kind)
        actor.require(GOVERNED_BY[subject])
        return Question(subject=subject, object_id=await finder.thing(actor, subject, fields["object"]))
    if kind == "section" and wanted in SECTIONS:
        return Question(entrance=(Permission.PANEL_ACCESS, SECTIONS[wanted][1]))
    if kind == "right" and wanted in set(Permission):
        return Question(entrance=(Permission(wanted),))
    if kind == "group" and wanted in set(INFORMATION):
        text = fields["object"]
        company = await finder.thing(actor, Subject.COMPANY, text) if text else None
        return Question(information=Information(wanted), object_id=company)
    raise NotFound("kind")


@get("/panel/why", permission=Permission.USERS_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    explain_sight: NamedDependency[ExplainSight],
    list_users: NamedDependency[ListUsers],
    list_orders: NamedDependency[ListOrders],
    browse_companies: NamedDependency[BrowseCompanies],
) -> Response[str]:
    """The form, and below it the chain of rules for what it asks."""
    fields = {name: request.query_params.get(name, "").strip()[:_LONGEST] for name in _FIELDS}
    fields["kind"] = fields["kind"] or "order"
    finder = Finder(list_users, list_orders, browse_companies)
    errors: dict[str, str] = {}
    answer: Explanation | None = None
    if fields["user"] and (fields["object"] or ":" in fields["kind"]):
        try:
            person = await finder.person(request.user, fields["user"], "user")
            answer = await explain_sight(request.user, person, await question_of(request.user, fields, finder))
        except DomainError as error:
            if error.kind not in (Kind.NOT_FOUND, Kind.FORBIDDEN):
                raise
            errors[error.field or "object"] = error_text(error.code, error.params, language_of(request))
    view = _view(request, frame, Form(fields, errors), answer)
    shell = await panel_shell(frame, request, "users")
    page = frame.page(request, "pages/why.html", {"shell": shell, "view": view})
    page.status_code = 404 if errors else 200
    return page


def _view(request: Request[Actor, Any, Any], frame: Frame, form: Form, answer: Explanation | None) -> WhyView:
    texts = frame.site.texts(language_of(request))

    def choices(titles: Mapping[str, str], mark: str = "") -> tuple[Choice, ...]:
        chosen = form.value("kind")
        return tuple(Choice(mark + key, texts.gettext(title), mark + key == chosen) for key, title in titles.items())

    there = {key: title for key, title in _SECTION_TITLES.items() if SECTIONS[key][0] in frame.site.paths}
    rights = {one.value: label_of("permission", one.value).text for one in Permission}
    groups = {one.value: words[0] for one, words in INFORMATION.items()}
    remedy = ""
    if answer is not None and answer.remedy is not None:
        remedy = texts.gettext(label_of("scope", answer.remedy.value).text)
    return WhyView(
        form=form,
        kinds=(
            (texts.gettext("One thing"), choices(_THINGS)),
            (texts.gettext("Prices, stock and other information"), choices(groups, "group:")),
            (texts.gettext("A section of the panel"), choices(there, "section:")),
            (texts.gettext("What a right allows"), choices(rights, "right:")),
        ),
        person=answer.person.name if answer else "",
        person_url=f"/panel/users/{answer.person.user_id}" if answer else "",
        about=answer.title if answer else "",
        seen=answer.seen if answer else None,
        steps=tuple(said(step, texts) for step in answer.steps) if answer else (),
        remedy=remedy,
    )


ROUTES = [show]
