"""Indexes in the order of the list of orders, and one to look numbers up.

Revision: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NEWEST = (sa.text("placed_at DESC"), sa.text("order_id DESC"))
_OF_THE_TREE = (
    ("ix_app_user_head_id", "app_user", "head_id", "user_id"),
    ("ix_company_manager_id", "company", "manager_id", "company_id"),
)
_NUMBERS = ("number", "erp_number", "client_number")


def upgrade() -> None:
    op.drop_index("ix_customer_order_company_id", table_name="customer_order")
    op.drop_index("ix_customer_order_placed_at", table_name="customer_order")
    for name, table, column, found in _OF_THE_TREE:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, [column], postgresql_include=[found])
    op.create_index(
        "ix_customer_order_company_id", "customer_order", ["company_id", *_NEWEST], postgresql_include=["status"]
    )
    op.create_index("ix_customer_order_firm_id", "customer_order", ["firm_id", *_NEWEST], postgresql_include=["status"])
    op.create_index(
        "ix_customer_order_placed_at", "customer_order", [*_NEWEST], postgresql_include=["company_id", "status"]
    )
    op.create_index(
        "ix_customer_order_open",
        "customer_order",
        [*_NEWEST],
        postgresql_include=["company_id", "firm_id", "status"],
        postgresql_where=sa.text("status IN ('new', 'sent', 'confirmed', 'picking', 'shipped')"),
    )
    op.create_index(
        "ix_customer_order_numbers",
        "customer_order",
        [*_NUMBERS],
        postgresql_using="gin",
        postgresql_ops=dict.fromkeys(_NUMBERS, "gin_trgm_ops"),
    )


def downgrade() -> None:
    op.drop_index("ix_customer_order_numbers", table_name="customer_order")
    op.drop_index("ix_customer_order_open", table_name="customer_order")
    op.drop_index("ix_customer_order_placed_at", table_name="customer_order")
    op.drop_index("ix_customer_order_firm_id", table_name="customer_order")
    op.drop_index("ix_customer_order_company_id", table_name="customer_order")
    op.create_index("ix_customer_order_company_id", "customer_order", ["company_id", sa.text("placed_at DESC")])
    op.create_index("ix_customer_order_placed_at", "customer_order", [sa.text("placed_at DESC")])
    for name, table, column, _ in _OF_THE_TREE:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, [column])
