"""Specifications: named lists of goods."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Named,
    String,
    Table,
    TypedColumns,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from b2b_dvizhenie.adapters.postgres.tables.metadata import AMOUNT, MOMENT, QUANTITY, UNIT_PRICE, metadata

_LATEST = (text("updated_at DESC"), text("specification_id DESC"))
"""The order of every list of specifications."""


class SpecificationColumns(TypedColumns):
    """A list of goods that a person keeps. `company_id` is the company it was made for: who looks after that company
    sees the list, and colleagues who buy for it do as far as `sharing` (private, read, edit) lets them. `version`
    counts changes.
    """

    specification_id: Named[UUID] = Column(Uuid, primary_key=True)
    owner_id: Named[UUID] = Column(Uuid, ForeignKey("app_user.user_id", ondelete="CASCADE"))
    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"))
    name: Named[str]
    sharing: Named[str] = Column(server_default="private")
    version: Named[int] = Column(Integer, server_default=text("1"))
    created_at: Named[datetime] = Column(MOMENT)
    updated_at: Named[datetime] = Column(MOMENT)


specification = Table(
    "specification",
    metadata,
    SpecificationColumns,
    CheckConstraint("name <> ''", name="name"),
    CheckConstraint("sharing IN ('private', 'read', 'edit')", name="sharing"),
    Index("ix_specification_owner_id", "owner_id", *_LATEST),
    Index("ix_specification_company_id", "company_id", *_LATEST),
    Index("ix_specification_updated_at", *_LATEST),
)


class SpecificationLineColumns(TypedColumns):
    """A line of a list. Like the cart it holds no price: it is quoted whenever it is looked at (MUL)."""

    specification_id: Named[UUID] = Column(
        Uuid, ForeignKey("specification.specification_id", ondelete="CASCADE"), primary_key=True
    )
    variant_id: Named[UUID] = Column(Uuid, ForeignKey("variant.variant_id"), primary_key=True)
    quantity: Named[Decimal] = Column(QUANTITY)
    comment: Named[str] = Column(server_default="")
    added_at: Named[datetime] = Column(MOMENT)


specification_line = Table(
    "specification_line",
    metadata,
    SpecificationLineColumns,
    CheckConstraint("quantity > 0 AND quantity <> 'NaN'", name="quantity_positive"),
    Index("ix_specification_line_variant_id", "variant_id"),
)


class SpecificationSeenColumns(TypedColumns):
    """What a reader was shown for a line while he acted for a company, and in which quantity; later prices are compared
    with it. `made_of` names what the price was made of beyond the default price type: prices made of other things are
    not compared, so that nothing is told of what a level has closed since.
    """

    specification_id: Named[UUID] = Column(Uuid, primary_key=True)
    variant_id: Named[UUID] = Column(Uuid, primary_key=True)
    user_id: Named[UUID] = Column(Uuid, ForeignKey("app_user.user_id", ondelete="CASCADE"), primary_key=True)
    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"), primary_key=True)
    quantity: Named[Decimal] = Column(QUANTITY)
    price: Named[Decimal] = Column(UNIT_PRICE)
    amount: Named[Decimal | None] = Column(AMOUNT)
    currency: Named[str]
    made_of: Named[list[str]] = Column(ARRAY(String), server_default=text("'{}'"))
    seen_at: Named[datetime] = Column(MOMENT)


specification_seen = Table(
    "specification_seen",
    metadata,
    SpecificationSeenColumns,
    ForeignKeyConstraint(
        ["specification_id", "variant_id"],
        ["specification_line.specification_id", "specification_line.variant_id"],
        name="fk_specification_seen_line",
        ondelete="CASCADE",
    ),
    Index("ix_specification_seen_user_id", "user_id"),
    Index("ix_specification_seen_company_id", "company_id"),
)
