"""Specifications: named lists of goods, and who may see them.

Revision: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_GRANTS = """
INSERT INTO role_grant (role_id, permission, scope)
SELECT g.role_id, 'specifications.view', g.scope
  FROM role_grant g
 WHERE g.permission = 'orders.view'
    ON CONFLICT DO NOTHING"""
"""Whoever sees orders sees lists in the same scope, roles that administrators made included."""
_LATEST = (sa.text("updated_at DESC"), sa.text("specification_id DESC"))
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "specification",
        sa.Column("specification_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sharing", sa.String(), server_default="private", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("updated_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("specification_id", name=op.f("pk_specification")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["app_user.user_id"], name=op.f("fk_specification_owner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.company_id"], name=op.f("fk_specification_company_id"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_specification_name")),
        sa.CheckConstraint("sharing IN ('private', 'read', 'edit')", name=op.f("ck_specification_sharing")),
    )
    op.create_index("ix_specification_owner_id", "specification", ["owner_id", *_LATEST])
    op.create_index("ix_specification_company_id", "specification", ["company_id", *_LATEST])
    op.create_index("ix_specification_updated_at", "specification", [*_LATEST])
    op.create_table(
        "specification_line",
        sa.Column("specification_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(15, 3), nullable=False),
        sa.Column("comment", sa.String(), server_default="", nullable=False),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("specification_id", "variant_id", name=op.f("pk_specification_line")),
        sa.ForeignKeyConstraint(
            ["specification_id"],
            ["specification.specification_id"],
            name=op.f("fk_specification_line_specification_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.variant_id"], name=op.f("fk_specification_line_variant_id")),
        sa.CheckConstraint("quantity > 0 AND quantity <> 'NaN'", name=op.f("ck_specification_line_quantity_positive")),
    )
    op.create_index("ix_specification_line_variant_id", "specification_line", ["variant_id"])
    op.create_table(
        "specification_seen",
        sa.Column("specification_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(15, 3), nullable=False),
        sa.Column("price", sa.Numeric(18, 4), nullable=False),
        sa.Column("amount", sa.Numeric(18, 2), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("made_of", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint(
            "specification_id", "variant_id", "user_id", "company_id", name=op.f("pk_specification_seen")
        ),
        sa.ForeignKeyConstraint(
            ["specification_id", "variant_id"],
            ["specification_line.specification_id", "specification_line.variant_id"],
            name="fk_specification_seen_line",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.user_id"], name=op.f("fk_specification_seen_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.company_id"], name=op.f("fk_specification_seen_company_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_specification_seen_user_id", "specification_seen", ["user_id"])
    op.create_index("ix_specification_seen_company_id", "specification_seen", ["company_id"])
    op.execute(_GRANTS)


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE permission = 'specifications.view'")
    op.drop_table("specification_seen")
    op.drop_table("specification_line")
    op.drop_table("specification")
