"""Replays of rule sets over what was ordered.

Revision: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "what_if",
        sa.Column("what_if_id", sa.Uuid(), nullable=False),
        sa.Column("rule_set_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("outcome", postgresql.JSONB(), nullable=True),
        sa.Column("finished_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("what_if_id", name=op.f("pk_what_if")),
        sa.UniqueConstraint("rule_set_id", "user_id", name=op.f("uq_what_if_rule_set_id_user_id")),
        sa.ForeignKeyConstraint(
            ["rule_set_id"], ["rule_set.rule_set_id"], name=op.f("fk_what_if_rule_set_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.user_id"], name=op.f("fk_what_if_user_id"), ondelete="CASCADE"),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_what_if_state")),
        sa.CheckConstraint("(state = 'done') = (outcome IS NOT NULL)", name=op.f("ck_what_if_outcome")),
    )


def downgrade() -> None:
    op.drop_table("what_if")
