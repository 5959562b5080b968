"""Exchange nodes, their sessions, files, imports, row problems, generations and deliveries (onec.md §2.7)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from b2b_dvizhenie.adapters.postgres.tables.metadata import MOMENT, metadata


class NodeColumns(TypedColumns):
    """A 1C base (or another ERP) that exchanges with us, with its own login. `settings` are typed in the domain.

    `allowed_addresses` are IP addresses and networks it may come from; none means any.
    """

    node_id: Named[UUID] = Column(Uuid, primary_key=True)
    name: Named[str]
    login: Named[str] = Column(unique=True)
    password_hash: Named[str]
    profile: Named[str] = Column(server_default="auto")
    answer_encoding: Named[str] = Column(server_default="auto")
    rights: Named[list[str]] = Column(ARRAY(Text), server_default=text("'{catalog,sale}'"))
    settings: Named[dict[str, Any]] = Column(JSONB, server_default=text("'{}'"))
    allowed_addresses: Named[list[str]] = Column(ARRAY(Text), server_default=text("'{}'"))
    is_active: Named[bool] = Column(server_default=text("true"))
    created_at: Named[datetime] = Column(MOMENT)


exchange_node = Table("exchange_node", metadata, NodeColumns)


class ExchangeSessionColumns(TypedColumns):
    """One conversation of a 1C with us, from checkauth on.

    `has_files` says that it sent any; `swept_at` is when somebody last looked for files nobody asked to import.
    """

    session_id: Named[UUID] = Column(Uuid, primary_key=True)
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    kind: Named[str]
    token_hash: Named[bytes] = Column(LargeBinary, unique=True)
    sessid: Named[str]
    address: Named[str] = Column(server_default="")
    user_agent: Named[str] = Column(server_default="")
    profile: Named[str] = Column(server_default="")
    started_at: Named[datetime] = Column(MOMENT)
    last_seen_at: Named[datetime] = Column(MOMENT)
    closed_at: Named[datetime | None] = Column(MOMENT)
    has_files: Named[bool] = Column(server_default=text("false"))
    swept_at: Named[datetime | None] = Column(MOMENT)


exchange_session = Table(
    "exchange_session",
    metadata,
    ExchangeSessionColumns,
    Index("ix_exchange_session_node_id", "node_id", "last_seen_at"),
    Index("ix_exchange_session_last_seen_at", "last_seen_at"),
)


class ExchangeAttemptColumns(TypedColumns):
    """A failed login of the exchange; the budget of failures is counted from these, old ones are deleted."""

    attempt_id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    login: Named[str]
    address: Named[str]
    at: Named[datetime] = Column(MOMENT)


exchange_attempt = Table(
    "exchange_attempt",
    metadata,
    ExchangeAttemptColumns,
    Index("ix_exchange_attempt_login", "login", "at"),
    Index("ix_exchange_attempt_address", "address", "at"),
    Index("ix_exchange_attempt_at", "at"),
)


class ExchangeRequestColumns(TypedColumns):
    """A request of the protocol and the first line of our answer; kept 30 days for the log page."""

    request_id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    session_id: Named[UUID | None] = Column(Uuid)
    node_id: Named[UUID | None] = Column(Uuid)
    at: Named[datetime] = Column(MOMENT)
    kind: Named[str]
    mode: Named[str]
    filename: Named[str] = Column(server_default="")
    bytes_in: Named[int] = Column(BigInteger, server_default=text("0"))
    status: Named[int]
    answer: Named[str]
    milliseconds: Named[int]
    address: Named[str] = Column(server_default="")


exchange_request = Table(
    "exchange_request",
    metadata,
    ExchangeRequestColumns,
    Index("ix_exchange_request_at", "at"),
    Index("ix_exchange_request_node_id", "node_id", "at"),
    Index("ix_exchange_request_session_id", "session_id"),
)


class ImportColumns(TypedColumns):
    """An import of one file: key (session or folder, file name, content); progress and outcome.

    `state`: waiting, running, done, failed. `counters` are numbers by entity and outcome. `root` is the
    folder that paths of pictures are relative to, "" for the one `filename` is relative to. `started_by` names what
    asked: the protocol, the command line, the sweeper. `told_at` is when its end was told to 1C: a failure that was
    told is tried anew when 1C asks again.
    """

    import_id: Named[UUID] = Column(Uuid, primary_key=True)
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    session_id: Named[UUID | None] = Column(Uuid)
    filename: Named[str]
    path: Named[str]
    root: Named[str] = Column(server_default="")
    sha256: Named[str]
    bytes: Named[int] = Column(BigInteger)
    kinds: Named[list[str]] = Column(ARRAY(Text), server_default=text("'{}'"))
    only_changes: Named[bool] = Column(server_default=text("true"))
    catalog_ref: Named[str] = Column(server_default="")
    state: Named[str]
    stage: Named[str] = Column(server_default="")
    progress: Named[int] = Column(BigInteger, server_default=text("0"))
    total: Named[int] = Column(BigInteger, server_default=text("0"))
    counters: Named[dict[str, int]] = Column(JSONB, server_default=text("'{}'"))
    error_code: Named[str] = Column(server_default="")
    error_detail: Named[str] = Column(server_default="")
    started_by: Named[str] = Column(server_default="")
    request_id: Named[str] = Column(server_default="")
    created_at: Named[datetime] = Column(MOMENT)
    started_at: Named[datetime | None] = Column(MOMENT)
    finished_at: Named[datetime | None] = Column(MOMENT)
    told_at: Named[datetime | None] = Column(MOMENT)


exchange_import = Table(
    "exchange_import",
    metadata,
    ImportColumns,
    Index("ix_exchange_import_node_id", "node_id", "created_at"),
    Index("ix_exchange_import_session_id", "session_id", "filename"),
    Index("ix_exchange_import_sha256", "node_id", "sha256"),
)


class RowProblemColumns(TypedColumns):
    """A row of an import that was skipped or repaired, with where it stood and why."""

    problem_id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    import_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_import.import_id", ondelete="CASCADE"))
    entity: Named[str]
    severity: Named[str]
    code: Named[str]
    ref: Named[str] = Column(server_default="")
    line: Named[int] = Column(server_default=text("0"))
    detail: Named[str] = Column(server_default="")


exchange_problem = Table(
    "exchange_problem", metadata, RowProblemColumns, Index("ix_exchange_problem_import_id", "import_id")
)


class GenerationColumns(TypedColumns):
    """A full export of one catalogue, possibly in many portions: what it did not name may have to go (onec.md §3.7).

    `state`: open, closed, needs_confirmation, applied, superseded.
    """

    generation_id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    catalog_ref: Named[str]
    state: Named[str]
    opened_at: Named[datetime] = Column(MOMENT)
    last_file_at: Named[datetime] = Column(MOMENT)
    closed_at: Named[datetime | None] = Column(MOMENT)
    failed_files: Named[int] = Column(server_default=text("0"))
    stamped: Named[int] = Column(server_default=text("0"))
    absent: Named[int] = Column(server_default=text("0"))


exchange_generation = Table(
    "exchange_generation",
    metadata,
    GenerationColumns,
    Index("ix_exchange_generation_node_id", "node_id", "catalog_ref", "state"),
)


class SeenColumns(TypedColumns):
    """A good that an open generation named. Kept apart from the product so that a good that was resent unchanged
    costs one narrow row; gone when the generation ends.
    """

    generation_id: Named[int] = Column(
        BigInteger, ForeignKey("exchange_generation.generation_id", ondelete="CASCADE"), primary_key=True
    )
    product_id: Named[UUID] = Column(Uuid, primary_key=True)


exchange_seen = Table("exchange_seen", metadata, SeenColumns)


class DeliveryColumns(TypedColumns):
    """Which revision of which order was given out in which session, and whether `success` confirmed it (§2.6).

    `times` counts the queries of the session that gave it out.
    """

    session_id: Named[UUID] = Column(Uuid, primary_key=True)
    order_id: Named[UUID] = Column(Uuid, ForeignKey("customer_order.order_id", ondelete="CASCADE"), primary_key=True)
    revision: Named[int] = Column(primary_key=True)
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    given_at: Named[datetime] = Column(MOMENT)
    times: Named[int] = Column(server_default=text("1"))
    confirmed_at: Named[datetime | None] = Column(MOMENT)


exchange_delivery = Table(
    "exchange_delivery",
    metadata,
    DeliveryColumns,
    Index("ix_exchange_delivery_order_id", "order_id", "node_id", "revision"),
)


class StatusMapColumns(TypedColumns):
    """What an ERP's status text means for us (onec.md §4.4). Data, edited in the panel."""

    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id", ondelete="CASCADE"), primary_key=True)
    erp_status: Named[str] = Column(primary_key=True)
    status: Named[str]


order_status_map = Table("order_status_map", metadata, StatusMapColumns)
