"""The folder that the paths inside an imported file are relative to."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exchange_import", sa.Column("root", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("exchange_import", "root")
