"""What does not add up in what the ERP told of a balance: findings for people, never a refusal (BAL-5, onec.md §5.3).

A finding says that two numbers of the ERP contradict each other. Both stay as they were told: the portal does not
choose between them, and it does not keep silent either.
"""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.balances.positions import CreditPosition


class FindingCode(StrEnum):
    """What contradicts what."""

    OVERDUE_BEYOND_DEBT = "overdue_beyond_debt"
    OVERDUE_WITHOUT_DAYS = "overdue_without_days"
    DAYS_WITHOUT_OVERDUE = "days_without_overdue"
    AVAILABLE_DIFFERS = "available_differs"
    SCHEDULE_DIFFERS_FROM_DEBT = "schedule_differs_from_debt"
    SCHEDULE_DIFFERS_FROM_OVERDUE = "schedule_differs_from_overdue"
    ITEMS_DIFFER_FROM_DEBT = "items_differ_from_debt"


class Finding(Struct, frozen=True):
    """A contradiction: `told` is the number of the balance, `found` the other one, both in the balance's currency.

    Days are compared with sums where one of them is missing; `contract_ref` names the position, "" for the company.
    """

    code: FindingCode
    told: Decimal
    found: Decimal
    contract_ref: str = ""


class DetailSums(Struct, frozen=True):
    """What the details of a company come to in one currency.

    A sum is None where the ERP told no row of that kind: a base that sends no schedule contradicts nothing.
    """

    schedule_open: Decimal | None = None
    schedule_overdue: Decimal | None = None
    items_owed: Decimal | None = None


def findings_of(position: CreditPosition) -> Iterator[Finding]:
    """What contradicts itself within one snapshot."""
    where, days = position.contract_ref, Decimal(position.overdue_days)
    if position.overdue > position.debt:
        yield Finding(FindingCode.OVERDUE_BEYOND_DEBT, position.debt, position.overdue, where)
    if position.overdue > 0 and days == 0:
        yield Finding(FindingCode.OVERDUE_WITHOUT_DAYS, position.overdue, days, where)
    if position.overdue == 0 and days > 0:
        yield Finding(FindingCode.DAYS_WITHOUT_OVERDUE, position.overdue, days, where)
    if position.limit is not None and position.available is not None:
        plain = position.limit - position.debt - (position.reserved or 0)
        # Bases differ in whether an advance widens what is available; both are right.
        if position.available not in (plain, plain + position.advance):
            yield Finding(FindingCode.AVAILABLE_DIFFERS, position.available, plain, where)


def findings_between(debt: Decimal, overdue: Decimal, details: DetailSums) -> Iterator[Finding]:
    """What contradicts the details, over all snapshots of a company in one currency."""
    if details.schedule_open is not None and details.schedule_open != debt:
        yield Finding(FindingCode.SCHEDULE_DIFFERS_FROM_DEBT, debt, details.schedule_open)
    if details.schedule_overdue is not None and details.schedule_overdue != overdue:
        yield Finding(FindingCode.SCHEDULE_DIFFERS_FROM_OVERDUE, overdue, details.schedule_overdue)
    if details.items_owed is not None and details.items_owed != debt:
        yield Finding(FindingCode.ITEMS_DIFFER_FROM_DEBT, debt, details.items_owed)
