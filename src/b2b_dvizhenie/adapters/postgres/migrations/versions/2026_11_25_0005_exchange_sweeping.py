"""Sweeping: which exchange sessions sent files, and when somebody last looked after them.

Revision: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "exchange_session", sa.Column("has_files", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("exchange_session", sa.Column("swept_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_exchange_session_last_seen_at", "exchange_session", ["last_seen_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_exchange_session_last_seen_at", table_name="exchange_session")
    op.drop_column("exchange_session", "swept_at")
    op.drop_column("exchange_session", "has_files")
