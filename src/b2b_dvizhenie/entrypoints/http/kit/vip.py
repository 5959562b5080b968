"""Samples of the VIP cabinet and of the panel's pages about VIP."""

from datetime import date, timedelta
from decimal import Decimal

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.kit.goods import NOW
from b2b_dvizhenie.entrypoints.http.pages import vip as views
from b2b_dvizhenie.entrypoints.http.pages.companies import CompanyHead
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, pages

_HERE = "/panel/vip"
_TITLE = "Скидка 20 % на перевозку сборных грузов при заказе от 1 000 000 ₽"
_PARTNER = "ООО «Северо-Западная транспортная компания»"
_TEXT = (
    "Назовите при заказе перевозки номер вашего договора.",
    "Бонус действует для отгрузок со всех складов и не складывается с другими скидками перевозчика.",
)
_LONG = "ООО «Торговый дом Северо-Западная электротехническая компания»"


def _tabs(current: str) -> tuple[Link, ...]:
    tabs = (("Активировано", _HERE), ("Предложения партнёров", f"{_HERE}/offers"), ("Кандидаты", f"{_HERE}/candidates"))
    return tuple(Link(title, url, url == current) for title, url in tabs)


def _head(*, is_vip: bool) -> CompanyHead:
    url = "/panel/companies/1"
    tabs = ("requisites", "agreements", "vip", "people", "orders", "audit")
    links = tuple(Link(one, f"{url}/{one}", one == "vip") for one in tabs)
    return CompanyHead(name="ООО «Ромашка»", state="active", tabs=links, kind="legal", inn="7797228188", is_vip=is_vip)


def _agreements() -> tuple[Choice, ...]:
    return (Choice("", "обычное"), Choice("1", "Договор поставки № 17 — VIP-опт", selected=True))


def standing() -> views.StandingView:
    """A VIP company as an administrator sees it."""
    return views.StandingView(
        head=_head(is_vip=True),
        form=Form(),
        since=NOW,
        agreement="Договор поставки № 17 — VIP-опт",
        agreements=_agreements(),
        assortment="Полный ассортимент",
        segments=(Choice("", "как у всех"), Choice("1", "Полный ассортимент", selected=True)),
        action="/panel/companies/1/vip",
    )


def no_vip() -> views.StandingView:
    """A company that is no VIP as its manager sees it."""
    return views.StandingView(head=_head(is_vip=False), form=Form())


def cabinet() -> views.CabinetView:
    """An offer that is open and one that was taken up."""
    return views.CabinetView(
        offers=(
            views.OfferCard(
                title=_TITLE,
                partner=_PARTNER,
                paragraphs=_TEXT,
                valid_to=date(2026, 12, 31),
                activate_url="/vip/offers/1/activate",
            ),
            views.OfferCard(title="Кофе в подарок", partner="Зерно", paragraphs=_TEXT[:1], activated_at=NOW),
        ),
        has_own_terms=True,
    )


def cabinet_empty() -> views.CabinetView:
    """A cabinet without offers."""
    return views.CabinetView(offers=())


def activations() -> views.ActivationsView:
    """What was taken up."""
    row = views.ActivationRow(
        offer=_TITLE,
        partner=_PARTNER,
        company=_LONG,
        person="Андрей Константинопольский",
        manager="Ирина Соколова",
        at=NOW,
        company_url="/panel/companies/1",
    )
    other = views.ActivationRow(
        offer="Кофе в подарок", partner="Зерно", company="ИП Тестов", person="Тестов", manager="", at=NOW
    )
    return views.ActivationsView(tabs=_tabs(_HERE), rows=(row, other), pager=pages(2, 1, 50, f"{_HERE}?page={{page}}"))


def activations_empty() -> views.ActivationsView:
    """Nothing was taken up."""
    return views.ActivationsView(tabs=_tabs(_HERE), rows=(), pager=pages(0, 1, 50, f"{_HERE}?page={{page}}"))


def offers() -> views.OffersView:
    """Offers in every state."""
    states = ("offered", "future", "past", "hidden")
    rows = tuple(
        views.OfferRow(
            title=_TITLE,
            partner=_PARTNER,
            state=state,
            url=f"{_HERE}/offers/{number}",
            activations=number * 1200,
            companies=number or None,
            valid_from=date(2026, 11, 1) if number else None,
            valid_to=date(2026, 12, 31) if number != 1 else None,
        )
        for number, state in enumerate(states)
    )
    return views.OffersView(tabs=_tabs(f"{_HERE}/offers"), rows=rows, new_url=f"{_HERE}/offers/new")


def offers_empty() -> views.OffersView:
    """No offers."""
    return views.OffersView(tabs=_tabs(f"{_HERE}/offers"), rows=(), new_url=f"{_HERE}/offers/new")


def offer_refused() -> views.OfferFormView:
    """An offer whose form came back."""
    typed = {"title": _TITLE, "text": "\n".join(_TEXT), "valid_from": "2026-12-01", "valid_to": "2026-11-01"}
    errors = {
        "partner": "Заполните поле.",
        "valid_to": "Предложение кончается раньше, чем начинается.",
        "companies": "Отметьте компании: хотя бы одну, не больше 1000.",
    }
    return views.OfferFormView(
        form=Form(typed, errors),
        title=_TITLE,
        action=f"{_HERE}/offers/1",
        companies=(Choice("1", _LONG), Choice("2", "ИП Тестов")),
        for_all=False,
    )


def candidates() -> views.CandidatesView:
    """Companies over the thresholds."""
    row = views.CandidateRow(
        name=_LONG,
        inn="7797228188",
        manager="Ирина Соколова",
        orders=128,
        amount=Money(Decimal("12345678.90"), "RUB"),
        last_order_at=NOW - timedelta(days=1),
        url="/panel/companies/1/vip",
    )
    other = views.CandidateRow(
        name="ИП Тестов", inn="", manager="", orders=10, amount=Money(Decimal(1_000_000), "RUB"), last_order_at=NOW
    )
    return _candidates((row, other))


def candidates_empty() -> views.CandidatesView:
    """Nobody is over the thresholds."""
    return _candidates(())


def _candidates(rows: tuple[views.CandidateRow, ...]) -> views.CandidatesView:
    return views.CandidatesView(
        tabs=_tabs(f"{_HERE}/candidates"),
        rows=rows,
        pager=pages(len(rows), 1, 50, f"{_HERE}/candidates?page={{page}}"),
        days=90,
        orders=10,
        amount=Money(Decimal(1_000_000), "RUB"),
        settings_url="/panel/settings",
    )
