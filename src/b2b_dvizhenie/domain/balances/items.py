"""Open documents, the schedule of payments, bonuses: what stands behind a balance (onec.md §5.3)."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.balances.positions import ZERO


class StageKind(StrEnum):
    """What a payment is due for."""

    ADVANCE_BEFORE_SUPPLY = "advance_before_supply"
    PREPAY_BEFORE_SHIPMENT = "prepay_before_shipment"
    CREDIT_AFTER_SHIPMENT = "credit_after_shipment"
    INDEPENDENT = "independent"


class PaymentStatus(StrEnum):
    """Where a payment of the schedule stands on a day."""

    PLANNED = "planned"
    DUE = "due"  # today
    OVERDUE = "overdue"
    PAID = "paid"


class OpenItem(Struct, frozen=True, kw_only=True):
    """A document that is not settled. `rest` above zero is owed by the company, below zero an advance it paid.

    `due_on` None means that no day was agreed; such a document is never overdue.
    """

    document_ref: str
    document_type: str
    number: str
    issued_on: date
    currency: str
    total: Decimal
    rest: Decimal
    due_on: date | None = None
    order_ref: str = ""

    def days_overdue(self, today: date) -> int:
        """Whole days since the day it was due; 0 for what is not owed or not due yet."""
        if self.rest <= 0 or self.due_on is None or self.due_on >= today:
            return 0
        return (today - self.due_on).days


class ScheduledPayment(Struct, frozen=True, kw_only=True):
    """A payment of the schedule, of which `paid` has come in."""

    due_on: date
    amount: Decimal
    currency: str
    paid: Decimal = ZERO
    kind: StageKind = StageKind.CREDIT_AFTER_SHIPMENT
    document_ref: str = ""
    order_ref: str = ""
    title: str = ""

    @property
    def open(self) -> Decimal:
        """What is still to be paid; never below zero."""
        return max(self.amount - self.paid, ZERO)

    def status(self, today: date) -> PaymentStatus:
        """By 1C's own rule: overdue from the day after the one it was due on (onec.md §5.1)."""
        if self.open == 0:
            return PaymentStatus.PAID
        if self.due_on < today:
            return PaymentStatus.OVERDUE
        return PaymentStatus.DUE if self.due_on == today else PaymentStatus.PLANNED


class ExpiringBonus(Struct, frozen=True):
    """A part of a bonus balance that is lost after a day."""

    day: date
    amount: Decimal


class Bonus(Struct, frozen=True, kw_only=True):
    """What a company has in a bonus programme: `balance` can be spent, `pending` is not credited yet. In points."""

    program: str
    balance: Decimal
    pending: Decimal = ZERO
    expiring: tuple[ExpiringBonus, ...] = ()
    as_of: datetime | None = None


def overdue_of(payments: Iterable[ScheduledPayment], today: date) -> Decimal:
    """The sum that is overdue by the schedule: what is open and was due before the start of today (onec.md §5.1)."""
    return sum((one.open for one in payments if one.due_on < today), ZERO)
