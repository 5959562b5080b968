"""Balances as the ERP told them, and what orders hold of credit limits."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Named,
    Table,
    TypedColumns,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from b2b_dvizhenie.adapters.postgres.tables.metadata import AMOUNT, MOMENT, metadata


class CreditPositionColumns(TypedColumns):
    """A snapshot of the ERP: one row per company, organisation, contract and currency; sums in the currency.

    `credit_limit` NULL means not limited, `reserved` NULL that the ERP does not tell open orders, `available` is what
    the ERP takes for available. `as_of` is the ERP's moment, `received_at` ours. Refs are the ERP's, "" where it named
    none.
    """

    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"), primary_key=True)
    currency: Named[str] = Column(primary_key=True)
    organization_ref: Named[str] = Column(primary_key=True)
    contract_ref: Named[str] = Column(primary_key=True)
    as_of: Named[datetime] = Column(MOMENT)
    received_at: Named[datetime] = Column(MOMENT)
    debt: Named[Decimal] = Column(AMOUNT)
    advance: Named[Decimal] = Column(AMOUNT)
    overdue: Named[Decimal] = Column(AMOUNT)
    overdue_days: Named[int] = Column(Integer)
    credit_limit: Named[Decimal | None] = Column(AMOUNT)
    reserved: Named[Decimal | None] = Column(AMOUNT)
    available: Named[Decimal | None] = Column(AMOUNT)
    next_payment_on: Named[date | None]
    next_payment: Named[Decimal | None] = Column(AMOUNT)
    is_stopped: Named[bool] = Column(server_default=false())
    stop_reason: Named[str] = Column(server_default="")


credit_position = Table(
    "credit_position",
    metadata,
    CreditPositionColumns,
    CheckConstraint(
        "debt >= 0 AND advance >= 0 AND overdue >= 0 AND overdue_days >= 0 AND credit_limit >= 0 AND reserved >= 0 "
        "AND next_payment >= 0",
        name="not_negative",
    ),
    CheckConstraint(
        "'NaN' NOT IN (debt, advance, overdue, coalesce(credit_limit, 0), coalesce(reserved, 0), "
        "coalesce(available, 0), coalesce(next_payment, 0))",
        name="numbers",
    ),
)


class OpenItemColumns(TypedColumns):
    """A document that is not settled; `rest` above zero is owed to the seller, below zero an advance."""

    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"), primary_key=True)
    row_key: Named[str] = Column(primary_key=True)  # the ERP's key of the row
    document_ref: Named[str]
    document_type: Named[str]
    number: Named[str]
    issued_on: Named[date]
    currency: Named[str]
    total: Named[Decimal] = Column(AMOUNT)
    rest: Named[Decimal] = Column(AMOUNT)
    due_on: Named[date | None]
    order_ref: Named[str] = Column(server_default="")


open_item = Table("open_item", metadata, OpenItemColumns, CheckConstraint("'NaN' NOT IN (total, rest)", name="numbers"))


class ScheduledPaymentColumns(TypedColumns):
    """A payment of the schedule, of which `paid` has come in. Its status follows from the day."""

    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"), primary_key=True)
    row_key: Named[str] = Column(primary_key=True)  # the ERP's key of the row
    due_on: Named[date]
    amount: Named[Decimal] = Column(AMOUNT)
    paid: Named[Decimal] = Column(AMOUNT, server_default=text("0"))
    currency: Named[str]
    kind: Named[str]
    document_ref: Named[str] = Column(server_default="")
    order_ref: Named[str] = Column(server_default="")
    title: Named[str] = Column(server_default="")


scheduled_payment = Table(
    "scheduled_payment",
    metadata,
    ScheduledPaymentColumns,
    CheckConstraint("amount >= 0 AND paid >= 0 AND 'NaN' NOT IN (amount, paid)", name="sums"),
    Index("ix_scheduled_payment_due_on", "company_id", "due_on"),
)


class BonusColumns(TypedColumns):
    """What a company has in a bonus programme, in points; `expiring` is a list of {day, amount}."""

    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"), primary_key=True)
    program_ref: Named[str] = Column(primary_key=True)
    program: Named[str] = Column(server_default="")
    balance: Named[Decimal] = Column(AMOUNT)
    pending: Named[Decimal] = Column(AMOUNT, server_default=text("0"))
    expiring: Named[list[dict[str, Any]]] = Column(JSONB, server_default=text("'[]'"))
    as_of: Named[datetime | None] = Column(MOMENT)


bonus = Table("bonus", metadata, BonusColumns, CheckConstraint("'NaN' NOT IN (balance, pending)", name="numbers"))


class CreditAccountColumns(TypedColumns):
    """The row that whoever places an order on account holds, so that one limit is not spent twice at once.

    A row of its own: an import that rewrites companies must not make buyers wait.
    """

    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"), primary_key=True)
    currency: Named[str] = Column(primary_key=True)


credit_account = Table("credit_account", metadata, CreditAccountColumns)


class CreditReservationColumns(TypedColumns):
    """An order that was placed on account and that no snapshot of the ERP includes yet.

    Whether it still counts follows from the order, its history and the snapshots (`domain.balances.is_reserved`);
    a snapshot that includes it removes the row.
    """

    order_id: Named[UUID] = Column(Uuid, ForeignKey("customer_order.order_id", ondelete="CASCADE"), primary_key=True)
    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"))
    currency: Named[str]
    amount: Named[Decimal] = Column(AMOUNT)
    reserved_at: Named[datetime] = Column(MOMENT)


credit_reservation = Table(
    "credit_reservation",
    metadata,
    CreditReservationColumns,
    CheckConstraint("amount >= 0 AND amount <> 'NaN'", name="amount"),
    Index("ix_credit_reservation_company_id", "company_id", "currency"),
)


class BalanceFindingColumns(TypedColumns):
    """Two numbers of the ERP that contradict each other, and since when (`domain.balances.Finding`)."""

    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"), primary_key=True)
    currency: Named[str] = Column(primary_key=True)
    code: Named[str] = Column(primary_key=True)
    contract_ref: Named[str] = Column(primary_key=True)
    told: Named[Decimal] = Column(AMOUNT)
    found: Named[Decimal] = Column(AMOUNT)
    since: Named[datetime] = Column(MOMENT)


balance_finding = Table("balance_finding", metadata, BalanceFindingColumns)
