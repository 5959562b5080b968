"""Why a held currency rate was refused.

Revision: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("currency_rate", sa.Column("refusal", sa.String(), server_default="", nullable=False))
    op.create_check_constraint(op.f("ck_currency_rate_refusal"), "currency_rate", "is_held OR refusal = ''")


def downgrade() -> None:
    op.drop_constraint("ck_currency_rate_refusal", "currency_rate")
    op.drop_column("currency_rate", "refusal")
