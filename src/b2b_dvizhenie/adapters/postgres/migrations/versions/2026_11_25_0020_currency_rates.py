"""Official currency rates.

Revision: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "currency_rate",
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("per_unit", sa.Numeric(24, 14), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_held", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("currency", "day", name=op.f("pk_currency_rate")),
        sa.CheckConstraint("per_unit > 0 AND per_unit <> 'NaN'", name=op.f("ck_currency_rate_positive")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_currency_rate_currency")),
    )


def downgrade() -> None:
    op.drop_table("currency_rate")
