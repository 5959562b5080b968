"""Discount rule sets: versions, their groups and rules, and when each version is in force."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Named,
    Numeric,
    Table,
    Text,
    TypedColumns,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint

from b2b_dvizhenie.adapters.postgres.tables.metadata import MOMENT, QUANTITY, UNIT_PRICE, metadata

_PERCENT = Numeric(7, 4)
_NO_IDS = text("'{}'::uuid[]")
_STRATEGIES = (
    "'max', 'min', 'sum', 'compound', 'displace', 'by_kind', 'priority_max', 'priority_stack',"
    " 'exclusive_if_better', 'best_price', 'refuse'"
)


class RuleSetColumns(TypedColumns):
    """A version of the discount rules. A draft is edited; a published one, its groups and rules never change again:
    the triggers `rule_set_published` refuse it. `revision` grows with every edit of a draft, so that what is published
    is what was checked. `number` is what people call the version by.
    """

    rule_set_id: Named[UUID] = Column(Uuid, primary_key=True)
    number: Named[int] = Column(Integer, Identity())
    title: Named[str] = Column(server_default="")
    state: Named[str] = Column(server_default="draft")
    based_on: Named[UUID | None] = Column(Uuid, ForeignKey("rule_set.rule_set_id", ondelete="SET NULL"))
    revision: Named[int] = Column(server_default=text("1"))
    floor_price_type_id: Named[UUID | None] = Column(Uuid, ForeignKey("price_type.price_type_id"))
    cost_price_type_id: Named[UUID | None] = Column(Uuid, ForeignKey("price_type.price_type_id"))
    minimal_margin: Named[Decimal | None] = Column(Numeric(9, 4))
    max_total_percent: Named[Decimal | None] = Column(_PERCENT)
    created_by: Named[str] = Column(server_default="")
    created_at: Named[datetime] = Column(MOMENT)
    changed_by: Named[str] = Column(server_default="")
    changed_at: Named[datetime] = Column(MOMENT)
    published_by: Named[str | None]
    published_at: Named[datetime | None] = Column(MOMENT)


rule_set = Table(
    "rule_set",
    metadata,
    RuleSetColumns,
    CheckConstraint("state IN ('draft', 'published')", name="state"),
    CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published_at"),
    Index("uq_rule_set_number", "number", unique=True),
)


class ActivationColumns(TypedColumns):
    """A period in which a published version is in force: from `starts_at` (inclusive) to `ends_at` (exclusive).

    Periods never overlap, so at any moment at most one version holds, whoever publishes at the same time. One that
    begins in the future is a scheduled start. Rolling back is a new period of an older version: history stays.
    """

    activation_id: Named[UUID] = Column(Uuid, primary_key=True)
    rule_set_id: Named[UUID] = Column(Uuid, ForeignKey("rule_set.rule_set_id"))
    starts_at: Named[datetime] = Column(MOMENT)
    ends_at: Named[datetime | None] = Column(MOMENT)
    decided_by: Named[str] = Column(server_default="")
    decided_at: Named[datetime] = Column(MOMENT)


rule_set_activation = Table(
    "rule_set_activation",
    metadata,
    ActivationColumns,
    CheckConstraint("ends_at IS NULL OR starts_at < ends_at", name="period"),
    ExcludeConstraint(
        (func.tstzrange(text("starts_at"), text("ends_at")), "&&"), name="ex_rule_set_activation_period", using="gist"
    ),
    Index("ix_rule_set_activation_rule_set_id", "rule_set_id"),
)


class GroupColumns(TypedColumns):
    """A group of rules with its strategy; the root has no parent. Ids are kept from version to version."""

    rule_set_id: Named[UUID] = Column(Uuid, ForeignKey("rule_set.rule_set_id", ondelete="CASCADE"), primary_key=True)
    group_id: Named[UUID] = Column(Uuid, primary_key=True)
    parent_id: Named[UUID | None] = Column(Uuid)
    title: Named[str] = Column(server_default="")
    strategy: Named[str] = Column(server_default="max")
    inner: Named[str] = Column(server_default="max")
    kind_order: Named[list[str]] = Column(ARRAY(Text))
    cap_percent: Named[Decimal | None] = Column(_PERCENT)
    ignore_zero: Named[bool] = Column(server_default=text("true"))
    priority: Named[int] = Column(server_default=text("0"))
    position: Named[int] = Column(server_default=text("0"))
    exclusive: Named[bool] = Column(server_default=text("false"))


discount_group = Table(
    "discount_group",
    metadata,
    GroupColumns,
    ForeignKeyConstraint(
        ["rule_set_id", "parent_id"],
        ["discount_group.rule_set_id", "discount_group.group_id"],
        name="fk_discount_group_parent_id",
    ),
    CheckConstraint(f"strategy IN ({_STRATEGIES})", name="strategy"),
    CheckConstraint("cap_percent BETWEEN 0 AND 100", name="cap_percent"),
    Index("uq_discount_group_root", "rule_set_id", unique=True, postgresql_where=text("parent_id IS NULL")),
)


class RuleColumns(TypedColumns):
    """A discount rule (`domain.pricing.Rule`). `position` is its order, `minimum` the quantity of a line from which it
    holds. It is for everyone where companies, agreements and segments are all empty, else for whoever is named in any.
    Sections, brands and companies are named without foreign keys: what an exchange removes must not block it, and a
    published version stays as it was; the check names what no longer exists.
    """

    rule_set_id: Named[UUID] = Column(Uuid, primary_key=True)
    rule_id: Named[UUID] = Column(Uuid, primary_key=True)
    group_id: Named[UUID] = Column(Uuid)
    title: Named[str] = Column(server_default="")
    public_title: Named[str] = Column(server_default="")
    kind: Named[str]
    effect: Named[str]
    value: Named[Decimal] = Column(UNIT_PRICE)
    currency: Named[str] = Column(server_default="RUB")
    category_id: Named[UUID | None] = Column(Uuid)
    brand_id: Named[UUID | None] = Column(Uuid)
    articles: Named[list[str]] = Column(ARRAY(Text), server_default=text("'{}'::text[]"))
    companies: Named[list[UUID]] = Column(ARRAY(Uuid), server_default=_NO_IDS)
    agreements: Named[list[UUID]] = Column(ARRAY(Uuid), server_default=_NO_IDS)
    segments: Named[list[UUID]] = Column(ARRAY(Uuid), server_default=_NO_IDS)
    starts_at: Named[datetime | None] = Column(MOMENT)
    ends_at: Named[datetime | None] = Column(MOMENT)
    minimum: Named[Decimal] = Column(QUANTITY, server_default=text("0"))
    priority: Named[int] = Column(server_default=text("0"))
    position: Named[int] = Column(server_default=text("0"))
    stop_level: Named[bool] = Column(server_default=text("false"))
    stop_all: Named[bool] = Column(server_default=text("false"))
    exclusive: Named[bool] = Column(server_default=text("false"))
    is_active: Named[bool] = Column(server_default=text("true"))


discount_rule = Table(
    "discount_rule",
    metadata,
    RuleColumns,
    ForeignKeyConstraint(
        ["rule_set_id", "group_id"],
        ["discount_group.rule_set_id", "discount_group.group_id"],
        name="fk_discount_rule_group_id",
        ondelete="CASCADE",
    ),
    CheckConstraint("kind IN ('articles', 'category_brand', 'brand', 'category')", name="kind"),
    CheckConstraint("effect IN ('percent', 'amount', 'fixed_price')", name="effect"),
    CheckConstraint("value >= 0 AND value <> 'NaN' AND (effect <> 'percent' OR value <= 100)", name="value"),
    CheckConstraint("minimum >= 0 AND minimum <> 'NaN'", name="minimum"),
    CheckConstraint("starts_at < ends_at", name="period"),
    Index("ix_discount_rule_group_id", "rule_set_id", "group_id", "position", "rule_id"),
    Index(
        "ix_discount_rule_everyone",
        "rule_set_id",
        postgresql_where=text("companies = '{}' AND agreements = '{}' AND segments = '{}'"),
    ),
    Index("ix_discount_rule_companies", "companies", postgresql_using="gin"),
    Index("ix_discount_rule_agreements", "agreements", postgresql_using="gin"),
    Index("ix_discount_rule_segments", "segments", postgresql_using="gin"),
)
