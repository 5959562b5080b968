"""Prices: their order, for the catalogue by the buyer's own price.

Revision: 0010
Revises: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_price_amount", "price", ["price_type_id", "amount", "variant_id"])


def downgrade() -> None:
    op.drop_index("ix_price_amount", table_name="price")
