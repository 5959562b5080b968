"""Samples of balances: the buyer's page and the panel's card in all states."""

from datetime import date, timedelta
from decimal import Decimal

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.kit.goods import NOW
from b2b_dvizhenie.entrypoints.http.kit.shell import rub
from b2b_dvizhenie.entrypoints.http.pages import balance as views
from b2b_dvizhenie.entrypoints.http.pages.companies import CompanyHead
from b2b_dvizhenie.entrypoints.http.pages.parts import Link, pages

_COMPANY = "ООО «ЭнергоМонтаж»"
_HERE = "/balance?payments={page}#payments"
_DAY = date(2026, 11, 22)


def _payments() -> views.PaymentList:
    rows = [
        (-4, "credit_after_shipment", "overdue", "8543.34", "0", "Реализация КА00-004518 от 18.10.2026"),
        (0, "credit_after_shipment", "due", "40000", "25000", "Реализация КА00-004611 от 22.10.2026"),
        (9, "prepay_before_shipment", "planned", "94609.15", "0", "Заказ B-000118"),
        (-30, "independent", "paid", "12000", "12000", ""),
    ]
    return views.PaymentList(
        tuple(
            views.PaymentLine(
                due_on=_DAY + timedelta(days=shift),
                kind=kind,
                status=status,
                amount=rub(amount),
                paid=rub(paid),
                open=Money(Decimal(amount) - Decimal(paid), "RUB"),
                title=title,
            )
            for shift, kind, status, amount, paid, title in rows
        ),
        pages(44, 1, 20, _HERE),
    )


def _documents() -> views.DocumentList:
    rows = (
        views.DocumentLine(
            kind="waybill",
            number="КА00-004518",
            issued_on=date(2026, 10, 18),
            total=rub("48543.34"),
            rest=rub("8543.34"),
            due_on=_DAY - timedelta(days=4),
            days_overdue=4,
        ),
        views.DocumentLine(
            kind="upd",
            number="КА00-004611",
            issued_on=date(2026, 10, 22),
            total=rub("109609.15"),
            rest=rub("109609.15"),
        ),
        views.DocumentLine(
            kind="payment", number="771", issued_on=date(2026, 11, 2), total=rub("1500"), rest=rub("-1500")
        ),
    )
    return views.DocumentList(rows, pages(3, 1, 20, "/balance?documents={page}#documents"))


def _card() -> views.BalanceCard:
    return views.BalanceCard(
        currency="RUB",
        as_of=NOW,
        sees_limit=True,
        limit=rub("500000"),
        available=rub("300847.51"),
        reserved=rub("81000"),
        debt=rub("118152.49"),
        advance=rub("1500"),
        overdue=rub("8543.34"),
        overdue_days=4,
    )


def _bonuses() -> tuple[views.BonusLine, ...]:
    expiring = ((date(2026, 12, 31), Decimal(1200)),)
    return (
        views.BonusLine(
            program="Программа для монтажных организаций",
            balance=Decimal(5400),
            pending=Decimal("310.50"),
            expiring=expiring,
        ),
    )


def balance() -> views.BalanceView:
    """Everything is open, something is overdue."""
    sheet = views.BalanceSheet(
        price_type="МРЦ", cards=(_card(),), bonuses=_bonuses(), schedule=_payments(), documents=_documents()
    )
    return views.BalanceView(company=_COMPANY, sheet=sheet)


def balance_stale() -> views.BalanceView:
    """Two currencies, old numbers, a stop list, no limit in one of them."""
    roubles = views.BalanceCard(
        currency="RUB",
        as_of=NOW - timedelta(days=3),
        stale=True,
        sees_limit=True,
        limit=rub("10000"),
        available=rub("-14250"),
        debt=rub("24250"),
        overdue=rub("0"),
        overdue_days=0,
        stopped=True,
    )
    dollars = views.BalanceCard(
        currency="USD",
        as_of=NOW,
        sees_limit=True,
        debt=Money(Decimal("1250.40"), "USD"),
        overdue=Money(Decimal(0), "USD"),
        overdue_days=0,
    )
    nothing = views.PaymentList((), pages(0, 1, 20, _HERE))
    documents = views.DocumentList((), pages(0, 1, 20, "/balance?documents={page}#documents"))
    sheet = views.BalanceSheet(
        price_type="Опт-3", cards=(roubles, dollars), bonuses=(), schedule=nothing, documents=documents
    )
    return views.BalanceView(company=_COMPANY, sheet=sheet)


def balance_untold() -> views.BalanceView:
    """The ERP has told nothing yet."""
    nothing = views.PaymentList((), pages(0, 1, 20, _HERE))
    documents = views.DocumentList((), pages(0, 1, 20, "/balance?documents={page}#documents"))
    sheet = views.BalanceSheet(price_type="", cards=(), bonuses=(), schedule=nothing, documents=documents)
    return views.BalanceView(company=_COMPANY, sheet=sheet)


def balance_first_level() -> views.BalanceView:
    """The first level: debts and bonuses are open, the rest is not."""
    debt = views.BalanceCard(currency="RUB", as_of=NOW, debt=rub("118152.49"), overdue=rub("0"), overdue_days=0)
    return views.BalanceView(
        company=_COMPANY, sheet=views.BalanceSheet(cards=(debt,), bonuses=_bonuses(), documents=_documents())
    )


def balance_closed() -> views.BalanceView:
    """Nothing is open."""
    return views.BalanceView(company=_COMPANY, sheet=views.BalanceSheet())


def balance_without_company() -> views.BalanceView:
    """Somebody who buys for nobody."""
    return views.BalanceView(company="", sheet=None)


def company() -> views.CompanyBalanceView:
    """The panel's card with findings."""
    url = "/panel/companies/1"
    tabs = ("requisites", "agreements", "balance", "vip", "people", "orders", "audit")
    head = CompanyHead(
        name=_COMPANY,
        state="active",
        tabs=tuple(Link(one, f"{url}/{one}", one == "balance") for one in tabs),
        kind="legal",
        inn="7797228188",
    )
    sheet = views.BalanceSheet(
        price_type="МРЦ", cards=(_card(),), bonuses=_bonuses(), schedule=_payments(), documents=_documents()
    )
    findings = (
        views.FindingLine(
            code="schedule_differs_from_debt", told=rub("118152.49"), found=rub("118152.48"), days=0, since=NOW
        ),
        views.FindingLine(
            code="overdue_without_days", told=rub("8543.34"), found=None, days=0, since=NOW, contract="17/2026"
        ),
    )
    return views.CompanyBalanceView(head=head, sheet=sheet, findings=findings)
