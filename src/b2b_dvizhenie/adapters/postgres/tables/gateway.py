"""The staging tables of the JSON gateway: messages, their rows, full exports (onec.md §5.2)."""

from datetime import datetime
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
    Table,
    TypedColumns,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from b2b_dvizhenie.adapters.postgres.tables.metadata import MOMENT, metadata


class FullColumns(TypedColumns):
    """A full export of a table, or of a part of it (`scope`), in several messages that share `full_ref`.

    `state`: open, closed (nothing was absent, or it stays), needs_confirmation, applied (absent rows were removed),
    superseded (a newer one of the scope began first). `first_row_id` is the last row that had arrived when it began:
    whatever key was told after it is not absent. `parts` are those that came, `last_part` is the number of the last
    one once known. `active` and `absent` are what its end found.
    """

    full_id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    table_name: Named[str]
    full_ref: Named[str]
    scope: Named[dict[str, str]] = Column(JSONB, server_default=text("'{}'"))
    state: Named[str]
    opened_at: Named[datetime] = Column(MOMENT)
    closed_at: Named[datetime | None] = Column(MOMENT)
    first_row_id: Named[int] = Column(BigInteger)
    parts: Named[list[int]] = Column(ARRAY(Integer), server_default=text("'{}'"))
    last_part: Named[int | None] = Column(Integer)
    rejected: Named[int] = Column(server_default=text("0"))
    active: Named[int] = Column(server_default=text("0"))
    absent: Named[int] = Column(server_default=text("0"))


gw_full = Table(
    "gw_full",
    metadata,
    FullColumns,
    UniqueConstraint("node_id", "table_name", "full_ref"),
    CheckConstraint("state IN ('open', 'closed', 'needs_confirmation', 'applied', 'superseded')", name="state"),
    Index("ix_gw_full_open", "node_id", "table_name", postgresql_where=text("state IN ('open', 'needs_confirmation')")),
)


class BatchColumns(TypedColumns):
    """A message that was taken: its answer is kept, for the same message may come again.

    `body_sha256` is of the table's name and the body as sent. `import_id` is its run in the log of the exchange.
    """

    batch_id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    table_name: Named[str]
    message_id: Named[str]
    body_sha256: Named[bytes] = Column(LargeBinary)
    received_at: Named[datetime] = Column(MOMENT)
    full_id: Named[int | None] = Column(BigInteger, ForeignKey("gw_full.full_id", ondelete="SET NULL"))
    import_id: Named[UUID] = Column(Uuid)
    status: Named[int]
    answer: Named[bytes] = Column(LargeBinary)


gw_batch = Table(
    "gw_batch",
    metadata,
    BatchColumns,
    UniqueConstraint("node_id", "message_id"),
    Index("ix_gw_batch_received_at", "received_at"),
)


class InColumns(TypedColumns):
    """A row that came in, from staging to the domain.

    All tables of the gateway share this one: there is one applier and one monitor, a new table is a class and no
    migration, and every query is led by (node, table). `op`: upsert or delete. `key` is "" for a row without a
    readable one. `state`: new (waits), applied, error (was refused, see `error_code`; may be put back), skipped
    (older than what is known, or by a person's word), superseded (a newer one of its key came before it was applied).
    `error_text` is the detail of the error, or a person's reason. `row_id` is the order of arrival within node and
    table. The newest applied row of a key is kept for its `version`, older ones go after a month.
    """

    row_id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    table_name: Named[str]
    batch_id: Named[int | None] = Column(BigInteger, ForeignKey("gw_batch.batch_id", ondelete="SET NULL"))
    received_at: Named[datetime] = Column(MOMENT)
    op: Named[str]
    key: Named[str]
    payload: Named[Any] = Column(JSONB)
    version: Named[str] = Column(server_default="")
    state: Named[str]
    error_code: Named[str] = Column(server_default="")
    error_text: Named[str] = Column(server_default="")
    may_heal: Named[bool] = Column(server_default=text("false"))
    attempts: Named[int] = Column(server_default=text("0"))
    applied_at: Named[datetime | None] = Column(MOMENT)


gw_in = Table(
    "gw_in",
    metadata,
    InColumns,
    CheckConstraint("op IN ('upsert', 'delete')", name="op"),
    CheckConstraint("state IN ('new', 'applied', 'error', 'skipped', 'superseded')", name="state"),
    Index("ix_gw_in_key", "node_id", "table_name", "key", "row_id"),
    Index("ix_gw_in_waiting", "node_id", "table_name", "row_id", postgresql_where=text("state = 'new'")),
    Index("ix_gw_in_error", "node_id", "table_name", "row_id", postgresql_where=text("state = 'error'")),
    Index("ix_gw_in_applied_at", "node_id", "table_name", "applied_at"),
    Index("ix_gw_in_batch_id", "batch_id"),
)
