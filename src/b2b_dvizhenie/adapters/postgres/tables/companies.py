"""Seller firms, buyer companies, agreements, memberships."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Named,
    String,
    Table,
    TypedColumns,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from b2b_dvizhenie.adapters.postgres.tables.metadata import AMOUNT, MOMENT, metadata


class SellerFirmColumns(TypedColumns):
    """A legal entity of the wholesaler. `details` are address and bank account, as of a company made by hand."""

    firm_id: Named[UUID] = Column(Uuid, primary_key=True)
    name: Named[str]
    inn: Named[str] = Column(server_default="")
    is_default: Named[bool] = Column(server_default=text("false"))
    kind: Named[str] = Column(server_default="legal")
    full_name: Named[str] = Column(server_default="")
    kpp: Named[str] = Column(server_default="")
    ogrn: Named[str] = Column(server_default="")
    details: Named[dict[str, Any]] = Column(JSONB, server_default=text("'{}'"))
    is_active: Named[bool] = Column(server_default=text("true"))


seller_firm = Table(
    "seller_firm",
    metadata,
    SellerFirmColumns,
    Index("uq_seller_firm_default", "is_default", unique=True, postgresql_where=text("is_default")),
)


class CompanyColumns(TypedColumns):
    """A buyer company (контрагент). `details` keeps what only documents need: address, accounts, contacts."""

    company_id: Named[UUID] = Column(Uuid, primary_key=True)
    node_id: Named[UUID | None] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    external_ref: Named[str | None]
    kind: Named[str]
    name: Named[str]
    full_name: Named[str] = Column(server_default="")
    inn: Named[str] = Column(server_default="")
    kpp: Named[str] = Column(server_default="")
    ogrn: Named[str] = Column(server_default="")
    details: Named[dict[str, Any]] = Column(JSONB, server_default=text("'{}'"))
    manager_id: Named[UUID | None] = Column(Uuid, ForeignKey("app_user.user_id"))
    is_active: Named[bool] = Column(server_default=text("true"))
    content_hash: Named[bytes | None]
    updated_at: Named[datetime] = Column(MOMENT)


company = Table(
    "company",
    metadata,
    CompanyColumns,
    UniqueConstraint("node_id", "external_ref"),
    CheckConstraint("kind IN ('legal', 'entrepreneur', 'person')", name="kind"),
    Index("ix_company_manager_id", "manager_id", postgresql_include=["company_id"]),
    Index("ix_company_inn", "inn"),
    Index("ix_company_name", "name", "company_id"),
)


class PaymentMethodColumns(TypedColumns):
    """A way to pay an order. It is switched off, never deleted: orders and agreements name it.

    `payers` are legal forms, `firms` sellers it is for; empty stands for every one of them. What is offered to whom is
    said in `domain/companies/payment_methods.py`.
    """

    method_id: Named[UUID] = Column(Uuid, primary_key=True)
    name: Named[str]
    kind: Named[str]
    payers: Named[list[str]] = Column(ARRAY(String), server_default=text("'{}'"))
    firms: Named[list[UUID]] = Column(ARRAY(Uuid), server_default=text("'{}'"))
    position: Named[int] = Column(server_default=text("0"))
    is_active: Named[bool] = Column(server_default=text("true"))


payment_method = Table(
    "payment_method",
    metadata,
    PaymentMethodColumns,
    CheckConstraint("kind IN ('on_account', 'prepayment', 'cash', 'card')", name="kind"),
    CheckConstraint("payers <@ ARRAY['legal', 'entrepreneur', 'person']::varchar[]", name="payers"),
)


class AgreementColumns(TypedColumns):
    """Trading terms of a company: price type, currency, rounding, warehouse, limits, the days they hold.

    Limits are in the agreement's currency, NULL for none. `payment_methods` are those it allows, empty for all. Which
    agreement of several counts is said in `domain/companies/agreements.py` and done by
    `adapters/postgres/agreement_in_force.py`.
    """

    agreement_id: Named[UUID] = Column(Uuid, primary_key=True)
    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"))
    firm_id: Named[UUID | None] = Column(Uuid, ForeignKey("seller_firm.firm_id"))
    price_type_id: Named[UUID] = Column(Uuid, ForeignKey("price_type.price_type_id"))
    warehouse_id: Named[UUID | None] = Column(Uuid, ForeignKey("warehouse.warehouse_id"))
    currency: Named[str] = Column(server_default="RUB")
    rounding: Named[str] = Column(server_default="line_each_discount")
    is_default: Named[bool] = Column(server_default=text("true"))
    is_active: Named[bool] = Column(server_default=text("true"))
    title: Named[str] = Column(server_default="")
    credit_limit: Named[Decimal | None] = Column(AMOUNT)
    minimum_amount: Named[Decimal | None] = Column(AMOUNT)
    valid_from: Named[date | None]
    valid_to: Named[date | None]
    payment_methods: Named[list[UUID]] = Column(ARRAY(Uuid), server_default=text("'{}'"))


agreement = Table(
    "agreement",
    metadata,
    AgreementColumns,
    CheckConstraint("valid_to >= valid_from", name="period"),
    CheckConstraint("credit_limit >= 0 AND minimum_amount >= 0", name="limits"),
    Index("ix_agreement_company_id", "company_id"),
    Index("uq_agreement_default", "company_id", unique=True, postgresql_where=text("is_default AND is_active")),
)


class MembershipColumns(TypedColumns):
    """A user buys for a company, with an access level of his own there (LVL)."""

    user_id: Named[UUID] = Column(Uuid, ForeignKey("app_user.user_id", ondelete="CASCADE"), primary_key=True)
    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"), primary_key=True)
    access_level: Named[int] = Column(ForeignKey("access_level.level"), server_default=text("1"))


membership = Table(
    "membership",
    metadata,
    MembershipColumns,
    Index("ix_membership_company_id", "company_id"),
    Index("ix_membership_access_level", "access_level"),
)


class AccessRequestColumns(TypedColumns):
    """A stranger's request for access and what became of it; e-mail and phone canonical, one of them may be empty."""

    request_id: Named[UUID] = Column(Uuid, primary_key=True)
    company: Named[str]
    inn: Named[str]
    name: Named[str]
    phone: Named[str]
    email: Named[str]
    comment: Named[str]
    address: Named[str]
    created_at: Named[datetime] = Column(MOMENT)
    state: Named[str] = Column(server_default="waiting")
    decided_at: Named[datetime | None] = Column(MOMENT)
    decided_by: Named[UUID | None] = Column(Uuid, ForeignKey("app_user.user_id"))
    reason: Named[str] = Column(server_default="")


access_request = Table(
    "access_request",
    metadata,
    AccessRequestColumns,
    CheckConstraint("state IN ('waiting', 'approved', 'refused')", name="state"),
    CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
    Index("ix_access_request_created_at", "created_at"),
)
