"""The assortment of a VIP company: a segment that it is in while it is VIP.

Revision: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("vip_company", sa.Column("segment_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_vip_company_segment_id"), "vip_company", "segment", ["segment_id"], ["segment_id"])
    op.create_index("ix_vip_company_segment_id", "vip_company", ["segment_id"])


def downgrade() -> None:
    op.drop_column("vip_company", "segment_id")
