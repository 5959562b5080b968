"""Replays of rule sets over what was ordered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Named, Table, TypedColumns, UniqueConstraint, Uuid
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB

from b2b_dvizhenie.adapters.postgres.tables.metadata import MOMENT, metadata


class WhatIfColumns(TypedColumns):
    """A replay somebody asked for; a new one of the same version and person takes its place.

    `scope` and `firm_id` say whose orders it was made of: it is shown only to whom that scope is still granted.
    `outcome` is the report, made within them (`application.pricing.Outcome`); `done` of `total` lines are priced.
    """

    what_if_id: Named[UUID] = Column(Uuid, primary_key=True)
    rule_set_id: Named[UUID] = Column(Uuid, ForeignKey("rule_set.rule_set_id", ondelete="CASCADE"))
    revision: Named[int]
    days: Named[int] = Column(Integer)
    user_id: Named[UUID] = Column(Uuid, ForeignKey("app_user.user_id", ondelete="CASCADE"))
    scope: Named[str]
    firm_id: Named[UUID | None] = Column(Uuid)
    asked_at: Named[datetime] = Column(MOMENT)
    state: Named[str] = Column(server_default="waiting")
    done: Named[int] = Column(server_default=sql("0"))
    total: Named[int] = Column(server_default=sql("0"))
    outcome: Named[dict[str, Any] | None] = Column(JSONB(none_as_null=True))
    finished_at: Named[datetime | None] = Column(MOMENT)


what_if = Table(
    "what_if",
    metadata,
    WhatIfColumns,
    UniqueConstraint("rule_set_id", "user_id"),
    CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
    CheckConstraint("(state = 'done') = (outcome IS NOT NULL)", name="outcome"),
)
