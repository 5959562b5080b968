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
    """A named set of companies. Discounts name segments by id, in `discount_rule.segments`.

    `weight` decides between rules of several segments about one thing, the heavier's holds; of equal ones the closing.
    In a segment `for_all` is every company, whoever its members are.
    """

    segment_id: Named[UUID] = Column(Uuid, primary_key=True)
    name: Named[str]
    weight: Named[int] = Column(server_default=text("0"))
    for_all: Named[bool] = Column(server_default=text("false"))


segment = Table(
    "segment",
    metadata,
    SegmentColumns,
    CheckConstraint("name <> ''", name="name"),
    CheckConstraint("weight BETWEEN -1000 AND 1000", name="weight"),
)
Index("uq_segment_name", func.lower(segment.c.name), unique=True)


class SegmentMemberColumns(TypedColumns):
    """A company is in a segment."""

    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"), primary_key=True)
    segment_id: Named[UUID] = Column(Uuid, ForeignKey("segment.segment_id", ondelete="CASCADE"), primary_key=True)


segment_member = Table(
    "segment_member", metadata, SegmentMemberColumns, Index("ix_segment_member_segment_id", "segment_id")
)


class SegmentSectionColumns(TypedColumns):
    """A segment opens or closes a section for its companies, and all below it up to the next rule of any segment."""

    segment_id: Named[UUID] = Column(Uuid, ForeignKey("segment.segment_id", ondelete="CASCADE"), primary_key=True)
    section_id: Named[UUID] = Column(Uuid, ForeignKey("section.section_id", ondelete="CASCADE"), primary_key=True)
    opens: Named[bool]


segment_section = Table(
    "segment_section", metadata, SegmentSectionColumns, Index("ix_segment_section_section_id", "section_id")
)


class SegmentBrandColumns(TypedColumns):
    """A segment opens or closes the goods of a brand for its companies."""

    segment_id: Named[UUID] = Column(Uuid, ForeignKey("segment.segment_id", ondelete="CASCADE"), primary_key=True)
    brand_id: Named[UUID] = Column(Uuid, ForeignKey("brand.brand_id", ondelete="CASCADE"), primary_key=True)
    opens: Named[bool]


segment_brand = Table("segment_brand", metadata, SegmentBrandColumns, Index("ix_segment_brand_brand_id", "brand_id"))


class SegmentInformationColumns(TypedColumns):
    """A segment opens or closes a group of information for its companies: a name of `domain.visibility.Information`.

    What it opens is at most what an access level opens; it takes back what a lighter segment closes.
    """

    segment_id: Named[UUID] = Column(Uuid, ForeignKey("segment.segment_id", ondelete="CASCADE"), primary_key=True)
    information: Named[str] = Column(primary_key=True)
    opens: Named[bool]


segment_information = Table("segment_information", metadata, SegmentInformationColumns)
