"""Documents of trade, their files, their history."""

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
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from b2b_dvizhenie.adapters.postgres.tables.metadata import AMOUNT, MOMENT, metadata

LATEST = (text("day DESC"), text("document_id DESC"))
"""The order of every list of documents."""


class DocumentColumns(TypedColumns):
    """A document as an ERP told it. `state` is a word of ours, `erp_status` the ERP's own where it is none of them.

    Which orders it belongs to is not stored but asked: those of the same company whose number is among `order_numbers`,
    or whose id in the same ERP is among `order_refs`; so an order that learns its ERP id later finds its documents.
    `firm_id` is the seller's firm that made it. `is_withdrawn`: the ERP deleted it, so nobody sees it.
    """

    document_id: Named[UUID] = Column(Uuid, primary_key=True)
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    external_ref: Named[str]
    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"))
    firm_id: Named[UUID | None] = Column(Uuid, ForeignKey("seller_firm.firm_id"))
    kind: Named[str]
    number: Named[str]
    day: Named[date]
    amount: Named[Decimal | None] = Column(AMOUNT)
    vat_amount: Named[Decimal | None] = Column(AMOUNT)
    currency: Named[str]
    state: Named[str]
    erp_status: Named[str] = Column(server_default="")
    due_on: Named[date | None]
    order_numbers: Named[list[str]] = Column(ARRAY(Text), server_default=text("'{}'"))
    order_refs: Named[list[str]] = Column(ARRAY(Text), server_default=text("'{}'"))
    is_withdrawn: Named[bool] = Column(server_default=false())
    received_at: Named[datetime] = Column(MOMENT)
    updated_at: Named[datetime] = Column(MOMENT)


document = Table(
    "document",
    metadata,
    DocumentColumns,
    UniqueConstraint("node_id", "external_ref"),
    CheckConstraint("amount <> 'NaN' AND vat_amount <> 'NaN'", name="amount"),
    Index("ix_document_company_id", "company_id", *LATEST),
    Index("ix_document_firm_id", "firm_id", *LATEST),
    Index("ix_document_day", *LATEST, postgresql_include=["company_id", "kind", "state"]),
    Index("ix_document_number", "number", postgresql_using="gin", postgresql_ops={"number": "gin_trgm_ops"}),
)


class DocumentFileColumns(TypedColumns):
    """A file of a document. `sha256` names its bytes in the store; NULL while they have yet to come, when nobody sees
    it. `expected_sha256`, `expected_size` and `expected_format` are what was announced: "" and NULL for anything.
    """

    file_id: Named[UUID] = Column(Uuid, primary_key=True)
    document_id: Named[UUID] = Column(Uuid, ForeignKey("document.document_id", ondelete="CASCADE"))
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    external_ref: Named[str]
    name: Named[str]
    kind: Named[str]
    format: Named[str | None]
    sha256: Named[str | None]
    size: Named[int | None] = Column(BigInteger)
    expected_sha256: Named[str] = Column(server_default="")
    expected_size: Named[int | None] = Column(BigInteger)
    expected_format: Named[str] = Column(server_default="")
    received_at: Named[datetime | None] = Column(MOMENT)
    announced_at: Named[datetime] = Column(MOMENT)


document_file = Table(
    "document_file",
    metadata,
    DocumentFileColumns,
    UniqueConstraint("node_id", "external_ref"),
    CheckConstraint("num_nulls(sha256, size, format, received_at) IN (0, 4)", name="content"),
    Index("ix_document_file_document_id", "document_id"),
    Index("ix_document_file_sha256", "sha256"),
)


class DocumentEventColumns(TypedColumns):
    """What happened to a document, for its history. Texts are made from `kind` and `params`."""

    event_id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    document_id: Named[UUID] = Column(Uuid, ForeignKey("document.document_id", ondelete="CASCADE"))
    at: Named[datetime] = Column(MOMENT)
    kind: Named[str]
    params: Named[dict[str, Any]] = Column(JSONB, server_default=text("'{}'"))


document_event = Table(
    "document_event", metadata, DocumentEventColumns, Index("ix_document_event_document_id", "document_id", "event_id")
)
