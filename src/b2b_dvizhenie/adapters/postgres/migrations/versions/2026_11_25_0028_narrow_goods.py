"""Pages of own prices look at thousands of prices by indexes alone: what shares are found by stands in them.

Revision: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_PRICE = ["price_type_id", "amount", "variant_id"]


def upgrade() -> None:
    op.drop_index("ix_price_amount", table_name="price")
    op.create_index("ix_price_amount", "price", _PRICE, postgresql_include=["currency", "min_quantity"])
    op.create_index(
        "ix_product_narrow",
        "product",
        ["product_id"],
        postgresql_include=["section_id", "brand_id", "order_multiple", "article"],
        postgresql_where=sa.text("is_active AND NOT is_hidden"),
    )
    op.create_index(
        "ix_variant_narrow",
        "variant",
        ["variant_id"],
        postgresql_include=["product_id", "article"],
        postgresql_where=sa.text("is_active"),
    )


def downgrade() -> None:
    op.drop_index("ix_variant_narrow", table_name="variant")
    op.drop_index("ix_product_narrow", table_name="product")
    op.drop_index("ix_price_amount", table_name="price")
    op.create_index("ix_price_amount", "price", _PRICE)
