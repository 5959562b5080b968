"""A balance as pages show it: what the portal's page and the panel's card have in common."""

from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlencode

from b2b_dvizhenie.application.balances import Balance, CurrencyBalance, OpenItems, Schedule, ShowBalance
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages.balance import (
    BalanceCard,
    BalanceSheet,
    BonusLine,
    DocumentLine,
    DocumentList,
    PaymentLine,
    PaymentList,
)
from b2b_dvizhenie.entrypoints.http.pages.parts import pages

ROWS = 20
MAX_PAGE = 10_000


def page_number(number: int) -> int:
    """The number of a page that can be asked for."""
    return max(1, min(number, MAX_PAGE))


async def sheet_of(
    actor: Actor,
    show_balance: ShowBalance,
    here: str,
    *,
    company_id: CompanyId | None = None,
    payments: int = 1,
    documents: int = 1,
) -> BalanceSheet:
    """The balance of a company with the asked pages of its lists; raises as `ShowBalance` does.

    Args:
        actor: who looks.
        show_balance: the use case.
        here: address of the page.
        company_id: None for the company he buys for.
        payments: number of the page of the schedule.
        documents: number of the page of open documents.
    """
    balance = await show_balance(actor, company_id)
    payments, documents = page_number(payments), page_number(documents)
    schedule = items = None
    if balance.sees_schedule:
        schedule = await show_balance.schedule(actor, company_id, ROWS, (payments - 1) * ROWS)
    if balance.sees_items:
        items = await show_balance.open_items(actor, company_id, ROWS, (documents - 1) * ROWS)
    return BalanceSheet(
        price_type=balance.price_type,
        cards=None if balance.balances is None else tuple(map(_card, balance.balances)),
        bonuses=_bonuses(balance),
        schedule=None if schedule is None else _payments(schedule, here, payments, {"documents": documents}),
        documents=None if items is None else _documents(items, here, documents, {"payments": payments}),
    )


def _card(one: CurrencyBalance) -> BalanceCard:
    def money(amount: Decimal | None) -> Money | None:
        return None if amount is None else Money(amount, one.currency)

    return BalanceCard(
        currency=one.currency,
        as_of=one.as_of,
        stale=one.is_stale,
        sees_limit=one.is_limited is not None,
        limit=money(one.credit_limit),
        available=money(one.available),
        reserved=money(one.reserved or None),
        debt=money(one.debt),
        advance=money(one.advance or None),
        overdue=money(one.overdue),
        overdue_days=one.overdue_days,
        stopped=bool(one.is_stopped),
    )


def _bonuses(balance: Balance) -> tuple[BonusLine, ...] | None:
    if balance.bonuses is None:
        return None
    return tuple(
        BonusLine(
            program=one.program,
            balance=one.balance,
            pending=one.pending,
            expiring=tuple((part.day, part.amount) for part in one.expiring),
        )
        for one in balance.bonuses
    )


def _address(here: str, name: str, others: Mapping[str, int]) -> str:
    kept = {key: number for key, number in others.items() if number > 1}
    rest = f"&{urlencode(kept)}" if kept else ""
    return f"{here}?{name}={{page}}{rest}#{name}"


def _payments(schedule: Schedule, here: str, number: int, others: Mapping[str, int]) -> PaymentList:
    rows = tuple(
        PaymentLine(
            due_on=one.payment.due_on,
            kind=one.payment.kind.value,
            status=one.status.value,
            amount=Money(one.payment.amount, one.payment.currency),
            paid=Money(one.payment.paid, one.payment.currency),
            open=Money(one.open, one.payment.currency),
            title=one.payment.title,
        )
        for one in schedule.items
    )
    return PaymentList(rows, pages(schedule.total, number, ROWS, _address(here, "payments", others)))


def _documents(items: OpenItems, here: str, number: int, others: Mapping[str, int]) -> DocumentList:
    rows = tuple(
        DocumentLine(
            kind=one.item.document_type,
            number=one.item.number,
            issued_on=one.item.issued_on,
            total=Money(one.item.total, one.item.currency),
            rest=Money(one.item.rest, one.item.currency),
            due_on=one.item.due_on,
            days_overdue=one.days_overdue,
        )
        for one in items.items
    )
    return DocumentList(rows, pages(items.total, number, ROWS, _address(here, "documents", others)))
