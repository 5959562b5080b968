"""Price types and prices."""

from datetime import datetime
from decimal import Decimal
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

from b2b_dvizhenie.adapters.postgres.tables.metadata import MOMENT, QUANTITY, UNIT_PRICE, metadata


class PriceTypeColumns(TypedColumns):
    """A price type (тип цены). An inactive one came from the ERP unannounced and waits for an administrator.

    The default type is what access level 1 sees and orders at (DESIGN §6.3).
    """

    price_type_id: Named[UUID] = Column(Uuid, primary_key=True)
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    external_ref: Named[str]
    name: Named[str]
    currency: Named[str] = Column(server_default="RUB")
    vat_included: Named[bool] = Column(server_default=text("true"))
    is_default: Named[bool] = Column(server_default=text("false"))
    is_active: Named[bool] = Column(server_default=text("true"))


price_type = Table(
    "price_type",
    metadata,
    PriceTypeColumns,
    UniqueConstraint("node_id", "external_ref"),
    Index("uq_price_type_default", "is_default", unique=True, postgresql_where=text("is_default")),
)


class PriceColumns(TypedColumns):
    """A price of a variant, from `min_quantity` base units on. `amount` is per base unit; `factor` and `unit` are
    those of the ERP's own price, whose value is `amount × factor`. No foreign key to `variant`, as for stock.
    """

    price_type_id: Named[UUID] = Column(Uuid, primary_key=True)
    variant_id: Named[UUID] = Column(Uuid, primary_key=True)
    min_quantity: Named[Decimal] = Column(QUANTITY, primary_key=True, server_default=text("0"))
    amount: Named[Decimal] = Column(UNIT_PRICE)
    currency: Named[str]
    factor: Named[Decimal] = Column(QUANTITY, server_default=text("1"))
    unit: Named[str] = Column(server_default="")
    updated_at: Named[datetime] = Column(MOMENT)


price = Table(
    "price",
    metadata,
    PriceColumns,
    CheckConstraint("amount > 0 AND amount <> 'NaN'", name="positive"),
    Index("ix_price_variant_id", "variant_id"),
    # The order of a buyer's catalogue by price begins here (application/catalog/by_price.py), by the index alone.
    Index(
        "ix_price_amount",
        "price_type_id",
        "amount",
        "variant_id",
        postgresql_include=["currency", "min_quantity"],
    ),
)
