"""Orders compared with the documents that the ERP returned.

Revision: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    amount = sa.Numeric(18, 2)
    op.create_table(
        "order_drift",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("compared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_latest", sa.Boolean(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("within", sa.Integer(), nullable=False),
        sa.Column("our_total", amount, nullable=False),
        sa.Column("their_total", amount, nullable=True),
        sa.Column("difference", amount, nullable=False),
        sa.Column("unexplained", amount, nullable=False),
        sa.PrimaryKeyConstraint("order_id", "version", name=op.f("pk_order_drift")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.order_id"], name=op.f("fk_order_drift_order_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(
        "uq_order_drift_latest", "order_drift", ["order_id"], unique=True, postgresql_where=sa.text("is_latest")
    )
    op.create_index(
        "ix_order_drift_found",
        "order_drift",
        [sa.text("compared_at DESC"), sa.text("order_id DESC")],
        postgresql_where=sa.text("is_latest AND kinds <> '{}'"),
    )
    op.create_index("ix_order_drift_compared_at", "order_drift", ["compared_at"], postgresql_where=sa.text("is_latest"))
    op.create_table(
        "order_drift_line",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("pairs", postgresql.JSONB(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("difference", amount, nullable=False),
        sa.PrimaryKeyConstraint("order_id", "version", "place", name=op.f("pk_order_drift_line")),
        sa.ForeignKeyConstraint(
            ["order_id", "version"],
            ["order_drift.order_id", "order_drift.version"],
            name=op.f("fk_order_drift_line_order_id_version"),
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    op.drop_table("order_drift_line")
    op.drop_table("order_drift")
