"""Carts and orders."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Named,
    Numeric,
    Sequence,
    String,
    Table,
    TypedColumns,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from b2b_dvizhenie.adapters.postgres.tables.metadata import AMOUNT, MOMENT, QUANTITY, UNIT_PRICE, metadata

order_number = Sequence("order_number", metadata=metadata, start=1)
"""Numbers of orders; people see them as "B-000001": at most 11 characters for 1C (onec.md rule 18)."""


class CartLineColumns(TypedColumns):
    """A line of a user's cart. The cart holds no price: it is quoted whenever it is looked at (MUL).

    `seen_*` is what the user was last shown for this quantity: the price of a unit, the sum of the line, their
    currency. Shown drops replace it; a rise leaves it until the user agrees, so that it can be struck out.
    """

    user_id: Named[UUID] = Column(Uuid, ForeignKey("app_user.user_id", ondelete="CASCADE"), primary_key=True)
    variant_id: Named[UUID] = Column(Uuid, ForeignKey("variant.variant_id"), primary_key=True)
    quantity: Named[Decimal] = Column(QUANTITY)
    seen_price: Named[Decimal | None] = Column(UNIT_PRICE)
    seen_amount: Named[Decimal | None] = Column(AMOUNT)
    seen_currency: Named[str] = Column(server_default="")
    comment: Named[str] = Column(server_default="")
    added_at: Named[datetime] = Column(MOMENT)


cart_line = Table(
    "cart_line",
    metadata,
    CartLineColumns,
    CheckConstraint("quantity > 0 AND quantity <> 'NaN'", name="quantity_positive"),
    Index("ix_cart_line_variant_id", "variant_id"),
)


OPEN_STATUSES = ("new", "sent", "confirmed", "picking", "shipped")
"""An order is in one of these while somebody has to do with it: few of all, and asked for most."""
NEWEST = (text("placed_at DESC"), text("order_id DESC"))
"""The order of every list of orders."""


class OrderColumns(TypedColumns):
    """An order as the buyer placed it. `revision` counts our changes; `erp_*` is what the ERP says.

    `terms` keeps the terms it was priced under, `idempotency_key` makes a repeated submission the same order.
    `node_id` is the exchange node all its goods come from: the order is for that ERP. `cancelled_by` is buyer, staff or
    erp while the status is cancelled. `made_of` names what its prices are made of beyond the default price
    type: colleagues to whom that is closed see no sums of the order (LVL-3). `shown` is its sum in the currency the
    buyer saw prices in, with the rates. `payment_*` is the way to pay that was chosen, as it was then.
    """

    order_id: Named[UUID] = Column(Uuid, primary_key=True)
    number: Named[str] = Column(unique=True)
    user_id: Named[UUID] = Column(Uuid, ForeignKey("app_user.user_id"))
    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id"))
    manager_id: Named[UUID | None] = Column(Uuid, ForeignKey("app_user.user_id"))
    firm_id: Named[UUID | None] = Column(Uuid, ForeignKey("seller_firm.firm_id"))
    node_id: Named[UUID | None] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    status: Named[str]
    cancelled_by: Named[str | None]
    currency: Named[str]
    amount: Named[Decimal] = Column(AMOUNT)
    vat_amount: Named[Decimal] = Column(AMOUNT)
    terms: Named[dict[str, Any]] = Column(JSONB)
    shown: Named[dict[str, Any] | None] = Column(JSONB(none_as_null=True))
    payment_method_id: Named[UUID | None] = Column(Uuid, ForeignKey("payment_method.method_id"))
    payment_kind: Named[str | None]
    payment_name: Named[str] = Column(server_default="")
    made_of: Named[list[str]] = Column(ARRAY(String), server_default=text("'{}'"))
    comment: Named[str] = Column(server_default="")
    delivery_address: Named[str] = Column(server_default="")
    client_number: Named[str] = Column(server_default="")
    idempotency_key: Named[str | None]
    request_hash: Named[bytes | None] = Column(LargeBinary)
    revision: Named[int] = Column(server_default=text("1"))
    placed_at: Named[datetime] = Column(MOMENT)
    updated_at: Named[datetime] = Column(MOMENT)
    erp_ref: Named[str] = Column(server_default="")
    erp_number: Named[str] = Column(server_default="")
    erp_date: Named[date | None]
    erp_status: Named[str] = Column(server_default="")
    erp_version: Named[str] = Column(server_default="")
    erp_lines: Named[list[dict[str, Any]] | None] = Column(JSONB)
    erp_amount: Named[Decimal | None] = Column(AMOUNT)
    is_paid: Named[bool] = Column(server_default=text("false"))
    is_shipped: Named[bool] = Column(server_default=text("false"))


customer_order = Table(
    "customer_order",
    metadata,
    OrderColumns,
    UniqueConstraint("user_id", "idempotency_key"),
    CheckConstraint("length(number) <= 11", name="number_fits_1c"),
    CheckConstraint("amount >= 0 AND amount <> 'NaN'", name="amount"),
    CheckConstraint("(payment_method_id IS NULL) = (payment_kind IS NULL)", name="payment"),
    # The order of the list for a company, for a firm, for everybody; what else they carry spares lists the table.
    Index("ix_customer_order_company_id", "company_id", *NEWEST, postgresql_include=["status"]),
    Index("ix_customer_order_firm_id", "firm_id", *NEWEST, postgresql_include=["status"]),
    Index("ix_customer_order_placed_at", *NEWEST, postgresql_include=["company_id", "status"]),
    Index(
        "ix_customer_order_open",
        *NEWEST,
        postgresql_include=["company_id", "firm_id", "status"],
        postgresql_where=text(f"status IN {OPEN_STATUSES}"),
    ),
    Index(
        "ix_customer_order_numbers",
        *("number", "erp_number", "client_number"),
        postgresql_using="gin",
        postgresql_ops=dict.fromkeys(("number", "erp_number", "client_number"), "gin_trgm_ops"),
    ),
    # The last choice of a person for a company, for one of many colleagues too.
    Index("ix_customer_order_user_id", "user_id", "company_id", *NEWEST),
    Index("ix_customer_order_manager_id", "manager_id", text("placed_at DESC")),
    Index("ix_customer_order_node_id", "node_id", "placed_at"),
    # Documents name orders by the ERP's ids.
    Index("ix_customer_order_erp_ref", "company_id", "erp_ref", postgresql_where=text("erp_ref <> ''")),
)


class OrderLineColumns(TypedColumns):
    """A line of an order with the names and the price of the moment it was placed; `explanation` is its quote."""

    order_id: Named[UUID] = Column(Uuid, ForeignKey("customer_order.order_id", ondelete="CASCADE"), primary_key=True)
    position: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    variant_id: Named[UUID] = Column(Uuid, ForeignKey("variant.variant_id"))
    article: Named[str]
    name: Named[str]
    unit_code: Named[str]
    unit_name: Named[str]
    quantity: Named[Decimal] = Column(QUANTITY)
    unit_price: Named[Decimal] = Column(UNIT_PRICE)
    amount: Named[Decimal] = Column(AMOUNT)
    vat_rate: Named[Decimal | None] = Column(Numeric(5, 2))
    vat_amount: Named[Decimal] = Column(AMOUNT)
    explanation: Named[dict[str, Any]] = Column(JSONB)
    comment: Named[str] = Column(server_default="")


order_line = Table(
    "order_line",
    metadata,
    OrderLineColumns,
    CheckConstraint("quantity > 0 AND quantity <> 'NaN'", name="quantity_positive"),
    Index("ix_order_line_variant_id", "variant_id"),
)


class OrderEventColumns(TypedColumns):
    """What happened to an order, for its history. Texts are made from `kind` and `params`."""

    event_id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    order_id: Named[UUID] = Column(Uuid, ForeignKey("customer_order.order_id", ondelete="CASCADE"))
    at: Named[datetime] = Column(MOMENT)
    kind: Named[str]
    params: Named[dict[str, Any]] = Column(JSONB, server_default=text("'{}'"))
    actor: Named[str] = Column(server_default="")


order_event = Table(
    "order_event", metadata, OrderEventColumns, Index("ix_order_event_order_id", "order_id", "event_id")
)
