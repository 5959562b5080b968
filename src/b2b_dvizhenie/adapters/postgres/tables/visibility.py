"""Access levels and segments."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Named, String, Table, TypedColumns, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY

from b2b_dvizhenie.adapters.postgres.tables.metadata import metadata


class AccessLevelColumns(TypedColumns):
    """A level that a buyer can have inside a company. `opens` are names of `domain.visibility.Information`; what an
    unknown name means is nothing. Level 1 always exists.
    """

    level: Named[int] = Column(primary_key=True, autoincrement=False)
    name: Named[str] = Column(server_default="")
    opens: Named[list[str]] = Column(ARRAY(String), server_default=text("'{}'"))


access_level = Table(
    "access_level", metadata, AccessLevelColumns, CheckConstraint("level BETWEEN 1 AND 99", name="level")
)


class SegmentColumns(TypedColumns):
    """A named set of companies. Discounts name segments by id, in `discount_rule.segments`."""

    segment_id: Named[UUID] = Column(Uuid, primary_key=True)
    name: Named[str]


segment = Table(
    "segment",
    metadata,
    SegmentColumns,
    CheckConstraint("name <> ''", name="name"),
)
Index("uq_segment_name", func.lower(segment.c.name), unique=True)


class SegmentMemberColumns(TypedColumns):
    """A company is in a segment."""

    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"), primary_key=True)
    segment_id: Named[UUID] = Column(Uuid, ForeignKey("segment.segment_id", ondelete="CASCADE"), primary_key=True)


segment_member = Table(
    "segment_member", metadata, SegmentMemberColumns, Index("ix_segment_member_segment_id", "segment_id")
)
