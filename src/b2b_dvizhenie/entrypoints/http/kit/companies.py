"""Samples of the panel's pages of companies and firms."""

from datetime import UTC, date, datetime
from decimal import Decimal

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages import companies as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link

_URL = "/panel/companies/1"
_KINDS = (
    Choice("legal", "Организация", selected=True),
    Choice("entrepreneur", "Предприниматель"),
    Choice("person", "Физическое лицо"),
)
_TYPED = {
    "name": "ООО «Ромашка»",
    "full_name": "Общество с ограниченной ответственностью «Ромашка»",
    "inn": "7797228188",
    "kpp": "779701001",
    "ogrn": "1442056734063",
    "address": "115114, Москва, Дербеневская наб., 7",
    "phone": "+7 495 000-00-00",
    "email": "zakaz@romashka.example",
    "bik": "044525225",
    "account": "40702810138250123017",
}


def _head(tab: str, *, node: str = "") -> views.CompanyHead:
    tabs = ("requisites", "agreements", "people", "orders", "audit")
    return views.CompanyHead(
        name="ООО «Ромашка»",
        state="active",
        tabs=tuple(Link(one, f"{_URL}/{one}", one == tab) for one in tabs),
        node=node,
        kind="legal",
        inn="7797228188",
    )


def company_list() -> views.CompanyListView:
    """A page of companies in every state."""
    row = views.CompanyRow(
        url=_URL,
        name="ООО «Торговый дом Северо-Западная электротехническая компания»",
        inn="7797228188",
        kpp="779701001",
        kind="legal",
        state="active",
        node="УТ 11",
        manager="Ирина Соколова",
        price_type="Опт-2",
        buyers=3,
    )
    other = views.CompanyRow(url=_URL, name="ИП Тестов", inn="500040793310", kind="entrepreneur", state="inactive")
    states = (Link("active", "/panel/companies", current=True), Link("inactive", "?state=inactive"), Link("any", "?"))
    return views.CompanyListView(
        rows=(row, other, row),
        total=10_412,
        states=states,
        kinds=_KINDS[1:],
        managers=(Choice("none", "никто"), Choice("1", "Ирина Соколова")),
        state="active",
        next_url="/panel/companies?after=x",
        first_url="/panel/companies",
        new_url="/panel/companies/new",
        firms_url="/panel/firms",
    )


def company_list_empty() -> views.CompanyListView:
    """A search without a hit."""
    return views.CompanyListView(rows=(), total=0, states=(), kinds=_KINDS, query="нет такой", filtered=True)


def company_new() -> views.CompanyNewView:
    """A new company with mistakes."""
    form = Form(
        _TYPED | {"inn": "7797228189"},
        {"inn": "В ИНН опечатка: контрольная цифра не сходится. Сверьте номер с карточкой предприятия."},
    )
    fields = views.RequisitesForm(form=form, action="/panel/companies/new", kinds=_KINDS, may_fill=True)
    return views.CompanyNewView(requisites=fields, existing_url=_URL, notice="По данным реестра компания закрыта.")


def company(*, from_1c: bool = False) -> views.CompanyView:
    """A company made by hand, or one of 1C."""
    fields = views.RequisitesForm(
        form=Form(_TYPED), action=_URL, kinds=_KINDS, may_change=not from_1c, may_fill=True, version="x"
    )
    return views.CompanyView(
        head=_head("requisites", node="УТ 11" if from_1c else ""),
        requisites=fields,
        manager="Ирина Соколова",
        manager_form=Form({"manager": "x"}, {"manager": "Такого логина нет."}) if from_1c else Form(),
        managers=(("irina@example.test", "Ирина Соколова"),),
        switch_url=f"{_URL}/state",
        manager_url=f"{_URL}/manager",
    )


def company_of_1c() -> views.CompanyView:
    """A company that 1C owns."""
    return company(from_1c=True)


def company_agreements() -> views.AgreementsView:
    """Agreements in several states."""
    states = ("current", "spare", "future", "expired", "closed")
    rows = tuple(
        views.AgreementRow(
            title="Договор № 118 от 12.03.2026" if state == "current" else "",
            state=state,
            price_type="Опт-2",
            currency="RUB",
            rounding="line_each_discount",
            is_default=state == "current",
            firm="ООО «Продавец»",
            warehouse="Москва",
            credit_limit=Money(Decimal(1_500_000), "RUB"),
            minimum=Money(Decimal(25_000), "RUB"),
            valid_from=date(2026, 3, 12),
            valid_to=date(2027, 3, 11),
            payment_methods=("По договору с отсрочкой", "Предоплата по счёту") if state == "current" else (),
            url=f"{_URL}/agreements/1",
            close_url=f"{_URL}/agreements/1/close",
        )
        for state in states
    )
    return views.AgreementsView(head=_head("agreements"), rows=rows, uncovered=True, new_url=f"{_URL}/agreements/new")


def company_agreement() -> views.AgreementFormView:
    """The form of an agreement, with a mistake."""
    return views.AgreementFormView(
        head=_head("agreements"),
        form=Form({"credit_limit": "много"}, {"credit_limit": "Сумма — число."}),
        title="Новый договор",
        action=f"{_URL}/agreements/new",
        back_url=f"{_URL}/agreements",
        price_types=(Choice("1", "Опт-2, RUB"),),
        currencies=(Choice("RUB", "RUB"),),
        roundings=(Choice("line_once", "Строка один раз"),),
        payment_methods=(
            Choice("method.1", "По договору с отсрочкой", selected=True),
            Choice("method.2", "Наличными при получении", note="Выключено"),
        ),
        firms=(Choice("", "как у менеджера"),),
        warehouses=(Choice("", "любой"),),
        is_default=True,
    )


def company_people() -> views.PeopleView:
    """Who buys for a company."""
    member = views.MemberRow(
        id="1",
        name="Анна Петрова",
        login="anna@romashka.example",
        role="client",
        state="active",
        level=3,
        seen_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
    )
    return views.PeopleView(
        head=_head("people"),
        rows=(member, member),
        form=Form(),
        action=f"{_URL}/people",
        new_url="/panel/users/new?company=1",
        levels=(Choice("1", "Уровень 1"), Choice("3", "Оптовик")),
        links=True,
    )


def firm_list() -> views.FirmListView:
    """The seller firms."""
    row = views.FirmRow(
        name="ООО «Продавец»",
        inn="7797228188",
        kpp="779701001",
        is_default=True,
        is_active=True,
        agreements=1_204,
        people=31,
        url="/panel/firms/1",
    )
    old = views.FirmRow(name="Старая", inn="", is_default=False, is_active=False, agreements=0, people=0)
    return views.FirmListView(rows=(row, old), new_url="/panel/firms/new")


def firm() -> views.FirmView:
    """A seller firm."""
    fields = views.RequisitesForm(form=Form(_TYPED), action="/panel/firms/1", kinds=_KINDS)
    return views.FirmView(name="ООО «Продавец»", requisites=fields, is_default=True, is_active=True)
