"""Sample views of the pages about people."""

from datetime import UTC, datetime, timedelta

from b2b_dvizhenie.entrypoints.http.kit.goods import NOW
from b2b_dvizhenie.entrypoints.http.pages.account import SessionRow
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, pages
from b2b_dvizhenie.entrypoints.http.pages.people import (
    Bulk,
    BulkReport,
    NewUserView,
    PersonCompany,
    PersonView,
    StaffNode,
    StaffView,
    UserRow,
    UsersView,
    WhyStep,
    WhyView,
)
from b2b_dvizhenie.entrypoints.http.pages.staff import AuditRow

_TABS = (Link("Справочник", "/panel/users", current=True), Link("Кто кому подчинён", "/panel/staff"))
_HEADS = (Choice("none", "никому", selected=True), Choice("4", "Артур Закиров"), Choice("5", "Ирина Котова"))
_ROLES = (Choice("1", "Клиент", selected=True), Choice("2", "Менеджер"))


def users() -> UsersView:
    """Buyers and staff."""
    people = (
        ("Ирина Соколова", "i.sokolova@example.ru", "Клиент", "active", "ООО «ЭнергоМонтаж»", 2, "Артур Закиров", 2),
        ("Пётр Савельев", "+79123456789", "Клиент", "active", "ИП Савельев Пётр Андреевич", 1, "Артур Закиров", 1),
        (
            "Мария Константинопольская-Задунайская",
            "m.konstantinopolskaya@stroysvet.example.ru",
            "Клиент",
            "active",
            "ООО «СтройСвет»",
            1,
            "",
            1,
        ),
        ("Артур Закиров", "a.zakirov@example.ru", "Менеджер", "active", "", 0, "", None),
        ("Олег Петренко", "o.petrenko@example.ru", "Менеджер", "blocked", "", 0, "", None),
    )
    return UsersView(
        rows=tuple(
            UserRow(
                id=str(index),
                name=name,
                email=login if "@" in login else "",
                phone="" if "@" in login else login,
                url=f"/panel/users/{index}",
                role=role,
                state=state,
                company=company,
                companies=companies,
                manager=manager,
                level=level,
                seen_at=NOW - timedelta(hours=index * 9) if state == "active" else None,
            )
            for index, (name, login, role, state, company, companies, manager, level) in enumerate(people)
        ),
        pager=pages(1277, 1, 50, "/panel/users?page={page}"),
        url="/panel/users",
        states=(
            Link("", "/panel/users", current=True, count=1277),
            Link("active", "/panel/users?state=active", count=1261),
            Link("blocked", "/panel/users?state=blocked", count=16),
        ),
        roles=(Choice("client", "Клиент"), Choice("manager", "Менеджер")),
        tabs=_TABS,
        under=Link("Артур Закиров", "/panel/users"),
        under_id="4",
        bulk=Bulk(action="/panel/users/bulk", roles=_ROLES, heads=_HEADS),
    )


def users_refused() -> UsersView:
    """A change of several people that was not made."""
    refused = (
        ("Артур Закиров", "Нельзя подчинить самому себе или тому, кто ниже."),
        ("Олег Петренко", "Эта роль не ниже вашей: её меняет тот, кто стоит выше."),
    )
    return UsersView(
        rows=(
            UserRow(id="3", name="Артур Закиров", role="manager", state="active", url="/panel/users/3", marked=True),
            UserRow(id="4", name="Олег Петренко", role="director", state="blocked", url="/panel/users/4", marked=True),
        ),
        pager=pages(2, 1, 50, "/panel/users?page={page}"),
        url="/panel/users",
        tabs=_TABS,
        bulk=Bulk(action="/panel/users/bulk", roles=_ROLES, heads=_HEADS),
        report=BulkReport(marked=5, refused=refused),
    )


def users_empty() -> UsersView:
    """Nobody found."""
    return UsersView(rows=(), pager=pages(0, 1, 50, "/panel/users?page={page}"), url="/panel/users", query="zzz")


