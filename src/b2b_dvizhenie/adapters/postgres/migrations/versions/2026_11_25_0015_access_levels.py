"""Access levels as data.

Revision: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_LEVELS = """
INSERT INTO access_level (level, opens) VALUES
  (1, '{stock_detail,order_sums}'),
  (2, '{individual_prices,discounts,credit_limit,debt,payment_schedule,bonuses,documents,stock_detail,order_sums}')"""
# Until now every level above the first one opened everything.
_USED = """
INSERT INTO access_level (level, opens)
SELECT DISTINCT m.access_level, second.opens
  FROM membership m CROSS JOIN access_level second
 WHERE second.level = 2 AND m.access_level > 2"""
_GRANTS = """
INSERT INTO role_grant (role_id, permission, scope)
SELECT r.role_id, p.permission, 'all'
  FROM role r CROSS JOIN unnest(ARRAY['visibility.view', 'visibility.manage']) AS p (permission)
 WHERE r.code = 'administrator'
    ON CONFLICT DO NOTHING"""


def upgrade() -> None:
    op.create_table(
        "access_level",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("opens", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
        sa.PrimaryKeyConstraint("level", name=op.f("pk_access_level")),
        sa.CheckConstraint("level BETWEEN 1 AND 99", name=op.f("ck_access_level_level")),
    )
    op.execute(_LEVELS)
    op.execute("UPDATE membership SET access_level = least(greatest(access_level, 1), 99)")
    op.execute(_USED)
    op.create_foreign_key(op.f("fk_membership_access_level"), "membership", "access_level", ["access_level"], ["level"])
    op.create_index("ix_membership_access_level", "membership", ["access_level"])
    op.add_column(
        "customer_order",
        sa.Column("made_of", postgresql.ARRAY(sa.String()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.execute("UPDATE customer_order SET made_of = '{individual_prices,discounts}' WHERE access_level > 1")
    op.drop_column("customer_order", "access_level")
    op.execute(_GRANTS)


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE permission IN ('visibility.view', 'visibility.manage')")
    op.add_column(
        "customer_order", sa.Column("access_level", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.execute("UPDATE customer_order SET access_level = 32767 WHERE made_of <> '{}'")
    op.drop_column("customer_order", "made_of")
    op.drop_index("ix_membership_access_level", table_name="membership")
    op.drop_constraint(op.f("fk_membership_access_level"), "membership", type_="foreignkey")
    op.drop_table("access_level")
