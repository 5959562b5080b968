"""Seller firms, buyer companies, agreements, memberships."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Named,
    Table,
    TypedColumns,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from b2b_dvizhenie.adapters.postgres.tables.metadata import MOMENT, metadata


class SellerFirmColumns(TypedColumns):
    """A legal entity of the wholesaler."""

    firm_id: Named[UUID] = Column(Uuid, primary_key=True)
    name: Named[str]
    inn: Named[str] = Column(server_default="")
    is_default: Named[bool] = Column(server_default=text("false"))


seller_firm = Table("seller_firm", metadata, SellerFirmColumns)


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
    Index("ix_company_manager_id", "manager_id"),
    Index("ix_company_inn", "inn"),
)


class AgreementColumns(TypedColumns):
    """Trading terms of a company: price type, currency, rounding, warehouse."""

    agreement_id: Named[UUID] = Column(Uuid, primary_key=True)
    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"))
    firm_id: Named[UUID | None] = Column(Uuid, ForeignKey("seller_firm.firm_id"))
    price_type_id: Named[UUID] = Column(Uuid, ForeignKey("price_type.price_type_id"))
    warehouse_id: Named[UUID | None] = Column(Uuid, ForeignKey("warehouse.warehouse_id"))
    currency: Named[str] = Column(server_default="RUB")
    rounding: Named[str] = Column(server_default="line_each_discount")
    is_default: Named[bool] = Column(server_default=text("true"))
    is_active: Named[bool] = Column(server_default=text("true"))


agreement = Table(
    "agreement",
    metadata,
    AgreementColumns,
    Index("uq_agreement_default", "company_id", unique=True, postgresql_where=text("is_default AND is_active")),
)


class MembershipColumns(TypedColumns):
    """A user buys for a company, with an access level of his own there (LVL)."""

    user_id: Named[UUID] = Column(Uuid, ForeignKey("app_user.user_id", ondelete="CASCADE"), primary_key=True)
    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"), primary_key=True)
    access_level: Named[int] = Column(server_default=text("1"))


membership = Table("membership", metadata, MembershipColumns, Index("ix_membership_company_id", "company_id"))