def person() -> PersonView:
    """A buyer, by who may change him; with a mistake in the form."""
    row = AuditRow(
        at=NOW - timedelta(days=1),
        who="Администратор",
        action="Смена роли",
        subject="Ирина Соколова",
        changes=(("Роль", "Менеджер", "Клиент"),),
    )
    return PersonView(
        id="1",
        name="Ирина Соколова",
        role="client",
        state="active",
        facts=(),
        companies=(
            PersonCompany(
                name="ООО «ЭнергоМонтаж»", inn="7707083893", level=2, manager="Артур Закиров", url="/panel/companies/1"
            ),
        ),
        form=Form(
            {"name": "Ирина Соколова", "email": "i.sokolova@"},
            {"email": "Это не похоже на адрес почты."},
        ),
        version="1",
        second_factor=True,
        roles=_ROLES,
        heads=_HEADS,
        firms=(Choice("", "нет", selected=True), Choice("1", "ООО «Продавец»")),
        languages=(Choice("ru", "Русский", selected=True), Choice("en", "English")),
        sessions=(
            SessionRow(
                id="1",
                device="Firefox, Windows",
                address="192.0.2.15",
                started_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
                seen_at=NOW - timedelta(minutes=3),
                expires_at=datetime(2026, 12, 20, 9, 0, tzinfo=UTC),
            ),
        ),
        trail=(row,),
        older_url="?before=1",
        view_as_url="/panel/users/1/view-as",
    )


def person_to_look_at() -> PersonView:
    """A manager, by who may look only."""
    return PersonView(
        id="4",
        name="Артур Закиров",
        role="manager",
        state="blocked",
        facts=(("Почта", "a.zakirov@example.ru"), ("Руководитель", "Ольга Рябова")),
        companies=(),
        trail=(),
    )


def _node(key: str, name: str, role: str, *under: StaffNode, **more: object) -> StaffNode:
    below = len(under) + sum(one.below for one in under)
    given: dict[str, object] = {"companies": 0, "open": True, "movable": True} | more
    return StaffNode(id=key, name=name, role=role, url=f"/panel/users/{key}", below=below, children=under, **given)  # type: ignore[arg-type]  # a sample


def _tree(**of_manager: object) -> tuple[StaffNode, ...]:
    manager = _node("4", "Артур Закиров", "manager", companies=14, **of_manager)
    other = _node("5", "Мария Константинопольская-Задунайская", "manager", companies=3, blocked=True)
    head = _node("3", "Ольга Рябова", "head_of_managers", manager, other, place=bool(of_manager))
    second = _node("6", "Павел Дёмин", "head_of_managers", place=bool(of_manager))
    return (_node("2", "Виктор Лебедев", "director", head, second, own=True),)


def why() -> WhyView:
    """A manager who does not see an order of a colleague's client."""
    return WhyView(
        form=Form({"user": "a.zakirov@example.ru", "kind": "order", "object": "100023"}),
        kinds=(
            ("Один предмет", (Choice("order", "Заказ", selected=True), Choice("company", "Компания"))),
            ("Право", (Choice("right:orders.view", "Видеть заказы"),)),
        ),
        person="Артур Закиров",
        person_url="/panel/users/4",
        about="100023",
        seen=False,
        steps=(
            WhyStep(ok=True, text="Роль «Менеджер» даёт право «Видеть заказы»: свои клиенты."),
            WhyStep(
                ok=False,
                text="Он не ведёт эту компанию.",
                note="Компания: ООО «СтройСвет» · Менеджер: Мария Константинопольская-Задунайская",
            ),
        ),
        remedy="подчинённые",
    )


def why_asked() -> WhyView:
    """Nothing asked yet, and a person who was not found."""
    return WhyView(
        form=Form({"user": "nobody@example.ru"}, {"user": "Не найдено."}),
        kinds=(("Один предмет", (Choice("order", "Заказ"),)),),
    )


def new_user() -> NewUserView:
    """A person that was refused once."""
    return NewUserView(
        form=Form(
            {"name": "Мария Константинопольская-Задунайская", "email": "m@example", "company": "ООО «Свет»"},
            {
                "email": "Укажите адрес почты или номер телефона.",
                "company": "Так называются несколько компаний: укажите ИНН.",
            },
        ),
        action="/panel/users/new",
        roles=_ROLES,
        heads=_HEADS,
        languages=(Choice("ru", "Русский", True), Choice("en", "English")),
        levels=(Choice("1", "1. Начальный"), Choice("2", "2. Цены договора")),
    )


def staff() -> StaffView:
    """A tree of four levels."""
    return StaffView(roots=_tree(), total=5, tabs=_TABS, cut=True)


def staff_moving() -> StaffView:
    """Choosing a new head."""
    roots = _tree(moving=True, movable=False)
    return StaffView(
        roots=roots, total=5, tabs=_TABS, moving="Артур Закиров", action="/panel/staff/4/head", to_the_top=True
    )


def staff_empty() -> StaffView:
    """Nobody there."""
    return StaffView(roots=(), total=0, tabs=_TABS)
