"""Discount rule sets: drafts, published versions that never change, and when each is in force.

Revision: 0012
Revises: 0011
"""

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_STRATEGIES = (
    "'max', 'min', 'sum', 'compound', 'displace', 'by_kind', 'priority_max', 'priority_stack',"
    " 'exclusive_if_better', 'best_price', 'refuse'"
)
_EVERYONE = "companies = '{}' AND agreements = '{}' AND segments = '{}'"


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), server_default="", nullable=False)


def _flag(name: str, default: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text(default), nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)


def _ids(name: str) -> sa.Column[list[UUID]]:
    return sa.Column(name, postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'::uuid[]"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "rule_set",
        sa.Column("rule_set_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), sa.Identity(always=False), nullable=False),
        _text("title"),
        sa.Column("state", sa.String(), server_default="draft", nullable=False),
        sa.Column("based_on", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("floor_price_type_id", sa.Uuid(), nullable=True),
        sa.Column("cost_price_type_id", sa.Uuid(), nullable=True),
        sa.Column("minimal_margin", sa.Numeric(9, 4), nullable=True),
        sa.Column("max_total_percent", sa.Numeric(7, 4), nullable=True),
        _text("created_by"),
        sa.Column("created_at", _MOMENT, nullable=False),
        _text("changed_by"),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("published_by", sa.String(), nullable=True),
        sa.Column("published_at", _MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_rule_set_state")),
        sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name=op.f("ck_rule_set_published_at")),
        sa.ForeignKeyConstraint(
            ["based_on"], ["rule_set.rule_set_id"], name=op.f("fk_rule_set_based_on"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["floor_price_type_id"], ["price_type.price_type_id"], name=op.f("fk_rule_set_floor_price_type_id")
        ),
        sa.ForeignKeyConstraint(
            ["cost_price_type_id"], ["price_type.price_type_id"], name=op.f("fk_rule_set_cost_price_type_id")
        ),
        sa.PrimaryKeyConstraint("rule_set_id", name=op.f("pk_rule_set")),
    )
    op.create_index("uq_rule_set_number", "rule_set", ["number"], unique=True)
    op.create_table(
        "rule_set_activation",
        sa.Column("activation_id", sa.Uuid(), nullable=False),
        sa.Column("rule_set_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=True),
        _text("decided_by"),
        sa.Column("decided_at", _MOMENT, nullable=False),
        sa.CheckConstraint("ends_at IS NULL OR starts_at < ends_at", name=op.f("ck_rule_set_activation_period")),
        sa.ForeignKeyConstraint(
            ["rule_set_id"], ["rule_set.rule_set_id"], name=op.f("fk_rule_set_activation_rule_set_id")
        ),
        sa.PrimaryKeyConstraint("activation_id", name=op.f("pk_rule_set_activation")),
        postgresql.ExcludeConstraint(
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"), name="ex_rule_set_activation_period", using="gist"
        ),
    )
    op.create_index("ix_rule_set_activation_rule_set_id", "rule_set_activation", ["rule_set_id"])
    op.create_table(
        "discount_group",
        sa.Column("rule_set_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        _text("title"),
        sa.Column("strategy", sa.String(), server_default="max", nullable=False),
        sa.Column("inner", sa.String(), server_default="max", nullable=False),
        sa.Column("kind_order", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("cap_percent", sa.Numeric(7, 4), nullable=True),
        _flag("ignore_zero", "true"),
        _whole("priority"),
        _whole("position"),
        _flag("exclusive", "false"),
        sa.CheckConstraint(f"strategy IN ({_STRATEGIES})", name=op.f("ck_discount_group_strategy")),
        sa.CheckConstraint("cap_percent BETWEEN 0 AND 100", name=op.f("ck_discount_group_cap_percent")),
        sa.ForeignKeyConstraint(
            ["rule_set_id"], ["rule_set.rule_set_id"], name=op.f("fk_discount_group_rule_set_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["rule_set_id", "parent_id"],
            ["discount_group.rule_set_id", "discount_group.group_id"],
            name="fk_discount_group_parent_id",
        ),
        sa.PrimaryKeyConstraint("rule_set_id", "group_id", name=op.f("pk_discount_group")),
    )
    op.create_index(
        "uq_discount_group_root",
        "discount_group",
        ["rule_set_id"],
        unique=True,
        postgresql_where=sa.text("parent_id IS NULL"),
    )
    op.create_table(
        "discount_rule",
        sa.Column("rule_set_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        _text("title"),
        _text("public_title"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("value", sa.Numeric(18, 4), nullable=False),
        sa.Column("currency", sa.String(), server_default="RUB", nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=True),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("articles", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        _ids("companies"),
        _ids("agreements"),
        _ids("segments"),
        sa.Column("starts_at", _MOMENT, nullable=True),
        sa.Column("ends_at", _MOMENT, nullable=True),
        sa.Column("minimum", sa.Numeric(15, 3), server_default=sa.text("0"), nullable=False),
        _whole("priority"),
        _whole("position"),
        _flag("stop_level", "false"),
        _flag("stop_all", "false"),
        _flag("exclusive", "false"),
        _flag("is_active", "true"),
        sa.CheckConstraint(
            "kind IN ('articles', 'category_brand', 'brand', 'category')", name=op.f("ck_discount_rule_kind")
        ),
        sa.CheckConstraint("effect IN ('percent', 'amount', 'fixed_price')", name=op.f("ck_discount_rule_effect")),
        sa.CheckConstraint(
            "value >= 0 AND value <> 'NaN' AND (effect <> 'percent' OR value <= 100)",
            name=op.f("ck_discount_rule_value"),
        ),
        sa.CheckConstraint("minimum >= 0 AND minimum <> 'NaN'", name=op.f("ck_discount_rule_minimum")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_discount_rule_period")),
        sa.ForeignKeyConstraint(
            ["rule_set_id", "group_id"],
            ["discount_group.rule_set_id", "discount_group.group_id"],
            name="fk_discount_rule_group_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("rule_set_id", "rule_id", name=op.f("pk_discount_rule")),
    )
    op.create_index("ix_discount_rule_group_id", "discount_rule", ["rule_set_id", "group_id", "position", "rule_id"])
    op.create_index("ix_discount_rule_everyone", "discount_rule", ["rule_set_id"], postgresql_where=sa.text(_EVERYONE))
    for target in ("companies", "agreements", "segments"):
        op.create_index(f"ix_discount_rule_{target}", "discount_rule", [target], postgresql_using="gin")
    _refuse_changes()
    for permission in ("prices.manage", "prices.publish"):
        op.execute(
            sa.text(
                "INSERT INTO role_grant (role_id, permission, scope)"
                " SELECT role_id, :permission, 'all' FROM role WHERE code = 'administrator' ON CONFLICT DO NOTHING"
            ).bindparams(permission=permission)
        )


def _refuse_changes() -> None:
    # Shared row locks: whoever publishes has the version locked, so no rule slips in while it becomes unchangeable.
    op.execute(
        """
        CREATE FUNCTION refuse_published_change() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            owner uuid := coalesce(OLD.rule_set_id, NEW.rule_set_id);
        BEGIN
            IF EXISTS (SELECT 1 FROM rule_set WHERE rule_set_id IN (owner, NEW.rule_set_id)
                          AND state = 'published' FOR SHARE) THEN
                RAISE EXCEPTION 'a published rule set never changes' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN coalesce(NEW, OLD);
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION refuse_published_set_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.state = 'published' THEN
                RAISE EXCEPTION 'a published rule set never changes' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN coalesce(NEW, OLD);
        END $$
        """
    )
    for table in ("discount_group", "discount_rule"):
        op.execute(
            f"CREATE TRIGGER rule_set_published BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_published_change()"
        )
    op.execute(
        "CREATE TRIGGER rule_set_published BEFORE UPDATE OR DELETE ON rule_set "
        "FOR EACH ROW EXECUTE FUNCTION refuse_published_set_change()"
    )


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE permission IN ('prices.manage', 'prices.publish')")
    op.drop_table("discount_rule")
    op.drop_table("discount_group")
    op.drop_table("rule_set_activation")
    op.drop_table("rule_set")
    op.execute("DROP FUNCTION refuse_published_change")
    op.execute("DROP FUNCTION refuse_published_set_change")
