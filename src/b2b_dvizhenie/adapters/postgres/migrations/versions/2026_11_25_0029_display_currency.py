"""The currency a person sees prices in, and what an order came to in it.

Revision: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("app_user", sa.Column("currency", sa.String(), server_default="", nullable=False))
    op.add_column("customer_order", sa.Column("shown", postgresql.JSONB(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("customer_order", "shown")
    op.drop_column("app_user", "currency")
