"""Staging tables of the JSON gateway: messages, rows, full exports.

Revision: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "gw_full",
        sa.Column("full_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("full_ref", sa.String(), nullable=False),
        sa.Column("scope", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("first_row_id", sa.BigInteger(), nullable=False),
        sa.Column("parts", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("last_part", sa.Integer(), nullable=True),
        sa.Column("rejected", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("active", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("absent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'closed', 'needs_confirmation', 'applied', 'superseded')",
            name=op.f("ck_gw_full_state"),
        ),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_gw_full_node_id")),
        sa.PrimaryKeyConstraint("full_id", name=op.f("pk_gw_full")),
        sa.UniqueConstraint("node_id", "table_name", "full_ref", name=op.f("uq_gw_full_node_id_table_name_full_ref")),
    )
    op.create_index(
        "ix_gw_full_open",
        "gw_full",
        ["node_id", "table_name"],
        postgresql_where=sa.text("state IN ('open', 'needs_confirmation')"),
    )
    op.create_table(
        "gw_batch",
        sa.Column("batch_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("full_id", sa.BigInteger(), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_gw_batch_node_id")),
        sa.ForeignKeyConstraint(
            ["full_id"], ["gw_full.full_id"], name=op.f("fk_gw_batch_full_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_gw_batch")),
        sa.UniqueConstraint("node_id", "message_id", name=op.f("uq_gw_batch_node_id_message_id")),
    )
    op.create_index("ix_gw_batch_received_at", "gw_batch", ["received_at"])
    op.create_table(
        "gw_in",
        sa.Column("row_id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("op", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.String(), server_default="", nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("error_code", sa.String(), server_default="", nullable=False),
        sa.Column("error_text", sa.String(), server_default="", nullable=False),
        sa.Column("may_heal", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("applied_at", MOMENT, nullable=True),
        sa.CheckConstraint("op IN ('upsert', 'delete')", name=op.f("ck_gw_in_op")),
        sa.CheckConstraint(
            "state IN ('new', 'applied', 'error', 'skipped', 'superseded')", name=op.f("ck_gw_in_state")
        ),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_gw_in_node_id")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["gw_batch.batch_id"], name=op.f("fk_gw_in_batch_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("row_id", name=op.f("pk_gw_in")),
    )
    op.create_index("ix_gw_in_key", "gw_in", ["node_id", "table_name", "key", "row_id"])
    op.create_index(
        "ix_gw_in_waiting", "gw_in", ["node_id", "table_name", "row_id"], postgresql_where=sa.text("state = 'new'")
    )
    op.create_index(
        "ix_gw_in_error", "gw_in", ["node_id", "table_name", "row_id"], postgresql_where=sa.text("state = 'error'")
    )
    op.create_index("ix_gw_in_applied_at", "gw_in", ["node_id", "table_name", "applied_at"])
    op.create_index("ix_gw_in_batch_id", "gw_in", ["batch_id"])


def downgrade() -> None:
    op.drop_table("gw_in")
    op.drop_table("gw_batch")
    op.drop_table("gw_full")
