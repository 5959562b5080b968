"""Orders compared with the documents that the ERP returned."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from b2b_dvizhenie.adapters.postgres.tables.metadata import AMOUNT, MOMENT, metadata

_FOUND = text("is_latest AND kinds <> '{}'")


class OrderDriftColumns(TypedColumns):
    """A version of the ERP's document compared with the order. `is_latest` marks the one reports speak of.

    `kinds` says how they differ, that of the largest difference first; empty where they agree. `lines` differ of
    `compared`, `within` were forgiven. Sums are the order's currency: `our_total` and `their_total` what is to be paid,
    `unexplained` what the total differs by beyond the lines.
    """

    order_id: Named[UUID] = Column(Uuid, ForeignKey("customer_order.order_id", ondelete="CASCADE"), primary_key=True)
    version: Named[str] = Column(primary_key=True)
    compared_at: Named[datetime] = Column(MOMENT)
    is_latest: Named[bool]
    kinds: Named[list[str]] = Column(ARRAY(String))
    lines: Named[int]
    compared: Named[int]
    within: Named[int]
    our_total: Named[Decimal] = Column(AMOUNT)
    their_total: Named[Decimal | None] = Column(AMOUNT)
    difference: Named[Decimal] = Column(AMOUNT)
    unexplained: Named[Decimal] = Column(AMOUNT)


order_drift = Table(
    "order_drift",
    metadata,
    OrderDriftColumns,
    Index("uq_order_drift_latest", "order_id", unique=True, postgresql_where=text("is_latest")),
    # Reports ask for days: of orders that differ, and of all that were compared.
    Index("ix_order_drift_found", text("compared_at DESC"), text("order_id DESC"), postgresql_where=_FOUND),
    Index("ix_order_drift_compared_at", "compared_at", postgresql_where=text("is_latest")),
)


class OrderDriftLineColumns(TypedColumns):
    """A line that differs, of the latest version only. `position` is that of the order's line, NULL for one that only
    the ERP has.

    `pairs` are the steps of both sides (`domain.drift.Pair`), `first` the place among them of the first that differs.
    """

    order_id: Named[UUID] = Column(Uuid, primary_key=True)
    version: Named[str] = Column(primary_key=True)
    place: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    position: Named[int | None]
    article: Named[str]
    name: Named[str]
    kind: Named[str]
    pairs: Named[list[dict[str, Any]]] = Column(JSONB)
    first: Named[int]
    difference: Named[Decimal] = Column(AMOUNT)


order_drift_line = Table(
    "order_drift_line",
    metadata,
    OrderDriftLineColumns,
    ForeignKeyConstraint(["order_id", "version"], ["order_drift.order_id", "order_drift.version"], ondelete="CASCADE"),
)
