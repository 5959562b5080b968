"""What the buyers owe: rows of the gateway's tables balances, debts, payment_schedule and bonuses (onec.md §5.3).

The same day gives the same rows. Every first buyer of four has an overdue document, every second one no limit, every
third one has nearly used his limit up, every fourth one owes nothing. The numbers of a buyer add up, but those of one,
whose documents come to less than his debt: a wholesaler's books have such a one.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct

from b2b_dvizhenie.testing.wholesaler.assortment import guid
from b2b_dvizhenie.testing.wholesaler.companies import BUYERS, FIRM, Company

CONTRADICTED = BUYERS[4]
"""Whose open documents are not his debt."""
_LOST = Decimal("0.35")


class _Document(Struct, frozen=True):
    """An open document: how many days after today it is due, and what is left of it."""

    due_in: int
    rest: Decimal
    total: Decimal


class _Case(Struct, frozen=True):
    limit: str | None
    documents: tuple[_Document, ...]
    bonus: str
    advance: str = "0"


def _document(due_in: int, rest: str, total: str) -> _Document:
    return _Document(due_in, Decimal(rest), Decimal(total))


_CASES = (
    _Case(
        "500000.00",
        (_document(-4, "8543.34", "48543.34"), _document(0, "15000", "40000"), _document(9, "94609.15", "94609.15")),
        "5400",
    ),
    _Case(None, (_document(3, "61200.80", "61200.80"), _document(17, "12990", "25990")), "0", advance="1500"),
    _Case("300000.00", (_document(6, "180000", "180000"), _document(11, "117250.45", "117250.45")), "120.50"),
    _Case("250000.00", (), "0", advance="40000"),
)

Rows = tuple[Mapping[str, Any], ...]


def settlement_tables(at: datetime) -> dict[str, Rows]:
    """Rows by table for every buyer, as of a moment with its offset."""
    today = at.date()
    cases = [(buyer, _CASES[place % len(_CASES)]) for place, buyer in enumerate(BUYERS)]
    return {
        "balances": tuple(_balance(buyer, case, at) for buyer, case in cases),
        "debts": tuple(row for buyer, case in cases for row in _debts(buyer, case, today)),
        "payment_schedule": tuple(row for buyer, case in cases for row in _schedule(buyer, case, today)),
        "bonuses": tuple(_bonus(buyer, case, at) for buyer, case in cases if Decimal(case.bonus)),
    }


def _balance(buyer: Company, case: _Case, at: datetime) -> Mapping[str, Any]:
    late = [one for one in case.documents if one.due_in < 0]
    coming = [one for one in case.documents if one.due_in >= 0]
    debt = sum((one.rest for one in case.documents), Decimal(0))
    row: dict[str, Any] = {
        "company_id": buyer.ref,
        "organization_id": FIRM.ref,
        "contract_id": guid("contract", buyer.ref),
        "currency": "RUB",
        "as_of": at.isoformat(),
        "debt": str(debt),
        "advance": case.advance,
        "overdue": str(sum((one.rest for one in late), Decimal(0))),
        "overdue_days": max((-one.due_in for one in late), default=0),
        "credit_limit": case.limit,
        "stop_shipment": False,
    }
    if coming:
        row["next_payment_date"] = (at.date() + timedelta(days=coming[0].due_in)).isoformat()
        row["next_payment_sum"] = str(coming[0].rest)
    return row


def _debts(buyer: Company, case: _Case, today: date) -> Iterator[Mapping[str, Any]]:
    for number, one in enumerate(case.documents):
        lost = _LOST if buyer is CONTRADICTED and number == 0 else Decimal(0)
        yield _of(buyer, number) | {
            "organization_id": FIRM.ref,
            "document_type": "waybill",
            "document_number": _number(buyer, number),
            "document_date": (today + timedelta(days=one.due_in - 30)).isoformat(),
            "total": str(one.total),
            "rest": str(one.rest - lost),
            "due_date": (today + timedelta(days=one.due_in)).isoformat(),
        }


def _schedule(buyer: Company, case: _Case, today: date) -> Iterator[Mapping[str, Any]]:
    for number, one in enumerate(case.documents):
        yield _of(buyer, number) | {
            "due_date": (today + timedelta(days=one.due_in)).isoformat(),
            "sum": str(one.total),
            "paid": str(one.total - one.rest),
            "kind": "credit_after_shipment",
            "title": f"Реализация № {_number(buyer, number)}",
        }


def _of(buyer: Company, number: int) -> dict[str, Any]:
    return {
        "company_id": buyer.ref,
        "contract_id": guid("contract", buyer.ref),
        "document_id": guid("settlement", f"{buyer.ref} {number}"),
        "currency": "RUB",
    }


def _number(buyer: Company, number: int) -> str:
    return f"ДВ00-{BUYERS.index(buyer) * 10 + number + 1:06d}"


def _bonus(buyer: Company, case: _Case, at: datetime) -> Mapping[str, Any]:
    end = date(at.year, 12, 31)
    return {
        "company_id": buyer.ref,
        "program_id": guid("bonus programme", "regular buyers"),
        "program_name": "Постоянным покупателям",
        "balance": case.bonus,
        "expiring": [{"date": end.isoformat(), "sum": str(min(Decimal(case.bonus), Decimal(1200)))}],
        "as_of": at.isoformat(),
    }
