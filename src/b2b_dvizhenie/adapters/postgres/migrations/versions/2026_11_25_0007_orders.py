"""Orders: what was shown in the cart, whose ERP an order is for, who cancelled it.

Revision: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cart_line", sa.Column("seen_amount", sa.Numeric(18, 2), nullable=True))
    op.add_column("cart_line", sa.Column("seen_currency", sa.String(), server_default="", nullable=False))
    op.add_column("customer_order", sa.Column("node_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_customer_order_node_id"), "customer_order", "exchange_node", ["node_id"], ["node_id"]
    )
    op.add_column("customer_order", sa.Column("cancelled_by", sa.String(), nullable=True))
    op.alter_column("customer_order", "erp_date", type_=sa.Date(), existing_nullable=True)
    op.create_index("ix_customer_order_node_id", "customer_order", ["node_id", "placed_at"])
    op.create_index("ix_variant_article", "variant", ["article"], postgresql_where=sa.text("article <> ''"))


def downgrade() -> None:
    op.drop_index("ix_variant_article", table_name="variant")
    op.drop_index("ix_customer_order_node_id", table_name="customer_order")
    op.alter_column("customer_order", "erp_date", type_=sa.DateTime(timezone=True), existing_nullable=True)
    op.drop_column("customer_order", "cancelled_by")
    op.drop_constraint(op.f("fk_customer_order_node_id"), "customer_order", type_="foreignkey")
    op.drop_column("customer_order", "node_id")
    op.drop_column("cart_line", "seen_currency")
    op.drop_column("cart_line", "seen_amount")
