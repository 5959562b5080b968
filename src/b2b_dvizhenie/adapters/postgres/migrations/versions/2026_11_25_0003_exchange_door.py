"""The exchange door: allowed addresses, failed logins, addresses in the request log, told ends, repeated deliveries.

Revision: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_attempt",
        sa.Column("attempt_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_exchange_attempt")),
    )
    op.create_index("ix_exchange_attempt_login", "exchange_attempt", ["login", "at"], unique=False)
    op.create_index("ix_exchange_attempt_address", "exchange_attempt", ["address", "at"], unique=False)
    op.create_index("ix_exchange_attempt_at", "exchange_attempt", ["at"], unique=False)
    op.add_column(
        "exchange_node",
        sa.Column("allowed_addresses", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("exchange_request", sa.Column("address", sa.String(), server_default="", nullable=False))
    op.create_index("ix_exchange_request_node_id", "exchange_request", ["node_id", "at"], unique=False)
    op.create_index("ix_exchange_request_session_id", "exchange_request", ["session_id"], unique=False)
    op.add_column("exchange_import", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("exchange_delivery", sa.Column("times", sa.Integer(), server_default=sa.text("1"), nullable=False))


def downgrade() -> None:
    op.drop_column("exchange_delivery", "times")
    op.drop_column("exchange_import", "told_at")
    op.drop_index("ix_exchange_request_session_id", table_name="exchange_request")
    op.drop_index("ix_exchange_request_node_id", table_name="exchange_request")
    op.drop_column("exchange_request", "address")
    op.drop_column("exchange_node", "allowed_addresses")
    op.drop_index("ix_exchange_attempt_at", table_name="exchange_attempt")
    op.drop_index("ix_exchange_attempt_address", table_name="exchange_attempt")
    op.drop_index("ix_exchange_attempt_login", table_name="exchange_attempt")
    op.drop_table("exchange_attempt")
