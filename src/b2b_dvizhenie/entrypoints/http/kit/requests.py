"""Sample requests for access."""

from datetime import timedelta

from b2b_dvizhenie.entrypoints.http.kit.goods import NOW
from b2b_dvizhenie.entrypoints.http.pages.access_requests import AskView, RequestRow, RequestsView, RequestView
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered


def ask() -> AskView:
    """The form with faults."""
    return AskView(Form({"company": "ООО «Свет»", "inn": "7707083890"}, {"inn": "Проверьте ИНН: в нём ошибка."}))


def asked() -> AskView:
    """After it was sent."""
    return AskView(sent=True)


def _row(state: str, company: str, hours: int) -> RequestRow:
    return RequestRow(
        url="/panel/requests/1",
        company=company,
        inn="7707083893",
        name="Анна Петрова",
        contact="a.petrova@example.ru",
        created_at=NOW - timedelta(hours=hours),
        state=state,
    )


_STATES = (
    Link("Все 3", "/panel/requests", True),
    Link("Ожидает 1", "/panel/requests?state=waiting"),
    Link("Доступ дан 1", "/panel/requests?state=approved"),
    Link("Отказано 1", "/panel/requests?state=refused"),
)


def request_list() -> RequestsView:
    """One of each state."""
    rows = (
        _row("waiting", "ООО «Свет и провод»", 1),
        _row("approved", "ИП Константинопольская-Задунайская М. А.", 30),
        _row("refused", "АО «Ромашка»", 50),
    )
    return RequestsView(rows=rows, pager=numbered(3, 1, 50, "/panel/requests?page={page}"), states=_STATES)


def request_list_empty() -> RequestsView:
    """Nobody has asked, and nobody can."""
    pager = numbered(0, 1, 50, "/panel/requests?page={page}")
    return RequestsView(rows=(), pager=pager, states=_STATES, offered=False, settings_url="/panel/settings")


def request() -> RequestView:
    """One that waits, refused once for its KPP."""
    return RequestView(
        url="/panel/requests/1",
        row=_row("waiting", "ООО «Свет и провод»", 1),
        phone="+79123456789",
        email="a.petrova@example.ru",
        comment="Магазин в Твери, покупаем кабель и светильники.",
        waiting=True,
        companies=(Choice("1", "ООО «Свет и провод», КПП 770101001", True), Choice("", "создать новую компанию")),
        needs_kpp=True,
        approval=Form({"kpp": "77"}, {"kpp": "КПП: девять знаков."}),
    )


def request_refused() -> RequestView:
    """One that was refused."""
    return RequestView(
        url="/panel/requests/1",
        row=_row("refused", "АО «Ромашка»", 50),
        phone="",
        email="a.petrova@example.ru",
        comment="",
        waiting=False,
        decided_at=NOW,
        decided_by="Виктор Лебедев",
        reason="Розничный покупатель.",
    )
