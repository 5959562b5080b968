"""Orders: at which access level they were placed.

Revision: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing tells the level of earlier orders; the highest one keeps their sums from those who may not see them.
    op.add_column(
        "customer_order", sa.Column("access_level", sa.Integer(), server_default=sa.text("32767"), nullable=False)
    )
    op.alter_column("customer_order", "access_level", server_default=sa.text("1"))


def downgrade() -> None:
    op.drop_column("customer_order", "access_level")
