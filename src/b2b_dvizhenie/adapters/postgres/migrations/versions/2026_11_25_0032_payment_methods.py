"""Ways to pay an order: the methods, which of them an agreement allows, and what an order was placed with.

Revision: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# What every wholesaler begins with; individuals have no account to buy on.
_DEFAULTS = """
INSERT INTO payment_method (method_id, name, kind, payers, position) VALUES
  ('019ab9e2-4c00-7a11-9c01-5d2b8f0a7e01', 'По договору с отсрочкой', 'on_account', '{legal,entrepreneur}', 10),
  ('019ab9e2-4c00-7a11-9c01-5d2b8f0a7e02', 'Предоплата по счёту', 'prepayment', '{}', 20)"""

# Paying by card for an entrepreneur is given out by administrators.
_GRANTS = """
INSERT INTO role_grant (role_id, permission, scope)
SELECT role_id, 'orders.pay_by_card', 'all' FROM role WHERE code = 'administrator'
    ON CONFLICT DO NOTHING"""


def upgrade() -> None:
    op.create_table(
        "payment_method",
        sa.Column("method_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payers", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("firms", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.PrimaryKeyConstraint("method_id", name=op.f("pk_payment_method")),
        sa.CheckConstraint("kind IN ('on_account', 'prepayment', 'cash', 'card')", name=op.f("ck_payment_method_kind")),
        sa.CheckConstraint(
            "payers <@ ARRAY['legal', 'entrepreneur', 'person']::varchar[]", name=op.f("ck_payment_method_payers")
        ),
    )
    op.execute(_DEFAULTS)
    op.execute(_GRANTS)
    op.add_column(
        "agreement",
        sa.Column("payment_methods", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("customer_order", sa.Column("payment_method_id", sa.Uuid(), nullable=True))
    op.add_column("customer_order", sa.Column("payment_kind", sa.String(), nullable=True))
    op.add_column("customer_order", sa.Column("payment_name", sa.String(), server_default="", nullable=False))
    op.create_foreign_key(
        op.f("fk_customer_order_payment_method_id"),
        "customer_order",
        "payment_method",
        ["payment_method_id"],
        ["method_id"],
    )
    op.create_check_constraint(
        op.f("ck_customer_order_payment"), "customer_order", "(payment_method_id IS NULL) = (payment_kind IS NULL)"
    )
    op.create_index(
        "ix_customer_order_user_id",
        "customer_order",
        ["user_id", "company_id", sa.text("placed_at DESC"), sa.text("order_id DESC")],
    )


def downgrade() -> None:
    op.drop_index("ix_customer_order_user_id", "customer_order")
    op.drop_constraint("ck_customer_order_payment", "customer_order")
    op.drop_constraint("fk_customer_order_payment_method_id", "customer_order")
    for column in ("payment_name", "payment_kind", "payment_method_id"):
        op.drop_column("customer_order", column)
    op.drop_column("agreement", "payment_methods")
    op.execute("DELETE FROM role_grant WHERE permission = 'orders.pay_by_card'")
    op.drop_table("payment_method")
