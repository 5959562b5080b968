"""Codes and links for people who are not logged in.

Revision: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "challenge",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_challenge")),
        sa.UniqueConstraint("browser_hash", name=op.f("uq_challenge_browser_hash")),
        sa.CheckConstraint("purpose IN ('code', 'recovery')", name=op.f("ck_challenge_purpose")),
    )
    op.create_index("ix_challenge_login_created_at", "challenge", ["login", "created_at"])
    op.create_index("ix_challenge_created_at", "challenge", ["created_at"])
    op.create_table(
        "account_link",
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_account_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_link_token_hash")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.user_id"], name=op.f("fk_account_link_user_id")),
        sa.CheckConstraint("kind IN ('invitation', 'recovery')", name=op.f("ck_account_link_kind")),
    )
    op.create_index(
        "uq_account_link_user_id", "account_link", ["user_id"], unique=True, postgresql_where=sa.text("used_at IS NULL")
    )


def downgrade() -> None:
    op.drop_table("account_link")
    op.drop_table("challenge")
